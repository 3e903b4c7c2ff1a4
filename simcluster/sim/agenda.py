"""The agenda: what is to happen to nodes and jobs, in order of time, at a cost that does not grow with the fleet.

A calendar queue (R. Brown, Communications of the ACM 31, 1988): entries of a later window lie unsorted in a list of
their own. Those of the window at hand are sorted once and walked through; the few that arrive while it is at hand are
put in their place. A heap would cost a sift for each entry.
"""

from __future__ import annotations

from bisect import insort
from heapq import heappop, heappush
from math import inf

Entry = tuple[float, int, int, int]
"""Hour, number of a node or job, deed, detail. Entries of one hour go by number, then deed, then detail."""

WINDOW_HOURS = 32.0
"""A power of two, so that an hour divided by it falls exactly on its own side of a window's edge."""


class Agenda:
    """A queue of entries; `near` holds those of the window at hand in order, and they are run up to place `at`.

    Entries at or beyond the `horizon` are dropped, as nothing will come of them.
    """

    __slots__ = ("_edge", "_horizon", "_later", "_run_before", "_windows", "at", "near")

    def __init__(self, horizon: float = inf) -> None:
        self.near: list[Entry] = []
        self.at = 0
        self._horizon = horizon
        self._edge = WINDOW_HOURS
        self._later: dict[int, list[Entry]] = {}
        self._windows: list[int] = []
        self._run_before = 0

    def push(self, hour: float, number: int, deed: int, detail: int = 0) -> None:
        """Add an entry, not before the one that runs."""
        if hour < self._edge:
            if hour < self._horizon:
                insort(self.near, (hour, number, deed, detail), self.at)
        elif hour < self._horizon:
            window = int(hour / WINDOW_HOURS)
            entries = self._later.get(window)
            if entries is None:
                self._later[window] = [(hour, number, deed, detail)]
                heappush(self._windows, window)
            else:
                entries.append((hour, number, deed, detail))

    def has_next(self, before: float = inf) -> bool:
        """Whether an entry is left at place `at`: if not in the window at hand, the next that holds any is opened.

        A window that does not begin `before` an hour is left closed, as what is still to come may lie ahead of it.
        """
        if self.at < len(self.near):
            return True
        if not self._windows or self._windows[0] * WINDOW_HOURS >= before:
            return False
        window = heappop(self._windows)
        self._run_before += self.at
        self.near = self._later.pop(window)
        self.near.sort()
        self.at = 0
        self._edge = (window + 1) * WINDOW_HOURS
        return True

    @property
    def entries_run(self) -> int:
        """How many entries have been run."""
        return self._run_before + self.at

    def __len__(self) -> int:
        return len(self.near) - self.at + sum(map(len, self._later.values()))
