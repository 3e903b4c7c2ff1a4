"""Warm standbys: nodes that a job holds beside its gang, to swap one in at once."""

from __future__ import annotations

from simcluster.record.events import StandbysChanged
from simcluster.record.log import EventLog
from simcluster.sim.fleet import Fleet
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.plan import JobPlan


class Standbys:
    """The standbys of one job, under an owner's number of their own."""

    __slots__ = ("_env", "_fleet", "_plan", "_write", "count")

    def __init__(self, env: KernelEnvironment, log: EventLog, plan: JobPlan, fleet: Fleet) -> None:
        self._env, self._plan, self._fleet = env, plan, fleet
        self._write = log.writer(StandbysChanged)
        self.count = 0

    def fill(self) -> bool:
        """Take free nodes for those that are missing; whether none is any more."""
        wanted = self._plan.replacement.standbys - self.count
        if wanted > 0 and self._fleet.free:
            taken = len(self._fleet.take(wanted, self._plan.standby_owner))
            self._note(self.count + taken)
            wanted -= taken
        return wanted <= 0

    def swap_in(self, nodes: int) -> list[int]:
        """Move up to so many into the gang."""
        given = self._fleet.hand_over(min(nodes, self.count), self._plan.standby_owner, self._plan.number)
        if given:
            self._note(self.count - len(given), len(given))
        return given

    def lose(self, nodes: int) -> None:
        """So many failed."""
        self._note(self.count - nodes)

    def release(self) -> None:
        """The job is done with them."""
        if self.count:
            self._note(0)
            self._fleet.release(self._plan.standby_owner)

    def _note(self, count: int, swapped: int = 0) -> None:
        self.count = count
        self._write((self._env.now, self._plan.number, count, swapped))
