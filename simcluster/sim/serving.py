"""Background loads: a SimPy process each that records how many GPUs it wants; what is free decides what it gets."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

import simpy

from simcluster.core.calendar import Clock
from simcluster.model.scenario import Scenario
from simcluster.model.workload import Background
from simcluster.record.events import BackgroundChanged
from simcluster.record.log import EventLog
from simcluster.sim.fleet import Fleet
from simcluster.sim.kernel import KernelEnvironment


class Serving:
    """What the loads want now, and the nodes that serve them: a load fills its clusters in order from what is free.

    `changed` are called when a load wants more or less.
    """

    def __init__(self, scenario: Scenario, fleets: Sequence[Fleet]) -> None:
        self.loads = [[scenario.cluster_index[name] for name in load.clusters] for load in scenario.background]
        self.wanted = [0] * len(self.loads)
        self.changed: list[Callable[[], None]] = []
        self._fleets = fleets
        self._gpus = [scenario.server_of(k).gpus for k in range(len(fleets))]

    def want(self, number: int, gpus: int) -> None:
        """A load wants so many GPUs from now on."""
        self.wanted[number] = gpus
        for changed in self.changed:
            changed()

    def nodes(self) -> list[float]:
        """Nodes of each cluster that serve now; the last of a load may do so in part."""
        serving = [0] * len(self._fleets)
        for number, clusters in enumerate(self.loads):
            wanted = self.wanted[number]
            for cluster in clusters:
                given = min(len(self._fleets[cluster].free) * self._gpus[cluster] - serving[cluster], wanted)
                serving[cluster] += given
                wanted -= given
        return [gpus / size for gpus, size in zip(serving, self._gpus, strict=True)]


def want(
    env: KernelEnvironment, log: EventLog, clock: Clock, number: int, load: Background, serving: Serving
) -> Generator[simpy.Event, None, None]:
    """Record each step of a load's demand; a step before the start holds from hour 0."""
    steps = [(max(clock.hours(step.start), 0.0), step.gpus) for step in load.demand]
    in_force = [step for k, step in enumerate(steps) if k + 1 == len(steps) or steps[k + 1][0] > 0]
    for hour, gpus in in_force:
        yield env.timeout(max(hour - env.now, 0.0))
        log.add(BackgroundChanged(env.now, number, gpus))
        serving.want(number, gpus)
