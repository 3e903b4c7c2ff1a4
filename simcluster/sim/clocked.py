"""Jobs at a site that reads its meter: they compute at its clock, and tell when what they draw may have changed."""

from __future__ import annotations

from collections.abc import Callable

from simcluster.record.events import Held
from simcluster.sim.elastic import ReplicatedRun, ShrinkingRun
from simcluster.sim.recovery import RESTARTING
from simcluster.sim.strikes import nothing
from simcluster.sim.training import TrainingRun


class Clocked(TrainingRun):
    """A job whose speed is also that of the clock, a share of the full one."""

    clock = 1.0
    changed: Callable[[], None] = staticmethod(nothing)

    @property
    def cluster(self) -> int:
        """The number of its cluster."""
        return self._plan.cluster

    @property
    def doing(self) -> tuple[int, int, int]:
        """Nodes that compute, that restart, and that wait, standbys among them."""
        standbys = self._standbys.count
        if self._computing:
            return self._nodes, 0, standbys
        if self._held is RESTARTING:
            return 0, self._nodes, standbys
        return 0, 0, standbys + (0 if self._held is None else self._nodes)

    def _compute(self, hour: float) -> None:
        super()._compute(hour)
        self.changed()

    def _hold(self, hour: float, state: Held, hours: float) -> None:
        super()._hold(hour, state, hours)
        self.changed()

    def _speed_now(self) -> float:
        return super()._speed_now() * self.clock


class ClockedRun(Clocked):
    """The synchronous job, which restarts whole."""


class ClockedReplicas(Clocked, ReplicatedRun):
    """A job that goes on without the replica that lost a node."""


class ClockedShrinking(Clocked, ShrinkingRun):
    """A job that restarts on fewer nodes."""
