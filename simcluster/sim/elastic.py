"""Jobs that do not wait to be whole: without the lost replica, or on fewer nodes."""

from __future__ import annotations

from typing import Any

from simcluster.model.policies import ByReplica, Shrink
from simcluster.record.events import PLANNED, ReplicasChanged
from simcluster.sim.recovery import REGROUPING, SELECTING
from simcluster.sim.replicas import Replicas
from simcluster.sim.training import TrainingRun


class ReplicatedRun(TrainingRun):
    """The data-parallel group that lost a node drops out; the others stall for a moment, lose nothing and go on."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        assert isinstance(self._plan.tolerance, ByReplica)
        self._tolerance = self._plan.tolerance
        self._replicas: Replicas
        self._write_replicas = self._log.writer(ReplicasChanged)
        self._rejoin_at, self._fetch_at = self._env.enlist(self._rejoin), self._env.enlist(self._fetch)

    def _take_gang(self) -> list[int]:
        gang = super()._take_gang()
        self._replicas = Replicas(self._tolerance.replicas, gang)
        return gang

    def _speed_now(self) -> float:
        return super()._speed_now() * self._replicas.at_work / self._replicas.count

    def _works(self, node: int) -> bool:
        return self._replicas.works(node)

    @property
    def _goes_on(self) -> bool:
        """Whether the other replicas compute, or are about to."""
        return self._computing or self._held is REGROUPING

    def struck(
        self,
        hour: float,
        nodes: tuple[int, ...],
        cause: int,
        detection_hours: float,
        planned: bool = False,
    ) -> None:
        """Go on without the replicas that lost a node, if enough are left, or stop as any job.

        Corruption that is found is in all of them, and takes them all back.
        """
        for node in nodes:
            self._replicas.lose(node)
            if self._aging is not None:
                self._aging.leave(node)
        if (
            (self._odd is not None and hour >= self._odd.noticed)
            or not nodes
            or not self._goes_on
            or self._replicas.at_work < self._tolerance.least
        ):
            super().struck(hour, nodes, cause, detection_hours, planned)
            return
        self._stop(hour)
        self._nodes -= len(nodes)
        self._write_replicas((hour, self._plan.number, nodes[0], cause, self._replicas.at_work))
        self._env.plan(hour + detection_hours, self._plan.number, self._fetch_at)
        self._hold(hour, REGROUPING, detection_hours + self._tolerance.regroup)

    def _stop(self, hour: float) -> None:
        if self._computing:
            self._pause(hour)
            self._keep()
        else:
            self._settle_hold(hour)

    def _fetch(self, hour: float, _number: int, _detail: int) -> None:
        """The loss was noticed: a replacement is looked for while the others compute."""
        if self._missing and self._goes_on and not self.done.triggered:
            self._receive(hour)
            if self._missing:
                self._queue.stall(self)

    def _receive(self, hour: float) -> None:
        """Take what is free for groups that miss nodes; whole ones rejoin when their nodes are ready."""
        computing = self._computing
        self._stop(hour)
        nodes, ready = super()._take_nodes()
        for group, version in self._replicas.receive(nodes):
            self._env.plan(hour + ready + self._tolerance.rejoin, group, self._rejoin_at, version)
        if computing:
            self._compute(hour)

    def _rejoin(self, hour: float, group: int, version: int) -> None:
        """A group is back: the others stall a moment to take it in."""
        if self.done.triggered or not self._goes_on or not self._replicas.rejoin(group, version):
            return
        self._stop(hour)
        self._write_replicas((hour, self._plan.number, -1, PLANNED, self._replicas.at_work))
        self._hold(hour, REGROUPING, self._tolerance.regroup)

    def _take_nodes(self) -> tuple[list[int], float]:
        nodes, ready = super()._take_nodes()
        self._replicas.receive(nodes)
        return nodes, ready

    def _may_go_on(self) -> bool:
        self._replicas.rejoin_whole()
        return self._replicas.at_work >= self._tolerance.least

    def _restart(self, hour: float) -> None:
        self._replicas.rejoin_whole()
        super()._restart(hour)

    def try_replace(self) -> bool:
        """As any job that waits; while the others compute, groups that miss nodes are served."""
        if self._goes_on and self._missing:
            self._receive(self._env.now)
        return super().try_replace()


class ShrinkingRun(TrainingRun):
    """Restarts at once on as many nodes as are left, in whole steps, and on the whole gang when nodes are back."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        assert isinstance(self._plan.tolerance, Shrink)
        self._tolerance = self._plan.tolerance

    @property
    def _at_work(self) -> int:
        step = self._tolerance.step_nodes
        return self._plan.nodes if not self._missing else self._nodes // step * step

    def _speed_now(self) -> float:
        return super()._speed_now() * self._at_work / self._plan.nodes

    def _may_go_on(self) -> bool:
        return self._at_work >= self._tolerance.least_nodes

    def try_replace(self) -> bool:
        """When all that are missing are free: save, stop and restart on the whole gang."""
        if self._computing and 0 < self._missing <= len(self._queue.fleet.free) + self._standbys.count:
            hour = self._env.now
            self._interrupt(hour, (), PLANNED, 0.0, True)
            ready = self._take_nodes()[1]
            self._hold(hour, SELECTING, ready + self._plan.replacement.select)
            return True
        return super().try_replace()
