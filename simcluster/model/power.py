"""Sources of power, each energised in steps of facility megawatts, with what their energy costs and emits."""

from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from simcluster.model.distributions import Duration, Fixed
from simcluster.model.kind import (
    Count,
    HeatRate,
    KgPerMwh,
    Located,
    Megawatts,
    Name,
    UsdPerKwh,
    UsdPerMmbtu,
    UsdPerMwMonth,
    Value,
    refuse,
)
from simcluster.model.shortage import Curtailment, Outage, repeated

NO_DELAY = Fixed.model_construct(duration=0.0)
KWH_PER_MWH = 1000.0


class Phase(Value):
    """Facility megawatts promised for a day, and how late they may be."""

    date: date
    power: Megawatts
    delay: Duration = NO_DELAY


class Grid(Value):
    """A utility connection energised in phases; they share one path, so a late phase holds up those after it.

    Energy costs `price`; `demand_charge` is paid a month on the highest draw on this source in it. `carbon` is the
    intensity of its energy, CO2 equivalents.
    """

    one_path: ClassVar[bool] = True
    kind: Literal["grid"] = "grid"
    name: Name
    price: UsdPerKwh
    demand_charge: UsdPerMwMonth = 0.0
    carbon: KgPerMwh | None = None
    phases: tuple[Phase, ...] = Field(min_length=1)
    outages: tuple[Outage, ...] = ()
    curtailments: tuple[Curtailment, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> "Grid":
        refuse(
            [
                Located(("phases", k, "date"), f"phase {k + 1} comes before the one above it", "order phases by date")
                for k in range(1, len(self.phases))
                if self.phases[k].date < self.phases[k - 1].date
            ]
            + repeated(self.outages)
        )
        return self

    def steps(self) -> tuple[Phase, ...]:
        """Additions of capacity, in order of date."""
        return self.phases

    def bill(self, mwh: float, peak_mw: float, month: float) -> dict[str, float]:
        """USD by what is paid for, of energy and peak draw in a month, or in the fraction of it that is simulated."""
        return {
            "energy from": mwh * KWH_PER_MWH * self.price,
            "demand charge of": peak_mw * month * self.demand_charge,
        }

    def tariff(self) -> list[tuple[str, float, str]]:
        """What is paid beside the price of energy: name, number, unit."""
        return [("demand charge of", self.demand_charge, "USD/MW/month")] if self.demand_charge else []


class Turbines(Value):
    """On-site units of equal size, so many days apart; each is late on its own.

    Energy costs `price`, and on top of it fuel where that is given: `heat_rate` x `fuel_price`, the price then being
    what operation and maintenance cost. `carbon` is the intensity of the electricity, CO2 equivalents.
    """

    one_path: ClassVar[bool] = False
    kind: Literal["turbines"] = "turbines"
    name: Name
    price: UsdPerKwh
    first: date
    units: Count
    unit_power: Megawatts
    days_apart: Annotated[int, Field(ge=0)]
    delay: Duration = NO_DELAY
    heat_rate: HeatRate | None = None
    fuel_price: UsdPerMmbtu | None = None
    carbon: KgPerMwh | None = None
    outages: tuple[Outage, ...] = ()
    curtailments: tuple[Curtailment, ...] = ()

    @model_validator(mode="after")
    def _fuelled(self) -> "Turbines":
        refuse(repeated(self.outages))
        if (self.heat_rate is None) != (self.fuel_price is None):
            missing = "heat_rate" if self.heat_rate is None else "fuel_price"
            hint = "for example '9.5 MMBtu/MWh'" if self.heat_rate is None else "for example '3.5 USD/MMBtu'"
            refuse([Located((missing,), f"the cost of fuel needs {missing} too", hint)])
        return self

    def bill(self, mwh: float, peak_mw: float, month: float) -> dict[str, float]:  # the same for every source
        """USD by what is paid for, of energy and peak draw in a month, or in the fraction of it that is simulated."""
        lines = {"energy from": mwh * KWH_PER_MWH * self.price}
        if self.heat_rate is not None and self.fuel_price is not None:
            lines["fuel for"] = mwh * self.heat_rate * self.fuel_price
        return lines

    def tariff(self) -> list[tuple[str, float, str]]:
        """What is paid beside the price of energy: name, number, unit."""
        if self.heat_rate is None or self.fuel_price is None:
            return []
        return [("heat rate of", self.heat_rate, "MMBtu/MWh"), ("fuel for", self.fuel_price, "USD/MMBtu")]

    def steps(self) -> tuple[Phase, ...]:
        """Additions of capacity, in order of date; each unit draws its own delay."""
        return tuple(
            Phase.model_construct(
                date=self.first + timedelta(days=k * self.days_apart), power=self.unit_power, delay=self.delay
            )
            for k in range(self.units)
        )


PowerSource = Annotated[Grid | Turbines, Field(discriminator="kind")]
