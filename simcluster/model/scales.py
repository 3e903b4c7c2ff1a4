"""The scale on which an uncertain value is drawn: plain numbers, quantities of one unit, or dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from simcluster.core.units import UnitError, parse, unit_of

DIGITS = 9
"""Significant digits of a drawn value: what is shown is what is used, on any machine."""


class NotOnScaleError(ValueError):
    """A value that cannot stand beside the others; the message is for the reader of a scenario."""


class Scale(Protocol):
    """How values of a scenario become floats and floats become values again."""

    def read(self, value: Any) -> float:
        """A value as a float of the scale."""

    def read_spread(self, value: Any) -> float:
        """A difference of two values, such as a standard deviation, as a float."""

    def read_step(self, value: Any) -> float | int:
        """What drawn values are whole multiples of."""

    def write(self, x: float) -> Any:
        """A float as a scenario would write it."""


@dataclass(frozen=True)
class Numbers:
    """Plain numbers."""

    def read(self, value: Any) -> float:
        """The number itself."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise NotOnScaleError(f"{_shown(value)} is not a plain number, as the others are")
        return float(value)

    read_spread = read

    def read_step(self, value: Any) -> float | int:
        """The number, whole if it is written so: then drawn values are whole numbers too."""
        self.read(value)
        step: float | int = value
        return step

    def write(self, x: float) -> float:
        """The number to nine significant digits."""
        return _rounded(x)


@dataclass(frozen=True)
class Quantities:
    """Numbers of one unit, the first that was written."""

    unit: str

    def read(self, value: Any) -> float:
        """The number of units."""
        if not isinstance(value, str):
            example = self.write(1.0)
            raise NotOnScaleError(f"{_shown(value)} has no unit, and the others do, for example {example!r}")
        try:
            return parse(value, self.unit)
        except UnitError as error:
            raise NotOnScaleError(str(error)) from None

    read_spread = read
    read_step = read

    def write(self, x: float) -> str:
        """Text with the unit."""
        return f"{_rounded(x):.{DIGITS}g} {self.unit}".strip()


@dataclass(frozen=True)
class Dates:
    """Days, by their ordinal."""

    def read(self, value: Any) -> float:
        """The ordinal of the day."""
        if not isinstance(value, date) or isinstance(value, datetime):
            raise NotOnScaleError(f"{_shown(value)} is not a date, as the others are")
        return float(value.toordinal())

    def read_spread(self, value: Any) -> float:
        """A duration in days."""
        return Quantities("day").read(value)

    def read_step(self, value: Any) -> float | int:
        """A duration in days."""
        return self.read_spread(value)

    def write(self, x: float) -> date:
        """The nearest day."""
        return date.fromordinal(round(x))


def scale_of(value: Any) -> Scale:
    """The scale of a value.

    Raises:
        NotOnScaleError: it is neither a number, nor a quantity, nor a date.
    """
    if isinstance(value, str):
        try:
            return Quantities(unit_of(value))
        except UnitError as error:
            raise NotOnScaleError(str(error)) from None
    if isinstance(value, date) and not isinstance(value, datetime):
        return Dates()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Numbers()
    raise NotOnScaleError(f"{_shown(value)} is not a number, a quantity or a date")


def _rounded(x: float) -> float:
    return float(f"{x:.{DIGITS}g}")


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return repr(value) if isinstance(value, str) else str(value)
