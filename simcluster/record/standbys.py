"""How often a job swapped in a warm standby: its level of standbys falls, and no standby went out of service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.record.events import (
    PLANNED,
    JobFinished,
    JobHeld,
    JobInterrupted,
    JobStarted,
    NodeFailed,
    ReplicasChanged,
    SegmentEnded,
    StandbysChanged,
)
from simcluster.record.log import EventLog
from simcluster.record.service import Columns, Floats

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario

Bools = NDArray[np.bool_]


def standbys_used(scenario: Scenario, log: EventLog, out: Columns) -> list[int]:
    """Standbys that each job swapped in, in declared order.

    The facts tell levels: one falls when standbys are swapped in, when they go out of service, and when the job is
    done. Where no node without a job goes out at the hour of a fall, it is a swap. Where one does, it is a swap if the
    job took nodes at that hour too: standbys are taken first. Where both happen at one hour, the loss comes first.
    What no fact tells is a planned stop of nodes of the gang and standbys at one instant; it is a swap if the gang is
    whole again.
    """
    levels = log.columns(StandbysChanged)
    if not len(levels["job"]):
        return [0] * len(scenario.jobs)
    failed = log.columns(NodeFailed)
    return [_used(scenario, log, out, failed, levels, job) for job in range(len(scenario.jobs))]


def _used(scenario: Scenario, log: EventLog, out: Columns, failed: Columns, levels: Columns, job: int) -> int:
    mine, cluster = levels["job"] == job, scenario.cluster_index[scenario.jobs[job].cluster]
    hours, nodes = levels["hour"][mine], levels["nodes"][mine]
    falls = -np.diff(nodes, prepend=0)
    finished = log.columns(JobFinished)
    counts = (falls > 0) & ~np.isin(hours, finished["hour"][finished["job"] == job])
    hours, falls = hours[counts], falls[counts]
    of_nobody = failed["hour"][(failed["cluster"] == cluster) & (failed["job"] < 0)]
    stopped = np.isin(hours, out["failed_hour"][(out["cluster"] == cluster) & (out["cause"] == PLANNED)])
    may_be_loss = stopped | np.isin(hours, of_nobody)
    took = _took(log, failed, job, hours, stopped)
    followed = np.concatenate([hours[1:] == hours[:-1], np.zeros(min(len(hours), 1), dtype=np.bool_)])
    lost = may_be_loss & (~took | followed)
    return int(falls[~lost].sum())


def _took(log: EventLog, failed: Columns, job: int, hours: Floats, stopped: Bools) -> Bools:
    """Whether a job took nodes at an hour: it holds more after it, or as many though it lost some."""
    stretches = [log.columns(event) for event in (SegmentEnded, JobHeld)]
    since, nodes = (
        np.concatenate([facts[name][facts["job"] == job] for facts in stretches]) for name in ("since_hour", "nodes")
    )
    order = np.argsort(since, kind="stable")
    started = log.columns(JobStarted)
    since, held = since[order], np.concatenate([started["nodes"][started["job"] == job], nodes[order]])
    gained = held[np.searchsorted(since, hours, side="right")] - held[np.searchsorted(since, hours, side="left")]
    own = np.sort(failed["hour"][failed["job"] == job])
    lost = np.searchsorted(own, hours, side="right") - np.searchsorted(own, hours, side="left")
    struck, dropped = log.columns(JobInterrupted), log.columns(ReplicasChanged)
    blows = [struck["hour"][struck["job"] == job], dropped["hour"][(dropped["job"] == job) & (dropped["node"] >= 0)]]
    swapped_for_stopped = stopped & (gained == 0) & np.isin(hours, np.concatenate(blows))
    took: Bools = (gained + lost > 0) | swapped_for_stopped
    return took
