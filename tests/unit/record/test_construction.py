"""A network from plan to hand-over, worked out by hand; the run starts on 2024-01-01."""

from pathlib import Path

import pandas as pd
import pytest

from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.as_built import as_built
from simcluster.record.as_planned import BEGIN, as_planned
from simcluster.record.construction import COLUMNS, construction_frame
from simcluster.sim.run import simulate

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
HALL = """
after = ["fit", "permit", "gear"]
test = { duration = "2 days", pass_probability = 0.5, rework = "4 days" }

[sites.construction]
start = 2024-01-01
crews = [{ name = "trades", teams = 1 }]
tasks = [
  { name = "shell", kind = "shell", duration = "10 days" },
  { name = "fit", kind = "electrical", after = ["shell"], duration = "10 days", crew = "trades" },
  { name = "roads", kind = "site", duration = "14 days", crew = "trades" },
  { name = "permit", kind = "permit", duration = { kind = "uniform", low = "2 days", high = "6 days" } },
  { name = "refit", duration = "30 days" },
  { name = "paint", after = ["shell"], duration = "400 days" },
  { name = "sign", after = ["paint"], duration = "1 day" },
]
equipment = [
  { name = "gear", ordered = 2023-12-01, lead_time = "40 days", unit_power = "0.1 MW" },
  { name = "spare", ordered = 2026-01-01, lead_time = "40 days", unit_power = "0.1 MW", load = "1 MW" },
]
redesigns = [{ name = "liquid", date = 2024-06-01, replaces = { fit = ["refit"] } }]
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return _scenario(tmp_path)


def _scenario(folder: Path, *changes: str) -> Scenario:
    text = SMALL.read_text(encoding="utf-8")
    first = text.index("ready = 2024-04-01")
    path = folder / "built.toml"
    path.write_text(text[:first] + HALL + "\n" + text[text.index("[[sites.power]]") :], encoding="utf-8")
    return load(path, changes)[0]


def _frame(scenario: Scenario, seed: int) -> pd.DataFrame:
    return construction_frame(scenario, simulate(scenario, seed)).set_index("name")


def _days(column: pd.Series) -> dict[str, float]:
    days = (column - pd.Timestamp("2024-01-01")) / pd.Timedelta(days=1)
    return {str(name): day for name, day in days.dropna().items()}


def test_the_plan_takes_mean_durations_and_teams_for_all(scenario: Scenario) -> None:
    plan = as_planned(scenario, 0)
    days = {name: (span.start / 24, span.finish / 24) for name, span in plan.spans.items()}
    assert days == {
        BEGIN: (0, 0),
        "gear": (-31, 9),
        "spare": (731, 771),
        "shell": (0, 10),
        "fit": (10, 20),
        "roads": (0, 14),
        "permit": (0, 4),
        "paint": (10, 410),
        "sign": (410, 411),
        "b test 1": (20, 22),
    }
    assert [span.name for span in plan.critical_path("b test 1")] == [BEGIN, "shell", "fit", "b test 1"]
    slack = {name: hours / 24 for name, hours in plan.slack_hours.items()}
    assert slack == {"b test 1": 0, "fit": 0, "shell": 0, BEGIN: 0, "permit": 16, "gear": 11}


def test_the_frame_says_what_was_built_what_it_waited_for_and_what_had_slack(scenario: Scenario) -> None:
    frame = next(frame for frame in (_frame(scenario, seed) for seed in range(20)) if "b test 2" in frame.index)
    assert ("name", *frame.columns) == (COLUMNS[1], COLUMNS[0], *COLUMNS[2:])
    names = ["shell", "fit", "roads", "permit", "refit", "paint", "sign", "gear", "spare"]
    tests = [name for name in frame.index if name.startswith("b ")]
    assert list(frame.index) == [*names, *tests]
    assert tests[:3] == ["b test 1", "b rework 1", "b test 2"]
    begun, ended = _days(frame["start"]), _days(frame["finish"])
    permit = ended.pop("permit")
    assert 2 <= permit <= 6
    assert {name: begun[name] for name in ("shell", "fit", "roads", "gear", "paint")} == {
        "shell": 0,
        "fit": 14,
        "roads": 0,
        "gear": -31,
        "paint": 10,
    }
    rounds = [(begun[name], ended[name]) for name in tests]
    assert rounds[:3] == [(24, 26), (26, 30), (30, 32)]
    assert ended.keys() == {"shell", "fit", "roads", "gear", *tests}
    assert frame["waited_for"].to_dict() == {
        "shell": BEGIN,
        "fit": "roads",
        "roads": BEGIN,
        "permit": BEGIN,
        "refit": "",
        "paint": "shell",
        "sign": "",
        "gear": "",
        "spare": "",
        **dict(zip(tests, ["fit", *tests], strict=False)),
    }
    assert frame["crew_wait_days"].dropna().loc[lambda days: days > 0].to_dict() == {"fit": 4}
    slack = frame["slack_days"].dropna().to_dict()
    assert slack.pop("permit") == pytest.approx(24 - permit)
    assert slack == {"shell": 4, "fit": 0, "roads": 0, "gear": 15, **dict.fromkeys(tests, 0)}
    assert set(frame.index[frame["critical_for"] == "b"]) == {"fit", "roads", *tests}
    assert frame["state"].to_dict() == {
        **dict.fromkeys(("shell", "fit", "roads", "permit", "gear", *tests), "finished"),
        "refit": "not needed",
        "paint": "under way",
        "sign": "waiting",
        "spare": "waiting",
    }


def test_a_redesign_that_cancelled_something_begins_the_critical_path(tmp_path: Path) -> None:
    scenario = _scenario(tmp_path, "sites.campus.construction.redesigns.liquid.date=2024-01-20")
    log = simulate(scenario, 1)
    built, frame = as_built(scenario, log, 0), _frame(scenario, 1)
    path = built.critical_path(built.ends["b"])
    assert [span.name for span in path][:3] == ["liquid", "refit", "b test 1"]
    assert (path[0].start / 24, path[1].finish / 24) == (19, 49)
    assert frame.loc["fit", ["state", "slack_days"]].tolist() == ["cancelled", pytest.approx(float("nan"), nan_ok=True)]
    assert frame.loc["liquid", ["kind", "state", "critical_for"]].tolist() == ["redesign", "finished", "b"]
    assert frame.loc["refit", "waited_for"] == "liquid"


def test_a_scenario_without_networks_gives_an_empty_frame_of_the_same_columns() -> None:
    scenario = load(SMALL)[0]
    frame = construction_frame(scenario, simulate(scenario, 1))
    assert frame.empty
    assert tuple(frame.columns) == COLUMNS
    assert str(frame["start"].dtype).startswith("datetime64")
