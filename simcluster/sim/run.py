"""One run: build the world of a scenario, let it unfold to the horizon, return its facts."""

from __future__ import annotations

import logging
from collections.abc import Generator
from dataclasses import replace
from itertools import accumulate

import simpy

from simcluster.core.rng import Luck
from simcluster.model.procurement import Purchase
from simcluster.model.scenario import Scenario
from simcluster.record.events import NodesInService
from simcluster.record.log import EventLog
from simcluster.sim.campus import Campus, Consignment
from simcluster.sim.construction import build
from simcluster.sim.failures import FailureCalendar, Lot, Ward
from simcluster.sim.fates import Fates
from simcluster.sim.fleet import Fleet
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.plan import JobPlan
from simcluster.sim.power import energise
from simcluster.sim.procurement import install, place
from simcluster.sim.queue import ClusterQueue
from simcluster.sim.serving import want
from simcluster.sim.training import TrainingRun
from simcluster.sim.treasury import Treasury

logger = logging.getLogger(__name__)


def simulate(scenario: Scenario, seed: int, in_place: bool = True) -> EventLog:
    """Simulate a scenario: the facts of one run, the same to the last bit for the same scenario and seed.

    `in_place` off makes the failure calendar queue a timeout at every entry; the facts are the same, slower.
    """
    world = World(scenario, seed, in_place)
    world.begin()
    world.env.run(until=scenario.clock.horizon_hours)
    for run in world.runs:
        run.settle_at_horizon()
    logger.info("simulated %s with seed %d: %d facts", scenario.name, seed, world.log.total)
    return world.log


class World:
    """The parts of one run and how they are joined; node numbers follow the declaration: opening rows, then orders."""

    def __init__(self, scenario: Scenario, seed: int, in_place: bool) -> None:
        self.scenario = scenario
        self.env = KernelEnvironment(in_place)
        self.luck = Luck(seed)
        self.log = EventLog()
        rows: list[Purchase] = [*scenario.installed, *scenario.orders]
        sizes = [scenario.nodes(row.cluster, row.gpus) for row in rows]
        ends = list(accumulate(sizes))
        clusters = [scenario.cluster_index[row.cluster] for row in rows]
        self.queues = [ClusterQueue(Fleet(*_span(clusters, sizes, ends, k))) for k in range(len(scenario.clusters))]
        wards = [Ward(k, cluster, self.queues[k]) for k, cluster in enumerate(scenario.clusters)]
        self.lots = [
            Lot(wards[cluster], Fates(self.luck, row.name, scenario.failures_of(cluster)), end - size, size)
            for row, cluster, size, end in zip(rows, clusters, sizes, ends, strict=True)
        ]
        plans = [JobPlan.of(scenario, k) for k in range(len(scenario.jobs))]
        self.runs = [TrainingRun(self.env, self.luck, self.log, plan, self.queues[plan.cluster]) for plan in plans]
        self.calendar = FailureCalendar(self.env, self.log, scenario.clock.horizon_hours, self._strike)
        self.campuses = [Campus(self.env, self.log, scenario, k, self._install) for k in range(len(scenario.sites))]
        self.treasury = Treasury(self.env, self.log, scenario)

    def begin(self) -> None:
        """Start every process, in declared order."""
        env, luck, log, scenario = self.env, self.luck, self.log, self.scenario
        self.treasury.open_years()
        for campus in self.campuses:
            for hall in range(len(campus.site.halls)):
                env.process(build(env, luck, log, campus, hall))
            for number, source in enumerate(campus.site.power):
                energise(env, luck, log, campus, number, source)
        env.process(self._open_fleet())
        for number, load in enumerate(scenario.background):
            env.process(want(env, log, scenario.clock, number, load))
        for number, order in enumerate(scenario.orders):
            env.process(place(env, luck, log, scenario, number, self._campus(order.cluster), self.treasury))
        for job, run in zip(scenario.jobs, self.runs, strict=True):
            env.process(run.live([self.runs[scenario.job_index[name]].done for name in job.after]))
        env.process(self.calendar.walk())

    def _campus(self, cluster: str) -> Campus:
        row = self.scenario.clusters[self.scenario.cluster_index[cluster]]
        return self.campuses[self.scenario.site_index[row.site]]

    def _open_fleet(self) -> Generator[simpy.Event, None, None]:
        """Put the opening fleet into service, after the halls and power of hour 0 and before anything else."""
        yield self.env.timeout(0)
        for k, row in enumerate(self.scenario.installed):
            nodes = len(self.lots[k].lives)
            self._campus(row.cluster).occupy(nodes, self.scenario.server_of(row.cluster).nameplate_kw)
            self._enter(k, -1, k, 0, nodes)

    def _install(self, head: Consignment, nodes: int) -> None:
        batch = replace(head, nodes=nodes)
        self.env.process(install(self.env, self.luck, self.log, self.scenario, batch, self._commission))

    def _commission(self, order: int, first: int, nodes: int) -> None:
        self._enter(len(self.scenario.installed) + order, order, -1, first, nodes)

    def _enter(self, lot_number: int, order: int, installed: int, first: int, nodes: int) -> None:
        lot = self.lots[lot_number]
        first_node = lot.first_node + first
        self.log.add(NodesInService(self.env.now, order, installed, lot.ward.number, first_node, nodes))
        for node in range(first_node, first_node + nodes):
            lot.ward.fleet.put_up(node)
        self.calendar.enter(lot, first, nodes)
        lot.ward.queue.serve()

    def _strike(self, job: int, node: int, cause: int) -> None:
        self.runs[job].struck(node, cause)


def _span(clusters: list[int], sizes: list[int], ends: list[int], cluster: int) -> tuple[int, int]:
    """The first node number of a cluster and how many numbers its nodes span (other clusters' may lie between)."""
    spans = [(end - size, end) for owner, size, end in zip(clusters, sizes, ends, strict=True) if owner == cluster]
    if not spans:
        return 0, 0
    first = min(start for start, _ in spans)
    return first, max(end for _, end in spans) - first
