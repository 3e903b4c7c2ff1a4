"""Halls: handed over on their day or later, or when the works of the site come to them."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial

import simpy

from simcluster.core.rng import Luck
from simcluster.model.scenario import Scenario
from simcluster.record.events import HallOpened
from simcluster.record.log import EventLog
from simcluster.sim.campus import Campus
from simcluster.sim.draws import duration
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.works import Works


def build(
    env: KernelEnvironment, luck: Luck, log: EventLog, campus: Campus, number: int
) -> Generator[simpy.Event, None, None]:
    """Open a hall when it is ready; halls ready before the start open at hour 0 and are never late."""
    hall = campus.site.halls[number]
    assert hall.ready is not None
    due = campus.clock.hours(hall.ready)
    if due > 0:
        due += duration(luck, "construction.delay", f"{campus.site.name}/{hall.name}", 0, hall.delay)
    yield env.timeout(max(due, 0.0))
    log.add(HallOpened(env.now, campus.number, number, hall.it_power))
    campus.open_hall(number)


def construct(env: KernelEnvironment, luck: Luck, log: EventLog, scenario: Scenario, campus: Campus) -> None:
    """Build the halls of a site's network of tasks up to the horizon; what was done before the start opens at hour 0.

    The facts are recorded at once, ahead of the clock, and have to be put in order at the horizon.
    """
    if campus.site.construction is None:
        return
    works = Works(luck, log, scenario, campus.number)
    works.unfold(scenario.clock.horizon_hours)
    for hour, hall in works.opened:
        env.call_at(hour, partial(campus.open_hall, hall))
