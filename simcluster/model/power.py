"""Sources of power, each energised in steps of facility megawatts."""

from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from simcluster.model.distributions import Duration, Fixed
from simcluster.model.kind import Count, Located, Megawatts, Name, UsdPerKwh, Value, refuse

NO_DELAY = Fixed.model_construct(duration=0.0)


class Phase(Value):
    """Facility megawatts promised for a day, and how late they may be."""

    date: date
    power: Megawatts
    delay: Duration = NO_DELAY


class Grid(Value):
    """A utility connection energised in phases; they share one path, so a late phase holds up those after it."""

    one_path: ClassVar[bool] = True
    kind: Literal["grid"] = "grid"
    name: Name
    price: UsdPerKwh
    phases: tuple[Phase, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> "Grid":
        refuse(
            [
                Located(("phases", k, "date"), f"phase {k + 1} comes before the one above it", "order phases by date")
                for k in range(1, len(self.phases))
                if self.phases[k].date < self.phases[k - 1].date
            ]
        )
        return self

    def steps(self) -> tuple[Phase, ...]:
        """Additions of capacity, in order of date."""
        return self.phases


class Turbines(Value):
    """On-site units of equal size, so many days apart; each is late on its own."""

    one_path: ClassVar[bool] = False
    kind: Literal["turbines"] = "turbines"
    name: Name
    price: UsdPerKwh
    first: date
    units: Count
    unit_power: Megawatts
    days_apart: Annotated[int, Field(ge=0)]
    delay: Duration = NO_DELAY

    def steps(self) -> tuple[Phase, ...]:
        """Additions of capacity, in order of date; each unit draws its own delay."""
        return tuple(
            Phase.model_construct(
                date=self.first + timedelta(days=k * self.days_apart), power=self.unit_power, delay=self.delay
            )
            for k in range(self.units)
        )


PowerSource = Annotated[Grid | Turbines, Field(discriminator="kind")]
