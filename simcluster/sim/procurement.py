"""Purchase orders: a SimPy process each, from the day placed through lots delivered to nodes in service."""

from __future__ import annotations

from collections.abc import Callable, Generator

import simpy

from simcluster.core.money import split
from simcluster.core.rng import Luck
from simcluster.model.scenario import Scenario
from simcluster.record.events import BurnInStarted, LotDelivered, OrderPlaced
from simcluster.record.log import EventLog
from simcluster.sim.campus import Campus, Consignment
from simcluster.sim.draws import duration
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.shedding import Shedding
from simcluster.sim.treasury import Treasury

Commission = Callable[[int, int, int], None]
"""Called with (order, position of the first node in the order, nodes) when nodes enter service."""


def place(
    env: KernelEnvironment,
    luck: Luck,
    log: EventLog,
    scenario: Scenario,
    number: int,
    campus: Campus,
    treasury: Treasury,
) -> Generator[simpy.Event, None, None]:
    """Place an order when its day comes and the budget allows, and hand its lots to the site as they arrive.

    What an order or a lot did before the start is a fact of the past: its hour is negative, no budget is asked, and the
    lot stands at the site's gate at hour 0.
    """
    order = scenario.orders[number]
    server, nodes = scenario.server_of(order.cluster), scenario.nodes(order.cluster, order.gpus)
    server_usd, network_usd = order.node_prices_usd(server)
    cost_usd = nodes * (server_usd + network_usd)
    placed = scenario.clock.hours(order.placed)
    if placed >= 0:
        yield env.timeout(placed)
        yield from treasury.commit(number, cost_usd)
        placed = env.now
    log.add(OrderPlaced(placed, number, nodes, server_usd, network_usd, cost_usd * order.deposit))
    arrives = placed + duration(luck, "procurement.lead_time", order.name, 0, order.lead_time)
    first = 0
    for lot, size in enumerate(split(nodes, order.lots)):
        due = arrives + lot * order.lot_interval
        yield env.timeout(max(due - env.now, 0.0))
        log.add(LotDelivered(min(due, env.now), number, lot, size))
        campus.receive(Consignment(number, scenario.cluster_index[order.cluster], first, size, server.nameplate_kw))
        first += size


def install(
    env: KernelEnvironment,
    luck: Luck,
    log: EventLog,
    scenario: Scenario,
    batch: Consignment,
    commission: Commission,
    shedding: Shedding | None = None,
) -> Generator[simpy.Event, None, None]:
    """Bring admitted nodes into service: rack and cable, then burn in. Durations are addressed by the first node."""
    order = scenario.orders[batch.order]
    site = scenario.sites[scenario.site_index[scenario.clusters[batch.cluster].site]]
    yield env.timeout(duration(luck, "procurement.install", order.name, batch.first, site.install))
    log.add(BurnInStarted(env.now, batch.order, batch.cluster, batch.nodes))
    hours = duration(luck, "procurement.burn_in", order.name, batch.first, site.burn_in)
    if shedding is None:
        yield env.timeout(hours)
    else:
        yield from shedding.burn_in(batch.cluster, batch.nodes, hours)
    commission(batch.order, batch.first, batch.nodes)
