"""Each check of retrofits, on the small scenario with one of hall b, and one thing wrong."""

from pathlib import Path

import pytest

from simcluster.core.problems import ScenarioError, dotted
from simcluster.model.load import load

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
RETROFITS = """
[[sites.halls.retrofits]]
name = "wet"
start = 2024-06-01
duration = "12 weeks"
cooling = "liquid"
rack_power = "132 kW"
cost = "2 MUSD/MW"

[[sites.halls.retrofits]]
name = "later"
trigger = "on_demand"
duration = { kind = "triangular", low = "4 weeks", mode = "8 weeks", high = "26 weeks" }
rack_power = "240 kW"
cost = "1 MUSD/MW"

[[sites.power]]
"""
B = "sites.campus.halls.b"
WET = f"{B}.retrofits.wet"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "refitted.toml"
    path.write_text(SMALL.read_text(encoding="utf-8").replace("[[sites.power]]", RETROFITS), encoding="utf-8")
    return path


def test_a_hall_offers_what_each_retrofit_leaves(path: Path) -> None:
    hall = load(path)[0].sites[0].halls[1]
    assert [(offer.cooling, offer.rack_kw) for offer in hall.offers] == [
        ("any", None),
        ("liquid", 132),
        ("liquid", 240),
    ]


WRONG = [
    ([f"{WET}.trigger=on_demand"], "[0].trigger", "gives both of start and trigger", "start is the day"),
    ([f"{WET}.start=2024-03-31"], "[0].start", "begins before the hall is ready", "offer that from the first"),
    ([f"{WET}.name=later"], "[1].name", "'later' is used twice in this hall", "addresses its luck"),
    ([f"{WET}.cost=2 MUSD"], "[0].cost", "", "2 MUSD/MW"),
]


@pytest.mark.parametrize(("changes", "place", "message", "hint"), WRONG, ids=[row[1] for row in WRONG])
def test_a_retrofit_that_cannot_be_done_is_refused(
    path: Path, changes: list[str], place: str, message: str, hint: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(path, changes)
    found = [p for p in caught.value.problems if dotted(p.path) == f"sites[0].halls[1].retrofits{place}"]
    assert found
    assert any(message in problem.message for problem in found)
    assert place.endswith("cost") or any(hint in (problem.hint or "") for problem in found)


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("start = 2024-06-01\n", "", "halls[1].retrofits[0]", "gives neither of start and trigger"),
        ('cooling = "liquid"\nrack_power = "132 kW"\n', "", "halls[1].retrofits[0]", "changes nothing"),
        ("start = 2024-06-01", 'trigger = "on_demand"', "halls[1].retrofits[0].trigger", "others come after it"),
        ('trigger = "on_demand"', "start = 2024-06-01", "halls[1].retrofits[1].start", "not come after the one above"),
        ('name = "b"', 'name = "a"', "halls[1].name", "the name 'a' is used 2 times"),
        (
            "ready = 2024-04-01\n",
            "ready = 2023-04-01\n",
            "halls[1].retrofits[0].start",
            "before the scenario's start",
        ),
    ],
)
def test_retrofits_stand_in_the_order_in_which_they_are_done(
    path: Path, old: str, new: str, place: str, message: str
) -> None:
    text = path.read_text(encoding="utf-8").replace(old, new)
    if "scenario's start" in message:
        text = text.replace("start = 2024-06-01", "start = 2023-12-31").replace("2023-07-01", "2022-07-01")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    found = [problem.message for problem in caught.value.problems if dotted(problem.path) == f"sites[0].{place}"]
    assert any(message in text for text in found)


def test_a_cluster_that_no_hall_will_ever_take_is_refused_and_a_retrofit_proposed(path: Path) -> None:
    narrow = ["sites.campus.halls.a.cooling=air", f"{B}.cooling=air", "catalog.servers.dgx_h100.cooling=liquid"]
    assert "no hall" not in _problems(path, narrow), "hall b will take them"
    found = _problems(path, [*narrow, f"{WET}.cooling=air"])
    assert "no hall at 'campus' takes the racks of 'train' (" in found
    assert "cooled by liquid)" in found
    assert 'add a hall, or [[sites.halls.retrofits]] with cooling = "liquid" and rack_power = "' in found
    weak = ["sites.campus.halls.a.rack_power=1 kW", f"{B}.rack_power=1 kW", f"{WET}.rack_power=2 kW"]
    found = _problems(path, [*weak, f"{B}.retrofits.later.rack_power=3 kW"])
    assert "[[sites.halls.retrofits]] with rack_power = " in found


def _problems(path: Path, changes: list[str]) -> str:
    """What is refused besides the opening fleet, with its hints."""
    with pytest.raises(ScenarioError) as caught:
        load(path, changes)
    return "\n".join(f"{p.message}: {p.hint}" for p in caught.value.problems if p.path[0] == "clusters")
