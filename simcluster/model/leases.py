"""Leases (ASC 842): what is paid when, and what is left to pay at its present value.

Months of a lease count from the day it commences. Payments are known at that day, fixed escalators among them, so that
all of them enter the measurement (ASC 842-10-30-5). With the incremental borrowing rate r a year and i = r / 12, what
is owed after the payment of month k of n is

    owed[k] = (owed[k + 1] + due[k + 1]) / (1 + i),  owed[n] = 0

so that interest of a month is owed x i and the debt ends at nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate
from math import isclose
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simcluster.core.money import cents
from simcluster.model.depreciation import AssetClass
from simcluster.model.kind import Fraction, Located, Months, Name, Usd, Value, refuse

MONTHS_PER_YEAR = 12
Paid = Literal["in_advance", "in_arrears"]
Escalation = Annotated[float, Field(ge=0, lt=1)]


@dataclass(frozen=True, slots=True)
class Debt:
    """Months 0 to n of a lease: what falls due, what is owed after it, and how much of that is principal.

    Month 0 is the commencement. A payment covers interest first: principal is the least that was ever owed so far.
    """

    due: tuple[float, ...]
    owed: tuple[float, ...]
    principal: tuple[float, ...]

    @property
    def months(self) -> int:
        """The term."""
        return len(self.due) - 1

    @property
    def present_value(self) -> float:
        """Of all payments at the commencement, a first one in advance included."""
        return self.owed[0] + self.due[0]


def debt(due: tuple[float, ...], monthly_rate: float) -> Debt:
    """The debt of payments due at months 0 to n, in their unit, by the module's equation."""
    owed = [0.0]
    for payment in reversed(due[1:]):
        owed.append((owed[-1] + payment) / (1 + monthly_rate))
    owed.reverse()
    return Debt(due, tuple(owed), tuple(accumulate(owed, min)))


class LeaseTerms(Value):
    """How long a lease runs, at what incremental borrowing rate a year, and whether it is paid at a month's begin."""

    term: Months
    rate: Fraction
    paid: Paid = "in_arrears"

    @model_validator(mode="after")
    def _is_payable(self) -> "LeaseTerms":
        refuse([*self._problems()])
        return self

    @property
    def months(self) -> int:
        """The term in whole months."""
        return round(self.term)

    @property
    def monthly_rate(self) -> float:
        """A twelfth of the yearly rate."""
        return self.rate / MONTHS_PER_YEAR

    @property
    def interval(self) -> int:
        """Months from one payment to the next."""
        return 1

    def _problems(self) -> Iterator[Located]:
        whole = isclose(self.term, self.months, abs_tol=1e-6)
        if not whole or self.months < 1 or self.months % self.interval:
            unit = "years" if self.interval > 1 else "months"
            message = f"a term is of whole {unit}, and of one at least"
            yield Located(("term",), message, f"for example '4 {unit}'")

    def payment_months(self) -> range:
        """The months in which payments fall due."""
        first = 0 if self.paid == "in_advance" else self.interval
        return range(first, first + self.months, self.interval)

    @cached_property
    def level_debt(self) -> Debt:
        """The debt of payments of 1: `present_value` is the annuity factor, so that PMT = price / present_value."""
        paying = self.payment_months()
        return debt(tuple(float(k in paying) for k in range(self.months + 1)), self.monthly_rate)


class _Rented(LeaseTerms):
    """A lease of something for a `payment` a month or a year, which grows by `escalation` at each anniversary."""

    name: Name
    asset_class: AssetClass
    commences: date
    payment: Usd
    per: Literal["month", "year"] = "month"
    escalation: Escalation = 0.0

    @property
    def interval(self) -> int:
        """Months from one payment to the next."""
        return MONTHS_PER_YEAR if self.per == "year" else 1

    def _problems(self) -> Iterator[Located]:
        yield from super()._problems()
        if self.payment <= 0:
            yield Located(("payment",), "a lease without a payment", "give what is paid a month or a year")

    @cached_property
    def debt(self) -> Debt:
        """The debt, cents: each payment is whole cents, payment x (1 + escalation)^(whole years before it)."""
        paying, due, grown = self.payment_months(), [0.0] * (self.months + 1), 1.0
        for k in paying:
            grown *= 1 + self.escalation if k > paying[0] and (k - paying[0]) % MONTHS_PER_YEAR == 0 else 1
            due[k] = float(cents(self.payment * grown))
        return debt(tuple(due), self.monthly_rate)


class FinanceLease(_Rented):
    """The right is amortised over the shorter of term and life (ASC 842-20-35-8); interest is an expense of its own."""

    kind: Literal["finance"] = "finance"


class OperatingLease(_Rented):
    """One straight-line cost over the term (ASC 842-20-25-6); the right loses that cost less the interest."""

    kind: Literal["operating"] = "operating"

    def _problems(self) -> Iterator[Located]:
        yield from super()._problems()
        if self.months >= 1 and _ahead(self.debt):
            message = "payments grow so late that the straight-line cost would use up more than the right is worth"
            yield Located(("escalation",), message, "lower the escalation or the rate")


def _ahead(of: Debt) -> bool:
    """Whether at some month's end the cost charged so far is above what was paid and is owed."""
    total, paid = sum(of.due), accumulate(of.due)
    rows = zip(range(of.months + 1), of.owed, paid, strict=True)
    return any(owed + before < total * k / of.months * (1 - 1e-12) for k, owed, before in rows)


Lease = Annotated[FinanceLease | OperatingLease, Field(discriminator="kind")]
"""A lease that stands alone: a table with a `kind`."""
