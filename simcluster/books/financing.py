"""What lenders and lessors give and take, dated, through the last payment; and its present value at WACC.

The value of the programme leaves financing out, as WACC stands for it; this is what financing adds to or takes from it
for the owner, before the tax that interest saves. Money lent at WACC, compounded as it is paid, is worth nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcluster.books.debt import DebtMonth, borrowed
from simcluster.books.journal import OPENING, Journal
from simcluster.books.lease_posting import leases_of
from simcluster.books.leases import Contract, standing
from simcluster.books.unlevered_tax import Flow
from simcluster.books.valuation import present_value
from simcluster.core.calendar import Month
from simcluster.core.money import whole
from simcluster.model.debt import MONTHS_A_YEAR, Debt

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog


def financing_value_usd(scenario: Scenario, log: EventLog, journal: Journal) -> float:
    """Present value of the `financing_flows` at WACC at the start, USD."""
    return present_value(scenario.finance.wacc, scenario.start, financing_flows(scenario, log, journal))


def financing_flows(scenario: Scenario, log: EventLog, journal: Journal) -> list[Flow]:
    """What debt and finance leases bring and cost, received positive; (date, USD).

    What is owed at the start counts as received then, as the outlay of the value holds what it paid for.
    """
    found: list[Flow] = []
    for debt, rows in zip(scenario.finance.debt, borrowed(scenario, journal), strict=True):
        found += [*_simulated(scenario, debt, rows), *_after(debt, rows[-1])]
    for lease in leases_of(scenario, log):
        if lease.kind == "finance":
            found += _leased(scenario, lease)
    return found


def _simulated(scenario: Scenario, debt: Debt, rows: list[DebtMonth]) -> Iterator[Flow]:
    """Drawings on their days, and at the end of each month a delayed draw less interest and principal."""
    run = [row for row in rows if row.span.index != OPENING]
    yield scenario.start, run[0].opening / 100
    for row in run:
        yield from ((day, cents / 100) for day, cents in debt.drawn_cents(row.span.since, row.span.until))
        yield row.span.until, (row.delayed - row.interest - row.principal) / 100


def _after(debt: Debt, last: DebtMonth) -> Iterator[Flow]:
    """Interest and principal of what is owed at the horizon, by the rules of the simulated months; nothing new."""
    owed, since = last.closing, last.span.until
    while owed:
        month = Month.of(since)
        until, rate = month.plus(1).first_day, debt.rate_on(month.first_day)
        cent_days, month_days = owed * (until - since).days, (until - month.first_day).days
        interest = whole(rate / MONTHS_A_YEAR * cent_days / month_days)
        principal = debt.due_cents(month, owed, rate)
        yield until, -(interest + principal) / 100
        owed, since = owed - principal, until


def _leased(scenario: Scenario, lease: Contract) -> Iterator[Flow]:
    """What came at its present value on the day it commenced, or is owed at the start; then each payment on its day."""
    clock, begun = scenario.clock, lease.commences_hour
    owed = int(standing(scenario, lease).owed[0]) if begun < 0 else lease.value_cents
    yield clock.date(max(begun, 0.0)), owed / 100
    over, _ = lease.passed(scenario, 0.0)
    for k in range(over + 1, lease.debt.months + 1):
        if lease.debt.due[k]:
            yield clock.date(clock.months_later(begun, k)), -int(lease.debt.due[k]) * lease.payment_cents / 100
