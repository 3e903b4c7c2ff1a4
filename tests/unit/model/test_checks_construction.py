"""Each check of a network of tasks, on the small scenario with hall b built by one and one thing wrong."""

from pathlib import Path

import pytest

from simcluster.core.problems import ScenarioError, dotted
from simcluster.model.load import load

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
DATED = 'ready = 2024-04-01\ndelay = { kind = "exponential", mean = "2 weeks" }\nconstruction_start = 2023-07-01\n'
BUILT = 'after = ["fit", "gear"]\ntest = { duration = "2 weeks", pass_probability = 0.7, crew = "ist" }\n'
NETWORK = """
[sites.construction]
start = 2023-07-01
crews = [{ name = "trades", teams = 2 }, { name = "ist", teams = 1 }]
tasks = [
  { name = "permit", kind = "permit", duration = { kind = "exponential", mean = "6 weeks" } },
  { name = "shell", kind = "shell", after = ["permit"], duration = "12 weeks", crew = "trades", cost = "1 MUSD" },
  { name = "fit", kind = "electrical", after = ["shell"], duration = "10 weeks", crew = "trades" },
  { name = "strip", after = ["shell"], duration = "2 weeks" },
  { name = "refit", after = ["strip"], duration = "8 weeks" },
]
equipment = [{ name = "gear", ordered = 2023-06-01, lead_time = "47 weeks", unit_power = "0.1 MW" }]
redesigns = [{ name = "liquid", date = 2024-01-15, replaces = { fit = ["strip", "refit"] } }]

[[sites.power]]
"""


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """The small scenario, its hall b built by a network."""
    text = SMALL.read_text(encoding="utf-8")
    halls, hall_b = text.split('name = "b"')
    hall_b = hall_b.replace(DATED, BUILT).replace('cost = "11.7 MUSD/MW"\n', "", 1).replace("[[sites.power]]", NETWORK)
    path = tmp_path / "built.toml"
    path.write_text(f'{halls}name = "b"{hall_b}', encoding="utf-8")
    return path


BUILDING = "sites.campus.construction"
WRONG = [
    (
        f'{BUILDING}.tasks.fit.after=["shel"]',
        "tasks[2].after[0]",
        "no task or equipment 'shel'",
        "did you mean 'shell'",
    ),
    (f"{BUILDING}.tasks.fit.crew=trade", "tasks[2].crew", "no crew 'trade'", "did you mean 'trades'"),
    (f'{BUILDING}.tasks.permit.after=["fit"]', "tasks[0].after", "permit after fit after", "take the circle out"),
    (f'{BUILDING}.tasks.strip.after=["fit"]', "tasks[3].after", "strip after fit after strip", "take the circle out"),
    (f'{BUILDING}.tasks.permit.after=["permit"]', "tasks[0].after", "permit after permit", "take the circle out"),
    (f"{BUILDING}.tasks.fit.name=gear", "equipment[0].name", "'gear' is used 2 times", "share their names"),
    (f"{BUILDING}.crews.ist.name=trades", "crews[0].name", "'trades' is used 2 times", "names are unique"),
    (f"{BUILDING}.redesigns.liquid.date=2023-06-30", "redesigns[0].date", "before the start", "never begun"),
    (f'{BUILDING}.redesigns.liquid.replaces.sell=["strip"]', "replaces.sell", "no task 'sell'", "did you mean"),
    (f'{BUILDING}.redesigns.liquid.replaces.gear=["strip"]', "replaces.gear", "no task 'gear'", "known: fit, "),
    (f'{BUILDING}.redesigns.liquid.replaces.fit=["x"]', "replaces.fit[0]", "no task 'x'", "known: fit, "),
    (f'{BUILDING}.tasks.permit.after=["strip"]', "tasks[0].after[0]", "only if 'fit' is cancelled", "that it replaces"),
    (f'{BUILDING}.redesigns.liquid.replaces.shell=["refit"]', "tasks[4].after[0]", "only if 'fit'", "that it replaces"),
    (f"{BUILDING}.equipment.gear.unit_power=0 MW", "equipment[0].unit_power", "out of range", "above 0"),
    (f"{BUILDING}.tasks=[]", "construction.tasks", "has 0 entries", "at least 1"),
]


@pytest.mark.parametrize(("change", "place", "message", "hint"), WRONG, ids=[row[0] for row in WRONG])
def test_what_does_not_hold_together_is_refused_at_its_place(
    built: Path, change: str, place: str, message: str, hint: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(built, [change])
    here = [problem for problem in caught.value.problems if dotted(problem.path).endswith(place)]
    assert any(message in problem.message for problem in here)
    assert any(hint in str(problem.hint) for problem in here)


def test_a_circle_is_named_at_every_task_on_it(built: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(built, [f'{BUILDING}.tasks.permit.after=["fit"]'])
    found = {dotted(problem.path): problem.message for problem in caught.value.problems}
    tasks = "sites[0].construction.tasks"
    way_on = "refit after strip after shell after permit after fit after refit"
    assert found == {
        f"{tasks}[0].after": "task 'permit' waits for itself: permit after fit after shell after permit",
        f"{tasks}[1].after": "task 'shell' waits for itself: shell after permit after fit after shell",
        f"{tasks}[2].after": "task 'fit' waits for itself: fit after shell after permit after fit",
        f"{tasks}[3].after": "task 'strip' waits for itself: strip after shell after permit after fit after strip",
        f"{tasks}[4].after": f"task 'refit' waits for itself: {way_on}",
    }


HALLS = [
    ("ready=2024-04-01", "halls[1].after", "gives both of ready and after"),
    ("after=[]", "halls[1].after", "waits for nothing"),
    ("cost=1 USD/MW", "halls[1].cost", "takes no cost"),
    ("delay=1 day", "halls[1].delay", "takes no delay"),
    ("construction_start=2023-07-01", "halls[1].construction_start", "takes no construction_start"),
    ('after=["fat"]', "halls[1].after[0]", "there is no task or equipment 'fat'"),
    ('after=["refit"]', "halls[1].after[0]", "only if 'fit' is cancelled"),
    ("test.crew=its", "halls[1].test.crew", "there is no crew 'its'"),
    ("test.pass_probability=0.001", "halls[1].test.pass_probability", "out of range"),
]


@pytest.mark.parametrize(("change", "place", "message"), HALLS, ids=[row[0] for row in HALLS])
def test_a_hall_comes_to_be_in_one_way(built: Path, change: str, place: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(built, [f"sites.campus.halls.b.{change}"])
    found = [problem for problem in caught.value.problems if dotted(problem.path) == f"sites[0].{place}"]
    assert any(message in problem.message for problem in found)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (BUILT, "", "gives neither of ready and after"),
        ('test = { duration = "2 weeks", pass_probability = 0.7, crew = "ist" }\n', "", "has no test"),
        ("ready = 2023-01-01\ncost", "ready = 2023-01-01\n# cost", "has no cost"),
        (
            'unit_power = "0.1 MW" }',
            'unit_power = "0.1 MW" }, { name = "x", ordered = 2023-06-01, lead_time = "1 day", unit_power = "1 MW" }',
            "has no load, and no hall depends on it",
        ),
        ("ready = 2023-01-01\ncost", 'name2 = "b"\nready = 2023-01-01\ncost', "name2"),
    ],
)
def test_what_is_missing_is_asked_for(built: Path, old: str, new: str, message: str) -> None:
    built.write_text(built.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioError, match=message):
        load(built)


def test_a_hall_that_waits_needs_a_construction(built: Path) -> None:
    text = built.read_text(encoding="utf-8")
    built.write_text(text.replace(NETWORK.replace("\n[[sites.power]]\n", ""), ""), encoding="utf-8")
    with pytest.raises(ScenarioError, match="has no construction") as caught:
        load(built)
    (problem,) = caught.value.problems
    assert dotted(problem.path) == "sites[0].halls[1].after"
    assert problem.line is not None


def test_a_network_that_holds_together_loads_and_a_task_that_no_hall_needs_is_allowed(built: Path) -> None:
    scenario, _ = load(
        built, [f'{BUILDING}.redesigns.liquid.replaces.fit=["refit"]', f"{BUILDING}.tasks.refit.after=[]"]
    )
    site = scenario.sites[0]
    assert site.halls_after("strip") == ()
    assert site.halls_after("permit") == (1,)
    assert site.halls_after("refit") == (1,)
