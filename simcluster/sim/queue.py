"""Who waits for nodes of a cluster: stalled jobs for a replacement first, then gangs, first come first served."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from simcluster.sim.fleet import Fleet


class Waiting(Protocol):
    """A job as its cluster's queue sees it."""

    def try_gang(self) -> bool:
        """Take the whole gang if it is free."""

    def try_replace(self) -> bool:
        """Take free nodes for the missing ones; true once the gang is whole."""


class ClusterQueue:
    """Serves waiting jobs whenever nodes of the cluster become free."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self._stalled: list[Waiting] = []
        self._gangs: deque[Waiting] = deque()

    def join(self, run: Waiting) -> None:
        """Wait for a whole gang."""
        self._gangs.append(run)
        self.serve()

    def stall(self, run: Waiting) -> None:
        """Wait for replacements of missing nodes."""
        self._stalled.append(run)

    def serve(self) -> None:
        """Hand out what is free."""
        if self.fleet.free and self._stalled:
            self._stalled = [run for run in self._stalled if not run.try_replace()]
        while self._gangs and self._gangs[0].try_gang():
            self._gangs.popleft()
