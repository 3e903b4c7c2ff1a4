"""Entries that follow from facts: what was paid, delivered, brought into service and mended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcluster.books.components import bought_hour, components_cents
from simcluster.books.journal import OPENING, Account, Entry, entry
from simcluster.books.register import (
    UnitCost,
    order_costs,
)
from simcluster.core.money import cents, whole
from simcluster.record.events import (
    KitDelivered,
    KitOrdered,
    LotDelivered,
    OptionBought,
    OptionLapsed,
    OrderCancelled,
    OrderPlaced,
)

if TYPE_CHECKING:
    from simcluster.model.procurement import Supplied
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog


def month_of(scenario: Scenario, hour: float) -> int:
    """Month index of an hour; what happened before the start belongs to the opening balance."""
    return OPENING if hour < 0 else scenario.clock.month_index(hour)


def payer(month: int) -> Account:
    """Who pays in a month: cash, or the opening equity before the start."""
    return Account.OPENING_EQUITY if month == OPENING else Account.CASH


def creditor(row: Supplied, month: int) -> Account:
    """Who stands in for what a delivery costs beyond its deposit: the vendor until the terms are over, or cash."""
    return Account.PAYABLES if row.payment_terms else payer(month)


def settle(scenario: Scenario, row: Supplied, delivered: float, owed: int) -> Iterator[Entry]:
    """Payment of what is owed for a delivery, cents, when the terms of the order are over."""
    due = delivered + row.payment_terms
    if row.payment_terms and due < scenario.clock.horizon_hours:
        month = month_of(scenario, due)
        yield from entry(month, f"payment of {row.name}", (Account.PAYABLES, owed), (payer(month), -owed))


def deposit_cents(fact: OrderPlaced, unit: UnitCost) -> int:
    """The deposit of an order; rounding never carries it above the order's cost."""
    return min(cents(fact.deposit_usd), unit.total * fact.nodes)


def used_up(deposit: int, before: int, after: int, of: int) -> int:
    """How much of a deposit nodes from the `before`-th to the `after`-th use up: `whole`(deposit (n / N)) after n."""
    return whole(deposit * (after / of)) - whole(deposit * (before / of))


def post_orders(scenario: Scenario, log: EventLog) -> Iterator[Entry]:
    """Deposits paid when orders were placed, less the premium of an option, which counts towards it."""
    agreed, premiums = order_costs(log), premiums_cents(scenario, log)
    for fact in log.rows(OrderPlaced):
        month = month_of(scenario, fact.hour)
        paid = deposit_cents(fact, agreed[fact.order]) - premiums.get(fact.order, 0)
        text = f"deposit on order {scenario.orders[fact.order].name}"
        yield from entry(month, text, (Account.DEPOSITS, paid), (payer(month), -paid))


def premiums_cents(scenario: Scenario, log: EventLog) -> dict[int, int]:
    """Premiums paid for options, cents, by order; rounding never carries one above the deposit."""
    found = {}
    for fact in log.rows(OptionBought):
        row = scenario.orders[fact.order]
        unit = UnitCost(*map(cents, scenario.node_prices_usd(row)))
        found[fact.order] = min(cents(fact.premium_usd), unit.total * scenario.nodes(row.cluster, row.gpus))
    return found


def post_options(scenario: Scenario, log: EventLog) -> Iterator[Entry]:
    """Premiums of options: a deposit while they are open, an expense when they lapse."""
    premiums = premiums_cents(scenario, log)
    for bought in log.rows(OptionBought):
        month, paid = month_of(scenario, bought.hour), premiums[bought.order]
        text = f"option on order {scenario.orders[bought.order].name}"
        yield from entry(month, text, (Account.DEPOSITS, paid), (payer(month), -paid))
    for lapsed in log.rows(OptionLapsed):
        month, lost = month_of(scenario, lapsed.hour), premiums[lapsed.order]
        charged = Account.OPENING_EQUITY if month == OPENING else Account.PROCUREMENT_FEES
        text = f"option lapsed on order {scenario.orders[lapsed.order].name}"
        yield from entry(month, text, (charged, lost), (Account.DEPOSITS, -lost))


def post_cancellations(scenario: Scenario, log: EventLog) -> Iterator[Entry]:
    """Orders cancelled: what is left of the deposit comes back, less the fee."""
    agreed = order_costs(log)
    placed = {fact.order: fact for fact in log.rows(OrderPlaced)}
    for fact in log.rows(OrderCancelled):
        order, month = placed[fact.order], month_of(scenario, fact.hour)
        deposit, delivered = deposit_cents(order, agreed[fact.order]), order.nodes - fact.nodes
        left, fee = used_up(deposit, delivered, order.nodes, order.nodes), cents(fact.fee_usd)
        charged = Account.OPENING_EQUITY if month == OPENING else Account.PROCUREMENT_FEES
        text = f"cancelled: {fact.nodes} nodes of order {scenario.orders[fact.order].name}"
        yield from entry(month, text, (charged, fee), (Account.DEPOSITS, -left), (payer(month), left - fee))


def post_lots(scenario: Scenario, log: EventLog) -> Iterator[Entry]:
    """Lots delivered: construction in progress against their share of the deposit, the rest paid now or on terms.

    After n of N nodes, `whole`(deposit (n / N)) is used up, so that the last lot leaves no cent of it. Components that
    were sent to the maker use up that share first, are paid for when they are bought, and leave the supplier's now.
    What is leased is the lessor's until it enters service.
    """
    agreed = order_costs(log)
    placed = {fact.order: fact for fact in log.rows(OrderPlaced)}
    delivered: dict[int, int] = defaultdict(int)
    for fact in log.rows(LotDelivered):
        unit, order, row = agreed[fact.order], placed[fact.order], scenario.orders[fact.order]
        if row.lease is not None:
            continue
        before = delivered[fact.order]
        after = delivered[fact.order] = before + fact.nodes
        used = used_up(deposit_cents(order, unit), before, after, order.nodes)
        sent = components_cents(row, unit, fact.nodes)
        first = min(sent, used)
        text = f"lot {fact.lot + 1} of order {row.name}"
        hour = bought_hour(row, order.hour, fact.hour)
        yield from _bought_on(scenario, row, hour, f"components for {text}", {Account.AT_SUPPLIERS: sent}, first)
        cost = {
            Account.CIP_SERVERS: unit.servers * fact.nodes,
            Account.CIP_NETWORK: unit.network * fact.nodes,
            Account.AT_SUPPLIERS: -sent,
        }
        yield from _bought_on(scenario, row, fact.hour, text, cost, used - first)


def _bought_on(
    scenario: Scenario, row: Supplied, hour: float, text: str, cost: dict[Account, int], used: int
) -> Iterator[Entry]:
    """What is bought at an hour, less what it uses up of the deposit, and its payment, now or on terms; cents."""
    month, owed = month_of(scenario, hour), sum(cost.values()) - used
    yield from entry(month, text, *cost.items(), (Account.DEPOSITS, -used), (creditor(row, month), -owed))
    yield from settle(scenario, row, hour, owed)


def post_kits(scenario: Scenario, log: EventLog) -> Iterator[Entry]:
    """Kits: deposits when they were ordered, construction in progress when they arrived; as orders and their lots."""
    placed = {fact.kit: fact for fact in log.rows(KitOrdered)}
    for fact in placed.values():
        month, paid = month_of(scenario, fact.hour), kit_deposit_cents(fact)
        text = f"deposit on kit {scenario.kits[fact.kit].name}"
        yield from entry(month, text, (Account.DEPOSITS, paid), (payer(month), -paid))
    delivered: dict[int, int] = defaultdict(int)
    for lot in log.rows(KitDelivered):
        kit = placed[lot.kit]
        deposit, before = kit_deposit_cents(kit), delivered[lot.kit]
        after = delivered[lot.kit] = before + lot.nodes
        used = used_up(deposit, before, after, kit.nodes)
        row, cost = scenario.kits[lot.kit], {Account.CIP_NETWORK: cents(kit.price_usd) * lot.nodes}
        yield from _bought_on(scenario, row, lot.hour, f"lot {lot.lot + 1} of kit {row.name}", cost, used)


def kit_deposit_cents(fact: KitOrdered) -> int:
    """The deposit of a kit; rounding never carries it above its cost."""
    return min(cents(fact.deposit_usd), cents(fact.price_usd) * fact.nodes)
