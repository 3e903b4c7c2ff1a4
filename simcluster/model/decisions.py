"""Decisions: inputs of a scenario that a study may choose, written `KEY=LOW:HIGH[:STEP]` or `KEY=a|b|c`."""

from __future__ import annotations

from dataclasses import dataclass

from simcluster.model.ends import Ends, EndsError, read_ends
from simcluster.model.overrides import KEY_SHAPE, key_names
from simcluster.model.scales import Dates

SHAPE = 'write KEY=LOW:HIGH, KEY=LOW:HIGH:STEP or KEY=a|b|c, for example "repair.technicians=1:8"'


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
    """A value between two ends, in whole steps from the lower if they have one; of whole numbers and dates, in ones."""

    key: str
    between: Ends

    @property
    def low(self) -> float:
        """The lower end, on the scale in which the ends are written."""
        return self.between.low

    @property
    def high(self) -> float:
        """The upper end, on that scale."""
        return self.between.high

    @property
    def step(self) -> float | None:
        """How far values are apart; None where every value may be."""
        if self.between.step is not None:
            return self.between.step
        return 1.0 if self.between.is_whole or isinstance(self.between.scale, Dates) else None

    @property
    def steps(self) -> int | None:
        """How many steps fit between the ends; None where every value may be."""
        return None if self.step is None else int((self.high - self.low) / self.step * (1 + 1e-12) + 1e-9)

    def override(self, at: float) -> str:
        """The text for `--set` of a place: the value itself, or the number of steps from `low`."""
        value = at if self.step is None else self.low + at * self.step
        return f"{self.key}={round(value) if self.between.is_whole else self.between.scale.write(value)}"

    @property
    def ends(self) -> tuple[str, ...]:
        """Overrides that try both ends."""
        top = self.high if self.steps is None else self.steps
        return self.override(self.low if self.steps is None else 0), self.override(top)


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
    if ":" not in values:
        raise DecisionError(f"{values!r} is no range and no choice")
    try:
        return Span(key, read_ends(values, stepped=True))
    except EndsError as error:
        raise DecisionError(str(error), error.hint) from None
