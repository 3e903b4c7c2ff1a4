"""The values that a factor of an experiment takes: a list of them, or a range divided evenly or by one ratio."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from simcluster.model.kind import Located, Value, refuse
from simcluster.model.scales import Dates, NotOnScaleError, scale_of

SHAPE = 'write [VALUE, ...] or { from = "1 h", to = "8 h", steps = 8 }; a key with dots is written in quotes'
MOST_POINTS = 1000
"""More are a search: every point is checked before any is run, and every one is a row of each table."""
RANGE_KEYS = ("from", "to", "steps", "scale")


class Range(Value):
    """`steps` values from one end to the other, both among them, in the unit of `from`.

    Neighbours differ by one amount (`linear`) or by one ratio (`log`). Between whole ends all are whole: linear steps
    must be, those by a ratio are rounded. Dates are the nearest days.
    """

    low: Any = Field(alias="from")
    high: Any = Field(alias="to")
    steps: int = Field(ge=2, le=MOST_POINTS)
    scale: Literal["linear", "log"] = "linear"

    @model_validator(mode="after")
    def _divided(self) -> Range:
        try:
            _ = self.values
        except NotOnScaleError as error:
            refuse([Located((), str(error), "write both ends alike: 1 and 8, '30 min' and '8 h', two dates")])
        return self

    @cached_property
    def values(self) -> tuple[Any, ...]:
        """The values as a scenario file writes them.

        Raises:
            NotOnScaleError: the ends are not two numbers, quantities or dates, or cannot be divided so.
        """
        scale = scale_of(self.low)
        low, high = scale.read(self.low), scale.read(self.high)
        if self.scale == "log" and (isinstance(scale, Dates) or not (low > 0 and high > 0)):
            raise NotOnScaleError("steps of one ratio lead from one number above 0 to another")
        shares = [step / (self.steps - 1) for step in range(self.steps)]
        by_ratio = self.scale == "log"
        places = [low * (high / low) ** share if by_ratio else low + (high - low) * share for share in shares]
        if not (isinstance(self.low, int) and isinstance(self.high, int)):
            return tuple(map(scale.write, places))
        if not by_ratio and (self.high - self.low) % (self.steps - 1):
            message = f"{self.steps} values from {self.low} to {self.high} are not all whole"
            raise NotOnScaleError(f"{message}; write {self.low}.0 where they need not be")
        return tuple(map(round, places))


def _is_list_or_range(value: Any) -> Any:
    """Refuse a table that is no range, such as TOML makes of a key that should have been in quotes."""
    if isinstance(value, list | tuple | Range) or (isinstance(value, dict) and any(key in value for key in RANGE_KEYS)):
        return value
    raise PydanticCustomError("factor", "is neither a list of values nor a range", {"hint": SHAPE})


def _shape(value: Any) -> str:
    return "range" if isinstance(value, dict | Range) else "list"


Factor = Annotated[
    Annotated[tuple[Any, ...], Tag("list")] | Annotated[Range, Tag("range")],
    Discriminator(_shape),
    BeforeValidator(_is_list_or_range),
]


def values_of(factor: Factor) -> tuple[Any, ...]:
    """The values as a scenario file writes them."""
    return factor.values if isinstance(factor, Range) else factor
