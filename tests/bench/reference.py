"""The base configuration as one would write it in SimPy: a process a node, a process a job, an event a checkpoint.

Of SimPy's two ways to stop a process that waits, a job uses the cheaper one, `Process.interrupt`; `WatchfulJob` is the
other one, which waits for whichever comes first of its timeout and its own failure.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from dataclasses import dataclass

import simpy

Steps = Generator[simpy.Event, None, None]


@dataclass(frozen=True)
class Sizes:
    """What is simulated; times in hours."""

    nodes: int
    jobs: int
    gang: int
    technicians: int
    horizon: float
    failures_per_hour: float
    repair_mean: float
    detection: float
    interval: float
    cost: float
    restart: float


class Cluster:
    """Nodes, spares, technicians and jobs; counts what happened until the horizon."""

    def __init__(self, sizes: Sizes, seed: int, kind: type[Job] | None = None) -> None:
        self.sizes = sizes
        self.luck = random.Random(seed)  # noqa: S311
        self.env = simpy.Environment()
        self.crew = simpy.Resource(self.env, sizes.technicians)
        self.spares = simpy.Store(self.env)
        self.failures = 0
        self.checkpoints = 0
        self.jobs = [(kind or Job)(self) for _ in range(sizes.jobs)]
        self.owners: list[Job | None] = [None] * sizes.nodes
        gangs = (job for job in self.jobs for _ in range(sizes.gang))
        for node in range(sizes.nodes):
            self.owners[node] = next(gangs, None)
            if self.owners[node] is None:
                self.spares.items.append(node)
            self.env.process(self.node(node))

    def run(self) -> None:
        """Simulate until the horizon."""
        self.env.run(until=self.sizes.horizon)

    def node(self, node: int) -> Steps:
        """Live, fail, be noticed, be mended by a technician, return as a spare."""
        env, sizes, luck = self.env, self.sizes, self.luck
        while True:
            yield env.timeout(luck.expovariate(sizes.failures_per_hour))
            self.failures += 1
            owner, self.owners[node] = self.owners[node], None
            if owner is None:
                self.spares.items.remove(node)
            else:
                owner.lose_node()
            yield env.timeout(sizes.detection)
            with self.crew.request() as technician:
                yield technician
                yield env.timeout(luck.expovariate(1 / sizes.repair_mean))
            yield self.spares.put(node)

    @property
    def interruptions(self) -> int:
        return sum(job.interruptions for job in self.jobs)

    @property
    def productive_share(self) -> float:
        """Useful hours of the jobs as a share of their wall hours."""
        return sum(job.useful for job in self.jobs) / (self.sizes.jobs * self.sizes.horizon)


class Job:
    """A synchronous job: it computes, checkpoint by checkpoint, until it loses a node; then it restarts whole."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster, self.env = cluster, cluster.env
        self.missing = self.interruptions = 0
        self.useful = 0.0
        self.can_be_interrupted = False
        self.process = self.env.process(self.live())

    def lose_node(self) -> None:
        """A node of the gang failed; a job that is down already just misses one more."""
        self.missing += 1
        if self.can_be_interrupted:
            self.can_be_interrupted = False
            self.interruptions += 1
            self.stop()

    def stop(self) -> None:
        """Wake the process out of what it does."""
        self.process.interrupt()

    def live(self) -> Steps:
        """Compute, and recover whenever interrupted."""
        while True:
            yield from self.compute()
            while not (yield from self.recover()):
                pass

    def compute(self) -> Steps:
        """Computed intervals are safe when their checkpoint is written; what is under way is lost."""
        sizes = self.cluster.sizes
        while (yield from self.lasts(sizes.interval + sizes.cost)):
            self.useful += sizes.interval
            self.cluster.checkpoints += 1

    def lasts(self, hours: float) -> Generator[simpy.Event, None, bool]:
        """Go on for so long; whether nothing interrupted it."""
        self.can_be_interrupted = True
        try:
            yield self.env.timeout(hours)
        except simpy.Interrupt:
            return False
        self.can_be_interrupted = False
        return True

    def recover(self) -> Generator[simpy.Event, None, bool]:
        """Notice, replace, restart; whether the restart was not interrupted itself."""
        sizes, cluster = self.cluster.sizes, self.cluster
        yield self.env.timeout(sizes.detection)
        while self.missing:
            node = yield cluster.spares.get()
            cluster.owners[node] = self
            self.missing -= 1
        return (yield from self.lasts(sizes.restart))


class WatchfulJob(Job):
    """The same job, which watches for its own failure while it waits."""

    def stop(self) -> None:
        self.broken.succeed()

    def lasts(self, hours: float) -> Generator[simpy.Event, None, bool]:
        self.broken = self.env.event()
        self.can_be_interrupted = True
        yield self.env.timeout(hours) | self.broken
        self.can_be_interrupted = False
        return not self.broken.triggered
