"""Nodes that age in the hours a job computes on them: which of a job's nodes is struck next."""

from __future__ import annotations

from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING

from simcluster.sim.lots import Ticket, WornLot

if TYPE_CHECKING:
    from simcluster.sim.wards import Ward


class BusyNodes:
    """The nodes of one job by the reading of the job's own clock, which runs while it computes.

    A node keeps its busy age when it leaves, and takes it along to the next job.
    """

    __slots__ = ("_heap", "_seen", "_ward", "clock")

    def __init__(self, ward: Ward) -> None:
        self._ward = ward
        self.clock = 0.0
        self._heap: list[tuple[float, int]] = []
        self._seen: dict[int, tuple[float, float]] = {}

    def join(self, nodes: list[int]) -> None:
        """Nodes came to the job."""
        for node in nodes:
            lot, place = self._place(node)
            due = self.clock + lot.busy_left(place)
            self._seen[node] = (self.clock, due)
            if due < inf:
                heappush(self._heap, (due, node))

    def leave(self, node: int) -> None:
        """A node left the job, and is as old as it has become."""
        if node in self._seen:
            joined, _ = self._seen.pop(node)
            lot, place = self._place(node)
            lot.grow_busy(place, self.clock - joined)

    def leave_all(self) -> None:
        """The job is done."""
        for node in list(self._seen):
            self.leave(node)

    def first_due(self) -> float:
        """What the job's clock shows when the next of its nodes is struck."""
        heap = self._heap
        while heap and self._seen.get(heap[0][1], (0.0, 0.0))[1] != heap[0][0]:
            heappop(heap)
        return heap[0][0] if heap else inf

    def strike(self) -> tuple[int, Ticket]:
        """The node that is struck now, with its ticket; the part that fails is renewed."""
        _, node = heappop(self._heap)
        self.leave(node)
        lot, place = self._place(node)
        ticket = lot.strike_busy(place)
        self.join([node])
        return node, ticket

    def _place(self, node: int) -> tuple[WornLot, int]:
        lot = self._ward.lot_of(node)
        assert isinstance(lot, WornLot)
        return lot, node - lot.first_node
