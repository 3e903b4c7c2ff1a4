"""What two scenarios differ in, and the scenarios between them."""

from pathlib import Path

import pytest

from simcluster.core.problems import ScenarioError
from simcluster.model.document import Document
from simcluster.model.load import load
from simcluster.model.mixture import Mixture, mixture
from simcluster.model.scenario import Scenario

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
Loaded = tuple[Scenario, Document]


@pytest.fixture(scope="module")
def small() -> Loaded:
    return load(SMALL)


def other(small: Loaded, *overrides: str) -> Mixture:
    return mixture(small, load(SMALL, overrides))


def test_parts_are_the_sections_that_differ_in_the_order_of_the_file(small: Loaded) -> None:
    found = other(small, "finance.wacc=0.12", "orders.spring.gpus=240", "orders.summer.gpus=40", "seed=9", "title=x")
    assert (found.path, found.parts) == ((), ("orders", "finance"))
    assert [found.title(part) for part in found.parts] == ["orders", "finance.wacc"]


def test_parts_are_looked_for_below_what_holds_all_of_them(small: Loaded) -> None:
    found = other(small, "orders.spring.gpus=240", "orders.summer.deposit=0.3")
    assert (found.path, found.parts) == (("orders",), ("spring", "summer"))
    assert [found.title(part) for part in found.parts] == ["orders.spring.gpus", "orders.summer.deposit"]
    one = other(small, "finance.wacc=0.12")
    assert (one.path, one.parts) == (("finance",), ("wacc",))


def test_the_same_have_no_parts(small: Loaded) -> None:
    assert other(small, "seed=9").parts == ()


def test_between_two_a_part_is_the_seconds_and_the_rest_the_firsts(small: Loaded) -> None:
    found = other(small, "orders.spring.gpus=240", "orders.summer.deposit=0.3")
    scenario, _ = found.between(["summer"])
    assert scenario == load(SMALL, ["orders.summer.deposit=0.3"])[0]
    assert found.between([]) is found.first
    assert found.between(["summer", "spring"]) is found.second


def test_rows_come_and_go(small: Loaded, tmp_path: Path) -> None:
    text = SMALL.read_text(encoding="utf-8").replace('name = "summer"', 'name = "autumn"')
    (tmp_path / "other.toml").write_text(text, encoding="utf-8")
    found = mixture(small, load(tmp_path / "other.toml"))
    assert (found.path, found.parts) == (("orders",), ("summer", "autumn"))
    assert [order.name for order in found.between(["summer"])[0].orders] == ["spring"]
    assert [order.name for order in found.between(["autumn"])[0].orders] == ["spring", "summer", "autumn"]


def test_rows_in_another_order_are_a_difference_of_the_list(small: Loaded, tmp_path: Path) -> None:
    """Jobs begin in the order of the file, so that another order is another run."""
    head, pilot, flagship = SMALL.read_text(encoding="utf-8").partition("[[background]]")[0].split("[[jobs]]")
    tail = SMALL.read_text(encoding="utf-8").partition("[[background]]")[2]
    text = f"{head}[[jobs]]{flagship}[[jobs]]{pilot}[[background]]{tail}"
    (tmp_path / "other.toml").write_text(text, encoding="utf-8")
    turned = load(tmp_path / "other.toml")
    assert [job.name for job in turned[0].jobs] == ["flagship", "pilot"]
    found = mixture(small, turned)
    assert (found.path, found.parts) == ((), ("jobs",))
    both = mixture(load(SMALL, ["finance.wacc=0.12"]), turned)
    assert [job.name for job in both.between(["jobs"])[0].jobs] == ["flagship", "pilot"]


def test_a_row_of_the_second_alone_stands_where_the_second_has_it(small: Loaded, tmp_path: Path) -> None:
    row = '[[orders]]\nname = "winter"\ncluster = "train"\ngpus = 8\nplaced = 2024-01-05\n'
    row += 'lead_time = "9 weeks"\ndeposit = 0\n'
    text = SMALL.read_text(encoding="utf-8").replace('[[orders]]\nname = "spring"', row + '[[orders]]\nname = "spring"')
    (tmp_path / "other.toml").write_text(text, encoding="utf-8")
    found = mixture(small, load(tmp_path / "other.toml", ["orders.summer.gpus=40"]))
    assert found.parts == ("summer", "winter")
    assert [order.name for order in found.between(["winter"])[0].orders] == ["winter", "spring", "summer"]


def test_what_is_uncertain_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "unsure.toml"
    law = '{ uncertain = { kind = "uniform", low = 0.08, high = 0.12 } }'
    path.write_text(f'schema = 1\nextends = "{SMALL}"\nname = "unsure"\n[finance]\nwacc = {law}\n')
    found = mixture(load(path), load(path, ["orders.spring.gpus=240", "orders.summer.gpus=40"]))
    _, document = found.between(["spring"])
    assert [row.address for row in document.uncertainty.inputs] == ["finance.wacc"]


def test_parts_that_need_each_other_are_no_scenario_alone(small: Loaded, tmp_path: Path) -> None:
    text = SMALL.read_text(encoding="utf-8").replace('"train"', '"farm"')
    (tmp_path / "other.toml").write_text(text, encoding="utf-8")
    found = mixture(small, load(tmp_path / "other.toml"))
    with pytest.raises(ScenarioError, match="small with jobs of small"):
        found.between(["jobs"])
