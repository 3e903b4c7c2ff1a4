"""Decisions: inputs of a scenario that a study may choose, written `KEY=LOW:HIGH[:STEP]` or `KEY=a|b|c`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from simcluster.core.units import UnitError, parse, unit_of
from simcluster.model.overrides import KEY_SHAPE, key_names

SHAPE = 'write KEY=LOW:HIGH, KEY=LOW:HIGH:STEP or KEY=a|b|c, for example "repair.technicians=1:8"'
FIGURES = 9
"""Figures of a chosen value, so that what is written down is what is simulated."""
DAY, WHOLE = "date", "whole"
"""What stands for a unit where values are dates, and where they are whole numbers."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WHOLE = re.compile(r"[+-]?\d[\d_]*")


class DecisionError(ValueError):
    """Text that is no decision; carries a hint beside its message."""

    def __init__(self, message: str, hint: str = SHAPE) -> None:
        """Keep the hint."""
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values, each as a scenario file or `--set` writes it."""

    key: str
    options: tuple[str, ...]

    def override(self, option: str) -> str:
        """The text for `--set` that takes an option."""
        return f"{self.key}={option}"

    @property
    def ends(self) -> tuple[str, ...]:
        """Overrides that try every option."""
        return tuple(map(self.override, self.options))


@dataclass(frozen=True, slots=True)
class Span:
    """A value from `low` to `high` in `unit`, in whole `step`s from `low` if there is one.

    The unit is that of the file, "" for a plain number; dates are ordinal days.
    """

    key: str
    unit: str
    low: float
    high: float
    step: float | None

    @property
    def steps(self) -> int | None:
        """How many steps fit between the ends; None where every value may be."""
        return None if self.step is None else int((self.high - self.low) / self.step * (1 + 1e-12) + 1e-9)

    def override(self, at: float) -> str:
        """The text for `--set` of a place: the value itself, or the number of steps from `low`."""
        value = at if self.step is None else self.low + at * self.step
        return f"{self.key}={self._written(value)}"

    @property
    def ends(self) -> tuple[str, ...]:
        """Overrides that try both ends."""
        top = self.high if self.steps is None else self.steps
        return self.override(self.low if self.steps is None else 0), self.override(top)

    def _written(self, value: float) -> str:
        if self.unit == DAY:
            return date.fromordinal(round(value)).isoformat()
        if self.unit == WHOLE:
            return str(round(value))
        return f"{value:.{FIGURES}g} {self.unit}".rstrip()


Decision = Choice | Span


def read_decision(text: str) -> Decision:
    """A decision from its text.

    Units are those of the file. The ends are written alike: whole numbers (all between may be chosen), dates (days),
    numbers, or quantities, which need no STEP; what is chosen is written in the unit of LOW.

    Raises:
        DecisionError: the text is none of these, or leaves nothing to choose.
    """
    key, equals, values = (part.strip() for part in text.partition("="))
    if not equals or not key or not values:
        raise DecisionError("is not KEY=VALUES")
    if not key_names(key):
        raise DecisionError(f"cannot read the key {key!r}", KEY_SHAPE)
    return _choice(key, values) if "|" in values else _span(key, values)


def _choice(key: str, values: str) -> Choice:
    options = tuple(part.strip() for part in values.split("|"))
    if "" in options or len(set(options)) < len(options):
        raise DecisionError("an option is empty or said twice", "write each once: KEY=a|b|c")
    return Choice(key, options)


def _span(key: str, values: str) -> Span:
    parts = [part.strip() for part in values.split(":")]
    if len(parts) not in (2, 3) or "" in parts:
        raise DecisionError(f"{values!r} is no range and no choice")
    unit = _unit(parts)
    low, high = (_number(part, unit) for part in parts[:2])
    step = _number(parts[2], unit, step=True) if len(parts) == 3 else 1.0 if unit in (DAY, WHOLE) else None
    if not low < high:
        raise DecisionError(f"{parts[0]} is not below {parts[1]}", "write the lower end first")
    if step is not None and not 0 < step <= high - low:
        raise DecisionError(f"a step of {parts[-1]} does not fit between the ends", "a step is above 0")
    return Span(key, unit, low, high, step)


def _unit(parts: list[str]) -> str:
    """What the ends are written in."""
    if all(_DATE.fullmatch(part) for part in parts[:2]):
        return DAY
    if all(_WHOLE.fullmatch(part) for part in parts):
        return WHOLE
    try:
        return unit_of(parts[0])
    except UnitError as error:
        raise DecisionError(str(error), "write the ends as the file would: 2, 0.5, '30 min' or 2024-10-30") from None


def _number(text: str, unit: str, step: bool = False) -> float:
    """A value in the unit; a step of dates is a number of days or a duration."""
    try:
        if unit == DAY:
            return float(date.fromisoformat(text).toordinal()) if not step else _days(text)
        return float(int(text)) if unit == WHOLE else parse(text, unit or "1")
    except (UnitError, ValueError) as error:
        raise DecisionError(str(error), "write all in one unit, dates as 2024-10-30") from None


def _days(text: str) -> float:
    return float(int(text)) if _WHOLE.fullmatch(text) else float(round(parse(text, "day")))
