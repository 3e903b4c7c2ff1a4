"""GPU-hour accounts: every GPU-hour from delivery on, by month, cluster and state, integrated from the facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.record.clocks import clock_at, throttled_hours
from simcluster.record.events import (
    PLANNED,
    BurnInStarted,
    Held,
    InstallEnded,
    InstallStarted,
    JobHeld,
    Mended,
    NodesAdmitted,
    NodesInService,
    NodesQueued,
    NodesReplaced,
    NodesReturned,
    NodesShed,
    RepairEnded,
    SegmentEnded,
)
from simcluster.record.levels import Levels
from simcluster.record.log import EventLog
from simcluster.record.spread import spread
from simcluster.record.states import STATES, GpuState

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.scenario import Scenario

Floats = NDArray[np.float64]
HELD = {
    Held.DETECTING: GpuState.DETECTING,
    Held.STALLED: GpuState.STALLED,
    Held.SELECTING: GpuState.STALLED,
    Held.BACKING_OFF: GpuState.STALLED,
    Held.RESTARTING: GpuState.RESTARTING,
    Held.REGROUPING: GpuState.RESTARTING,
}

MOVES: tuple[tuple[type, int | None, GpuState | None, GpuState | None], ...] = (
    (NodesAdmitted, None, None, GpuState.WAITING_CREW),
    (InstallStarted, None, GpuState.WAITING_CREW, GpuState.INSTALLING),
    (InstallEnded, None, GpuState.INSTALLING, GpuState.WAITING_CREW),
    (BurnInStarted, None, GpuState.WAITING_CREW, GpuState.BURN_IN),
    (NodesInService, None, GpuState.BURN_IN, None),
    (NodesReturned, 1, GpuState.BURN_IN, GpuState.RETURNED),
    (NodesReplaced, 1, GpuState.RETURNED, GpuState.WAITING_CREW),
    (NodesReturned, 0, None, GpuState.RETURNED),
    (NodesReplaced, 0, GpuState.RETURNED, None),
)
"""Facts of orders that move nodes: which, of those installed or not, and the states they leave and reach.

A delivered node that is in none of them waits at the gate, which `NodesQueued` tells.
"""


@dataclass(frozen=True)
class GpuHours:
    """GPU-hours with axes (month, cluster, state); states in the order of `STATES`."""

    hours: Floats

    def of(self, state: GpuState) -> float:
        """Total GPU-hours of a state."""
        return float(self.hours[:, :, STATES.index(state)].sum())


class _Ledger:
    """Adds node-hours of intervals to (month, cluster, state)."""

    def __init__(self, scenario: Scenario) -> None:
        self.edges = np.array(scenario.clock.month_edges)
        self.horizon = scenario.clock.horizon_hours
        self.clusters = len(scenario.clusters)
        self.node_hours = np.zeros((len(self.edges) - 1, self.clusters, len(STATES)))

    def add(self, state: GpuState, since: Floats, until: Floats, clusters: NDArray[np.int64], nodes: Floats) -> None:
        column = STATES.index(state)
        self.node_hours[:, :, column] += spread(since, until, nodes, self.edges, clusters, self.clusters)

    def add_level(self, state: GpuState, hours: Floats, clusters: NDArray[np.int64], change: Floats) -> None:
        self.add(state, hours, np.full(len(hours), self.horizon), clusters, change)


def account_gpu_hours(scenario: Scenario, log: EventLog, levels: Levels) -> GpuHours:
    """GPU-hours by month, cluster and state.

    A segment's useful, checkpoint, lost, slowed and throttled hours are spread evenly over its wall where it crosses
    months. At clock c a GPU that computes or serves is throttled for 1 - c of its time.
    """
    ledger = _Ledger(scenario)
    _pipeline(ledger, log)
    _jobs(ledger, scenario, log)
    _repairs(ledger, log, scenario.shortage_cause)
    _halted_burn_in(ledger, log)
    gpus = np.array([float(scenario.server_of(k).gpus) for k in range(ledger.clusters)])
    hours = ledger.node_hours * gpus[None, :, None]
    for cluster in range(ledger.clusters):
        serving = levels.serving_gpus[cluster]
        served = serving * clock_at(log, levels.hours, scenario.site_index[scenario.clusters[cluster].site])
        free = levels.free(cluster) * gpus[cluster]
        standbys = levels.standbys(cluster) * gpus[cluster]
        hours[:, cluster, STATES.index(GpuState.STANDBY)] = levels.integral(standbys, ledger.edges)
        hours[:, cluster, STATES.index(GpuState.SERVING)] = levels.integral(served, ledger.edges)
        hours[:, cluster, STATES.index(GpuState.THROTTLED)] += levels.integral(serving - served, ledger.edges)
        hours[:, cluster, STATES.index(GpuState.IDLE)] = levels.integral(free - serving, ledger.edges)
    return GpuHours(hours)


def gpu_hours_frame(scenario: Scenario, gpu_hours: GpuHours) -> pd.DataFrame:
    """The accounts as rows: month, cluster, state, gpu_hours (only rows above zero)."""
    import pandas as pd

    months, clusters = scenario.clock.months, scenario.clusters
    rows = [
        (str(months[m]), clusters[c].name, str(STATES[s]), float(gpu_hours.hours[m, c, s]))
        for m, c, s in zip(*np.nonzero(gpu_hours.hours), strict=True)
    ]
    return pd.DataFrame(rows, columns=["month", "cluster", "state", "gpu_hours"])


def _pipeline(ledger: _Ledger, log: EventLog) -> None:
    for change in pipeline(log, ledger.clusters):
        ledger.add_level(change.state, change.hours, change.clusters, change.nodes)


@dataclass(frozen=True)
class PipelineChange:
    """Changes of the nodes in a state between delivery and service; equal lengths."""

    state: GpuState
    hours: Floats
    clusters: NDArray[np.int64]
    nodes: Floats


def pipeline(log: EventLog, clusters: int) -> Iterator[PipelineChange]:
    """From delivery to service: what waits is in no hands, or in those of a crew, a bench or the vendor."""
    queued = log.columns(NodesQueued)
    for cluster in range(clusters):
        mine = queued["cluster"] == cluster
        for state in (GpuState.WAITING_HALL, GpuState.WAITING_POWER, GpuState.WAITING_NETWORK):
            steps = np.diff(queued[state][mine], prepend=0).astype(np.float64)
            yield PipelineChange(state, queued["hour"][mine], queued["cluster"][mine], steps)
    for event, installed, left, reached in MOVES:
        facts = log.columns(event)
        mine = facts["order"] >= 0
        if installed is not None:
            mine &= facts["installed"] == installed
        for moved, sign in ((left, -1.0), (reached, 1.0)):
            if moved is not None:
                yield PipelineChange(moved, facts["hour"][mine], facts["cluster"][mine], sign * facts["nodes"][mine])


def _jobs(ledger: _Ledger, scenario: Scenario, log: EventLog) -> None:
    cluster_of_job = np.array([scenario.cluster_index[job.cluster] for job in scenario.jobs], dtype=np.int64)
    facts, throttled = log.columns(SegmentEnded), throttled_hours(scenario, log)
    wall = np.maximum(facts["hour"] - facts["since_hour"], np.finfo(float).tiny)
    clusters = cluster_of_job[facts["job"]]
    for state, spent in (
        (GpuState.PRODUCTIVE, facts["useful_hours"]),
        (GpuState.CHECKPOINTING, facts["checkpoint_hours"]),
        (GpuState.LOST_WORK, facts["lost_hours"]),
        (GpuState.SLOWED, facts["slowed_hours"] - throttled),
        (GpuState.THROTTLED, throttled),
    ):
        ledger.add(state, facts["since_hour"], facts["hour"], clusters, facts["nodes"] * spent / wall)
    held = log.columns(JobHeld)
    for why, state in HELD.items():
        mine = held["state"] == why
        clusters = cluster_of_job[held["job"][mine]]
        ledger.add(state, held["since_hour"][mine], held["hour"][mine], clusters, held["nodes"][mine] * 1.0)


def _halted_burn_in(ledger: _Ledger, log: EventLog) -> None:
    """Burn-in that stands still for want of power is a state of its own."""
    shed = log.columns(NodesShed)
    for cluster in range(ledger.clusters):
        mine = shed["cluster"] == cluster
        change = np.diff(shed["burning"][mine], prepend=0).astype(np.float64)
        ledger.add_level(GpuState.BURN_IN, shed["hour"][mine], shed["cluster"][mine], -change)
        ledger.add_level(GpuState.BURN_IN_HALTED, shed["hour"][mine], shed["cluster"][mine], change)


def _repairs(ledger: _Ledger, log: EventLog, shortage: int) -> None:
    """Steps of repairs by state; what a planned stop takes is maintenance, what a shortage of power takes unpowered.

    A node given up is retired for good.
    """
    out = log.columns(RepairEnded)
    planned, shed = out["cause"] == PLANNED, out["cause"] == shortage
    steps = (
        (GpuState.DETECTING, "failed_hour", "detected_hour"),
        (GpuState.REPAIRING, "detected_hour", "automatic_hour"),
        (GpuState.WAITING_REPAIR, "automatic_hour", "repair_hour"),
        (GpuState.REPAIRING, "repair_hour", "mended_hour"),
        (GpuState.WAITING_REPAIR, "mended_hour", "hour"),
    )
    for state, since, until in steps:
        kinds = ((~planned & ~shed, state), (planned, GpuState.MAINTENANCE), (shed, GpuState.UNPOWERED))
        for mine, into in kinds:
            ledger.add(into, out[since][mine], out[until][mine], out["cluster"][mine], np.ones(int(mine.sum())))
    given_up = out["outcome"] == Mended.RETIRED
    ledger.add_level(GpuState.RETIRED, out["hour"][given_up], out["cluster"][given_up], np.ones(int(given_up.sum())))
