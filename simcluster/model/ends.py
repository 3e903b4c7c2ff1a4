"""Two ends of what may vary, as an option writes them: `LOW:HIGH`, or `LOW:HIGH:STEP`, values as `--set` takes them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from simcluster.model.overrides import plain_value
from simcluster.model.scales import Dates, NotOnScaleError, Scale, scale_of

SHAPE = "write LOW:HIGH alike, with units: 1:8, 0.05:0.2, '30 min:12 hours', 2024-01-10:2024-05-01"
STEP_SHAPE = "write the step in the unit of the ends; of dates, a number of days or a duration of whole days"


class EndsError(ValueError):
    """Text that is no two ends, or no step between them; carries a hint beside its message."""

    def __init__(self, message: str, hint: str = SHAPE) -> None:
        """Keep the hint."""
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Ends:
    """Two values as a scenario writes them, and what they are on the scale of the first, where `low` < `high`.

    `step` is on that scale, an int if it was written as a whole number, None where none was given.
    """

    written: tuple[Any, Any]
    scale: Scale
    low: float
    high: float
    step: float | int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether both ends, and the step if there is one, are written as whole numbers: then all between are."""
        return all(isinstance(end, int) for end in self.written) and not isinstance(self.step, float)


def read_ends(text: str, stepped: bool = False) -> Ends:
    """The ends that `LOW:HIGH` says; `stepped` lets a third part say the step.

    Raises:
        EndsError: there are not so many parts, they are not all numbers, quantities or dates, or LOW is not below HIGH.
    """
    parts = [part.strip() for part in text.split(":")]
    if "" in parts or len(parts) not in ((2, 3) if stepped else (2,)):
        raise EndsError("is not LOW:HIGH or LOW:HIGH:STEP" if stepped else "is not LOW:HIGH")
    ends = ends_of(*map(plain_value, parts[:2]))
    return ends if len(parts) == 2 else with_step(ends, parts[2])


def ends_of(first: Any, last: Any) -> Ends:
    """The ends that two values of a scenario are.

    Raises:
        EndsError: they are not two numbers, quantities or dates, or the first is not below the last.
    """
    try:
        scale = scale_of(first)
        low, high = scale.read(first), scale.read(last)
    except NotOnScaleError as error:
        raise EndsError(str(error)) from None
    if not low < high:
        raise EndsError(f"{first} is not below {last}", "write the lower end first")
    return Ends((first, last), scale, low, high)


def with_step(ends: Ends, text: str) -> Ends:
    """The ends with a step between values.

    Raises:
        EndsError: it is none, is not above 0, is longer than from end to end, or is no number of whole days.
    """
    value, is_dates = plain_value(text), isinstance(ends.scale, Dates)
    try:
        step = value if is_dates and type(value) is int else ends.scale.read_step(value)
    except NotOnScaleError as error:
        raise EndsError(str(error), STEP_SHAPE) from None
    if not 0 < step <= ends.high - ends.low:
        raise EndsError(f"a step of {text} does not fit between the ends", "a step is above 0 and within the range")
    if is_dates and step != round(step):
        raise EndsError(f"{text} is not a number of whole days", STEP_SHAPE)
    return replace(ends, step=step)
