"""The parts of one run and how they are joined."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from simcluster.core.rng import Luck
from simcluster.model.scenario import Scenario
from simcluster.record.events import CONSTRUCTION, HallOpened, NodesInService, PartsChanged, SegmentEnded
from simcluster.record.log import EventLog
from simcluster.sim.admission import Metered, Promised
from simcluster.sim.campus import Campus
from simcluster.sim.clocks import Governor
from simcluster.sim.clockwork import clockwork
from simcluster.sim.commons import Commons, Darkness, Rounds
from simcluster.sim.construction import build, construct, refit
from simcluster.sim.failures import FailureCalendar, Jobs, Strike
from simcluster.sim.hazards import commons_of, lot_of
from simcluster.sim.installation import Installation
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.lots import Lot, SteadyLot, Ticket
from simcluster.sim.plan import JobPlan
from simcluster.sim.power import energise
from simcluster.sim.procurement import equip, place
from simcluster.sim.queue import ClusterQueue
from simcluster.sim.sales import Sales
from simcluster.sim.serving import Serving, want
from simcluster.sim.shedding import Shedding
from simcluster.sim.short_way import ShortWay
from simcluster.sim.sources import Sources
from simcluster.sim.supply import Supply
from simcluster.sim.training import TrainingRun
from simcluster.sim.treasury import Treasury
from simcluster.sim.wards import Oddity, Ward
from simcluster.sim.watching import clocked, fleet_of, run_of, watch
from simcluster.sim.workshop import Case, Restores, Workshop


class World:
    """One run.

    Nodes are numbered by declaration: cluster after cluster, in each the opening rows, then the orders. With `shortens`
    off no failure goes the short way, to show that it changes nothing.
    """

    def __init__(self, scenario: Scenario, seed: int, in_place: bool = True, shortens: bool = True) -> None:
        self.shortens = shortens
        self.scenario = scenario
        self.log = EventLog()
        self.env = KernelEnvironment(in_place, scenario.clock.horizon_hours)
        self.luck = Luck(seed)
        self.rows = scenario.purchases
        self.jobs = Jobs(
            len(scenario.jobs),
            [],
            lambda job: self.runs[job].slowed(),
            lambda job: self.runs[job].corrupted(),
            lambda job, hour, odd: self.runs[job].found(hour, odd),
        )
        self.calendar = FailureCalendar(self.env, self.log, scenario.causes, self.jobs)
        self.darkness = Darkness(self.env, self.log, self.calendar, self.jobs)
        self.wards = self._wards()
        self.lots = self._lots()
        self.calendar.lots = self.lots
        self.commons = [commons_of(scenario, self.luck, self.wards, ward, self.darkness) for ward in self.wards]
        self.rounds = [
            Rounds(self.luck, ward, ward.cluster.maintenance, self.darkness)
            for ward in self.wards
            if ward.cluster.maintenance is not None
        ]
        self.calendar.short_ways = self._short_ways()
        self.runs = [self._run(JobPlan.of(scenario, k)) for k in range(len(scenario.jobs))]
        self.jobs.strikes.extend(self._strikes())
        self.sources = [Sources(self.env, self.log, site, k) for k, site in enumerate(scenario.sites)]
        self.serving = Serving(scenario, [ward.fleet for ward in self.wards])
        self.sheddings = {site: self._shedding(site) for site, row in enumerate(scenario.sites) if row.may_run_short}
        self.governors = {site: here for site, here in self.sheddings.items() if isinstance(here, Governor)}
        self.campuses = [self._campus_at(k) for k in range(len(scenario.sites))]
        self.treasury = Treasury(self.env, self.log, scenario)
        self.supply = Supply(scenario, self.luck)
        self._entered = [0] * len(scenario.orders)
        self.sales = Sales(self.env, self.log, scenario, self.wards, self.campuses, self.sheddings)

    def _wards(self) -> list[Ward]:
        scenario, wards, first = self.scenario, [], 0
        for k, cluster in enumerate(scenario.clusters):
            rows = [row for row in self.rows if row.cluster == cluster.name]
            size = sum(scenario.nodes(row.cluster, row.gpus) for row in rows)
            ward = Ward(
                k, cluster, scenario.failures_of(k), ClusterQueue(fleet_of(scenario, k, first, size)), first, size
            )
            ward.workshop = Workshop(
                self.env,
                self.luck,
                self.log,
                k,
                cluster.name,
                cluster.repair,
                scenario.causes,
                scenario.clock,
                self._restore(ward),
            )
            wards.append(ward)
            first += size
        return wards

    def _lots(self) -> list[Lot]:
        lots, taken = [], [0] * len(self.wards)
        for number, row in enumerate(self.rows):
            ward = self.wards[self.scenario.cluster_index[row.cluster]]
            lot = lot_of(self.scenario, self.luck, ward, number, row, ward.first_node + taken[ward.number])
            taken[ward.number] += lot.size
            ward.lots.append(lot)
            lots.append(lot)
        return lots

    def _shedding(self, site: int) -> Shedding:
        row = self.scenario.sites[site]
        wards = [ward for ward in self.wards if ward.site == row.name]
        parts = (self.env, self.log, self.scenario, self.sources[site], wards, self.darkness)
        if row.is_metered:
            return Governor(*parts, clocked(self.runs, self.wards, row.name), self.serving)
        return Shedding(*parts)

    def _run(self, plan: JobPlan) -> TrainingRun:
        ward = self.wards[plan.cluster]

        def break_node(hour: float, node: int, ticket: Ticket) -> None:
            self.calendar.break_node(hour, node, ward, ticket)

        def find_fault(hour: float, odd: Oddity) -> None:
            self.calendar.find_early(hour, ward, odd)

        return run_of(self.scenario, plan)(self.env, self.luck, self.log, plan, ward, break_node, find_fault)

    def begin(self) -> None:
        """Start every process, in declared order."""
        env, luck, log, scenario = self.env, self.luck, self.log, self.scenario
        self.treasury.open_years()
        watch(scenario, self.wards, self.governors, self.serving)
        for campus in self.campuses:
            self._build(campus)
        env.process(self._open_fleet())
        for number, load in enumerate(scenario.background):
            env.process(want(env, log, scenario.clock, number, load, self.serving))
        for number, order in enumerate(scenario.orders):
            campus = self._campus(order.cluster)
            env.process(place(env, luck, log, scenario, number, campus, self.treasury, self.supply))
        for number, kit in enumerate(scenario.kits):
            env.process(equip(env, log, scenario, number, self._campus(kit.cluster), self.supply))
        for job, run in zip(scenario.jobs, self.runs, strict=True):
            env.process(run.live([self.runs[scenario.job_index[name]].done for name in job.after]))
        for rounds in self.rounds:
            rounds.start()
        self.sales.plan()

    def _build(self, campus: Campus) -> None:
        """Start what brings halls and power to a site."""
        env, luck, log, scenario = self.env, self.luck, self.log, self.scenario
        for number, hall in enumerate(campus.site.halls):
            if hall.ready is not None:
                env.process(build(env, luck, log, campus, number))
        construct(env, luck, log, scenario, campus)
        for number in campus.halls.opened:
            env.process(refit(env, luck, log, campus, number))
        for number, source in enumerate(campus.site.power):
            energise(env, luck, log, campus, self.sources[campus.number], number, source)
        self.sources[campus.number].start(luck, scenario.clock)

    def settle(self) -> None:
        """Close at the horizon what is open."""
        for run in self.runs:
            run.settle_at_horizon()
        for ward in self.wards:
            nodes = range(ward.first_node, ward.first_node + ward.size)
            ward.workshop.settle_at_horizon(self.env.horizon, nodes)
        for way in self.calendar.short_ways.values():
            way.settle_at_horizon(self.env.horizon)
        for event in (SegmentEnded, PartsChanged, HallOpened, *CONSTRUCTION):
            self.log.put_in_order(event)

    def _campus(self, cluster: str) -> Campus:
        row = self.scenario.clusters[self.scenario.cluster_index[cluster]]
        return self.campuses[self.scenario.site_index[row.site]]

    def _open_fleet(self) -> Generator[simpy.Event, None, None]:
        """Put the opening fleet into service, after the halls and power of hour 0 and before anything else."""
        yield self.env.timeout(0)
        for k, row in enumerate(self.scenario.installed):
            nodes = self.lots[k].size
            self._campus(row.cluster).occupy(k, self.scenario.cluster_index[row.cluster], nodes)
            self._enter(k, -1, k, 0, nodes)

    def _campus_at(self, number: int) -> Campus:
        site, shedding = self.scenario.sites[number], self.sheddings.get(number)
        installation = Installation(self.env, self.luck, self.log, self.scenario, site, self._commission, shedding)
        governor = self.governors.get(number)
        if governor is None or site.admission.kind != "measured":
            it_kw = [self.scenario.server_of(k).nameplate_kw for k in range(len(self.wards))]
            return Campus(self.env, self.log, self.scenario, number, installation.admit, Promised(site, it_kw))
        campus = Campus(self.env, self.log, self.scenario, number, installation.admit, Metered(site, governor.meter))
        governor.let_in = campus.admit
        return campus

    def _commission(self, order: int, nodes: int, admitted: float) -> None:
        """Nodes of an order enter service; they take its places as they come."""
        first = self._entered[order]
        self._entered[order] += nodes
        self._enter(len(self.scenario.installed) + order, order, -1, first, nodes, admitted)

    def _enter(
        self, lot_number: int, order: int, installed: int, first: int, nodes: int, admitted: float = 0.0
    ) -> None:
        lot = self.lots[lot_number]
        ward, now, numbers = lot.ward, self.env.now, range(lot.first_node + first, lot.first_node + first + nodes)
        self.log.add(NodesInService(now, order, installed, ward.number, numbers.start, nodes, admitted))
        if ward.clockwork is None and ward.profile.frailty is not None:
            ward.clockwork = clockwork(
                self.luck, ward.name, ward.profile.frailty, self.scenario.clock, self._began(ward.number, now)
            )
        ward.fleet.enter(numbers)
        self.calendar.enter(lot, first, nodes)
        for shared in self.commons:
            for commons in shared:
                commons.enter(now, ward, numbers)
        if ward.dark:
            self.darkness.enter(now, ward, numbers)
        shedding = self.sheddings.get(self.scenario.site_index[ward.site])
        if shedding is not None:
            shedding.enter(ward, numbers)
        ward.queue.serve()

    def _began(self, cluster: int, now: float) -> float:
        """Since when a cluster has had nodes in service."""
        scenario = self.scenario
        rows = [row for row in scenario.installed if scenario.cluster_index[row.cluster] == cluster]
        return min((scenario.clock.hours(row.in_service) for row in rows), default=now)

    def _restore(self, ward: Ward) -> Restores:
        def restore(hour: float, thing: int, case: Case) -> None:
            if thing < 0:
                self._shared(ward, thing).restore(hour, thing, case)
            elif ward.dark and thing in ward.dark:
                case.waits = True
            else:
                self.calendar.put_back(hour, thing, ward, case)

        return restore

    def _shared(self, ward: Ward, thing: int) -> Commons:
        return next(
            shared for shared in self.commons[ward.number] if shared.thing - shared.count < thing <= shared.thing
        )

    def _strikes(self) -> list[Strike]:
        def of_standbys(run: TrainingRun) -> Strike:
            def strike(hour: float, nodes: tuple[int, ...], *_: Any, **__: Any) -> None:  # noqa: ARG001 # a Strike
                run.lost_standbys(len(nodes))

            return strike

        return [*(run.struck for run in self.runs), *map(of_standbys, self.runs)]

    def _short_ways(self) -> dict[int, ShortWay]:
        """The wards all of whose failures may go the short way."""
        ways = {}
        for ward in self.wards:
            steady = [lot for lot in ward.lots if isinstance(lot, SteadyLot)]
            if self.shortens and len(steady) == len(ward.lots) and ward.workshop.foretells:
                shop = ward.workshop
                ways[ward.number] = ShortWay(self.env, self.log, shop.crew, shop.same_detection, self.jobs, steady)
        return ways
