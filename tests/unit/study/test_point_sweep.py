"""Points of an experiment share their luck, more replicas change none, and every bad point is told at once."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcluster.core.problems import ScenarioError
from simcluster.model.document import Document
from simcluster.model.experiment import Experiment
from simcluster.model.load import load
from simcluster.model.resolved import resolved_toml
from simcluster.model.scenario import Scenario
from simcluster.model.study_file import read_study
from simcluster.record.ledger import Ledger
from simcluster.study.crew import Alone
from simcluster.study.intervals import mean
from simcluster.study.point_checks import checked_plans, matching, refuse_unknown_outcomes
from simcluster.study.point_summary import AtPoints, leader, main_effect, summarise_points
from simcluster.study.point_sweep import PointSweep
from simcluster.study.sweep import fill
from simcluster.study.sweep_columns import Kind

SCENARIO = Path(__file__).with_name("checkpoints.toml")
INTERVAL = "jobs[run].checkpoint.interval"
UNSURE = 'finance.wacc={ uncertain = { kind = "uniform", low = 0.08, high = 0.12 }, assumption = "made up" }'
GRID = f"""
outcomes = ["jobs.run.goodput", "jobs.run.*_hours"]
[factors]
"{INTERVAL}" = ["30 min", "2 h"]
"jobs[run].restart" = ["1 min", "3 min", "9 min"]
"""


def read(folder: Path, text: str, **options: Any) -> tuple[Experiment, Document]:
    file = folder / "study.toml"
    file.write_text(text, encoding="utf-8")
    return read_study(Experiment, file, {"base": str(SCENARIO), "set": ("end=2024-01-10", UNSURE)} | options)


def lay(asked: Experiment, document: Document) -> PointSweep:
    def read_base(overrides: tuple[str, ...]) -> tuple[Scenario, Document]:
        return load(asked.base, (*asked.set, *overrides), asked.seed)

    scenario, its_document = read_base(())
    return PointSweep(asked, scenario, resolved_toml(its_document), checked_plans(asked, document, read_base), "1")


@pytest.fixture
def laid(tmp_path: Path) -> PointSweep:
    return lay(*read(tmp_path, GRID, replicas=3))


def test_a_replica_has_one_seed_and_the_same_draws_at_every_point(laid: PointSweep) -> None:
    plan, many = laid.sweep.plan, len(laid.points)
    assert (many, laid.sweep.replicas) == (6, 18)
    seeds = [[plan.seed_of(k * many + v) for v in range(many)] for k in range(3)]
    drawn = [[plan.inputs_of(k * many + v) for v in range(many)] for k in range(3)]
    assert [len(set(row)) for row in seeds] == [1, 1, 1]
    assert len({row[0] for row in seeds}) == 3
    assert all(one == row[0] and one.keys() == {"finance.wacc"} for row in drawn for one in row)
    assert drawn[0][0] != drawn[1][0]
    for number in range(2 * many):
        point, _ = laid.at(number)
        checkpoint = plan.scenario_of(number).jobs[0].checkpoint.model_dump()
        assert checkpoint["interval"] == {"30 min": 0.5, "2 h": 2.0}[point.settings[INTERVAL]]


def test_a_factor_makes_certain_what_is_uncertain(tmp_path: Path) -> None:
    text = (
        'outcomes = ["npv_usd"]\n[[points]]\nname = "unsure"\n[[points]]\nname = "sure"\nset = { "finance.wacc" = 0.1 }'
    )
    plan = lay(*read(tmp_path, text)).sweep.plan
    assert [plan.inputs_of(number).keys() for number in range(2)] == [{"finance.wacc"}, set()]
    assert plan.scenario_of(1).finance.wacc == plan.scenario_of(3).finance.wacc == 0.1


def test_more_replicas_and_other_outcomes_are_the_same_sweep_and_other_points_are_not(
    laid: PointSweep, tmp_path: Path
) -> None:
    same = lay(*read(tmp_path, GRID.replace('"jobs.run.goodput", ', ""), replicas=5))
    assert same.sweep.digest == laid.sweep.digest
    assert [same.sweep.plan.seed_of(number) for number in range(18)] == [
        laid.sweep.plan.seed_of(number) for number in range(18)
    ]
    for other in (GRID.replace("9 min", "8 min"), 'set = ["finance.tax_rate=0.3"]' + GRID, "seed = 5" + GRID):
        assert lay(*read(tmp_path, other, replicas=3)).sweep.digest != laid.sweep.digest


def test_every_bad_point_is_told_once_where_its_value_stands(tmp_path: Path) -> None:
    text = f"""outcomes = ["npv_usd"]
[factors]
"{INTERVAL}" = ["0 min", "1 h"]
"jobs[run].gpus" = [8, 4096, 8192]
"clusters[train].repair.technicians" = [1, 2]
"""
    asked, document = read(tmp_path, text)
    with pytest.raises(ScenarioError) as refused:
        lay(asked, document)
    told = [(one.path, one.line, one.column) for one in refused.value.problems]
    assert told == [
        (("factors", INTERVAL, 0), 3, 36),
        (("factors", "jobs[run].gpus", 1), 4, 24),
        (("factors", "jobs[run].gpus", 2), 4, 30),
    ]
    assert all(one.hint for one in refused.value.problems)


def test_what_is_wrong_only_together_is_told_at_each_such_point(tmp_path: Path) -> None:
    text = """outcomes = ["npv_usd"]
[factors]
"jobs[run].earliest" = [2024-01-02, 2024-06-01]
"jobs[run].promised" = [2024-01-05, 2024-07-01]
[[points]]
name = "as it is"
"""
    asked, document = read(tmp_path, text)

    def refuse(overrides: tuple[str, ...]) -> tuple[Scenario, Document]:
        if overrides == ("jobs[run].earliest=2024-06-01", "jobs[run].promised=2024-01-05"):
            raise ScenarioError([document.problem("promised before it begins", ("jobs", 0))])
        return load(SCENARIO)

    with pytest.raises(ScenarioError) as refused:
        checked_plans(asked, document, refuse)
    (told,) = refused.value.problems
    assert told.path == ("points", 0)
    assert "as it is is no scenario: jobs[0]: promised before it begins" in told.message


def test_an_outcome_that_no_run_has_is_told_before_all_run(tmp_path: Path) -> None:
    asked, document = read(tmp_path, GRID.replace("jobs.run.goodput", "jobs.run.godput").replace("*_hours", "*_weeks"))
    with pytest.raises(ScenarioError) as refused:
        refuse_unknown_outcomes(lay(asked, document), document)
    assert [(one.path, one.line) for one in refused.value.problems] == [(("outcomes", 0), 2), (("outcomes", 1), 2)]
    assert refused.value.problems[0].hint == "did you mean 'jobs.run.goodput'?"


def test_patterns_fit_names_in_their_own_order_each_once() -> None:
    known = ["jobs.a.ready", "npv_usd", "jobs.b.ready", "jobs.b.ettr"]
    assert matching(["npv_usd", "jobs.*.ready", "jobs.b.*"], known) == [
        "npv_usd",
        "jobs.a.ready",
        "jobs.b.ready",
        "jobs.b.ettr",
    ]


def test_the_summary_is_of_each_point_alone_and_differences_of_pairs(laid: PointSweep) -> None:
    with Ledger(None, laid.sweep.digest) as ledger:
        fill(ledger, laid.sweep, Alone())
        by_hand = {one.number: one.outcomes for one in ledger.replicas() if one.outcomes}
        summary = summarise_points(ledger, laid)
    assert (summary.replicas, summary.failed) == (18, 0)
    goodput, *others = summary.told
    assert goodput.outcome == "jobs.run.goodput"
    assert {one.outcome for one in others} >= {"jobs.run.lost_hours", "jobs.run.wall_hours"}
    wanted = np.array([[by_hand[k * 6 + v]["jobs.run.goodput"] for k in range(3)] for v in range(6)])
    assert (goodput.values == wanted).all()
    assert [spread.mean.value for spread in goodput.spreads] == wanted.mean(axis=1).tolist()
    pair = goodput.differences[4]
    assert pair is not None
    assert pair.difference == mean(wanted[5] - wanted[0])
    lengths = (2, 3)
    assert main_effect(goodput, lengths, 0)[1] == mean(wanted[3:].mean(axis=0))
    assert main_effect(goodput, lengths, 1)[2].value == pytest.approx(wanted[[2, 5]].mean())


def at_points(values: list[list[float]]) -> AtPoints:
    table = np.array(values)
    return AtPoints("x", Kind.NUMBER, table, np.ones(table.shape, dtype=bool))


def test_a_leader_is_told_with_all_that_pairs_cannot_tell_from_it() -> None:
    luck = np.array([0.0, 5.0, -3.0, 2.0, 9.0])
    noise = np.array([0.01, -0.02, 0.015, 0.0, -0.01])
    found = at_points([list(luck), list(luck + 2 + noise), list(luck + 2), list(2 * luck[::-1] - 3)])
    highest, lowest = leader(found, 1), leader(found, -1)
    assert highest is not None
    assert lowest is not None
    assert (highest.point, highest.unranked) == (2, 0)
    assert highest.rivals == (1, 3), (
        "point 0 has all of the luck of 2, so their difference is sure though their means overlap"
    )
    assert (lowest.point, lowest.rivals) == (3, (0, 1, 2))


def test_there_is_no_leader_of_one_nor_any_certainty_from_one_replica() -> None:
    assert leader(at_points([[1.0, 2.0]]), 1) is None
    alone = leader(at_points([[1.0], [2.0]]), 1)
    assert alone is not None
    assert (alone.point, alone.rivals) == (1, (0,))
    lacking = leader(at_points([[1.0, 2.0], [3.0, 5.0], [np.nan, np.nan]]), -1)
    assert lacking is not None
    assert (lacking.point, lacking.unranked) == (0, 1)
