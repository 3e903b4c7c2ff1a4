"""Purchase orders: a SimPy process each, from the day placed through lots delivered to nodes in service."""

from __future__ import annotations

from collections.abc import Callable, Generator
from math import inf

import simpy

from simcluster.core.money import split
from simcluster.core.rng import Luck
from simcluster.model.scenario import Scenario
from simcluster.record.events import (
    BurnInStarted,
    LotDelivered,
    OptionBought,
    OptionLapsed,
    OrderCancelled,
    OrderPlaced,
)
from simcluster.record.log import EventLog
from simcluster.sim.campus import Campus, Consignment
from simcluster.sim.draws import duration
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.supply import Supply
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
    supply: Supply,
) -> Generator[simpy.Event, None, None]:
    """Place an order when its day comes and the budget allows, and hand its lots to the site as they arrive.

    What an order or a lot did before the start is a fact of the past: its hour is negative, no budget is asked, and the
    lot stands at the site's gate at hour 0. What is not delivered by the day of a cancellation never is.
    """
    order = scenario.orders[number]
    nodes, prices_usd = scenario.nodes(order.cluster, order.gpus), scenario.node_prices_usd(order)
    cost_usd = nodes * sum(prices_usd)
    placed = yield from _decide(env, luck, log, scenario, number, cost_usd)
    if placed is None:
        return
    if placed >= 0:
        yield from treasury.commit(number, cost_usd)
        placed = env.now
    ends = inf if order.cancellation is None else scenario.clock.hours(order.cancellation.date)
    if ends < placed:
        return
    log.add(OrderPlaced(placed, number, nodes, *prices_usd, cost_usd * order.deposit))
    cluster, kw = scenario.cluster_index[order.cluster], scenario.server_of(order.cluster).nameplate_kw
    delivered = 0
    for due in supply.dues(number, placed, split(nodes, order.lots)):
        if due.hour >= min(ends, env.horizon):
            break
        yield env.timeout(max(due.hour - env.now, 0.0))
        log.add(LotDelivered(min(due.hour, env.now), number, due.lot, due.nodes))
        campus.receive(Consignment(number, cluster, delivered, due.nodes, kw))
        delivered += due.nodes
    if order.cancellation is not None and delivered < nodes:
        yield env.timeout(max(ends - env.now, 0.0))
        fee_usd = (nodes - delivered) * sum(prices_usd) * order.cancellation.fee
        log.add(OrderCancelled(min(ends, env.now), number, nodes - delivered, fee_usd))


def _decide(
    env: KernelEnvironment, luck: Luck, log: EventLog, scenario: Scenario, number: int, cost_usd: float
) -> Generator[simpy.Event, None, float | None]:
    """Wait for the day of an order, or of the exercise of an option on it; none if that lapses."""
    order = scenario.orders[number]
    placed = scenario.clock.hours(order.placed)
    yield env.timeout(max(placed, 0.0))
    if order.option is None:
        return placed
    log.add(OptionBought(placed, number, cost_usd * order.option.premium))
    decided = scenario.clock.hours(order.option.exercise)
    yield env.timeout(max(decided - env.now, 0.0))
    if luck.stream("procurement.option", order.name).at(0) < order.option.probability:
        return decided
    log.add(OptionLapsed(decided, number))
    return None


def install(
    env: KernelEnvironment, luck: Luck, log: EventLog, scenario: Scenario, batch: Consignment, commission: Commission
) -> Generator[simpy.Event, None, None]:
    """Bring admitted nodes into service: rack and cable, then burn in. Durations are addressed by the first node."""
    order = scenario.orders[batch.order]
    site = scenario.sites[scenario.site_index[scenario.clusters[batch.cluster].site]]
    yield env.timeout(duration(luck, "procurement.install", order.name, batch.first, site.install))
    log.add(BurnInStarted(env.now, batch.order, batch.cluster, batch.nodes))
    yield env.timeout(duration(luck, "procurement.burn_in", order.name, batch.first, site.burn_in))
    commission(batch.order, batch.first, batch.nodes)
