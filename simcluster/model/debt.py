"""Debt: what is drawn when, at what rate, and how it is repaid; each repayment is a kind with one pure method."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from simcluster.core.calendar import Month
from simcluster.core.money import cents, whole
from simcluster.model.kind import Fraction, Located, Name, Usd, Value, Years, refuse

MONTHS_A_YEAR = 12
LEAST_RATE = 1e-9
"""A monthly rate below which 1 - (1 + i)^-n has too few digits left: a level payment then holds principal alone."""
Rate = Annotated[float, Field(ge=0, lt=1)]


class Bullet(Value):
    """All is repaid with the last payment."""

    kind: Literal["bullet"] = "bullet"

    def principal_cents(self, balance_cents: int, monthly_rate: float, left: int) -> int:
        """Principal due at a month's end with so many payments `left`, that one among them; cents."""
        return balance_cents if left <= 1 else 0


class Level(Value):
    """An annuity: principal and interest of whole months together are the same each month.

    With balance B, monthly rate i and n payments left a payment is B i / (1 - (1 + i)^-n), PMT(i, n, -B) of a
    spreadsheet; B i of it is interest, each rounded. A change of rate, or more that is drawn, levels anew.
    """

    kind: Literal["level"] = "level"

    def principal_cents(self, balance_cents: int, monthly_rate: float, left: int) -> int:
        """Principal due at a month's end with so many payments `left`, that one among them; cents."""
        if left <= 1:
            return balance_cents
        if monthly_rate < LEAST_RATE:
            return whole(balance_cents / left)
        interest = balance_cents * monthly_rate
        return whole(interest / (1 - (1 + monthly_rate) ** -left)) - whole(interest)


class Straight(Value):
    """Equal principal with each payment."""

    kind: Literal["straight"] = "straight"

    def principal_cents(self, balance_cents: int, monthly_rate: float, left: int) -> int:
        """Principal due at a month's end with so many payments `left`, that one among them; cents."""
        return balance_cents if left <= 1 else whole(balance_cents / left)


def _named(value: Any) -> Any:
    """A kind alone is that kind."""
    return {"kind": value} if isinstance(value, str) else value


Repayment = Annotated[
    Annotated[Bullet | Level | Straight, Field(discriminator="kind")],
    BeforeValidator(_named, json_schema_input_type=str | dict[str, Any]),
]


class Drawing(Value):
    """An amount drawn on a day; it bears interest from that day on."""

    date: date
    amount: Usd


class DelayedDraw(Value):
    """A share of each month's capital spending drawn at its end, from a day to another, until the limit is reached."""

    share: Annotated[Fraction, Field(gt=0)]
    limit: Usd
    since: date
    until: date

    def is_open(self, day: date) -> bool:
        """Whether something may be drawn on a day."""
        return self.since <= day <= self.until


class RateChange(Value):
    """Another rate a year, from the first month on that begins on this day or later."""

    date: date
    rate: Rate


class Debt(Value):
    """A loan or a note, drawn on days or by a delayed draw.

    Interest is paid monthly: a twelfth of `rate`, which is a year's, for a month. The `term`, and the `grace` in which
    nothing is repaid, are whole months from the first drawing on; a month that it was not drawn on the first day of is
    not among them. Payments fall on the ends of these months.
    """

    name: Name
    drawn: tuple[Drawing, ...] = ()
    delayed: DelayedDraw | None = None
    rate: Rate
    rate_changes: tuple[RateChange, ...] = ()
    term: Years
    grace: Years = 0.0
    repayment: Repayment

    @model_validator(mode="after")
    def _holds_together(self) -> "Debt":
        found = [*self._drawings(), *self._times()]
        if any(b.date <= a.date for a, b in pairwise(self.rate_changes)):
            k = next(k for k, (a, b) in enumerate(pairwise(self.rate_changes), 1) if b.date <= a.date)
            found.append(Located(("rate_changes", k, "date"), "not after the change above it", "order changes by date"))
        refuse(found)
        return self

    def _drawings(self) -> list[Located]:
        found = []
        if bool(self.drawn) == (self.delayed is not None):
            found.append(Located((), "says not once how it is drawn", "give either drawn or delayed"))
        found += [
            Located(("drawn", k, "amount"), "nothing is drawn", "for example '2 GUSD'")
            for k, row in enumerate(self.drawn)
            if row.amount <= 0
        ]
        for k, (a, b) in enumerate(pairwise(self.drawn), 1):
            if b.date < a.date:
                found.append(Located(("drawn", k, "date"), "before the drawing above it", "order drawings by date"))
        if self.delayed is not None and self.delayed.until < self.delayed.since:
            found.append(Located(("delayed", "until"), "until comes before since", "swap them"))
        return found

    def _times(self) -> list[Located]:
        found = []
        for name in ("term", "grace"):
            months = getattr(self, name) * MONTHS_A_YEAR
            if abs(months - round(months)) > 1e-6:
                found.append(Located((name,), f"{months:.3f} months are not whole", "for example '18 months'"))
        if self.payments < 1:
            found.append(Located(("term",), "a term must be at least a month", "for example '5 years'"))
        elif self.grace_payments >= self.payments:
            found.append(Located(("grace",), "nothing of the term is left after the grace period", "shorten grace"))
        if not found and (self.drawn or self.delayed):
            last = self.drawn[-1].date if self.drawn else self.delayed.until if self.delayed else self.begins
            if Month.of(last) > self.matures:
                where = ("drawn", len(self.drawn) - 1, "date") if self.drawn else ("delayed", "until")
                found.append(Located(where, f"drawn after the last payment in {self.matures}", "lengthen the term"))
            elif self.delayed is not None and self.delayed.until >= self.last_payment:
                message = f"a draw at the end of {self.matures} comes after the last payment on that day"
                found.append(Located(("delayed", "until"), message, "end it earlier, or lengthen the term"))
        return found

    @property
    def begins(self) -> date:
        """The day of the first drawing, or the first on which something may be drawn."""
        return self.delayed.since if self.delayed is not None else self.drawn[0].date

    @property
    def payments(self) -> int:
        """Months of the term."""
        return round(self.term * MONTHS_A_YEAR)

    @property
    def grace_payments(self) -> int:
        """Months at the beginning of the term in which nothing is repaid."""
        return round(self.grace * MONTHS_A_YEAR)

    @property
    def first_payment(self) -> Month:
        """The first whole month."""
        return Month.of(self.begins).plus(0 if self.begins.day == 1 else 1)

    @property
    def matures(self) -> Month:
        """The month of the last payment."""
        return self.first_payment.plus(self.payments - 1)

    @property
    def last_payment(self) -> date:
        """The day of the last payment."""
        return self.matures.plus(1).first_day - timedelta(days=1)

    def rate_on(self, day: date) -> float:
        """The rate a year in force on a day."""
        return [self.rate, *(change.rate for change in self.rate_changes if change.date <= day)][-1]

    def drawn_cents(self, since: date, until: date) -> list[tuple[date, int]]:
        """Drawings from a day to before another, with their cents."""
        return [(row.date, cents(row.amount)) for row in self.drawn if since <= row.date < until]

    def due_cents(self, month: Month, balance_cents: int, rate: float) -> int:
        """Principal due at the end of a month, at a rate a year."""
        left = self.matures.ordinal - month.ordinal + 1
        if month.ordinal < self.first_payment.ordinal + self.grace_payments:
            return 0
        return self.repayment.principal_cents(balance_cents, rate / MONTHS_A_YEAR, left)
