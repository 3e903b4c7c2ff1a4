"""Who delivers, and when: a vendor's lead time by date of order, or its queue; and slips of a product.

A lead time is a backlog seen from outside. A vendor therefore has either the one or the other.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from simcluster.core.calendar import HOURS_PER_YEAR
from simcluster.model.distributions import Duration, draw
from simcluster.model.kind import Count, Fraction, Located, Name, Value, refuse
from simcluster.model.power import NO_DELAY

HOURS_PER_MONTH = HOURS_PER_YEAR / 12


def _in_order(field: str, rows: Sequence[Any]) -> list[Located]:
    """Rows with a `date` stand in order of it, each on a day of its own."""
    hint = f"order {field} by date, one row a day"
    return [
        Located((field, k, "date"), f"row {k + 1} of {field} does not come after the one above it", hint)
        for k in range(1, len(rows))
        if rows[k].date <= rows[k - 1].date
    ]


class LeadTime(Value):
    """The lead time of orders placed on a day."""

    date: date
    lead_time: Duration


class LeadTimes(Value):
    """Lead time by date of order. Between two days a quantile lies on the straight line between theirs."""

    kind: Literal["lead_times"] = "lead_times"
    name: Name
    curve: tuple[LeadTime, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> "LeadTimes":
        refuse(_in_order("curve", self.curve))
        return self

    def lead_hours(self, day: float, p: float) -> float:
        """Hours at probability `p` of an order placed on a day (proleptic ordinal, with its fraction)."""
        days = [row.date.toordinal() for row in self.curve]
        after = next((k for k, known in enumerate(days) if known >= day), len(days) - 1)
        before = after - 1 if after and days[after] > day else after
        late = draw(self.curve[after].lead_time, p)
        if before == after:
            return late
        early = draw(self.curve[before].lead_time, p)
        return early + (late - early) * (day - days[before]) / (days[after] - days[before])


class Capacity(Value):
    """GPUs a month, the twelfth of a year, that a vendor makes from a day on."""

    date: date
    gpus_per_month: Annotated[float, Field(ge=0)]


class Allocation(Value):
    """The share of what is made that this buyer gets from a day on, as a vendor allots it by the quarter."""

    date: date
    share: Fraction


class Rival(Value):
    """What another buyer ordered on a day; it stands in the same queue."""

    date: date
    gpus: Count


class VendorQueue(Value):
    """Orders are made one after another, as they come, at a monthly capacity.

    Other buyers take part of it in one of two ways: as orders of their own in the queue (`rivals`), or by what the
    vendor allots to this buyer (`allocation`). What is made is delivered `transit` later.
    """

    kind: Literal["queue"] = "queue"
    name: Name
    capacity: tuple[Capacity, ...] = Field(min_length=1)
    allocation: tuple[Allocation, ...] = ()
    rivals: tuple[Rival, ...] = ()
    transit: Duration = NO_DELAY

    @model_validator(mode="after")
    def _ordered(self) -> "VendorQueue":
        found = [*_in_order("capacity", self.capacity), *_in_order("allocation", self.allocation)]
        if self.allocation and self.rivals:
            message = "rivals and an allocation both say what other buyers take"
            found.append(Located(("allocation",), message, "keep one of them"))
        refuse(found)
        return self

    def rates(self) -> list[tuple[date, float]]:
        """GPUs an hour made for those in the queue, from each day on; the first holds before it too."""
        days = sorted({row.date for row in self.capacity} | {row.date for row in self.allocation})
        rates = []
        for day in days:
            made = _in_force([(row.date, row.gpus_per_month) for row in self.capacity], day) / HOURS_PER_MONTH
            share = _in_force([(row.date, row.share) for row in self.allocation], day) if self.allocation else 1.0
            rates.append((day, made * share))
        return rates


def _in_force(steps: list[tuple[date, float]], day: date) -> float:
    """The value of the last step dated by a day, or of the first."""
    return next((value for since, value in reversed(steps) if since <= day), steps[0][1])


Vendor = Annotated[LeadTimes | VendorQueue, Field(discriminator="kind")]


class Slip(Value):
    """A product is late: what would be delivered from a day on comes later, all of it by the same time."""

    name: Name
    server: Name
    since: date
    delay: Duration
