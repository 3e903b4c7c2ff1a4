"""Entries of leases: what commences, interest, principal and straight-line costs (ASC 842).

Interest that a payment covers is operating cash and the principal financing, all that is paid for an operating lease
operating (ASC 842-20-45-5). So that cash goes by its counter-accounts, interest that falls due is paid out of the
expense, and only what accrues beyond it adds to the liability.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import OPENING, Account, Entry, entry
from simcluster.books.leases import Contract, Standing, nothing, standing, standing_alone
from simcluster.books.register import order_costs
from simcluster.record.events import NodesInService

if TYPE_CHECKING:
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog


def leases_of(scenario: Scenario, log: EventLog) -> tuple[Contract, ...]:
    """Every lease that commenced: finance leases of orders, those that stand alone, then operating leases."""
    return (
        *_of_orders(scenario, log),
        *standing_alone(scenario, "finance"),
        *standing_alone(scenario, "operating"),
    )


def _of_orders(scenario: Scenario, log: EventLog) -> Iterator[Contract]:
    """What came into service together of a leased order: its price is the value, PMT = price / annuity factor."""
    agreed = order_costs(log)
    for fact in log.rows(NodesInService):
        terms = scenario.orders[fact.order].lease if fact.order >= 0 else None
        if terms is not None:
            debt, price = terms.level_debt, agreed[fact.order].total * fact.nodes
            text = f"lease of {fact.nodes} nodes of {scenario.orders[fact.order].name}"
            unit = price / debt.present_value
            yield Contract("finance", ("order", fact.order), text, terms, debt, unit, fact.hour, fact.nodes)


def lease_interest(scenario: Scenario, log: EventLog) -> Cents:
    """Interest on finance leases in each month, cents; shape (months,)."""
    finance = (standing(scenario, lease) for lease in leases_of(scenario, log) if lease.kind == "finance")
    return np.diff(sum(finance, nothing(scenario)).interest)


def accrue_leases(scenario: Scenario, log: EventLog) -> Iterator[Entry]:
    """Liabilities at the start, and by month interest, payments and the costs of operating leases, lease by lease.

    The rights of finance leases are vintages, and commence with them.
    """
    for lease in leases_of(scenario, log):
        by_month = standing(scenario, lease)
        yield from (_finance if lease.kind == "finance" else _operating)(lease, by_month)


def _finance(lease: Contract, at: Standing) -> Iterator[Entry]:
    owed, opening = Account.LEASES_FINANCE, int(at.owed[0])
    yield from entry(OPENING, f"opening: {lease.text}", (owed, -opening), (Account.OPENING_EQUITY, opening))
    interest, repaid, paid = (np.diff(row).tolist() for row in (at.interest, at.repaid, at.paid))
    for k, (accrued, principal, payment) in enumerate(zip(interest, repaid, paid, strict=True)):
        settled, text = payment - principal, f"interest on {lease.text}"
        yield from entry(k, text, (Account.INTEREST, settled), (Account.CASH, -settled))
        yield from entry(k, text, (Account.INTEREST, accrued - settled), (owed, settled - accrued))
        yield from entry(k, f"principal of {lease.text}", (owed, principal), (Account.CASH, -principal))


def _operating(lease: Contract, at: Standing) -> Iterator[Entry]:
    owed, right = Account.LEASES_OPERATING, Account.RIGHT_OF_USE_OPERATING
    opening = (right, int(at.right[0])), (owed, -int(at.owed[0]))
    equity = (Account.OPENING_EQUITY, int(at.owed[0] - at.right[0]))
    yield from entry(OPENING, f"opening: {lease.text}", *opening, equity)
    rows = (np.diff(row).tolist() for row in (at.value, at.interest, at.paid, at.cost))
    for k, (begun, interest, payment, cost) in enumerate(zip(*rows, strict=True)):
        yield from entry(k, f"commencement of {lease.text}", (right, begun), (owed, -begun))
        yield from entry(k, f"payment of {lease.text}", (owed, payment), (Account.CASH, -payment))
        amounts = (Account.OPERATING_LEASES, cost), (owed, -interest), (right, interest - cost)
        yield from entry(k, f"cost of {lease.text}", *amounts)
