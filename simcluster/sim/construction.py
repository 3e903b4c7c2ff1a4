"""Halls: a SimPy process each, handed over on its day or later."""

from __future__ import annotations

from collections.abc import Generator

import simpy

from simcluster.core.rng import Luck
from simcluster.record.events import HallOpened
from simcluster.record.log import EventLog
from simcluster.sim.campus import Campus
from simcluster.sim.draws import duration
from simcluster.sim.kernel import KernelEnvironment


def build(
    env: KernelEnvironment, luck: Luck, log: EventLog, campus: Campus, number: int
) -> Generator[simpy.Event, None, None]:
    """Open a hall when it is ready; halls ready before the start open at hour 0 and are never late."""
    hall = campus.site.halls[number]
    due = campus.clock.hours(hall.ready)
    if due > 0:
        due += duration(luck, "construction.delay", f"{campus.site.name}/{hall.name}", 0, hall.delay)
    yield env.timeout(max(due, 0.0))
    log.add(HallOpened(env.now, campus.number, number, hall.it_power))
    campus.open_hall(number)
