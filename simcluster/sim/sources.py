"""What the sources of a site can give: energised, less those in an outage, less what is curtailed."""

from __future__ import annotations

from collections.abc import Callable, Generator
from math import log1p

import simpy

from simcluster.core.calendar import HOURS_PER_DAY, Clock
from simcluster.core.rng import Luck
from simcluster.model.distributions import draw
from simcluster.model.shortage import Curtailment, Outage
from simcluster.model.site import Site
from simcluster.record.events import SupplyChanged
from simcluster.record.log import EventLog
from simcluster.sim.kernel import KernelEnvironment


class Sources:
    """The sources of one site; `changed` is called when what they give together may have changed."""

    def __init__(self, env: KernelEnvironment, log: EventLog, site: Site, number: int) -> None:
        self.site, self.number = site, number
        self.changed: Callable[[], None] = lambda: None
        self._env, self._log = env, log
        self._energised = [0.0] * len(site.power)
        self._outages = [0] * len(site.power)
        self._curtailed: list[list[float]] = [[] for _ in site.power]

    @property
    def available_mw(self) -> float:
        """What the sources can give together, facility MW."""
        return sum(map(self._available_mw, range(len(self._energised))))

    def _available_mw(self, source: int) -> float:
        if self._outages[source]:
            return 0.0
        return max(self._energised[source] - sum(self._curtailed[source]), 0.0)

    def energise(self, source: int, facility_mw: float) -> None:
        """A source added power."""
        self._energised[source] += facility_mw
        self._note(source)

    def start(self, luck: Luck, clock: Clock) -> None:
        """Begin the outages and plan the windows of every source."""
        for number, source in enumerate(self.site.power):
            for outage in source.outages:
                entity = f"{self.site.name}/{source.name}/{outage.name}"
                if outage.rate > 0:
                    self._env.process(self._fail(luck, number, outage, entity))
            for window in source.curtailments:
                self._env.process(self._curtail(clock, number, window))

    def _fail(self, luck: Luck, source: int, outage: Outage, entity: str) -> Generator[simpy.Event, None, None]:
        lives, durations = luck.stream("power.outage", entity), luck.stream("power.outage_duration", entity)
        k = 0
        while True:
            yield self._env.timeout(-log1p(-lives.at(k)) * HOURS_PER_DAY / outage.rate)
            self._outages[source] += 1
            self._note(source)
            yield self._env.timeout(draw(outage.duration, durations.at(k)))
            self._outages[source] -= 1
            self._note(source)
            k += 1

    def _curtail(self, clock: Clock, source: int, window: Curtailment) -> Generator[simpy.Event, None, None]:
        begins = clock.hours(window.date) + window.hour
        ends = begins + window.duration
        if ends <= 0:
            return
        yield self._env.timeout(max(begins, 0.0))
        self._curtailed[source].append(window.power)
        self._note(source)
        yield self._env.timeout(ends - self._env.now)
        self._curtailed[source].remove(window.power)
        self._note(source)

    def _note(self, source: int) -> None:
        row = self.site.power[source]
        if row.outages or row.curtailments:
            out, windows = self._outages[source], len(self._curtailed[source])
            available = self._available_mw(source)
            self._log.add(SupplyChanged(self._env.now, self.number, source, available, out, windows))
        self.changed()
