"""Reliability of the small scenario with everything that can happen, against a walk over its facts one by one."""

from collections import Counter

import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.events import (
    PLANNED,
    JobInterrupted,
    Mended,
    NodeFailed,
    NodesInService,
    RepairEnded,
    SegmentEnded,
)
from simcluster.record.jobs import job_hours
from simcluster.record.log import EventLog
from simcluster.record.reliability import Reliability, account_reliability
from simcluster.record.reliability_jobs import PARTS, STRUCK
from simcluster.sim.run import simulate
from simcluster.sim.standbys import Standbys


@pytest.fixture(scope="module")
def reliability(small: Scenario, small_log: EventLog) -> Reliability:
    return account_reliability(small, small_log)


def test_every_failure_is_counted_once(small: Scenario, small_log: EventLog, reliability: Reliability) -> None:
    counted = Counter(small.causes[fact.cause].name for fact in small_log.rows(NodeFailed))
    rows = reliability.failures
    assert dict(zip(rows["cause"], rows["count"], strict=True)) == {
        cause.name: counted[cause.name] for cause in small.causes
    }
    assert rows["count"].sum() == small_log.count(NodeFailed) == reliability.clusters["failures"].sum() > 1000


def test_every_interruption_is_counted_once(small: Scenario, small_log: EventLog, reliability: Reliability) -> None:
    counted = Counter(
        (small.jobs[fact.job].name, "planned" if fact.cause == PLANNED else small.causes[fact.cause].name)
        for fact in small_log.rows(JobInterrupted)
    )
    rows = reliability.interruptions
    assert dict(zip(zip(rows["job"], rows["cause"], strict=True), rows["count"], strict=True)) == counted
    jobs = reliability.jobs
    assert rows["count"].sum() == jobs["interruptions"].sum()
    unplanned = sum(jobs[f"interruptions_{kind}"] for kind in STRUCK)
    assert (jobs["interruptions_planned"] + unplanned == jobs["interruptions"]).all()
    assert reliability.failures["interruptions"].sum() == unplanned.sum()  # type: ignore[union-attr]
    assert rows["planned"].groupby(rows["job"]).any().all()


def test_the_wall_of_a_job_is_the_sum_of_its_parts(
    small: Scenario, small_log: EventLog, reliability: Reliability
) -> None:
    jobs = reliability.jobs
    parts = sum(jobs[f"{part}_hours"] for part in PARTS)
    assert jobs["wall_hours"].tolist() == pytest.approx(list(parts))  # type: ignore[arg-type]
    for hours, row in zip(job_hours(small, small_log), jobs.to_dict("records"), strict=True):
        assert (row["wall_hours"], row["ettr"], row["goodput"]) == (hours.wall, hours.ettr, hours.goodput)
    done = jobs["work_done_flop"].tolist()
    assert done[0] == pytest.approx(small.jobs[0].work)  # the pilot is finished


def test_hours_between_interruptions_are_those_computed(
    small: Scenario, small_log: EventLog, reliability: Reliability
) -> None:
    for number, row in enumerate(reliability.jobs.to_dict("records")):
        segments = [fact for fact in small_log.rows(SegmentEnded) if fact.job == number]
        gaps, last = [], 0.0
        for fact in small_log.rows(JobInterrupted):
            if fact.job == number and fact.cause != PLANNED and small.causes[fact.cause].slows is None:
                computed = sum(s.hour - s.since_hour for s in segments if s.hour <= fact.hour)
                gaps.append(computed - last)
                last = computed
        gaps.sort()
        assert len(gaps) > 10
        total = sum(s.hour - s.since_hour for s in segments)
        assert row["mtbi_hours"] == pytest.approx(total / len(gaps))
        place = 0.5 * (len(gaps) - 1)
        median = (gaps[int(place)] + gaps[int(place + 0.5)]) / 2
        assert row["hours_between_p50"] == pytest.approx(median)
        assert row["hours_between_p10"] < row["hours_between_p50"] < row["hours_between_p90"]


def test_node_days_are_those_of_a_walk_over_the_nodes(
    small: Scenario, small_log: EventLog, reliability: Reliability
) -> None:
    horizon = small.clock.horizon_hours
    entered = {
        node: fact.hour
        for fact in small_log.rows(NodesInService)
        for node in range(fact.first_node, fact.first_node + fact.nodes)
    }
    (row,) = reliability.clusters.to_dict("records")
    assert row["nodes"] == len(entered) == 40
    assert row["node_days"] * 24 == pytest.approx(sum(horizon - hour for hour in entered.values()))
    spent = Counter[str]()
    for fact in small_log.rows(RepairEnded):
        spent["maintenance" if fact.cause == PLANNED else "failed"] += fact.hour - fact.failed_hour
        if fact.outcome == Mended.RETIRED:
            spent["retired"] += horizon - fact.hour
            spent["given up"] += 1
    for name in ("failed", "maintenance", "retired"):
        assert row[f"node_days_{name}"] * 24 == pytest.approx(spent[name])
        assert spent[name] > 0
    up = row["node_days"] * 24 - spent["failed"] - spent["maintenance"] - spent["retired"]
    assert row["availability"] == pytest.approx(up / 24 / row["node_days"])
    assert row["nodes_retired"] == spent["given up"]


def test_the_queue_is_that_of_a_walk_over_its_instants(small_log: EventLog, reliability: Reliability) -> None:
    waits = [
        (fact.automatic_hour, fact.repair_hour)
        for fact in small_log.rows(RepairEnded)
        if fact.cause != PLANNED and fact.repair_hour > fact.automatic_hour
    ]
    (row,) = reliability.clusters.to_dict("records")
    assert row["waiting_nodes_max"] == max(sum(a <= at < b for a, b in waits) for at, _ in waits) > 2
    assert row["waiting_nodes_mean"] == pytest.approx(sum(b - a for a, b in waits) / (366 * 24))


def test_standbys_used_are_those_the_jobs_swapped_in(small: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    used = Counter[int]()
    swap_in = Standbys.swap_in

    def counting(self: Standbys, nodes: int) -> list[int]:
        given = swap_in(self, nodes)
        used[self._plan.number] += len(given)
        return given

    monkeypatch.setattr(Standbys, "swap_in", counting)
    for seed in (1, 2, 3):
        used.clear()
        found = account_reliability(small, simulate(small, seed)).jobs["standbys_used"].tolist()
        assert found == [used[0], used[1]]
        assert used[0] > 5
