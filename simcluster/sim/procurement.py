"""Purchase orders and kits: a SimPy process each, from the day placed to the last lot at the gate of the site."""

from __future__ import annotations

from collections.abc import Generator
from math import inf

import simpy

from simcluster.core.money import split
from simcluster.core.rng import Luck
from simcluster.model.procurement import Order
from simcluster.model.scenario import Scenario
from simcluster.record.events import (
    KitDelivered,
    KitOrdered,
    LotDelivered,
    NodesReplaced,
    NodesReturned,
    OptionBought,
    OptionLapsed,
    OrderCancelled,
    OrderPlaced,
)
from simcluster.record.log import EventLog
from simcluster.sim.campus import Campus
from simcluster.sim.draws import duration, share
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.supply import Supply
from simcluster.sim.treasury import Treasury


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
    cluster, delivered = scenario.cluster_index[order.cluster], 0
    for due in supply.dues(order, placed, split(nodes, order.lots)):
        if due.hour >= min(ends, env.horizon):
            break
        yield env.timeout(max(due.hour - env.now, 0.0))
        log.add(LotDelivered(min(due.hour, env.now), number, due.lot, due.nodes))
        delivered += due.nodes
        dead = share(luck, "procurement.dead_on_arrival", order.name, due.lot, due.nodes, order.dead_on_arrival)
        campus.receive(number, cluster, due.nodes - dead)
        if dead:
            env.process(_send_back(env, luck, log, campus, order, number, cluster, due.lot, dead))
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


def _send_back(
    env: KernelEnvironment,
    luck: Luck,
    log: EventLog,
    campus: Campus,
    order: Order,
    number: int,
    cluster: int,
    lot: int,
    nodes: int,
) -> Generator[simpy.Event, None, None]:
    """Nodes dead on arrival go back, and others come for them."""
    log.add(NodesReturned(env.now, number, cluster, nodes, 0))
    yield env.timeout(duration(luck, "procurement.replacement", order.name, lot, order.replacement))
    log.add(NodesReplaced(env.now, number, cluster, nodes, 0))
    campus.receive(number, cluster, nodes)


def equip(
    env: KernelEnvironment, log: EventLog, scenario: Scenario, number: int, campus: Campus, supply: Supply
) -> Generator[simpy.Event, None, None]:
    """Order shares of a kit when their day comes, and hand them to the site as they arrive."""
    kit = scenario.kits[number]
    nodes, cluster = scenario.nodes(kit.cluster, kit.gpus), scenario.cluster_index[kit.cluster]
    price_usd = kit.price * scenario.server_of(cluster).gpus
    placed = scenario.clock.hours(kit.placed)
    yield env.timeout(max(placed, 0.0))
    log.add(KitOrdered(placed, number, nodes, price_usd, nodes * price_usd * kit.deposit))
    for due in supply.dues(kit, placed, split(nodes, kit.lots)):
        if due.hour >= env.horizon:
            return
        yield env.timeout(max(due.hour - env.now, 0.0))
        log.add(KitDelivered(min(due.hour, env.now), number, due.lot, due.nodes))
        campus.supply(cluster, kit.item, due.nodes)
