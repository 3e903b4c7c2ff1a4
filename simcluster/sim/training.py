"""Training jobs: a SimPy process for the life-cycle; a failure is a method call, progress settles in closed form.

Between two interruptions a job alternates `interval` hours of work with a checkpoint of `cost` hours; an interruption
after e hours keeps floor(e / (interval + cost)) intervals and loses what came after the last checkpoint.
"""

from __future__ import annotations

from collections.abc import Generator
from math import ceil, floor, inf

import simpy

from simcluster.core.rng import Luck
from simcluster.record.events import (
    Held,
    JobFinished,
    JobHeld,
    JobInterrupted,
    JobStarted,
    ModelReady,
    SegmentEnded,
)
from simcluster.record.log import EventLog
from simcluster.sim.draws import duration
from simcluster.sim.kernel import Alarm, KernelEnvironment
from simcluster.sim.plan import JobPlan
from simcluster.sim.queue import ClusterQueue
from simcluster.sim.strikes import OwnStrikes


class TrainingRun:
    """One job: waits for its turn and its gang, computes, is struck, swaps the failed node, restarts, finishes."""

    def __init__(self, env: KernelEnvironment, luck: Luck, log: EventLog, plan: JobPlan, queue: ClusterQueue) -> None:
        self._env = env
        self._luck = luck
        self._log = log
        self._plan = plan
        self._queue = queue
        self.done: simpy.Event = env.event()
        self._gang: simpy.Event = env.event()
        self._useful_hours = 0.0
        self._missing = 0
        self._since = 0.0
        self._held: Held | None = None
        self._computing = False
        self._segment_alarm = Alarm(env, self._segment_due)
        self._hold_alarm = Alarm(env, self._hold_over)
        self._own = OwnStrikes(luck, plan)

    def live(self, predecessors: list[simpy.Event]) -> Generator[simpy.Event, None, None]:
        """The SimPy process."""
        env, plan = self._env, self._plan
        yield env.timeout(max(plan.earliest_hour - env.now, 0.0))
        yield env.all_of(predecessors)
        self._queue.join(self)
        yield self._gang
        yield self.done
        yield env.timeout(duration(self._luck, "training.post", plan.name, 0, plan.post_training))
        self._log.add(ModelReady(env.now, plan.number))

    def try_gang(self) -> bool:
        """Take the whole gang if it is free, and begin."""
        if self._queue.fleet.free < self._plan.nodes:
            return False
        self._queue.fleet.take(self._plan.nodes, self._plan.number)
        self._log.add(JobStarted(self._env.now, self._plan.number, self._plan.cluster, self._plan.nodes))
        self._gang.succeed()
        self._compute()
        return True

    def try_replace(self) -> bool:
        """Take free nodes for the missing ones; true, and restarting, once the gang is whole again."""
        got = len(self._queue.fleet.take(self._missing, self._plan.number))
        if got:
            self._settle_hold()
            self._missing -= got
        if self._missing:
            return False
        self._hold(Held.RESTARTING, self._plan.restart_hours)
        return True

    def struck(self, node: int, cause: int) -> None:
        """A node of the gang failed now: what follows the last checkpoint is lost, or a restart begins again.

        While a failure is being noticed or a node awaited, the job is down already: it misses one node more and is not
        interrupted again, and one diagnosis finds all that are missing.
        """
        if self._computing or self._held is Held.RESTARTING:
            self._interrupt(node, cause)
        else:
            self._settle_hold()
            self._missing += 1

    def settle_at_horizon(self) -> None:
        """Close the open stretch when the simulation ends; work under way is neither lost nor finished."""
        if self._computing:
            kept, checkpoint, unsaved = self._progress(self._env.now - self._since)
            self._end_segment(kept + unsaved, checkpoint, 0.0)
        elif self._held is not None:
            self._settle_hold()

    def _compute(self) -> None:
        self._since = self._env.now
        self._computing, self._held = True, None
        self._segment_alarm.set(self._since + min(self._hours_to_finish(), self._own.left_hours))

    def _hours_to_finish(self) -> float:
        """Wall hours from a fresh start: the remaining work and a checkpoint after each interval but the last."""
        left = self._plan.work_hours - self._useful_hours
        if self._plan.interval_hours == inf:
            return left
        return left + max(ceil(left / self._plan.interval_hours) - 1, 0) * self._plan.checkpoint_hours

    def _progress(self, elapsed: float) -> tuple[float, float, float]:
        """Hours (kept, checkpointing, unsaved) of a stretch of computing that has lasted `elapsed` hours."""
        interval, cost = self._plan.interval_hours, self._plan.checkpoint_hours
        if interval == inf:
            return 0.0, 0.0, elapsed
        cycles = floor(elapsed / (interval + cost))
        rest = max(elapsed - cycles * (interval + cost), 0.0)
        unsaved = min(rest, interval)
        return cycles * interval, elapsed - cycles * interval - unsaved, unsaved

    def _segment_due(self) -> None:
        if not self._computing:
            return
        if self._own.left_hours < self._hours_to_finish():
            self._interrupt(-1, self._own.cause())
        else:
            self._finish()

    def _finish(self) -> None:
        now, plan = self._env.now, self._plan
        left = plan.work_hours - self._useful_hours
        self._end_segment(left, now - self._since - left, 0.0)
        self._log.add(JobFinished(now, plan.number, self._useful_hours))
        self._queue.fleet.release(plan.number)
        self._queue.serve()
        self.done.succeed()

    def _interrupt(self, node: int, cause: int) -> None:
        """Stop at once, by a node (`node` >= 0, which the gang then misses) or by the job's own cause (-1)."""
        if self._computing:
            self._end_segment(*self._progress(self._env.now - self._since))
        else:
            self._settle_hold()
        if node < 0:
            self._own.draw_next()
        else:
            self._missing += 1
        self._log.add(JobInterrupted(self._env.now, self._plan.number, node, cause))
        self._hold(Held.DETECTING, self._plan.detection_hours)

    def _end_segment(self, useful: float, checkpoint: float, lost: float) -> None:
        now, plan = self._env.now, self._plan
        self._log.add(SegmentEnded(now, plan.number, self._since, plan.nodes, useful, checkpoint, lost))
        self._useful_hours += useful
        self._own.expose(now - self._since)
        self._computing = False
        self._segment_alarm.set(inf)

    def _hold(self, state: Held, hours: float) -> None:
        self._held, self._since = state, self._env.now
        self._hold_alarm.set(self._since + hours)

    def _settle_hold(self) -> None:
        """Write down the stretch held so far, at the number of nodes held during it."""
        now, plan = self._env.now, self._plan
        if self._held is not None and now > self._since:
            self._log.add(JobHeld(now, plan.number, self._since, plan.nodes - self._missing, self._held))
        self._since = now

    def _hold_over(self) -> None:
        self._settle_hold()
        if self._held is Held.RESTARTING:
            self._compute()
        elif not self.try_replace():
            self._hold(Held.STALLED, inf)
            self._queue.stall(self)
