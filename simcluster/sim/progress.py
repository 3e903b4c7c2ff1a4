"""How far a job has come: work computed, snapshots taken, and what of them is durable, in closed form.

A job alternates `interval` hours of work with a snapshot that costs `blocking` hours. Work is measured in hours of the
undisturbed gang; at a speed below 1 an interval takes longer. Snapshots stand at fixed amounts of work from the last
restart on. A snapshot is durable `lag` hours after it was taken; in memory mode only each `durable_every`-th one is
written out, and the others are lost with a failure deeper than a node's. A restart writes the state it restored.
"""

from __future__ import annotations

from math import ceil, inf


class Progress:
    """The state of a job's work at `hour`; `work` is what is computed, `blocking` what a snapshot costs."""

    __slots__ = (
        "_base",
        "_cycle",
        "_in_memory",
        "_last",
        "_saving",
        "_snapshots",
        "_taken_hour",
        "blocking",
        "durable_every",
        "hour",
        "interval",
        "lag",
        "work",
    )

    def __init__(
        self, interval: float, blocking: float, lag: float = 0.0, durable_every: int = 1, in_memory: bool = False
    ) -> None:
        self.interval, self.blocking, self.lag = interval, blocking, lag
        self.durable_every, self._in_memory = durable_every, in_memory
        self.hour = self._taken_hour = self._cycle = 0.0
        self.restart(0.0)

    def restart(self, work: float) -> None:
        """Go on from work that is durable."""
        self.work = self._base = self._last = work
        self._snapshots, self._saving = 0, 0.0

    def advance(self, hour: float, speed: float) -> float:
        """Compute until an hour at a speed; returns the hours that snapshots took."""
        interval, blocking, saving = self.interval, self.blocking, self._saving
        since, self.hour = self.hour, hour
        if interval == inf:
            self.work += (hour - since) * speed
            return 0.0
        to_work = interval / speed
        phase = (self.work - self._last) / speed + saving + (hour - since)  # hours into the cycle of the last snapshot
        taken = 0.0 - saving
        if phase >= to_work + blocking:
            cycle = to_work + blocking
            cycles = int(phase / cycle)
            phase -= cycles * cycle
            if phase < 0.0:
                phase = 0.0
            self._snapshots = snapshots = self._snapshots + cycles
            self._last = self._base + snapshots * interval
            self._taken_hour, self._cycle = hour - phase, cycle
            taken += cycles * blocking
        if phase > to_work:
            self._saving = phase - to_work
            taken += self._saving
            phase = to_work
        elif saving:
            self._saving = 0.0
        self.work = self._last + phase * speed
        return taken

    def hours_to(self, work: float, speed: float) -> float:
        """Wall hours until so much work is done, without a snapshot at the end."""
        hours = (work - self.work) / speed
        if self.interval < inf:
            snapshots = ceil((work - self._last) / self.interval) - 1
            if snapshots > 0:
                hours += snapshots * self.blocking - self._saving
        return max(0.0, hours)

    def clean(self) -> float:
        """The work of the last snapshot taken that will last: one in memory is overwritten by the next."""
        kept = self._snapshots
        if self._in_memory:
            kept -= kept % self.durable_every
        return self._base + kept * self.interval if kept else self._base

    def durable(self, deep: bool) -> float:
        """The work that survives a failure now; a `deep` failure takes what nodes keep in memory."""
        kept = self._snapshots
        if kept and (self._in_memory or self.lag) and (deep or not self._in_memory):
            kept -= kept % self.durable_every
            taken = self._taken_hour - (self._snapshots - kept) * self._cycle
            if self.hour < taken + self.lag:
                kept -= self.durable_every
            return self._base + max(kept, 0) * self.interval
        return self._last
