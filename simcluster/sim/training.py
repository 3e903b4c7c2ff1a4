"""Training jobs: a SimPy process for the life-cycle; a failure is a method call, progress settles in closed form.

A job is in one of these states: it waits for its gang, computes, or holds its nodes without computing: until an
interruption is noticed, while hosts are selected and spares pulled, while it waits for a node, while it restarts,
regroups, or backs off after a restart that failed. This module is the synchronous job, which restarts whole; those
that go on without a replica or on fewer nodes build on it (`sim/elastic.py`).
"""

from __future__ import annotations

from collections.abc import Generator
from math import inf

import simpy

from simcluster.core.rng import Luck
from simcluster.model.reliability import NODE_SCOPES
from simcluster.record.events import JobFinished, JobInterrupted, JobStarted, ModelReady, StateCorrupted
from simcluster.record.log import EventLog
from simcluster.sim.draws import duration
from simcluster.sim.kernel import Alarm, KernelEnvironment
from simcluster.sim.plan import JobPlan
from simcluster.sim.recovery import DETECTING, REGROUPING, RESTARTING, STALLED, Recovery
from simcluster.sim.strikes import BreakNode, FindFault, OwnStrikes, nothing
from simcluster.sim.wards import Oddity, Ward


class TrainingRun(Recovery):
    """One job, from waiting for its turn to its last step of work."""

    def __init__(
        self,
        env: KernelEnvironment,
        luck: Luck,
        log: EventLog,
        plan: JobPlan,
        ward: Ward,
        break_node: BreakNode = nothing,
        find_fault: FindFault = nothing,
    ) -> None:
        super().__init__(env, luck, log, plan, ward.queue)
        self._ward = ward
        self._own = OwnStrikes(luck, plan, ward)
        self._aging = self._own.nodes
        self._takes_at_once = self._takes_at_once and self._aging is None
        self._break_node, self._find_fault = break_node, find_fault
        self.done: simpy.Event = env.event()
        self._gang: simpy.Event = env.event()
        self._write_interrupted = log.writer(JobInterrupted)
        self._speed, self._own_due, self._work_hours = 1.0, inf, plan.work_hours
        self._computing = False
        self._odd: Oddity | None = None
        self._clean_work = inf
        self._segment_alarm = Alarm(env, self._segment_due)

    # --- Life-cycle

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
        plan, now = self._plan, self._env.now
        if len(self._fleet.free) < plan.nodes:
            return False
        self._take_gang()
        self._log.add(JobStarted(now, plan.number, plan.cluster, plan.nodes))
        self._queue.start(self)
        if plan.replacement.standbys:
            self._queue.run_short(self)
        self._gang.succeed()
        self._progress.interval = plan.interval_hours(plan.nodes)
        if self._queue.storages_out:
            self._hold(now, STALLED, inf)
        else:
            self._compute(now)
        return True

    def _take_gang(self) -> list[int]:
        gang = self._fleet.take(self._plan.nodes, self._plan.number)
        if self._aging is not None:
            self._aging.join(gang)
        return gang

    def _take_nodes(self) -> tuple[list[int], float]:
        nodes, ready = super()._take_nodes()
        if self._aging is not None:
            self._aging.join(nodes)
        if not self._missing:
            self.top_up()
        return nodes, ready

    def settle_at_horizon(self) -> None:
        """Close the open stretch when the simulation ends; work under way is neither lost nor finished."""
        now = self._env.now
        if self._computing:
            self._pause(now)
        elif self._held is not None:
            self._settle_hold(now)
        self._stretches.decide(min(self._progress.work, self._clean_work))

    def _wait_for_nodes(self) -> None:
        self._queue.stall(self)

    # --- Computing

    def _compute(self, hour: float) -> None:
        self._computing, self._held, self._since = True, None, hour
        progress = self._progress
        progress.hour = hour
        if self._ward.tainted and self._odd is None:
            self._go_corrupt(hour)
        self._speed = self._speed_now()
        if self._own.can_strike:
            self._own_due = self._own.due(hour)
        due = self._own_due
        if self._work_hours - progress.work < (self._env.horizon - hour) * self._speed:  # it may finish in time
            due = min(due, hour + progress.hours_to(self._work_hours, self._speed))
        if due < inf:
            self._segment_alarm.set(due)

    def _speed_now(self) -> float:
        """Progress per hour of what the undisturbed gang would make: that of its slowest node."""
        return self._ward.slowest(self._plan.number) if self._ward.slow else 1.0

    def _pause(self, hour: float) -> None:
        """Stop computing with all that was computed still in memory."""
        since, begins, progress = self._since, self._progress.work, self._progress
        saving = progress.advance(hour, self._speed)
        self._stretches.computed((since, hour, self._nodes, begins, progress.work, saving))
        if self._own.can_strike:
            self._own.expose(since, hour)
        self._computing = False
        self._since = hour
        self._segment_alarm.target = inf

    def _keep(self) -> None:
        """Write down the stretches whose work nothing can take any more."""
        self._stretches.keep(min(self._progress.durable(deep=True), self._clean_work))

    def slowed(self) -> None:
        """One of the nodes became slower."""
        if self._computing and self._speed_now() != self._speed:
            hour = self._env.now
            self._pause(hour)
            self._keep()
            self._compute(hour)

    def corrupted(self) -> None:
        """One of the nodes corrupts the state from now on, or once the job computes again."""
        if self._computing and self._odd is None:
            hour = self._env.now
            self._pause(hour)
            self._compute(hour)

    def _go_corrupt(self, hour: float) -> None:
        """If a node at work corrupts: what is computed after the last snapshot will be lost when that is found."""
        self._odd = odd = self._ward.first_tainted(self._number, self._works)
        if odd is not None:
            odd.job, self._clean_work = self._number, self._progress.clean()
            self._log.add(StateCorrupted(hour, self._number, odd.node, odd.cause, odd.noticed))

    def _works(self, node: int) -> bool:
        """Whether a node of the gang computes when the job does."""
        return True

    def found(self, hour: float, odd: Oddity) -> None:
        """What corrupted the state is found: go back, unless an interruption took the job back already."""
        if self._odd is odd:
            self.struck(hour, (), odd.cause, 0.0)

    def _segment_due(self) -> None:
        hour = self._env.now
        if not self._computing:
            return
        if self._own_due > hour:
            self._finish(hour)
        else:
            self._strike_own(hour)

    def _strike_own(self, hour: float) -> None:
        """A cause on the job's own hours strikes: the job alone, or one of its nodes."""
        plan, fleet = self._plan, self._queue.fleet
        self._pause(hour)
        ticket, node = self._own.strike()
        page, k = ticket
        number, members = page.causes[k], fleet.members(plan.number)
        counts_nodes = page.threat(k).cause.counted != "job"
        if node < 0 and counts_nodes and self._missing and page.luck("thins")[k] * plan.nodes >= self._nodes:
            self._compute(hour)  # it would have struck a node that is missing
            return
        if node < 0 and page.threat(k).cause.scope in NODE_SCOPES and members:
            node = members[int(page.luck("victim")[k] * len(members))] + fleet.first_node
        self._computing = True
        self._own_due = inf
        if node >= 0:
            self._break_node(hour, node, ticket)
            if self._computing:
                self._compute(hour)
        else:
            self.struck(hour, (), number, page.detections[k])

    def _finish(self, hour: float) -> None:
        plan = self._plan
        odd = self._odd
        if odd is not None:  # the last evaluation finds what is wrong
            self._find_fault(hour, odd)
            self.found(hour, odd)
            return
        self._pause(hour)
        self._stretches.decide(inf)
        if self._aging is not None:
            self._aging.leave_all()
        self._log.add(JobFinished(hour, plan.number, plan.work_hours))
        self._queue.fleet.release(plan.number)
        self._standbys.release()
        self._queue.leave(self)
        self._queue.serve()
        self.done.succeed()

    # --- Blows

    def struck(
        self,
        hour: float,
        nodes: tuple[int, ...],
        cause: int,
        detection_hours: float,
        planned: bool = False,
    ) -> None:
        """Nodes of the gang failed, or a cause of the job's own struck: stop at once.

        While a failure is being noticed or a node awaited, the job is down already: it misses more nodes and is not
        interrupted again, and one diagnosis finds all that are missing. The loss of several nodes at once also takes
        what nodes keep in memory. Before a `planned` stop the job saves.
        """
        if self._aging is not None:
            for node in nodes:
                self._aging.leave(node)
        if self._computing or self._held is RESTARTING or self._held is REGROUPING:
            self._interrupt(hour, nodes, cause, detection_hours, planned)
        elif nodes:
            self._settle_hold(hour)
            self._nodes -= len(nodes)
            if self._queue.storages_out and self._held is STALLED:
                self._hold(hour, DETECTING, detection_hours)

    def _interrupt(
        self, hour: float, nodes: tuple[int, ...], cause: int, detection_hours: float, planned: bool
    ) -> None:
        """Stop at once; what is not durable is lost, unless the stop was planned and the job saves first."""
        progress = self._progress
        if self._computing:
            self._pause(hour)
        else:
            self._settle_hold(hour)
        progress.hour = hour
        kept = progress.work if planned else progress.durable(deep=len(nodes) > 1)
        if self._odd is not None:  # whatever took it back, the state is clean again
            kept = min(kept, self._clean_work)
            self._odd, self._clean_work = None, inf
        self._stretches.decide(kept)
        self._nodes -= len(nodes)
        progress.restart(kept)
        self._saves = planned
        self._write_interrupted((hour, self._plan.number, nodes[0] if nodes else -1, cause))
        self._hold(hour, DETECTING, detection_hours)

    def lost_standbys(self, nodes: int) -> None:
        """Warm standbys failed."""
        self._standbys.lose(nodes)
        self.top_up()

    def top_up(self) -> None:
        """Take free nodes for the standbys that are missing, once the gang is whole."""
        if self._missing or not self._standbys.fill():
            self._queue.run_short(self)

    def lose_storage(self, hour: float, cause: int, detection_hours: float) -> None:
        """Storage went out: stop, and restart when it is back."""
        self.struck(hour, (), cause, detection_hours)

    def regain_storage(self, hour: float) -> None:
        """Storage is back: restart, if that is what the job waited for."""
        if self._held is STALLED and (not self._missing or self._may_go_on()):
            self._settle_hold(hour)
            self._restart(hour)
