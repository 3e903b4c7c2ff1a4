"""A job's computing as facts: stretches of computing, whose work is useful or lost."""

from __future__ import annotations

from simcluster.record.events import SegmentEnded
from simcluster.record.log import EventLog

Stretch = tuple[float, float, int, float, float, float]
"""Since, until, nodes, work at the beginning and at the end (hours of the undisturbed gang), hours of checkpoints."""


class Stretches:
    """Writes down where a job's wall went. Work is useful once it is durable, lost once it is not to be had again.

    What becomes of the work of a stretch may be decided after it ended; until then the stretch is open.
    """

    __slots__ = ("_gang", "_job", "_open", "_write_segment")

    def __init__(self, log: EventLog, job: int, gang: int) -> None:
        self._write_segment = log.writer(SegmentEnded)
        self._job, self._gang = job, gang
        self._open: list[Stretch] = []

    def computed(self, stretch: Stretch) -> None:
        """A stretch of computing ended; whether its work will last is not decided."""
        if stretch[1] > stretch[0]:
            self._open.append(stretch)

    def keep(self, durable: float) -> None:
        """Work up to `durable` will last: write down the stretches that lie below it."""
        still_open = []
        for stretch in self._open:
            if stretch[4] <= durable:
                self._write(stretch, durable)
            else:
                still_open.append(stretch)
        self._open = still_open

    def decide(self, durable: float) -> None:
        """Work up to `durable` will last, and what is beyond it is lost."""
        if self._open:
            for stretch in self._open:
                self._write(stretch, durable)
            self._open.clear()

    def _write(self, stretch: Stretch, durable: float) -> None:
        since, until, nodes, begins, ends, checkpoint = stretch
        useful = min(ends, durable) - begins
        if useful < 0.0:
            useful = 0.0
        computed = until - since - checkpoint
        if nodes == self._gang and ends - begins >= computed * (1 - 1e-12):
            lost, slowed = computed - useful if durable < ends else 0.0, 0.0
        else:
            scale = self._gang / nodes
            lost = (ends - begins - useful) * scale
            useful *= scale
            slowed = max(computed - useful - lost, 0.0)
        self._write_segment((until, self._job, since, nodes, useful, checkpoint, lost, slowed))
