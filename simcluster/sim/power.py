"""Power sources: a SimPy process for each path, energising its steps when they are due and late as luck has it."""

from __future__ import annotations

from collections.abc import Generator

import simpy

from simcluster.core.rng import Luck, Stream
from simcluster.model.distributions import draw
from simcluster.model.power import Grid, Phase, Turbines
from simcluster.record.events import PowerEnergized
from simcluster.record.log import EventLog
from simcluster.sim.campus import Campus
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.sources import Sources


def energise(
    env: KernelEnvironment,
    luck: Luck,
    log: EventLog,
    campus: Campus,
    supply: Sources,
    number: int,
    source: Grid | Turbines,
) -> None:
    """Start a source: one process for the steps of a shared path, else one a step."""
    steps = list(enumerate(source.steps()))
    paths = [steps] if source.one_path else [[step] for step in steps]
    entity = f"{campus.site.name}/{source.name}"
    for path in paths:
        env.process(_follow(env, luck.stream("power.delay", entity), log, campus, supply, number, path))


def _follow(
    env: KernelEnvironment,
    luck: Stream,
    log: EventLog,
    campus: Campus,
    supply: Sources,
    number: int,
    path: list[tuple[int, Phase]],
) -> Generator[simpy.Event, None, None]:
    """Add the steps of a path in order. Steps dated before the start stand at hour 0: what has happened is not late."""
    for k, step in path:
        due = campus.clock.hours(step.date)
        if due > 0:
            due += draw(step.delay, luck.at(k))
        yield env.timeout(max(due - env.now, 0.0))
        log.add(PowerEnergized(env.now, campus.number, number, step.power, k))
        supply.energise(number, step.power)
        campus.energise(step.power)
