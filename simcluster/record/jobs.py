"""What each job's wall was spent on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simcluster.record.clocks import throttled_hours
from simcluster.record.events import Held, JobHeld, SegmentEnded
from simcluster.record.log import EventLog

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario


@dataclass(frozen=True)
class JobHours:
    """Hours of a job's wall, from its start to its end or the horizon, and GPU-hours held.

    wall = useful + checkpoint + lost + slowed + throttled
         + detecting + selecting + waiting + restarting + regrouping + backing_off.
    Hours are those of the wall; `useful_gpu_hours` is the work done, in GPU-hours of the undisturbed gang.
    """

    useful: float
    checkpoint: float
    lost: float
    slowed: float
    throttled: float
    detecting: float
    selecting: float
    waiting: float
    restarting: float
    regrouping: float
    backing_off: float
    held_gpu_hours: float
    useful_gpu_hours: float

    @property
    def wall(self) -> float:
        """Hours since the gang was taken."""
        computed = self.useful + self.checkpoint + self.lost + self.slowed + self.throttled
        held = self.detecting + self.selecting + self.waiting + self.restarting + self.regrouping + self.backing_off
        return computed + held

    @property
    def ettr(self) -> float | None:
        """Effective training time ratio: useful over wall; None before the start."""
        return self.useful / self.wall if self.wall else None

    @property
    def goodput(self) -> float | None:
        """Work done over the GPU-hours held, both in GPU-hours of the undisturbed gang; None before the start."""
        return self.useful_gpu_hours / self.held_gpu_hours if self.held_gpu_hours else None


def job_hours(scenario: Scenario, log: EventLog) -> list[JobHours]:
    """The hours of each job, in declared order."""
    computed, held, throttled = log.columns(SegmentEnded), log.columns(JobHeld), throttled_hours(scenario, log)
    out = []
    for number, job in enumerate(scenario.jobs):
        ran, waited = computed["job"] == number, held["job"] == number
        spans = np.where(waited, held["hour"] - held["since_hour"], 0.0)
        walls = np.where(ran, computed["hour"] - computed["since_hour"], 0.0)
        by_state = {state: float(spans[held["state"] == state].sum()) for state in Held}
        node_hours = float((walls * computed["nodes"]).sum() + (spans * held["nodes"]).sum())
        gpus = scenario.server_of(job.cluster).gpus
        out.append(
            JobHours(
                useful=float(computed["useful_hours"][ran].sum()),
                checkpoint=float(computed["checkpoint_hours"][ran].sum()),
                lost=float(computed["lost_hours"][ran].sum()),
                slowed=float((computed["slowed_hours"] - throttled)[ran].sum()),
                throttled=float(throttled[ran].sum()),
                detecting=by_state[Held.DETECTING],
                selecting=by_state[Held.SELECTING],
                waiting=by_state[Held.STALLED],
                restarting=by_state[Held.RESTARTING],
                regrouping=by_state[Held.REGROUPING],
                backing_off=by_state[Held.BACKING_OFF],
                held_gpu_hours=node_hours * gpus,
                useful_gpu_hours=float((computed["useful_hours"] * computed["nodes"])[ran].sum()) * gpus,
            )
        )
    return out
