"""Halls: handed over on their day or later, or when the works of the site come to them, and retrofitted."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial

import simpy

from simcluster.core.rng import Luck
from simcluster.model.scenario import Scenario
from simcluster.record.events import HallOpened, RetrofitFinished, RetrofitStarted
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


def refit(
    env: KernelEnvironment, luck: Luck, log: EventLog, campus: Campus, number: int
) -> Generator[simpy.Event, None, None]:
    """Retrofit a hall, one work after another: each when it is due, and once the hall is handed over."""
    hall = campus.site.halls[number]
    yield campus.halls.opened[number]
    for k, retrofit in enumerate(hall.retrofits):
        if retrofit.start is None:
            yield campus.halls.called[number]
        else:
            yield env.timeout(max(campus.clock.hours(retrofit.start) - env.now, 0.0))
        began = env.now
        log.add(RetrofitStarted(began, campus.number, number, k))
        campus.close_hall(number)
        entity = f"{campus.site.name}/{hall.name}/{retrofit.name}"
        yield env.timeout(duration(luck, "construction.retrofit", entity, 0, retrofit.duration))
        log.add(RetrofitFinished(env.now, campus.number, number, k, began))
        campus.reopen_hall(number)
