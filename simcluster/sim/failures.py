"""The failure calendar: one SimPy process that walks the next failure or return of every node.

Healthy nodes cost no event; a failure or a repair costs one entry of a heap, and no event of SimPy's unless something
else is due before it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Generator
from functools import partial
from heapq import heappop, heappush, heapreplace
from math import inf

import simpy

from simcluster.core.rng import PAGE
from simcluster.model.procurement import Cluster
from simcluster.record.events import NodeFailed
from simcluster.record.log import EventLog
from simcluster.sim.fates import Fates
from simcluster.sim.fleet import NOBODY
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.queue import ClusterQueue

FAILS, RETURNS = 0, 1
Strike = Callable[[int, int, int], None]
"""Called with (job, node, cause) when a failed node belonged to a job."""


class Ward:
    """Failures and repairs of one cluster: who mends, and whose nodes they are."""

    __slots__ = ("_crew", "detection_hours", "fleet", "number", "queue")

    def __init__(self, number: int, cluster: Cluster, queue: ClusterQueue) -> None:
        self.number = number
        self.queue = queue
        self.fleet = queue.fleet
        self.detection_hours = cluster.repair.detection
        technicians = cluster.repair.technicians
        self._crew = None if technicians is None else [0.0] * technicians

    def take_up(self, detected_hour: float, repair_hours: float) -> float:
        """The hour a technician takes up a repair: first come, first served by a crew of c (exact, no queue kept)."""
        if self._crew is None:
            return detected_hour
        start = max(detected_hour, self._crew[0])
        heapreplace(self._crew, start + repair_hours)
        return start


class Lot:
    """Nodes declared together (an order, an opening row): their ward, their fates, and the life each is in."""

    __slots__ = ("fates", "first_node", "lives", "ward")

    def __init__(self, ward: Ward, fates: Fates, first_node: int, nodes: int) -> None:
        self.ward = ward
        self.fates = fates
        self.first_node = first_node
        self.lives = array("I", bytes(4 * nodes))


class FailureCalendar:
    """Next failures and returns of all nodes in one heap of (hour, node, what, lot)."""

    def __init__(self, env: KernelEnvironment, log: EventLog, horizon: float, strike: Strike) -> None:
        self._env = env
        self._write = log.writer(NodeFailed)
        self._horizon = horizon
        self._strike = strike
        self._heap: list[tuple[float, int, int, Lot]] = []
        self._awake: simpy.Event = env.event()
        self._sleeps_until = inf

    def enter(self, lot: Lot, first: int, nodes: int) -> None:
        """Nodes of a lot, from place `first` on, entered service now: note the lives that end before the horizon."""
        if lot.fates.harmless:
            return
        now, horizon, heap = self._env.now, self._horizon, self._heap
        for place in range(first, first + nodes):
            hour = now + lot.fates.page(0, place // PAGE)[0][place % PAGE]
            if hour < horizon:
                heappush(heap, (hour, lot.first_node + place, FAILS, lot))
        if heap and heap[0][0] < self._sleeps_until and not self._awake.triggered:
            self._awake.succeed()

    def walk(self) -> Generator[simpy.Event, None, None]:
        """The SimPy process: go from entry to entry, in place while nothing else is due."""
        env, heap = self._env, self._heap
        while True:
            while heap:
                hour, node, what, lot = heap[0]
                if hour > env.now and not env.advance(hour):
                    break
                heappop(heap)
                if what == FAILS:
                    self._fail(hour, node, lot)
                else:
                    self._mend(hour, node, lot)
            self._awake = awake = env.event()
            self._sleeps_until = inf
            if heap:
                self._sleeps_until = heap[0][0]
                env.call_at(self._sleeps_until, partial(_ring, awake))
            yield awake

    def _fail(self, hour: float, node: int, lot: Lot) -> None:
        ward, place = lot.ward, node - lot.first_node
        _, causes, repairs = lot.fates.page(lot.lives[place], place // PAGE)
        cause, repair_hours = causes[place % PAGE], repairs[place % PAGE]
        detected = hour + ward.detection_hours
        start = ward.take_up(detected, repair_hours)
        back = start + repair_hours
        job = ward.fleet.put_down(node)
        self._write((hour, node, ward.number, cause, job, detected, start, back))
        if back < self._horizon:
            heappush(self._heap, (back, node, RETURNS, lot))
        if job != NOBODY:
            self._strike(job, node, cause)

    def _mend(self, hour: float, node: int, lot: Lot) -> None:
        place = node - lot.first_node
        lot.lives[place] = life = lot.lives[place] + 1
        ends = hour + lot.fates.page(life, place // PAGE)[0][place % PAGE]
        if ends < self._horizon:
            heappush(self._heap, (ends, node, FAILS, lot))
        ward = lot.ward
        ward.fleet.put_up(node)
        ward.queue.serve()


def _ring(awake: simpy.Event) -> None:
    """Wake the walker, unless nodes that entered service meanwhile have woken it."""
    if not awake.triggered:
        awake.succeed()
