"""Debt by month: what is drawn, what it costs and what is repaid, and the entries of it.

The interest of a month is ROUND(rate / 12 x cent-days / days of the calendar month, 0): the balance at its beginning
counts for each of its simulated days, a drawing from its own day on. Principal is due on the last day of a calendar
month, and then a delayed draw is made. What was due before the start is past; the balance it left opens the books.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from simcluster.books.cash import cash_by_activity, sale_proceeds
from simcluster.books.journal import CAPITALISED, OPENING, Account, Entry, Journal, entry, one_sided
from simcluster.core.calendar import Month
from simcluster.core.money import cents, whole
from simcluster.model.debt import MONTHS_A_YEAR, Debt

if TYPE_CHECKING:
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Span:
    """A calendar month, or the part of it before or after the scenario's start; `index` is `OPENING` before it."""

    month: Month
    since: date
    until: date
    index: int

    @property
    def month_days(self) -> int:
        """Days of the calendar month."""
        return (self.month.plus(1).first_day - self.month.first_day).days

    @property
    def days(self) -> int:
        """Days of the span."""
        return (self.until - self.since).days

    @property
    def last(self) -> date:
        """Its last day."""
        return self.until - timedelta(days=1)

    @property
    def is_due(self) -> bool:
        """Whether it ends with the month, when principal is due."""
        return self.until == self.month.plus(1).first_day


@dataclass(frozen=True, slots=True)
class DebtMonth:
    """A debt over a span, cents: balances, what is drawn on days and at the end, interest and principal.

    `cent_days` sums the balance over days.
    """

    span: Span
    opening: int
    drawn: int
    cent_days: int
    rate: float
    interest: int
    principal: int
    delayed: int

    @property
    def closing(self) -> int:
        """What is owed at the end."""
        return self.opening + self.drawn - self.principal + self.delayed


def spans(scenario: Scenario) -> list[Span]:
    """From the month of the earliest drawing, or the start, to the end of the scenario."""
    start, months = scenario.start, scenario.clock.months
    first = min([Month.of(debt.begins) for debt in scenario.finance.debt if debt.begins < start], default=months[0])
    found = []
    for k in range(Month.of(start).ordinal - first.ordinal + 1):
        month = first.plus(k)
        until = min(month.plus(1).first_day, start)
        if month.first_day < until:
            found.append(Span(month, month.first_day, until, OPENING))
    edges = [scenario.clock.date(edge) for edge in scenario.clock.month_edges]
    return [*found, *(Span(m, edges[k], edges[k + 1], k) for k, m in enumerate(months))]


def debt_months(scenario: Scenario, debt: Debt, capex: Cents) -> list[DebtMonth]:
    """A debt over each of the `spans`; `capex` is what delayed draws go by, cents by simulated month."""
    balance = 0
    found: list[DebtMonth] = []
    for span in spans(scenario):
        drawings = debt.drawn_cents(span.since, span.until)
        drawn = sum(amount for _, amount in drawings)
        cent_days = balance * span.days + sum(amount * (span.until - day).days for day, amount in drawings)
        rate = debt.rate_on(span.month.first_day)
        interest = whole(rate / MONTHS_A_YEAR * cent_days / span.month_days)
        principal = debt.due_cents(span.month, balance + drawn, rate) if span.is_due else 0
        drawn_before = sum(row.delayed for row in found)
        delayed = delayed_cents(debt, span, drawn_before, 0 if span.index == OPENING else int(capex[span.index]))
        row = DebtMonth(span, balance, drawn, cent_days, rate, interest, principal, delayed)
        balance = row.closing
        found.append(row)
    return found


def delayed_cents(debt: Debt, span: Span, drawn_before: int, capex: int) -> int:
    """What is drawn at a span's end by a delayed draw: its share of capital spending, up to its limit."""
    draw = debt.delayed
    if draw is None or not draw.is_open(span.last):
        return 0
    return min(whole(draw.share * max(capex, 0)), cents(draw.limit) - drawn_before)


def borrowed(scenario: Scenario, journal: Journal) -> list[list[DebtMonth]]:
    """Every debt in order, over the `spans`. The journal holds all capital spending; interest in it does not count."""
    if not scenario.finance.debt:
        return []
    capex = spending_before_interest(journal)
    return [debt_months(scenario, debt, capex) for debt in scenario.finance.debt]


def spending_before_interest(journal: Journal) -> Cents:
    """Cash of investing without sales and interest capitalised, by month, cents, paid positive; shape (months,)."""
    spent: Cents = sale_proceeds(journal) - cash_by_activity(journal)["investing"]
    return spent - one_sided(journal, CAPITALISED, debit=True)


def post_debt(scenario: Scenario, debts: Sequence[list[DebtMonth]]) -> Iterator[Entry]:
    """Debt that opens the books, and what is drawn and repaid."""
    for debt, rows in zip(scenario.finance.debt, debts, strict=True):
        owed = next(row.opening for row in rows if row.span.index != OPENING)
        yield from entry(OPENING, f"opening: debt {debt.name}", (Account.OPENING_EQUITY, owed), (Account.DEBT, -owed))
        for row in rows:
            if row.span.index == OPENING:
                continue
            drawn = row.drawn + row.delayed
            yield from entry(row.span.index, f"drawn: {debt.name}", (Account.CASH, drawn), (Account.DEBT, -drawn))
            repaid = ((Account.DEBT, row.principal), (Account.CASH, -row.principal))
            yield from entry(row.span.index, f"repaid: {debt.name}", *repaid)
