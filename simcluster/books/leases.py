"""Leases that commenced: what is owed, paid and charged by the end of each month, in cents.

A month of a lease runs from its day in one calendar month to the same day in the next. At an edge k whole months and a
part f of the next have passed, and with the debt of `model.leases`, whose payments are in a unit of so many cents,

    owed = ROUND(unit (owed[k] + owed[k] i f))
    paid = sum of due up to k x ROUND(unit)
    repaid = value - ROUND(unit principal[k])

in which the value at commencement is ROUND(unit x present value). Interest is then what owed and paid grew by together,
so that the debt ends at nothing without a last payment that differs (ASC 842-20-35-1 to 35-3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING, Literal

import numpy as np

from simcluster.core.money import whole

if TYPE_CHECKING:
    from simcluster.core.money import Cents
    from simcluster.model.leases import Debt, LeaseTerms
    from simcluster.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Contract:
    """A lease that commenced at an hour, negative before the start: its debt in a unit of so many cents.

    `row` is ("order", position) or ("lease", position): `nodes` that came into service together are one contract.
    """

    kind: Literal["finance", "operating"]
    row: tuple[str, int]
    text: str
    terms: LeaseTerms
    debt: Debt
    unit_cents: float
    commences_hour: float
    nodes: int = 0

    @property
    def value_cents(self) -> int:
        """Present value of all payments at the commencement: the right of use, and the liability."""
        return whole(self.unit_cents * self.debt.present_value)

    @property
    def payment_cents(self) -> int:
        """A payment of 1."""
        return whole(self.unit_cents)

    def ends(self, scenario: Scenario) -> float:
        """The hour at which the term is over."""
        return scenario.clock.months_later(self.commences_hour, self.debt.months)

    def passed(self, scenario: Scenario, edge: float) -> tuple[int, float]:
        """Whole months that have passed by an edge, and the part of the next; -1 where it has not commenced.

        What is due at an edge is paid before it in arrears and after it in advance.
        """
        clock, begun = scenario.clock, self.commences_hour
        if begun >= edge:
            return -1, 0.0
        here, day = clock.datetime(edge), clock.datetime(begun)
        months = (here.year - day.year) * 12 + here.month - day.month
        then = clock.months_later(begun, months)
        months = min(months - (then > edge or (then == edge and self.terms.paid == "in_advance")), self.debt.months)
        if months == self.debt.months:
            return months, 0.0
        since, until = (clock.months_later(begun, months + k) for k in (0, 1))
        return months, (edge - since) / (until - since)


@dataclass(frozen=True, slots=True)
class Standing:
    """A contract at the start and at each month's end, cents, shape (months + 1,); nothing before it commences.

    `value` is what commenced, `owed` the liability, `paid`, `repaid` (the principal in it) and `cost` (of an operating
    lease, straight-line over the term) are sums since the commencement.
    """

    value: Cents
    owed: Cents
    paid: Cents
    repaid: Cents
    cost: Cents

    def __add__(self, other: Standing) -> Standing:
        rows = ((self.value, other.value), (self.owed, other.owed), (self.paid, other.paid))
        return Standing(*(a + b for a, b in (*rows, (self.repaid, other.repaid), (self.cost, other.cost))))

    @property
    def interest(self) -> Cents:
        """Interest since the commencement."""
        return self.owed + self.paid - self.value

    @property
    def right(self) -> Cents:
        """The right of use of an operating lease: less by the straight-line cost beyond interest."""
        return self.value - (self.cost - self.interest)


def nothing(scenario: Scenario) -> Standing:
    """No lease at all."""
    return Standing(*np.zeros((5, len(scenario.clock.month_edges)), dtype=np.int64))


def standing(scenario: Scenario, lease: Contract) -> Standing:
    """The contract at the start and at each month's end, by the module's equations."""
    debt, unit, rate = lease.debt, lease.unit_cents, lease.terms.monthly_rate
    paid = [int(units) * lease.payment_cents for units in accumulate(debt.due)]
    rows = np.zeros((5, len(scenario.clock.month_edges)), dtype=np.int64)
    for column, edge in enumerate(scenario.clock.month_edges):
        k, part = lease.passed(scenario, edge)
        if k < 0:
            continue
        left = debt.owed[k]
        rows[:, column] = (
            lease.value_cents,
            whole(unit * (left + left * rate * part)),
            paid[k],
            lease.value_cents - whole(unit * debt.principal[k]),
            whole(paid[-1] * ((k + part) / debt.months)) if lease.kind == "operating" else 0,
        )
    return Standing(*rows)


def lease_ends(scenario: Scenario, terms: LeaseTerms | None, commences_hour: float) -> float:
    """The hour at which a lease is over that commences at an hour; never, where nothing is leased."""
    return inf if terms is None else scenario.clock.months_later(commences_hour, terms.months)


def standing_alone(scenario: Scenario, kind: Literal["finance", "operating"]) -> Iterator[Contract]:
    """The leases of a kind that the finance table lists, which commence before the horizon."""
    for k, row in enumerate(scenario.finance.leases):
        hour = scenario.clock.hours(row.commences)
        if row.kind == kind and hour < scenario.clock.horizon_hours:
            yield Contract(kind, ("lease", k), f"lease {row.name}", row, row.debt, 1.0, hour)
