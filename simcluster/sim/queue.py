"""Who waits for nodes of a cluster: stalled jobs for a replacement first, then gangs, first come first served."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from simcluster.sim.fleet import Fleet


class Waiting(Protocol):
    """A job as its cluster's queue sees it."""

    def try_gang(self) -> bool:
        """Take the whole gang if it is free."""

    def try_replace(self) -> bool:
        """Take free nodes for the missing ones; true once nothing is missing."""

    def top_up(self) -> None:
        """Take free nodes for the standbys that are missing."""

    def lose_storage(self, hour: float, cause: int, detection_hours: float) -> None:
        """Storage went out."""

    def regain_storage(self, hour: float) -> None:
        """Storage is back."""


class ClusterQueue:
    """Serves waiting jobs whenever nodes of the cluster become free."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self._stalled: list[Waiting] = []
        self._gangs: deque[Waiting] = deque()
        self._running: list[Waiting] = []
        self._short: list[Waiting] = []
        self.storages_out = 0
        self.sell: Callable[[], None] | None = None

    def join(self, run: Waiting) -> None:
        """Wait for a whole gang."""
        self._gangs.append(run)
        self.serve()

    @property
    def is_waited_for(self) -> bool:
        """Whether anything would take a node that comes free."""
        return bool(self._stalled or self._gangs or self._short)

    def start(self, run: Waiting) -> None:
        """A job took its gang."""
        self._running.append(run)

    def leave(self, run: Waiting) -> None:
        """A job is done and its nodes are free."""
        for runs in (self._running, self._stalled, self._short):
            if run in runs:
                runs.remove(run)

    def stall(self, run: Waiting) -> None:
        """Wait for replacements of missing nodes."""
        if run not in self._stalled:
            self._stalled.append(run)

    def run_short(self, run: Waiting) -> None:
        """Wait for standbys, behind all who wait for more."""
        if run not in self._short:
            self._short.append(run)

    def serve(self) -> None:
        """Hand out what is free: to stalled jobs, then to whoever bought nodes, to whole gangs, and as standbys."""
        if self.fleet.free and self._stalled:
            stalled, self._stalled = self._stalled, []
            self._stalled = [run for run in stalled if not run.try_replace()] + self._stalled
        if self.sell is not None and self.fleet.free:
            self.sell()
        while self._gangs and self._gangs[0].try_gang():
            self._gangs.popleft()
        if self.fleet.free and self._short:
            short, self._short = self._short, []
            for run in short:
                run.top_up()

    def lose_storage(self, hour: float, cause: int, detection_hours: float) -> None:
        """Storage went out: every running job stops."""
        self.storages_out += 1
        for run in list(self._running):
            run.lose_storage(hour, cause, detection_hours)

    def regain_storage(self, hour: float) -> None:
        """Storage is back: jobs that could not restart do."""
        self.storages_out -= 1
        if not self.storages_out:
            for run in list(self._running):
                run.regain_storage(hour)
