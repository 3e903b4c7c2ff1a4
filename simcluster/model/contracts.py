"""What a programme contracts for beside its property: rented halls, transit, support, upkeep."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from simcluster.model.kind import (
    Fraction,
    GigabitsPerSecond,
    Located,
    Megawatts,
    UsdPerGbpsMonth,
    UsdPerKwMonth,
    Value,
    refuse,
)


class ContractedPower(Value):
    """IT power contracted from a day until the next step."""

    date: date
    it_power: Megawatts


class ContractedBandwidth(Value):
    """Bandwidth contracted from a day until the next step."""

    date: date
    bandwidth: GigabitsPerSecond


def _unordered(steps: Sequence[ContractedPower | ContractedBandwidth]) -> list[Located]:
    return [
        Located(("steps", k, "date"), f"step {k + 1} does not come after the one above it", "order steps by date")
        for k in range(1, len(steps))
        if steps[k].date <= steps[k - 1].date
    ]


class Colocation(Value):
    """Halls that are rented: `rent` a month for each kW of contracted IT power, used or not.

    Contracted is the IT power of the site's halls, each from the day it stands, or what `steps` say. Energy is paid as
    metered beside it; a hall's own `cost` is then what the tenant fits out.
    """

    rent: UsdPerKwMonth
    steps: Annotated[tuple[ContractedPower, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Colocation":
        refuse(_unordered(self.steps or ()))
        return self


class Transit(Value):
    """Bandwidth to the world: `price` a month for each Gbps contracted, used or not."""

    price: UsdPerGbpsMonth
    steps: tuple[ContractedBandwidth, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> "Transit":
        refuse(_unordered(self.steps))
        return self


class Support(Value):
    """Support contracts of a cluster: what they cost a year as shares of what servers and network cost new."""

    servers: Fraction = 0.0
    network: Fraction = 0.0
