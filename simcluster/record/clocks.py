"""The clocks of sites over their cap: what they were when, and what they took from computing and serving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.record.events import ClocksChanged, SegmentEnded
from simcluster.record.log import EventLog

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario

Floats = NDArray[np.float64]


def clock_at(log: EventLog, hours: Floats, site: int) -> Floats:
    """The clock of a site at each hour, a share of the full one; shape as `hours`."""
    facts = log.columns(ClocksChanged)
    mine = facts["site"] == site
    levels: Floats = np.concatenate([[1.0], facts["clock"][mine]])
    return levels[np.searchsorted(facts["hour"][mine], hours, side="right")]


def throttled_hours(scenario: Scenario, log: EventLog) -> Floats:
    """Of each stretch of computing (`SegmentEnded`, in order), the hours that its clock took; shape (stretches,).

    A stretch is at one clock c throughout, and of its computing, which is all but its saves, 1 - c is throttled. These
    hours are a part of its `slowed_hours`.
    """
    facts = log.columns(SegmentEnded)
    out: Floats = np.zeros(len(facts["hour"]))
    if not log.count(ClocksChanged):
        return out
    homes = [scenario.clusters[scenario.cluster_index[job.cluster]].site for job in scenario.jobs]
    site_of = np.array([scenario.site_index[home] for home in homes], dtype=np.int64)
    computed = facts["hour"] - facts["since_hour"] - facts["checkpoint_hours"]
    for site in range(len(scenario.sites)):
        mine = site_of[facts["job"]] == site
        out[mine] = (1.0 - clock_at(log, facts["since_hour"][mine], site)) * computed[mine]
    bounded: Floats = np.clip(out, 0.0, facts["slowed_hours"])
    return bounded
