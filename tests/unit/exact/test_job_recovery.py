"""What interruptions of all kinds cost a job: restarts that fail, silent corruption, stragglers, maintenance, standbys.

Where the facts say what must follow, every single one is checked; where luck decides, means against exact ones.
"""

from collections.abc import Callable
from math import exp, expm1
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simcluster.model.scenario import Scenario
from simcluster.record.events import (
    PLANNED,
    Held,
    JobFinished,
    JobHeld,
    JobInterrupted,
    NodeFailed,
    NodeSlowed,
    RepairEnded,
    RestartFailed,
    SegmentEnded,
    StandbysChanged,
    StateCorrupted,
)
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate

Floats = NDArray[np.float64]
DAYS = 366


def cause(**more: Any) -> dict[str, Any]:
    return {"name": "c", "scope": "node", "repair": "1 hour", **more}


def held_after(log: EventLog, state: Held) -> Floats:
    """Hours in a state after each interruption of the only job, until the next; the last one is left out."""
    held, struck = log.columns(JobHeld), log.columns(JobInterrupted)["hour"]
    mine = held["state"] == state
    after = np.searchsorted(struck, held["since_hour"][mine], side="right") - 1
    spent = (held["hour"] - held["since_hour"])[mine]
    return np.bincount(after, weights=spent, minlength=len(struck))[:-1]


def test_restarts_that_fail_are_geometric_and_back_off(
    fleet: Callable[..., Scenario], gang: Callable[..., Any], score: Callable[..., float], bound: float
) -> None:
    """With chance p a restart is tried 1 / (1 - p) times; the k-th failure in a row waits b 2^(k-1), each third e."""
    p, restart, wait, escalation = 0.45, 0.2, 0.25, 2.0
    causes = [
        {"name": "own", "scope": "job", "rate": "6 / day", "repair": "0 hours"},
        {"name": "bad", "scope": "job", "per": "restart", "chance": p, "repair": "0 hours"},
    ]
    retry = {"backoff": f"{wait} hours", "attempts": 3, "escalation": f"{escalation} hours"}
    job = gang(4, 1e6, restart=f"{restart} hours", retry=retry)
    log = simulate(fleet(causes, 4, 2 * DAYS, jobs=[job]), 1)
    tries = held_after(log, Held.RESTARTING) / restart
    assert tries == pytest.approx(np.round(tries))
    assert abs(score(tries, 1 / (1 - p), 0.03)) < bound
    assert abs(score((tries - 1 / (1 - p)) ** 2, p / (1 - p) ** 2, 0.1)) < bound
    backing_off = (p * wait + p**2 * 2 * wait + p**3 * escalation) / (1 - p**3)
    assert abs(score(held_after(log, Held.BACKING_OFF), backing_off, 0.05)) < bound
    failed = log.columns(RestartFailed)
    row = np.diff(failed["attempt"])
    assert ((row == 1) | (failed["attempt"][1:] == 1)).all()
    assert abs(score(failed["attempt"] == 1, 1 - p, 0.04)) < bound


@pytest.mark.parametrize("latency", [0.0, 10.0])
def test_silent_corruption_costs_its_latency_and_half_an_interval(
    fleet: Callable[..., Scenario], gang: Callable[..., Any], score: Callable[..., float], bound: float, latency: float
) -> None:
    """From the last clean state on all is lost: its age is that of a checkpoint every tau, with strikes at rate r."""
    tau, rate, nodes = 4.0, 1 / 60.0, 20
    causes = [cause(rate=f"{24 * rate / nodes!r} / day", silent=True, detection=f"{latency} hours")]
    log = simulate(fleet(causes, 30, 3000, jobs=[gang(nodes, 1e6, tau, 0.0, restart="15 min")]), 2)
    corrupted, ran = log.columns(StateCorrupted), log.columns(SegmentEnded)
    tainted = (
        log.columns(NodeFailed)["hour"] - latency
    )  # also nodes that are free, and those of a state corrupt already
    lost = []
    for hour, found in zip(corrupted["hour"], corrupted["found_hour"], strict=True):
        began = ran["since_hour"][np.searchsorted(ran["hour"], hour)]
        near = (tainted >= min(began, hour) - latency - 1e-9) & (tainted <= found)
        fresh = found - hour > latency - 1e-9  # not of a node that joined, or was left, with its fault
        if fresh and near.sum() == 1 and found in ran["hour"]:
            pieces = (ran["hour"] >= hour) & (ran["hour"] <= found)
            age = (hour - began) % tau if began <= hour else 0.0
            gone = ran["lost_hours"][pieces].sum()
            assert gone == pytest.approx(age + found - max(hour, began)), "since the last clean checkpoint"
            if began <= hour:
                lost.append(gone)
    assert len(lost) > 400
    mean = 1 / rate - tau / expm1(rate * tau)
    assert abs(score(np.array(lost) - latency, mean, 0.05)) < bound
    assert (ran["slowed_hours"] == 0).all()


def test_state_that_is_corrupt_is_found_once_however_often_the_job_is_struck_meanwhile(
    fleet: Callable[..., Scenario], gang: Callable[..., Any]
) -> None:
    """No stretch of computing loses more than the latency and an interval, and one without corruption an interval."""
    tau, latency = 2.0, 12.0
    causes = [
        cause(rate="0.002 / day", silent=True, detection=f"{latency} hours"),
        {**cause(rate="0.02 / day"), "name": "n"},
    ]
    job = gang(100, 1e6, tau, 0.01, restart="1 hour")
    log = simulate(fleet(causes, 300, DAYS, repair={"detection": "1 hour"}, jobs=[job]), 3)
    ran, corrupted = log.columns(SegmentEnded), log.columns(StateCorrupted)
    assert ran["lost_hours"].max() <= latency + tau
    spoilt = [
        ((corrupted["hour"] <= until) & (corrupted["found_hour"] >= since)).any()
        for since, until in zip(ran["since_hour"], ran["hour"], strict=True)
    ]
    assert ran["lost_hours"][~np.array(spoilt)].max() <= tau
    assert ran["lost_hours"].max() > 2 * tau
    assert log.count(JobInterrupted) > 500


def test_nothing_is_useful_while_any_node_of_the_gang_corrupts(
    fleet: Callable[..., Scenario], gang: Callable[..., Any]
) -> None:
    """Many nodes corrupt at a time: one that is found leaves the others, and no restart forgets them."""
    latency = 12.0
    causes = [cause(rate="0.2 / day", silent=True, detection=f"{latency} hours")]
    log = simulate(fleet(causes, 10, 4 * DAYS, jobs=[gang(10, 1e6, 2.0, 0.01, restart="15 min")]), 3)
    found, ran = log.columns(NodeFailed)["hour"], log.columns(SegmentEnded)
    corrupt = np.zeros(len(ran["hour"]), dtype=np.int64)
    for hour in found:  # there is no spare: a node that corrupts is in the gang all the while
        corrupt += (ran["since_hour"] >= hour - latency) & (ran["hour"] <= hour)
    assert (corrupt > 1).sum() > 100
    assert (ran["useful_hours"][corrupt > 0] == 0).all()
    assert ran["useful_hours"].sum() > 500


def test_the_last_evaluation_finds_what_corrupted_the_state_once(
    fleet: Callable[..., Scenario], gang: Callable[..., Any]
) -> None:
    """A job that ends before corruption would have been noticed is taken back once, and ends without the node."""
    causes = [cause(rate="0.3 / day", silent=True, detection="2000 hours")]
    for tolerance in (
        {"kind": "restart_all"},
        {"kind": "by_replica", "replicas": 2, "regroup": "0 hours", "rejoin": "0 hours"},
    ):
        job = gang(2, 20.0, 4.0, 0.0, restart="1 hour", fault_tolerance=tolerance)
        done = 0
        for seed in range(12):
            log = simulate(fleet(causes, 40, 30, jobs=[job]), seed)
            if log.count(JobFinished):
                assert log.count(JobInterrupted) == log.count(StateCorrupted) == log.count(NodeFailed)
                assert log.columns(SegmentEnded)["useful_hours"].sum() == pytest.approx(20.0)
                done += log.count(JobInterrupted)
        assert done > 3


def covered(slow: dict[str, Any], since: float, until: float) -> float:
    """Hours between two in which at least one node is slow."""
    spans = sorted(zip(slow["hour"], slow["noticed_hour"], strict=True))
    hours, end = 0.0, since
    for first, last in spans:
        hours += max(min(last, until) - max(first, end), 0.0)
        end = max(end, min(last, until))
    return hours


def test_stragglers_slow_the_job_until_they_are_noticed(
    fleet: Callable[..., Scenario], gang: Callable[..., Any], count_score: Callable[..., float], bound: float
) -> None:
    speed, noticed, nodes, rate = 0.8, 6.0, 40, 0.01
    causes = [cause(rate=f"{rate} / day", slows=speed, detection=f"{noticed} hours", repair="2 hours")]
    job = gang(nodes, 1e6, 5.0, 0.25, restart="30 min")
    log = simulate(fleet(causes, nodes, 4 * DAYS, jobs=[job]), 4)
    slow, ran, out = log.columns(NodeSlowed), log.columns(SegmentEnded), log.columns(RepairEnded)
    assert slow["noticed_hour"] == pytest.approx(slow["hour"] + noticed)
    in_service = nodes * 24 * 4 * DAYS - (out["hour"] - out["failed_hour"]).sum() - noticed * len(slow["hour"])
    assert abs(count_score(len(slow["hour"]), rate / 24 * in_service, 0.05)) < bound

    assert (ran["lost_hours"] == 0).all(), "a node that is noticed to be slow is taken out after a checkpoint"
    slowed, saving, useful = (ran[f"{what}_hours"].sum() for what in ("slowed", "checkpoint", "useful"))
    computing = (ran["hour"] - ran["since_hour"]).sum()
    slow_hours = sum(covered(slow, since, until) for since, until in zip(ran["since_hour"], ran["hour"], strict=True))
    assert slow_hours / computing > 0.05
    share = slowed / (computing - saving)
    assert share == pytest.approx((1 - speed) * slow_hours / computing, rel=0.02), "checkpoints fall in slow hours too"
    assert useful + slowed + saving == pytest.approx(computing)
    struck = log.columns(JobInterrupted)["hour"]
    assert held_after(log, Held.RESTARTING).mean() == pytest.approx(0.75, rel=0.1), "it saves and restarts"
    assert set(struck) <= set(slow["noticed_hour"])


@pytest.mark.parametrize("spares", [8, 0])
def test_maintenance_costs_a_checkpoint_and_a_restart_and_no_work(
    fleet: Callable[..., Scenario], gang: Callable[..., Any], spares: int
) -> None:
    """Every 12 hours a rack of two goes down for 6; with free nodes the job goes on, without it waits."""
    nodes, cost, restart = 32, 0.25, 0.5
    rolling = {"every": "12 hours", "duration": "6 hours", "domain": "rack"}
    job = gang(nodes, 1e6, 5.0, cost, restart=f"{restart} hours")
    log = simulate(fleet([], nodes + spares, DAYS, maintenance=rolling, jobs=[job]), 5)
    struck, out, ran = (log.columns(event) for event in (JobInterrupted, RepairEnded, SegmentEnded))
    racks = (nodes + spares) // 2
    window = (out["failed_hour"] / 12 - 1).round().astype(int)
    assert out["failed_hour"] == pytest.approx(12.0 * (window + 1))
    assert (np.bincount(window) == 2).all()
    rack, turn = out["node"][out["node"] % 2 == 0] // 2, window[out["node"] % 2 == 0]
    assert (out["node"].reshape(-1, 2) // 2 == rack[:, None]).all(), "a whole rack"
    for first in range(0, turn.max() - racks, racks):
        assert set(rack[(turn >= first) & (turn < first + racks)]) == set(range(racks)), "each once a round"
    assert out["hour"] == pytest.approx(np.minimum(out["failed_hour"] + 6, 24 * DAYS))
    assert (struck["cause"] == PLANNED).all()
    assert log.count(NodeFailed) == 0

    assert (ran["lost_hours"] == 0).all()
    assert held_after(log, Held.RESTARTING) == pytest.approx(np.full(len(struck["hour"]) - 1, restart + cost))
    assert not np.isin(log.columns(JobHeld)["state"], [Held.DETECTING, Held.SELECTING, Held.BACKING_OFF]).any()
    if spares:
        assert not held_after(log, Held.STALLED).any()
        assert 0.6 < len(struck["hour"]) / (24 * DAYS / 12) < 1, "some windows find free nodes only"
    else:
        assert len(struck["hour"]) == 24 * DAYS / 12 - 1
        assert held_after(log, Held.STALLED) == pytest.approx(np.full(len(struck["hour"]) - 1, 6.0))


def test_a_standby_is_swapped_in_sooner_than_a_free_node_is_pulled(
    fleet: Callable[..., Scenario], gang: Callable[..., Any], score: Callable[..., float], bound: float
) -> None:
    """One standby is not enough if another of the n - 1 nodes fails before the first is noticed: 1 - e^(-(n-1) r D)."""
    nodes, rate, detection, swap, pull = 40, 1 / 240.0, 0.5, 0.125, 1.5
    causes = [cause(rate=f"{24 * rate!r} / day")]
    replacement = {"standbys": 1, "swap": f"{swap} hours", "pull": f"{pull} hours"}
    job = gang(nodes, 1e6, 3.0, 0.0, replacement=replacement)
    log = simulate(fleet(causes, 60, 5 * DAYS, repair={"detection": f"{detection} hours"}, jobs=[job]), 6)
    held = log.columns(JobHeld)
    state, spent = held["state"], held["hour"] - held["since_hour"]
    first = np.flatnonzero((state[1:] == Held.SELECTING) & (state[:-1] == Held.DETECTING)) + 1
    pulled = spent[first] > swap + 1e-9
    whole = np.isclose(spent[first], swap) | np.isclose(spent[first], pull)
    assert whole.mean() > 0.7, "the others are cut short by another failure"
    assert abs(score(pulled, 1 - exp(-(nodes - 1) * rate * detection), 0.05)) < bound
    levels = log.columns(StandbysChanged)["nodes"]
    assert set(levels) == {0, 1}
    assert (held["nodes"][state == Held.RESTARTING] == nodes).all()
    assert not (state == Held.STALLED).any(), "there is always a free node"


def test_blows_while_a_job_is_down_cost_it_no_node_and_no_wait(
    fleet: Callable[..., Scenario], gang: Callable[..., Any]
) -> None:
    """Whatever it loses while it selects hosts or backs off, it computes whole, and never waits beside free nodes."""
    nodes = 80
    causes = [
        cause(rate="0.1 / day", repair="4 years"),
        {"name": "bad", "scope": "job", "per": "restart", "chance": 0.5, "repair": "0 hours"},
    ]
    replacement = {"select": "30 min", "pull": "15 min"}
    job = gang(nodes, 1e6, 1.0, restart="6 min", retry={"backoff": "1 hour"}, replacement=replacement)
    log = simulate(fleet(causes, 4000, 15, jobs=[job]), 7)
    held = log.columns(JobHeld)
    down = held["nodes"][np.isin(held["state"], [Held.SELECTING, Held.BACKING_OFF])]
    assert (down < nodes).sum() > 30, "it was struck while it was down"
    assert (log.columns(SegmentEnded)["nodes"] == nodes).all()
    assert (held["nodes"][held["state"] == Held.RESTARTING] == nodes).all()
    assert not (held["state"] == Held.STALLED).any()
