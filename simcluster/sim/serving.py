"""Background loads: a SimPy process each that records how many GPUs it wants; what is free decides what it gets."""

from __future__ import annotations

from collections.abc import Generator

import simpy

from simcluster.core.calendar import Clock
from simcluster.model.workload import Background
from simcluster.record.events import BackgroundChanged
from simcluster.record.log import EventLog
from simcluster.sim.kernel import KernelEnvironment


def want(
    env: KernelEnvironment, log: EventLog, clock: Clock, number: int, load: Background
) -> Generator[simpy.Event, None, None]:
    """Record each step of a load's demand; a step before the start holds from hour 0."""
    steps = [(max(clock.hours(step.start), 0.0), step.gpus) for step in load.demand]
    in_force = [step for k, step in enumerate(steps) if k + 1 == len(steps) or steps[k + 1][0] > 0]
    for hour, gpus in in_force:
        yield env.timeout(max(hour - env.now, 0.0))
        log.add(BackgroundChanged(env.now, number, gpus))
