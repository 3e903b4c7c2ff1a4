"""How far a job has come: work computed, snapshots taken, and what of them is durable, in closed form.

A job alternates `interval` hours of work with a snapshot that costs `blocking` hours. Work is measured in hours of the
undisturbed gang; at a speed below 1 an interval takes longer. Snapshots stand at fixed amounts of work from the last
restart on. A snapshot is durable `lag` hours after it was taken; in memory mode only each `durable_every`-th one is
written out, and the others are lost with a failure deeper than a node's. A restart writes the state it restored.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, inf


@dataclass(slots=True)
class Progress:
    """The state of a job's work at `hour`."""

    interval: float
    blocking: float
    lag: float = 0.0
    durable_every: int = 1
    in_memory: bool = False
    hour: float = 0.0
    work: float = 0.0
    _base: float = 0.0
    _snapshots: int = 0
    _saving: float = 0.0
    _taken_hour: float = 0.0
    _cycle: float = 0.0

    @property
    def _last(self) -> float:
        """Work at the last snapshot."""
        return self._base + self._snapshots * self.interval if self._snapshots else self._base

    def restart(self, hour: float, work: float, interval: float) -> None:
        """Begin computing again at an hour from work that is durable, under a new interval."""
        self.hour, self.work, self.interval = hour, work, interval
        self._base, self._snapshots, self._saving = work, 0, 0.0

    def advance(self, hour: float, speed: float) -> float:
        """Compute until an hour at a speed; returns the hours that snapshots took."""
        elapsed = hour - self.hour
        self.hour = hour
        if self.interval == inf:
            self.work += elapsed * speed
            return 0.0
        to_work = max((self._last + self.interval - self.work) / speed, 0.0)
        if self._saving:
            to_work = 0.0
        first = to_work + self.blocking - self._saving
        if elapsed < first:
            computed = min(elapsed, to_work)
            self.work += computed * speed
            self._saving += elapsed - computed
            return elapsed - computed
        self._cycle = self.interval / speed + self.blocking
        cycles = floor((elapsed - first) / self._cycle)
        rest = max(elapsed - first - cycles * self._cycle, 0.0)
        computed = min(rest, self.interval / speed)
        saved_before = self._saving
        self._snapshots += 1 + cycles
        self._taken_hour = hour - rest
        self._saving = rest - computed
        self.work = self._last + computed * speed
        return (self.blocking - saved_before) + cycles * self.blocking + self._saving

    def hours_to(self, work: float, speed: float) -> float:
        """Wall hours until so much work is done, without a snapshot at the end."""
        left = work - self.work
        if self.interval == inf:
            return left / speed
        snapshots = max(ceil((work - self._last) / self.interval) - 1, 0)
        return max(left / speed + snapshots * self.blocking - self._saving, 0.0)

    def durable(self, deep: bool) -> float:
        """The work that survives a failure now."""
        if self._snapshots == 0 or self.interval == inf:
            return self._base
        kept = self._snapshots
        if deep or not self.in_memory:
            kept -= kept % self.durable_every
            taken = self._taken_hour - (self._snapshots - kept) * self._cycle
            if self.hour < taken + self.lag:
                kept -= self.durable_every
        return self._base + max(kept, 0) * self.interval
