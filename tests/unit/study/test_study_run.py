import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.events import JobFinished, LotDelivered, NodeFailed, OrderPlaced
from simcluster.record.store import read_events, write_events
from simcluster.study.result import Result
from simcluster.study.run import Timings, replicate, run, settle

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
SEEDS = (5, 1, 9)


@pytest.fixture(scope="module")
def small() -> Scenario:
    return load(SMALL)[0]


@pytest.fixture(scope="module")
def result(small: Scenario) -> Result:
    return run(small)


def test_a_run_takes_the_seed_of_the_scenario_unless_told(small: Scenario, result: Result) -> None:
    assert result.seed == small.seed == 1
    assert result.log.same_as(run(small, 1).log)
    assert not result.log.same_as(run(small, 2).log)


def test_replaying_the_facts_gives_the_same_result(small: Scenario, result: Result, tmp_path: Path) -> None:
    write_events(tmp_path, result.log)
    again = settle(small, 1, read_events(tmp_path))
    assert again.outcomes == result.outcomes
    pd.testing.assert_frame_equal(again.statements, result.statements, check_exact=True)
    pd.testing.assert_frame_equal(again.daily, result.daily, check_exact=True)


def test_outcomes_are_those_of_the_facts(small: Scenario, result: Result) -> None:
    log, outcomes = result.log, result.outcomes
    assert outcomes["gpus_ordered"] == 8 * sum(row.nodes for row in log.rows(OrderPlaced)) == 240
    assert outcomes["gpus_delivered_2024"] == 80 + 8 * sum(row.nodes for row in log.rows(LotDelivered))
    assert outcomes["failures"] == log.count(NodeFailed)
    done = {row.job: small.clock.date(row.hour).isoformat() for row in log.rows(JobFinished)}
    assert {k: outcomes[f"jobs.{job.name}.done"] for k, job in enumerate(small.jobs) if k in done} == done
    capex = result.statements.loc[("cash_flow", "investing")].sum()
    assert outcomes["capex_programme_usd"] == pytest.approx(-capex)


def test_outcomes_of_reliability_are_those_of_its_frames(small: Scenario, result: Result) -> None:
    outcomes, frames = result.outcomes, result.reliability
    (cluster,), (pilot, flagship) = frames.clusters.to_dict("records"), frames.jobs.to_dict("records")
    for name in ("availability", "failures_per_1000_node_days"):
        assert outcomes[name] == outcomes[f"clusters.train.{name}"] == cluster[name]
    assert 0.99 < cluster["availability"] < 1
    for name in ("goodput", "lost_hours", "waiting_hours", "mtbi_hours", "standbys_used", "effective_mfu"):
        assert outcomes[f"jobs.flagship.{name}"] == flagship[name]
    assert outcomes["jobs.flagship.ettr"] == flagship["ettr"] == flagship["useful_hours"] / flagship["wall_hours"]
    assert outcomes["jobs.pilot.mtbi_hours"] is None  # nothing interrupted it
    assert pilot["interruptions"] == outcomes["jobs.pilot.interruptions"] == 0
    assert outcomes["interruptions"] == frames.interruptions["count"].sum() == flagship["interruptions"]
    lost = sum(job.gpus * row["lost_hours"] for job, row in zip(small.jobs, (pilot, flagship), strict=True))
    assert outcomes["gpu_hours_lost_work"] == pytest.approx(lost)


def test_what_did_not_happen_is_none(small: Scenario) -> None:
    never = small.model_copy(update={"jobs": (small.jobs[0].model_copy(update={"gpus": 320, "work": 1e30}),)})
    outcomes = run(never).outcomes
    assert outcomes["jobs.pilot.done"] is None
    assert outcomes["jobs.pilot.ready"] is None
    assert outcomes["jobs.pilot.margin_days"] is None


def test_replicas_are_a_row_a_seed_in_the_order_given(small: Scenario, result: Result) -> None:
    table = replicate(small, SEEDS)
    assert table["seed"].tolist() == list(SEEDS)
    assert table.loc[1, "npv_usd"] == result.outcomes["npv_usd"]
    assert table["npv_usd"].nunique() == 3


def test_replicas_are_the_same_in_other_processes(small: Scenario) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
        elsewhere = replicate(small, SEEDS, executor)
    pd.testing.assert_frame_equal(elsewhere, replicate(small, SEEDS), check_exact=True)


def test_timings_add_up_by_phase() -> None:
    timings = Timings()
    for _ in range(2):
        with timings.phase("a"):
            sum(range(100_000))
    with pytest.raises(RuntimeError), timings.phase("b"):
        raise RuntimeError
    assert list(timings.seconds) == ["a", "b"]
    assert timings.seconds["a"] > 0
