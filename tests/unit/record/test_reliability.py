"""Reliability of a log written by hand, with every number worked out beside it."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcluster.model.document import read_document
from simcluster.model.scenario import Scenario
from simcluster.record.events import (
    PLANNED,
    DomainFailed,
    Held,
    JobHeld,
    JobInterrupted,
    JobStarted,
    LemonCured,
    Mended,
    NodeBlamed,
    NodeFailed,
    NodesInService,
    NodeSlowed,
    PartsChanged,
    RepairEnded,
    ReplicasChanged,
    RestartFailed,
    SegmentEnded,
    StandbysChanged,
    StateCorrupted,
)
from simcluster.record.log import EventLog
from simcluster.record.reliability import Reliability, account_reliability
from simcluster.record.reliability_clusters import peak
from simcluster.record.reliability_jobs import MFU_NOTE

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
HORIZON = 366 * 24.0
FAULTY, RACK, SOFTWARE, SLOW, DISK, HUNG, OLD = range(7)
RARE = "0.001 / day"
CAUSES = [
    {"name": "faulty", "title": "Faulty GPU", "scope": "gpu", "rate": RARE, "repair": "2 hours"},
    {"name": "rack", "title": "Rack", "scope": "rack", "rate": RARE, "repair": "2 hours"},
    {"name": "software", "title": "Software", "scope": "job", "per": "node", "rate": RARE, "repair": "0 hours"},
    {"name": "slow", "title": "Slow", "scope": "node", "rate": RARE, "slows": 0.5, "repair": "2 hours"},
    {"name": "disk", "title": "Disk", "scope": "storage", "rate": RARE, "repair": "2 hours"},
    {"name": "hung", "title": "Hung", "scope": "job", "per": "restart", "chance": 0.1, "repair": "0 hours"},
]
OLD_CAUSES = [
    {"name": "old", "title": "Old", "scope": "node", "rate": RARE, "repair": "2 hours"},
    {"name": "never", "title": "Never", "scope": "node", "rate": "0 / day", "repair": "2 hours"},
]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Ten nodes at the start, twenty of the order from hour 1,000 on, with a profile of their own."""
    document = read_document(SMALL).values
    document["catalog"]["failures"] = {"mine": {"causes": CAUSES}, "old": {"causes": OLD_CAUSES}}
    (cluster,) = document["clusters"]
    parts = {"stock": 2, "reorder_point": 0, "order": 2, "lead_time": "10 days"}
    cluster |= {"failures": "mine", "repair": {"detection": "1 hour", "technicians": 1, "parts": parts}}
    document["orders"][0]["failures"] = "old"
    idle = {**cluster, "name": "idle"}
    document["clusters"].append(idle)
    return Scenario.model_validate(document)


@pytest.fixture(scope="module")
def reliability(scenario: Scenario) -> Reliability:
    return account_reliability(scenario, written_by_hand())


def written_by_hand() -> EventLog:
    log = EventLog()
    facts = [
        NodesInService(0.0, -1, 0, 0, 0, 10),
        NodesInService(1000.0, 0, -1, 0, 10, 20),
        # Two of a job and one of nobody; a rack of two; one of the order that is given up; one still out at the end.
        NodeFailed(100.0, 3, 0, FAULTY, 0),
        NodeFailed(101.0, 4, 0, FAULTY, -1),
        NodeFailed(300.0, 0, 0, RACK, 0),
        NodeFailed(300.0, 1, 0, RACK, -1),
        NodeFailed(2000.0, 12, 0, OLD, -1),
        NodeFailed(8000.0, 5, 0, SLOW, 0),
        DomainFailed(300.0, 0, RACK, 0, 2),
        DomainFailed(500.0, 0, DISK, 0, 0),
        # node 3: noticed at 101, no part, technician from 104 to 110; node 4: noticed at 102, technician only at 110
        RepairEnded(110.0, 3, 0, FAULTY, 100.0, 101.0, 101.0, 101.0, 104.0, 110.0, Mended.GOOD),
        RepairEnded(116.0, 4, 0, FAULTY, 101.0, 102.0, 102.0, 103.0, 110.0, 116.0, Mended.STILL_BAD),
        RepairEnded(304.0, 0, 0, RACK, 300.0, 301.0, 301.0, 301.0, 301.0, 304.0, Mended.GOOD),
        RepairEnded(304.0, 1, 0, RACK, 300.0, 301.0, 301.0, 301.0, 301.0, 304.0, Mended.GOOD),
        RepairEnded(604.0, 2, 0, PLANNED, 600.0, 600.0, 600.0, 600.0, 600.0, 604.0, Mended.GOOD),
        RepairEnded(2001.0, 12, 0, OLD, 2000.0, 2001.0, 2001.0, 2001.0, 2001.0, 2001.0, Mended.RETIRED),
        RepairEnded(HORIZON, 5, 0, SLOW, 8000.0, 8000.0, 8000.0, HORIZON, HORIZON, HORIZON, Mended.UNDER_WAY),
        PartsChanged(101.0, 0, 1, 0, 0),
        PartsChanged(102.0, 0, 0, 2, 0),
        PartsChanged(342.0, 0, 2, 0, 0),
        PartsChanged(8000.0, 0, 1, 4, 0),
        LemonCured(116.0, 4, 0),
        NodeBlamed(101.0, 4, 0, 6),
        NodeSlowed(7990.0, 5, 0, SLOW, 0.5, 8000.0),
        StateCorrupted(90.0, 0, 3, FAULTY, 95.0),
        *of_the_pilot(),
    ]
    for fact in facts:
        log.add(fact)
    return log


def of_the_pilot() -> list[object]:
    """Eight nodes from hour 50 to the horizon; struck four times unplanned, twice by plan."""
    pilot = 0
    return [
        JobStarted(50.0, pilot, 0, 8),
        StandbysChanged(50.0, pilot, 2, 0),
        SegmentEnded(100.0, pilot, 50.0, 8, 40.0, 6.0, 4.0, 0.0),
        JobInterrupted(100.0, pilot, 3, FAULTY),
        JobHeld(101.0, pilot, 100.0, 7, Held.DETECTING),
        StandbysChanged(101.0, pilot, 1, 1),  # swapped in
        JobHeld(102.0, pilot, 101.0, 8, Held.SELECTING),
        JobHeld(110.0, pilot, 102.0, 8, Held.RESTARTING),
        RestartFailed(110.0, pilot, 1),
        JobHeld(112.0, pilot, 110.0, 8, Held.BACKING_OFF),
        SegmentEnded(300.0, pilot, 112.0, 8, 180.0, 4.0, 3.0, 1.0),
        JobInterrupted(300.0, pilot, 0, RACK),
        StandbysChanged(300.0, pilot, 0, 0),  # the standby was in the rack
        JobHeld(304.0, pilot, 300.0, 7, Held.DETECTING),
        JobInterrupted(304.0, pilot, -1, SOFTWARE),
        JobHeld(400.0, pilot, 304.0, 7, Held.STALLED),
        SegmentEnded(500.0, pilot, 400.0, 8, 99.0, 1.0, 0.0, 0.0),
        JobInterrupted(500.0, pilot, -1, DISK),
        SegmentEnded(600.0, pilot, 500.0, 8, 100.0, 0.0, 0.0, 0.0),
        JobInterrupted(600.0, pilot, 2, PLANNED),
        ReplicasChanged(700.0, pilot, 7, FAULTY, 3),
        ReplicasChanged(710.0, pilot, -1, PLANNED, 4),
        JobHeld(610.0, pilot, 600.0, 8, Held.REGROUPING),
        SegmentEnded(8000.0, pilot, 610.0, 8, 7390.0, 0.0, 0.0, 0.0),
        JobInterrupted(8000.0, pilot, 5, SLOW),
        JobHeld(HORIZON, pilot, 8000.0, 7, Held.STALLED),
    ]


def test_the_wall_of_a_job_by_hand(scenario: Scenario, reliability: Reliability) -> None:
    pilot, flagship = reliability.jobs.to_dict("records")
    expected = {"useful": 7809.0, "checkpoint": 11.0, "lost": 7.0, "slowed": 1.0}
    expected |= {"detecting": 5.0, "selecting": 1.0, "waiting": 96.0 + 784.0, "restarting": 8.0}
    expected |= {"regrouping": 10.0, "backing_off": 2.0}
    assert {name: pilot[f"{name}_hours"] for name in expected} == expected
    assert pilot["wall_hours"] == HORIZON - 50.0 == sum(expected.values())
    held = 8 * (HORIZON - 50.0) - (1.0 + 4.0 + 96.0 + 784.0)  # one node was missing while it detected and waited
    assert pilot["gpu_hours_held"] == 8 * held
    assert pilot["gpu_hours_useful"] == 8 * 8 * 7809.0
    assert pilot["ettr"] == 7809.0 / 8734.0
    assert pilot["goodput"] == 8 * 7809.0 / held
    peak_flop = scenario.gpu_of("train").peak_bf16 * 1e12
    assert pilot["work_done_flop"] == pytest.approx(64 * 7809.0 * 3600 * peak_flop * 0.4)
    assert pilot["effective_mfu"] == pytest.approx(pilot["work_done_flop"] / (8 * held * 3600 * peak_flop))
    assert flagship["wall_hours"] == flagship["interruptions"] == 0
    assert math.isnan(flagship["ettr"])
    assert math.isnan(flagship["mtbi_hours"])


def test_interruptions_by_hand(reliability: Reliability) -> None:
    pilot = reliability.jobs.to_dict("records")[0]
    counts = {"": 6, "_planned": 2, "_node": 1, "_shared": 1, "_storage": 1, "_job": 1}
    assert {name: pilot[f"interruptions{name}"] for name in counts} == counts
    # Computing between unplanned interruptions: 50, 188, none before the one at 304, 100; then 7,490 to the end.
    assert pilot["mtbi_hours"] == (50 + 188 + 0 + 100 + 100 + 7390) / 4
    assert pilot["hours_between_p50"] == 75.0
    assert pilot["hours_between_p10"] == pytest.approx(0.3 * 50.0)
    assert pilot["hours_between_p90"] == pytest.approx(100.0 + 0.7 * 88.0)
    assert (pilot["replica_losses"], pilot["failed_restarts"], pilot["standbys_used"]) == (1, 1, 1)
    rows = reliability.interruptions
    assert rows["job"].tolist() == ["pilot"] * 6
    assert dict(zip(rows["cause"], rows["planned"], strict=True)) == {
        "planned": True,
        "faulty": False,
        "rack": False,
        "software": False,
        "slow": True,
        "disk": False,
    }


def test_failures_by_hand(reliability: Reliability) -> None:
    rows = {row["cause"]: row for row in reliability.failures.to_dict("records")}
    assert list(rows) == ["faulty", "rack", "software", "slow", "disk", "old"]  # what never happens has no row
    assert {cause: row["count"] for cause, row in rows.items()} == {
        "faulty": 2,
        "rack": 2,
        "software": 0,
        "slow": 1,
        "disk": 0,
        "old": 1,
    }
    out_of_ten = 10 + 15 + 4 + 4 + 784 + 4
    first, order = (10 * HORIZON - out_of_ten) / 24, (20 * (HORIZON - 1000) - 1 - (HORIZON - 2001)) / 24
    assert rows["faulty"]["node_days_up"] == pytest.approx(first)
    assert rows["old"]["node_days_up"] == pytest.approx(order)
    assert rows["rack"]["node_days_up"] == pytest.approx(first + order)
    assert rows["faulty"]["per_1000_node_days"] == pytest.approx(2000 / first)
    assert math.isnan(rows["software"]["per_1000_node_days"])  # it breaks no node
    assert rows["faulty"]["mean_hours_out"] == (10 + 15) / 2
    assert math.isnan(rows["slow"]["mean_hours_out"])  # not back yet
    assert math.isnan(rows["old"]["mean_hours_out"])  # never back
    assert (rows["rack"]["outages"], rows["disk"]["outages"], rows["faulty"]["outages"]) == (1, 1, 0)
    struck = {cause: row["interruptions"] for cause, row in rows.items()}
    assert struck == {"faulty": 1, "rack": 1, "software": 1, "slow": 0, "disk": 1, "old": 0}
    held = (8 * (HORIZON - 50.0) - 885.0) / 24
    assert rows["software"]["job_node_days"] == pytest.approx(held)
    assert rows["software"]["interruptions_per_1000_node_days"] == pytest.approx(1000 / held)


def test_clusters_by_hand(reliability: Reliability) -> None:
    train, idle = reliability.clusters.to_dict("records")
    since = 10 * HORIZON + 20 * (HORIZON - 1000)
    failed, maintained, retired = 10 + 15 + 4 + 4 + 1 + 784, 4, HORIZON - 2001
    assert train["node_days"] * 24 == pytest.approx(since)
    assert train["node_days_failed"] * 24 == pytest.approx(failed)
    assert train["node_days_maintenance"] * 24 == pytest.approx(maintained)
    assert train["node_days_retired"] * 24 == pytest.approx(retired)
    assert train["availability"] == pytest.approx(1 - (failed + maintained + retired) / since)
    assert train["failures_per_1000_node_days"] == pytest.approx(6000 / train["node_days_up"])
    assert train["mean_hours_out"] == (10 + 15 + 4 + 4) / 4
    assert (train["nodes"], train["failures"], train["outages"]) == (30, 6, 2)
    # Node 3 waits from 101 to 104, node 4 from 102 to 110, node 5 from 8,000 on; the rack's two are taken up at once.
    assert train["waiting_nodes_mean"] == pytest.approx((3 + 8 + 784) / HORIZON)
    assert train["waiting_nodes_max"] == 2
    assert train["mean_wait_hours"] == (3 + 8 + 0 + 0) / 4
    # Two on hand to 101, one to 102, none to 342, two to 8,000, one to the end.
    assert train["spare_parts_mean"] == pytest.approx((202 + 1 + 0 + 2 * 7658 + 784) / HORIZON)
    assert (train["spare_parts_min"], train["hours_without_spare_parts"], train["spare_part_orders"]) == (0, 240, 3)
    names = ("lemons_cured", "nodes_blamed", "stragglers", "silent_corruptions", "nodes_retired")
    assert [train[name] for name in names] == [1] * 5
    assert (idle["nodes"], idle["failures"], idle["spare_parts_mean"]) == (0, 0, 2.0)
    assert math.isnan(idle["availability"])


def test_a_job_larger_than_any_published_rests_on_an_assumption(scenario: Scenario) -> None:
    jobs = tuple(job.model_copy(update={"gpus": gpus}) for job, gpus in zip(scenario.jobs, (16384, 16392), strict=True))
    frame = account_reliability(scenario.model_copy(update={"jobs": jobs}), EventLog()).jobs
    assert frame["mfu_note"].tolist() == ["", MFU_NOTE]


def test_nothing_at_all_still_has_its_columns(scenario: Scenario, reliability: Reliability) -> None:
    nothing = account_reliability(scenario.model_copy(update={"jobs": ()}), EventLog())
    for name in ("jobs", "interruptions", "failures", "clusters"):
        found: pd.DataFrame = getattr(nothing, name)
        assert found.columns.tolist() == getattr(reliability, name).columns.tolist()
    assert nothing.jobs.empty
    assert nothing.failures.empty
    assert nothing.clusters["failures"].tolist() == [0, 0]


@pytest.mark.parametrize("seed", range(5))
def test_the_peak_is_the_most_that_are_open_at_once(seed: int) -> None:
    luck = np.random.default_rng(seed)
    since = luck.integers(0, 30, 40).astype(float)
    until = since + luck.integers(1, 8, 40)
    most = max(int(((since <= at) & (at < until)).sum()) for at in range(40))
    assert peak(since, until) == most


def test_an_interval_that_ends_as_another_begins_does_not_overlap_it() -> None:
    assert peak(np.array([0.0, 1.0]), np.array([1.0, 2.0])) == 1
    assert peak(np.zeros(0), np.zeros(0)) == 0
