"""How a job holds its nodes when it does not compute: it notices, replaces, waits, restarts, and tries again."""

from __future__ import annotations

from functools import cache
from math import inf

from simcluster.core.rng import Luck
from simcluster.model.policies import Replacement, RestartAll
from simcluster.record.events import Held, JobHeld, RestartFailed
from simcluster.record.log import EventLog
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.plan import JobPlan
from simcluster.sim.progress import Progress
from simcluster.sim.queue import ClusterQueue
from simcluster.sim.standbys import Standbys
from simcluster.sim.stretches import Stretches

# Members of an enum are looked up slowly, names of a module are not.
DETECTING, SELECTING, STALLED = Held.DETECTING, Held.SELECTING, Held.STALLED
RESTARTING, REGROUPING, BACKING_OFF = Held.RESTARTING, Held.REGROUPING, Held.BACKING_OFF


class Recovery:
    """The nodes a job holds, and the way from an interruption back to computing."""

    def __init__(self, env: KernelEnvironment, luck: Luck, log: EventLog, plan: JobPlan, queue: ClusterQueue) -> None:
        self._env, self._luck, self._log, self._plan, self._queue = env, luck, log, plan, queue
        checkpoint = plan.checkpoint
        in_memory = checkpoint.mode == "memory"
        self._progress = Progress(
            inf, checkpoint.blocking_hours, checkpoint.lag_hours, checkpoint.durable_every, in_memory
        )
        self._stretches = Stretches(log, plan.number, plan.nodes)
        self._standbys = Standbys(env, log, plan, queue.fleet)
        self._nodes = self._gang_nodes = plan.nodes
        self._number, self._plan_entry, self._fleet = plan.number, env.plan, queue.fleet
        self._write_held = log.writer(JobHeld)
        self._takes_at_once = plan.replacement == Replacement() and isinstance(plan.tolerance, RestartAll)
        self._since = 0.0
        self._held: Held | None = None
        self._saves = False
        self._restart_chance, self._failed_restarts, self._restarts = plan.restart_chance, 0, 0
        self._hold_number = 0
        self._interval_hours, self._restart_hours = cache(plan.interval_hours), cache(plan.restart_hours)
        self._hold_at = env.enlist(self._hold_over)
        self._after = {
            DETECTING: self._replace,
            SELECTING: self._selected,
            RESTARTING: self._restarted,
            REGROUPING: self._compute,
            BACKING_OFF: self._replace,
        }

    @property
    def _missing(self) -> int:
        return self._plan.nodes - self._nodes

    def _compute(self, hour: float) -> None:
        raise NotImplementedError

    def _wait_for_nodes(self) -> None:
        raise NotImplementedError

    def _hold(self, hour: float, state: Held, hours: float) -> None:
        self._held, self._since = state, hour
        self._hold_number = number = self._hold_number + 1
        self._plan_entry(hour + hours, self._number, self._hold_at, number)

    def _settle_hold(self, hour: float) -> None:
        """Cut a hold short: write down the stretch held so far, at the number of nodes held during it."""
        if hour > self._since and self._held is not None:
            self._write_held((hour, self._number, self._since, self._nodes, self._held))
        self._since = hour

    def _hold_over(self, hour: float, _: int, number: int) -> None:
        held = self._held
        if number == self._hold_number and held is not None:
            self._settle_hold(hour)
            self._after[held](hour)

    def _replace(self, hour: float) -> None:
        """Swap in standbys, pull spares and select hosts."""
        missing = self._gang_nodes - self._nodes
        if missing == 1 and self._takes_at_once and self._fleet.take_one(self._number):
            self._nodes = self._gang_nodes
            self._restart(hour)
            return
        ready = self._take_nodes()[1] if missing else 0.0
        wait = ready + self._plan.replacement.select
        if wait > 0:
            self._hold(hour, SELECTING, wait)
        else:
            self._selected(hour)

    def _take_nodes(self) -> tuple[list[int], float]:
        """Nodes for the missing ones, and the hours until the last of them is ready."""
        plan, ready = self._plan, 0.0
        nodes = self._standbys.swap_in(self._missing) if self._standbys.count else []
        if nodes:
            ready = plan.replacement.swap
        left = self._missing - len(nodes)
        if left and self._fleet.free:
            nodes = nodes + self._fleet.take(left, plan.number)
            ready = max(ready, plan.replacement.pull)
        self._nodes += len(nodes)
        return nodes, ready

    def _selected(self, hour: float) -> None:
        if self._nodes == self._plan.nodes:
            self._restart(hour)
            return
        if self._may_go_on():
            self._restart(hour)
        else:
            self._hold(hour, STALLED, inf)
        self._wait_for_nodes()
        if self._fleet.free:
            self._queue.serve()

    def _may_go_on(self) -> bool:
        """Whether the job can restart though nodes are missing."""
        return False

    def try_replace(self) -> bool:
        """Take free nodes for the missing ones; true once nothing is missing, or the job sees to it itself."""
        hour = self._env.now
        if self._held is STALLED and self._missing:
            self._settle_hold(hour)
            ready = self._take_nodes()[1]
            if not self._missing or self._may_go_on():
                self._hold(hour, SELECTING, ready + self._plan.replacement.select)
        return not self._missing

    def _restart(self, hour: float) -> None:
        if self._queue.storages_out:
            self._hold(hour, STALLED, inf)
            return
        saving = self._progress.blocking if self._saves else 0.0
        self._hold(hour, RESTARTING, self._restart_hours(self._nodes) + saving)

    def _restarted(self, hour: float) -> None:
        """A restart ended: it succeeded, or it is tried again later, or people are called."""
        self._saves = False
        if self._restart_chance:
            if self._fails_again(hour):
                return
            self._failed_restarts = 0
        self._progress.interval = self._interval_hours(self._nodes)
        self._compute(hour)
        if self._nodes < self._gang_nodes:
            self._queue.serve()

    def _fails_again(self, hour: float) -> bool:
        plan, retry = self._plan, self._plan.retry
        luck = self._luck.stream("training.restart", plan.name).at(self._restarts)
        self._restarts += 1
        if luck >= self._restart_chance:
            return False
        self._failed_restarts += 1
        self._log.add(RestartFailed(hour, plan.number, self._failed_restarts))
        escalates = self._failed_restarts % retry.attempts == 0
        doubled = (self._failed_restarts - 1) % retry.attempts
        self._hold(hour, BACKING_OFF, retry.escalation if escalates else retry.backoff * 2.0**doubled)
        return True
