"""The agenda: what is to happen to nodes and jobs, in order of time, at a cost that does not grow with the fleet.

A calendar queue (R. Brown, Communications of the ACM 31, 1988): entries of a later window lie unsorted in a list of
their own; only those of the window at hand form a heap, which stays small enough for the processor's cache.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from math import inf

Entry = tuple[float, int, int, int]
"""Hour, number of a node or job, deed, detail. Entries of one hour go by number, then deed, then detail."""

WINDOW_HOURS = 32.0
"""A power of two, so that an hour divided by it falls exactly on its own side of a window's edge."""


class Agenda:
    """A queue of entries; `near` is a heap of those up to the edge of the window at hand.

    Entries at or beyond the `horizon` are dropped, as nothing will come of them.
    """

    __slots__ = ("_edge", "_horizon", "_later", "_windows", "near")

    def __init__(self, horizon: float = inf) -> None:
        self.near: list[Entry] = []
        self._horizon = horizon
        self._edge = WINDOW_HOURS
        self._later: dict[int, list[Entry]] = {}
        self._windows: list[int] = []

    def push(self, hour: float, number: int, deed: int, detail: int = 0) -> None:
        """Add an entry."""
        if hour < self._edge:
            if hour < self._horizon:
                heappush(self.near, (hour, number, deed, detail))
        elif hour < self._horizon:
            window = int(hour / WINDOW_HOURS)
            entries = self._later.get(window)
            if entries is None:
                self._later[window] = [(hour, number, deed, detail)]
                heappush(self._windows, window)
            else:
                entries.append((hour, number, deed, detail))

    def open_window(self) -> bool:
        """With nothing near, make the next window that holds entries the one at hand; false if there is none."""
        if not self._windows:
            return False
        window = heappop(self._windows)
        self.near.extend(self._later.pop(window))
        heapify(self.near)
        self._edge = (window + 1) * WINDOW_HOURS
        return True

    def __len__(self) -> int:
        return len(self.near) + sum(map(len, self._later.values()))
