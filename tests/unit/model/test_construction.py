import re
from pathlib import Path
from typing import Any

import pytest

from simcluster.core.money import share
from simcluster.model.construction import Construction, Equipment
from simcluster.model.load import load

ROOT = Path(__file__).parents[3]


def equipment(**keys: Any) -> Equipment:
    row = {"name": "e", "ordered": "2024-01-01", "lead_time": "1 day", "unit_power": "2.5 MW"}
    return Equipment.model_validate({**row, **keys})


@pytest.mark.parametrize(
    ("load_mw", "redundancy", "units"),
    [
        (10.0, "N", 4),
        (10.0, "N+1", 5),
        (10.0, "2N", 8),
        (10.1, "N", 5),
        (10.1, "2N", 10),
        (0.0, "N", 0),
        (0.0, "N+1", 1),
    ],
)
def test_units_carry_the_load_with_what_is_spare(load_mw: float, redundancy: str, units: int) -> None:
    assert equipment(redundancy=redundancy).units(load_mw) == units


def test_a_quotient_that_should_come_out_whole_does() -> None:
    assert equipment(unit_power="0.1 MW").units(0.1 * 3) == 3
    assert equipment(unit_power="0.3 MW").units(0.1 * 3 * 7) == 7


def test_what_lies_upstream_includes_what_may_replace_it() -> None:
    rows = {"a": [], "b": ["a", "gear"], "c": ["d"], "d": [], "e": ["b"], "apart": []}
    network = Construction.model_validate(
        {
            "start": "2024-01-01",
            "tasks": [{"name": name, "after": after, "duration": "1 day"} for name, after in rows.items()],
            "redesigns": [{"name": "r", "date": "2024-02-01", "replaces": {"b": ["c"]}}],
        }
    )
    assert network.upstream(["e"]) == {"e", "b", "a", "gear", "c", "d"}
    assert network.upstream(["a"]) == {"a"}
    assert network.waits_for("b") == ("a", "gear", "c")
    assert network.stands_in_for == {"c": frozenset({"b"})}


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [(100, [1.0, 2.0], [33, 67]), (1, [1.0, 1.0, 1.0], [0, 1, 0]), (5, [0.0, 0.0], [3, 2]), (7, [0.0, 3.0], [0, 7])],
)
def test_a_share_loses_no_cent(total: int, weights: list[float], parts: list[int]) -> None:
    assert share(total, weights) == parts
    assert sum(share(total, weights)) == total


def test_the_example_of_the_documentation_loads(tmp_path: Path) -> None:
    example = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "buildout.md").read_text(encoding="utf-8"), re.DOTALL)
    (network,) = (text for text in example if "[sites.construction]" in text)
    small = (ROOT / "scenarios" / "small.toml").read_text(encoding="utf-8")
    path = tmp_path / "example.toml"
    first, power = small.index("[[sites.halls]]"), small.index("[[sites.power]]")
    path.write_text(small[:first] + network + small[power:], encoding="utf-8")
    site = load(path)[0].sites[0]
    assert site.construction is not None
    units = {row.name: site.units_of(row) for row in site.construction.equipment}
    assert units == {"switchgear": 2, "generators": 3, "chillers": 4}, "0.3 MW x 0.9 x 1.3 is 0.351 facility MW"
