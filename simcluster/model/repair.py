"""How a cluster is mended: what is tried first, who comes, which parts they need, and when a node is given up."""

from typing import Annotated

from pydantic import Field, model_validator

from simcluster.model.distributions import Duration, Fixed
from simcluster.model.kind import Count, Fraction, Hours, Located, Usd, Value, refuse

AT_ONCE = Fixed.model_construct(duration=0.0)


class Automatic(Value):
    """A reset or reboot tried on every node before anyone comes (not on what nodes share).

    It suffices with probability `success`, and else a technician is called. Of its successes a fraction
    `false_success` hands back a node that is still bad, and fails again within hours.
    """

    duration: Duration
    success: Fraction
    false_success: Fraction = 0.0


class Shifts(Value):
    """When technicians work: from an hour of the day, so many hours, on the first so many days of the week."""

    begin_hour: Annotated[float, Field(ge=0, lt=24)] = 8.0
    hours: Annotated[float, Field(gt=0, le=24)] = 8.0
    days: Annotated[int, Field(ge=1, le=7)] = 7


class Parts(Value):
    """Spare parts of a cluster in one stock.

    `order` more are ordered when those on hand and on order, less those promised, fall to `reorder_point`. A repair
    that swaps takes one part, and waits for the next delivery when there is none. With a `price` the stock is an asset,
    bought on delivery and used up at that price, whatever the cause; without one parts are bought as they are taken.
    """

    stock: Annotated[int, Field(ge=0)]
    reorder_point: Annotated[int, Field(ge=0)]
    order: Count
    lead_time: Duration
    price: Usd | None = None


class Retirement(Value):
    """A node is given up at its `failures`-th failure within a `window`."""

    failures: Annotated[int, Field(ge=1)]
    window: Hours


class Maintenance(Value):
    """Planned maintenance, rolling: every `every` the next rack, pod or building in turn is down for `duration`."""

    every: Hours
    duration: Duration
    domain: Annotated[str, Field(pattern="^(node|rack|switch|pod|feed|loop|building)$")] = "rack"

    @model_validator(mode="after")
    def _passes(self) -> "Maintenance":
        refuse([] if self.every > 0 else [Located(("every",), "must be above 0", "for example '1 day'")])
        return self


class Repair(Value):
    """How a cluster's nodes are mended.

    `detection` is how long a failure goes unnoticed where its cause does not say. `technicians` (all one may want if
    absent) take repairs first come, first served, in their `shifts` (always if absent). `misdiagnosis` is the
    probability that a healthy node of the job is blamed and taken out, and the bad one stays. A bad node that came
    back fails again after an exponential time of mean `relapse`; `manual_false_success` is the probability that a
    technician hands back a bad one.
    """

    detection: Duration = AT_ONCE
    automatic: Automatic | None = None
    technicians: Count | None = None
    shifts: Shifts | None = None
    parts: Parts | None = None
    manual_false_success: Fraction = 0.0
    misdiagnosis: Fraction = 0.0
    relapse: Hours = 4.0
    retirement: Retirement | None = None
