"""What racks a hall takes, and retrofits that change it: more power to a rack, or another cooling."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import model_validator

from simcluster.model.distributions import Duration
from simcluster.model.kind import Fraction, Kilowatts, Located, Name, UsdPerMw, Value, refuse

Cooling = Literal["any", "air", "liquid"]


@dataclass(frozen=True, slots=True)
class Rack:
    """A rack full of nodes: its nameplate, kW, and how it is cooled."""

    kw: float
    cooling: Cooling


@dataclass(frozen=True, slots=True)
class Offer:
    """What a hall offers a rack: a cooling, and so many kW (any number, if none is given)."""

    cooling: Cooling
    rack_kw: float | None

    def takes(self, rack: Rack) -> bool:
        """Whether such a rack may stand here."""
        cools = "any" in (self.cooling, rack.cooling) or self.cooling == rack.cooling
        return cools and (self.rack_kw is None or rack.kw <= self.rack_kw * (1 + 1e-9))


class Retrofit(Value):
    """Work on a hall after which it offers another `cooling` or `rack_power`; what is not given stays as it was.

    It begins on the day `start`, or `on_demand`: when more nodes wait for a hall than there is room for. `cost` is USD
    for each IT MW of the whole hall, of which `plant_share` is electrical and mechanical plant. The name addresses the
    luck of its `duration`.
    """

    name: Name
    start: date | None = None
    trigger: Literal["on_demand"] | None = None
    duration: Duration
    cooling: Cooling | None = None
    rack_power: Kilowatts | None = None
    cost: UsdPerMw
    plant_share: Fraction = 0.0

    @model_validator(mode="after")
    def _begins_and_changes_something(self) -> "Retrofit":
        problems = []
        if (self.start is None) == (self.trigger is None):
            message = f"retrofit {self.name!r} gives {'neither' if self.start is None else 'both'} of start and trigger"
            hint = 'start is the day it begins; trigger = "on_demand" lets waiting nodes call for it'
            problems.append(Located(() if self.start is None else ("trigger",), message, hint))
        if self.cooling is None and self.rack_power is None:
            hint = "say what the hall offers afterwards: cooling, rack_power or both"
            problems.append(Located((), f"retrofit {self.name!r} changes nothing", hint))
        refuse(problems)
        return self

    def after(self, before: Offer) -> Offer:
        """What the hall offers once it is finished."""
        rack_kw = before.rack_kw if self.rack_power is None else self.rack_power
        return Offer(before.cooling if self.cooling is None else self.cooling, rack_kw)


def problems_of_retrofits(retrofits: tuple[Retrofit, ...], ready: date | None) -> list[Located]:
    """Retrofits of one hall have names of their own and stand in the order in which they are done."""
    found = []
    names = [row.name for row in retrofits]
    for k, row in enumerate(retrofits):
        at = ("retrofits", k)
        if row.name in names[:k]:
            hint = "a retrofit's name addresses its luck"
            found.append(Located((*at, "name"), f"the name {row.name!r} is used twice in this hall", hint))
        if row.start is None and k + 1 < len(retrofits):
            message = f"retrofit {row.name!r} may never be called for, and others come after it"
            found.append(Located((*at, "trigger"), message, "put the one on demand last"))
        before = retrofits[k - 1].start if k else ready
        if row.start is not None and before is not None and row.start <= before and k:
            message = f"retrofit {row.name!r} does not come after the one above it"
            found.append(Located((*at, "start"), message, "order retrofits by date"))
        elif row.start is not None and before is not None and row.start < before:
            message = f"retrofit {row.name!r} begins before the hall is ready"
            found.append(Located((*at, "start"), message, "let the hall offer that from the first"))
    return found
