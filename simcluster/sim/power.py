"""Power sources: a SimPy process each, energising its steps when they are due and late as luck has it."""

from __future__ import annotations

from collections.abc import Generator

import simpy

from simcluster.core.rng import Luck
from simcluster.model.power import Grid, Turbines
from simcluster.record.events import PowerEnergized
from simcluster.record.log import EventLog
from simcluster.sim.campus import Campus
from simcluster.sim.decks import duration
from simcluster.sim.kernel import KernelEnvironment


def energise(
    env: KernelEnvironment, luck: Luck, log: EventLog, campus: Campus, number: int, source: Grid | Turbines
) -> Generator[simpy.Event, None, None]:
    """Add a source's steps in order; a late step holds up those after it (they share the same path).

    Steps dated before the start stand at hour 0: what has happened is not late.
    """
    for k, step in enumerate(source.steps()):
        due = campus.clock.hours(step.date)
        if due > 0:
            due += duration(luck, "power.delay", f"{campus.site.name}/{source.name}", k, step.delay)
        yield env.timeout(max(due - env.now, 0.0))
        log.add(PowerEnergized(env.now, campus.number, number, step.power))
        campus.energise(step.power)
