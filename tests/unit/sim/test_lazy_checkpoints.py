"""Checkpoints in closed form against the same job stepped through checkpoint by checkpoint."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.events import Held, JobHeld, JobInterrupted, JobStarted, NodeFailed, SegmentEnded
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate

RESTART_HOURS = 0.5
MODES: dict[str, dict[str, Any]] = {
    "blocking": {"cost": "30 s"},
    "blocking for free": {"cost": "0 s"},
    "rare": {"cost": "10 min", "interval": "30 hours"},
    "asynchronous": {"mode": "asynchronous", "snapshot": "2 s", "cost": "4 min"},
    "memory": {"mode": "memory", "snapshot": "2 s", "cost": "12 min", "durable_every": 4},
}


@dataclass
class Stretch:
    """Hours of computing, and what ended them: a failure that takes what nodes keep in memory, or not, or none."""

    since: float
    until: float
    is_cut: bool
    is_deep: bool


@dataclass
class Stepped:
    """What a job made of its stretches; hours."""

    checkpoints: int = 0
    useful: float = 0.0
    lost: float = 0.0
    saving: float = 0.0


def stretches_of(scenario: Scenario, log: EventLog) -> list[Stretch]:
    """When the only job computed: whenever it did not hold its nodes otherwise."""
    lost = Counter(row.hour for row in log.rows(NodeFailed) if row.job == 0)
    deep = {row.hour: lost[row.hour] > 1 for row in log.rows(JobInterrupted)}
    (started,) = (row.hour for row in log.rows(JobStarted))
    since, found = started, []
    for held in sorted(log.rows(JobHeld), key=lambda row: row.hour):
        if held.since_hour > since:
            found.append(Stretch(since, held.since_hour, True, deep[held.since_hour]))
        since = held.hour
    if since < scenario.clock.horizon_hours:
        found.append(Stretch(since, scenario.clock.horizon_hours, False, False))
    return found


def step_through(scenario: Scenario, stretches: list[Stretch]) -> Stepped:
    """Compute an interval, stand still for the snapshot, and so on; at a failure go back to what is safe."""
    policy, total = scenario.jobs[0].checkpoint, Stepped()
    interval, blocking, in_memory = policy.interval, policy.blocking_hours, policy.mode == "memory"
    for stretch in stretches:
        lasts = stretch.until - stretch.since  # counted from its beginning, where steps of minutes round least
        hour, computed, taken = 0.0, 0.0, []
        while hour + interval < lasts:
            hour, computed = hour + interval, computed + interval
            if hour + blocking >= lasts:
                total.saving += lasts - hour
                break
            hour += blocking
            total.saving += blocking
            taken.append(hour)
        else:
            computed += lasts - hour
        total.checkpoints += len(taken)
        kept = computed
        if stretch.is_cut:
            written = range(policy.durable_every, len(taken) + 1, policy.durable_every)
            safe = [k for k in written if taken[k - 1] + policy.lag_hours <= lasts]
            survive = len(taken) if in_memory and not stretch.is_deep else max(safe, default=0)
            kept = survive * interval
        total.useful += kept
        total.lost += computed - kept
    return total


@pytest.mark.parametrize("mode", MODES)
def test_closed_form_is_what_stepping_gives(
    lab: Callable[..., Scenario], lab_catalog: dict[str, Any], mode: str
) -> None:
    scenario = failing(lab, lab_catalog, MODES[mode])
    log = simulate(scenario, 1)
    stretches = stretches_of(scenario, log)
    stepped = step_through(scenario, stretches)
    segments, held = log.columns(SegmentEnded), log.columns(JobHeld)

    lasted = held["hour"] - held["since_hour"]
    cut_restarts = np.sum((held["state"] == Held.RESTARTING) & (lasted < RESTART_HOURS * (1 - 1e-9)))
    ends_cut = held["hour"][-1] == scenario.clock.horizon_hours and held["state"][-1] == Held.RESTARTING
    cuts = sum(stretch.is_cut for stretch in stretches) + cut_restarts - ends_cut
    assert log.count(JobInterrupted) == cuts > 300

    blocking = scenario.jobs[0].checkpoint.blocking_hours
    if blocking:
        assert np.sum(segments["checkpoint_hours"] // (blocking * (1 - 1e-9))) == stepped.checkpoints
    assert stepped.checkpoints > 150
    assert segments["useful_hours"].sum() == pytest.approx(stepped.useful, rel=1e-9)
    assert segments["lost_hours"].sum() == pytest.approx(stepped.lost, rel=1e-9)
    assert segments["checkpoint_hours"].sum() == pytest.approx(stepped.saving, rel=1e-9)


def failing(lab: Callable[..., Scenario], catalog: dict[str, Any], checkpoint: dict[str, Any]) -> Scenario:
    """A job on thirty of forty nodes for a year, of which one fails every day and a rack every month."""
    causes = [
        {"name": "node", "scope": "node", "rate": "0.03 / day", "repair": "6 hours"},
        {"name": "rack", "scope": "rack", "rate": "0.002 / day", "repair": "6 hours"},
    ]
    job = {
        "name": "job",
        "cluster": "k",
        "gpus": 240,
        "work": "1e30 FLOP",
        "mfu": 0.4,
        "earliest": "2024-01-01",
        "checkpoint": {"kind": "fixed", "interval": "5 min", **checkpoint},
        "restart": f"{RESTART_HOURS} hours",
    }
    return lab(
        catalog={**catalog, "failures": {"f": {"causes": causes}}},
        clusters=[
            {"name": "k", "site": "here", "server": "s", "failures": "f", "repair": {"detection": "6 min"}},
        ],
        installed=[{"name": "first", "cluster": "k", "gpus": 320, "in_service": "2023-01-01"}],
        jobs=[job],
    )
