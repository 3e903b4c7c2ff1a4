"""The state of every cluster re-derived from the facts by a plain walk through time, apart from `record.levels`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from simcluster.model.pue import ConstantPue
from simcluster.model.scenario import Scenario
from simcluster.model.site import Site
from simcluster.record.events import (
    BackgroundChanged,
    BatteryChanged,
    BurnInStarted,
    ClocksChanged,
    Held,
    InstallEnded,
    InstallStarted,
    JobHeld,
    LotDelivered,
    Mended,
    NodesAdmitted,
    NodesInService,
    NodesQueued,
    NodesReplaced,
    NodesReturned,
    NodesShed,
    NodesSold,
    OrderCancelled,
    OrderPlaced,
    PowerEnergized,
    RepairEnded,
    SegmentEnded,
    StandbysChanged,
    SupplyChanged,
)
from simcluster.record.log import EventLog


@dataclass
class State:
    """Nodes by (place, cluster), GPUs wanted by load, facility MW energised by (site, source)."""

    nodes: Counter[tuple[str, int]] = field(default_factory=Counter)
    waiting: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    wanted: dict[int, int] = field(default_factory=dict)
    energised: Counter[tuple[int, int]] = field(default_factory=Counter)
    supplied: dict[tuple[int, int], float] = field(default_factory=dict)
    batteries: dict[int, tuple[float, float]] = field(default_factory=dict)
    shed: dict[int, NodesShed] = field(default_factory=dict)
    unnoticed: dict[int, int] = field(default_factory=dict)
    clocks: dict[int, float] = field(default_factory=dict)

    def copy(self) -> State:
        """The state as it is now, while this one is walked on."""
        return State(*(table.copy() for table in vars(self).values()))

    def at(self, place: str, cluster: int) -> int:
        """Nodes of a cluster at a place."""
        return self.nodes[place, cluster]

    def available(self, site: int, source: int) -> float:
        """Facility MW that a source can give: what its last change says, else all it has energised."""
        return self.supplied.get((site, source), float(self.energised[site, source]))

    def in_the_dark(self, cluster: int) -> tuple[int, int, int]:
        """Nodes of a cluster without power: in service, in burn-in, and failed but not yet noticed."""
        shed = self.shed.get(cluster)
        if shed is None:
            return 0, 0, 0
        mine = [node for node, home in self.unnoticed.items() if home == cluster and node >= shed.first_node]
        return shed.nodes, shed.burning, len(mine)


Step = tuple[float, Callable[[State], None]]


def instants(scenario: Scenario, log: EventLog) -> Iterator[tuple[float, State]]:
    """Each instant at which something changes, and the state from it on, up to the horizon."""
    state = State()
    steps = sorted(_steps(scenario, log), key=lambda step: step[0])
    for k, (hour, change) in enumerate(steps):
        if hour > scenario.clock.horizon_hours:
            return
        change(state)
        if k + 1 == len(steps) or steps[k + 1][0] > hour:
            yield hour, state


def _move(hour: float, cluster: int, nodes: float, source: str | None, *targets: str) -> Step:
    def change(state: State) -> None:
        if source:
            state.nodes[source, cluster] -= nodes  # type: ignore[assignment] # a mean may be a fraction
        for target in targets:
            state.nodes[target, cluster] += nodes  # type: ignore[assignment]

    return hour, change


def _steps(scenario: Scenario, log: EventLog) -> Iterator[Step]:
    yield from _orders(scenario, log)
    for entered in log.rows(NodesInService):
        if entered.order >= 0:
            yield _move(entered.hour, entered.cluster, entered.nodes, "burn_in", "up", "entered")
        else:
            yield _move(
                entered.hour, entered.cluster, entered.nodes, None, "ordered", "delivered", "admitted", "up", "entered"
            )
    for sold in log.rows(NodesSold):
        for place in ("admitted", "entered"):
            yield _move(sold.hour, sold.cluster, sold.nodes, place)
        yield _move(sold.hour, sold.cluster, sold.nodes, "up", "sold")
    yield from _failures(log)
    yield from _jobs(scenario, log)
    for queued in log.rows(NodesQueued):
        yield queued.hour, _queue(queued)
    for load in log.rows(BackgroundChanged):
        yield load.hour, _want(load)
    for power in log.rows(PowerEnergized):
        yield power.hour, _energise(power)
    yield from _shortages(log)


def _shortages(log: EventLog) -> Iterator[Step]:
    for supply in log.rows(SupplyChanged):
        yield supply.hour, _supply(supply)
    for battery in log.rows(BatteryChanged):
        yield battery.hour, _charge(battery)
    for shed in log.rows(NodesShed):
        yield shed.hour, _shed(shed)
    for clock in log.rows(ClocksChanged):
        yield clock.hour, _set_clock(clock)


def _orders(scenario: Scenario, log: EventLog) -> Iterator[Step]:
    home = [scenario.cluster_index[order.cluster] for order in scenario.orders]
    for placed in log.rows(OrderPlaced):
        yield _move(placed.hour, home[placed.order], placed.nodes, None, "ordered", "coming")
    for cancelled in log.rows(OrderCancelled):
        yield _move(cancelled.hour, home[cancelled.order], cancelled.nodes, "coming", "cancelled")
    for lot in log.rows(LotDelivered):
        yield _move(lot.hour, home[lot.order], lot.nodes, "coming", "delivered", "waiting")
    for given in log.rows(NodesAdmitted):
        yield _move(given.hour, given.cluster, given.nodes, "waiting", "crew", "admitted")
    for begun in log.rows(InstallStarted):
        yield _move(begun.hour, begun.cluster, begun.nodes, "crew", "installing")
    for done in log.rows(InstallEnded):
        yield _move(done.hour, done.cluster, done.nodes, "installing", "crew")
    for burning in log.rows(BurnInStarted):
        yield _move(burning.hour, burning.cluster, burning.nodes, "crew", "burn_in")
    for sent in log.rows(NodesReturned):
        yield _move(sent.hour, sent.cluster, sent.nodes, "burn_in" if sent.installed else "waiting", "returned")
    for came in log.rows(NodesReplaced):
        yield _move(came.hour, came.cluster, came.nodes, "returned", "crew" if came.installed else "waiting")


def _failures(log: EventLog) -> Iterator[Step]:
    for out in log.rows(RepairEnded):
        yield _move(out.failed_hour, out.cluster, 1, "up", "failed", "undetected")
        yield _move(out.detected_hour, out.cluster, 1, "undetected")
        if out.detected_hour > out.failed_hour:
            yield out.failed_hour, _fail(out)
            yield out.detected_hour, _notice(out)
        yield _move(out.hour, out.cluster, 1, "failed", "retired" if out.outcome == Mended.RETIRED else "up")


def _jobs(scenario: Scenario, log: EventLog) -> Iterator[Step]:
    home = [scenario.cluster_index[job.cluster] for job in scenario.jobs]
    for segment in log.rows(SegmentEnded):
        if segment.hour > segment.since_hour:
            saving = segment.nodes * segment.checkpoint_hours / (segment.hour - segment.since_hour)
            yield _move(segment.since_hour, home[segment.job], saving, None, "saving")
            yield _move(segment.hour, home[segment.job], saving, "saving")
        yield _move(segment.since_hour, home[segment.job], segment.nodes, None, "computing")
        yield _move(segment.hour, home[segment.job], segment.nodes, "computing")
    for held in log.rows(JobHeld):
        place = "computing" if held.state == Held.RESTARTING else "holding"
        yield _move(held.since_hour, home[held.job], held.nodes, None, place)
        yield _move(held.hour, home[held.job], held.nodes, place)
        if held.state == Held.RESTARTING:
            yield _move(held.since_hour, home[held.job], held.nodes, None, "restarting")
            yield _move(held.hour, home[held.job], held.nodes, "restarting")
    level: Counter[int] = Counter()
    for standby in log.rows(StandbysChanged):
        yield _move(standby.hour, home[standby.job], standby.nodes - level[standby.job], None, "holding", "standing by")
        level[standby.job] = standby.nodes


def _queue(fact: NodesQueued) -> Callable[[State], None]:
    return lambda state: state.waiting.update(
        {fact.cluster: (fact.waiting_hall, fact.waiting_power, fact.waiting_network)}
    )


def _want(fact: BackgroundChanged) -> Callable[[State], None]:
    return lambda state: state.wanted.update({fact.background: fact.gpus})


def _energise(fact: PowerEnergized) -> Callable[[State], None]:
    return lambda state: state.energised.update({(fact.site, fact.source): fact.facility_mw})  # a Counter adds


def _supply(fact: SupplyChanged) -> Callable[[State], None]:
    return lambda state: state.supplied.update({(fact.site, fact.source): fact.available_mw})


def _charge(fact: BatteryChanged) -> Callable[[State], None]:
    return lambda state: state.batteries.update({fact.site: (fact.discharging_mw, fact.charging_mw)})


def _shed(fact: NodesShed) -> Callable[[State], None]:
    return lambda state: state.shed.update({fact.cluster: fact})


def _set_clock(fact: ClocksChanged) -> Callable[[State], None]:
    return lambda state: state.clocks.update({fact.site: fact.clock})


def _fail(fact: RepairEnded) -> Callable[[State], None]:
    return lambda state: state.unnoticed.update({fact.node: fact.cluster})


def _notice(fact: RepairEnded) -> Callable[[State], None]:
    def change(state: State) -> None:
        state.unnoticed.pop(fact.node, None)

    return change


def serving_gpus(scenario: Scenario, state: State) -> list[float]:
    """GPUs of each cluster that serve: loads in declared order fill their clusters in order from the free ones."""
    left = []
    for cluster in range(len(scenario.clusters)):
        free = state.at("up", cluster) - state.at("computing", cluster) - state.at("holding", cluster)
        left.append(free * scenario.server_of(cluster).gpus)
    serving = [0.0] * len(left)
    for number, load in enumerate(scenario.background):
        wanted = state.wanted.get(number, 0)
        for name in load.clusters:
            cluster = scenario.cluster_index[name]
            given = min(left[cluster] - serving[cluster], wanted)
            serving[cluster] += given
            wanted -= given
    return serving


def site_draw_mw(scenario: Scenario, state: State, month: int, peak: bool = False) -> list[float]:
    """Facility draw of each site in a calendar month, MW: the mean over checkpoint cycles, or the peak in them."""
    serving = serving_gpus(scenario, state)
    it_kw, nameplate_kw = [0.0] * len(scenario.sites), [0.0] * len(scenario.sites)
    for cluster, row in enumerate(scenario.clusters):
        server, site = scenario.server_of(cluster), scenario.site_index[row.site]
        served = serving[cluster] / server.gpus
        saving = 0.0 if peak else state.at("saving", cluster)
        restarting = state.at("restarting", cluster)
        dark, halted, unnoticed = state.in_the_dark(cluster)
        full = state.at("computing", cluster) + served - saving - restarting
        burning = state.at("burn_in", cluster) - halted
        free = state.at("up", cluster) - state.at("computing", cluster) - state.at("holding", cluster) - served
        idle = free + state.at("holding", cluster) + state.at("undetected", cluster) - unnoticed
        saves, restarts = (
            server.busy_draw if draw is None else draw for draw in (server.checkpoint_draw, server.restart_draw)
        )
        clock, exponent = state.clocks.get(site, 1.0), getattr(scenario.sites[site].over_cap, "exponent", 1.0)

        def at_clock(draw: float, least: float = server.idle_draw, scale: float = clock**exponent) -> float:
            return draw if draw < least else least + (draw - least) * scale

        shares = (
            (server.busy_draw, burning),
            (at_clock(server.busy_draw), full),
            (server.idle_draw, idle),
            (at_clock(saves), saving),
            (at_clock(restarts), restarting),
        )
        node_kw = server.server_power + server.network_power
        it_kw[site] += node_kw * sum(share * nodes for share, nodes in shares)
        nameplate_kw[site] += node_kw * (state.at("burn_in", cluster) - halted + state.at("entered", cluster) - dark)
    return [
        facility_kw(place, it_kw[number], nameplate_kw[number], month) / 1000
        for number, place in enumerate(scenario.sites)
    ]


def facility_kw(site: Site, it_kw: float, nameplate_kw: float, month: int) -> float:
    """Facility draw for an IT draw of nodes of a nameplate, in a calendar month."""
    if site.pue is None:
        assert site.pue_average is not None
        return it_kw * site.pue_average
    if isinstance(site.pue, ConstantPue):
        return it_kw * site.pue.average
    return it_kw + site.pue.months[month - 1] * (site.pue.fixed * nameplate_kw + site.pue.proportional * it_kw)
