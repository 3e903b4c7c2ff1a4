"""What takes power away from a site and what rides through it: outages, curtailment, batteries, and who is shed."""

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from simcluster.model.distributions import Duration, Fixed
from simcluster.model.kind import Hours, Located, MegawattHours, Megawatts, Name, PerDay, Value, refuse
from simcluster.model.reliability import Cause

SHORTAGE = Cause.model_construct(
    name="power_shortage",
    title="Power shortage",
    scope="site",
    rate=0.0,
    repair=Fixed.model_construct(duration=0.0),
)
"""The cause of nodes that a site sheds; it stands behind all declared causes and strikes by no rate of its own."""


class Outage(Value):
    """Why a source gives nothing for a while: `rate` outages a day while it is not in this one, each for `duration`."""

    name: Name
    rate: PerDay
    duration: Duration


def repeated(outages: tuple[Outage, ...]) -> list[Located]:
    """Outages of one source under a name that another has: a name addresses luck."""
    names = [outage.name for outage in outages]
    return [
        Located(("outages", k, "name"), f"the name {name!r} is used twice", "an outage's name addresses its luck")
        for k, name in enumerate(names)
        if name in names[:k]
    ]


class Curtailment(Value):
    """A planned window in which a source gives `power` less: from an hour of a day on, for so long."""

    date: date
    hour: Annotated[float, Field(ge=0, lt=24)] = 0.0
    duration: Hours
    power: Megawatts

    @model_validator(mode="after")
    def _lasts(self) -> "Curtailment":
        refuse([] if self.duration > 0 else [Located(("duration",), "a window must last", "for example '4 hours'")])
        return self


class Battery(Value):
    """Storage at a site: at most `power` in or out, `energy` when full, as it is at the start.

    Of each MWh taken in, `round_trip` comes out again.
    """

    power: Megawatts
    energy: MegawattHours
    round_trip: Annotated[float, Field(gt=0, le=1)] = 1.0
