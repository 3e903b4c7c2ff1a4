"""One input that is varied: its key as `--set` takes it, and the values that are tried."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from simcluster.core.problems import Problem, ScenarioError
from simcluster.model.document import Document
from simcluster.model.ends import Ends, EndsError, ends_of, read_ends, with_step
from simcluster.model.overrides import OverrideError, value_at, written_value
from simcluster.model.scales import Dates, NotOnScaleError, Numbers, Scale, scale_of

STEPS = 1000
"""Into how many steps the range is divided unless told."""
AROUND_DAYS = 180
BETWEEN = "say it with units, for example --between '1 hour:12 hours'"


@dataclass(frozen=True)
class Knob:
    """The values `low`, `low + step`, ..., `low + steps * step` of an input, on the scale in which they are written."""

    key: str
    scale: Scale
    low: float
    step: float
    steps: int
    is_whole: bool = False
    present: Any = None

    def at(self, place: float) -> float:
        """The value at a place from 0 to `steps`, on the scale."""
        return self.low + place * self.step

    def written(self, x: float) -> Any:
        """A value as a scenario would write it."""
        return round(x) if self.is_whole else self.scale.write(x)

    def override(self, place: float) -> str:
        """The text for `--set`."""
        return f"{self.key}={written_value(self.written(self.at(place)))}"

    def shown(self, x: float) -> str:
        """A value, with its unit, for a reader."""
        return str(self.written(x))

    @property
    def is_discrete(self) -> bool:
        """Whether there is nothing between two values: whole numbers and days."""
        return self.is_whole or isinstance(self.scale, Dates)

    @property
    def within(self) -> str:
        """The step for a reader."""
        if isinstance(self.scale, Dates):
            return f"{self.step:g} days"
        return self.shown(float(f"{self.step:.6g}"))


def knob_of(document: Document, key: str, between: str | None = None, within: str | None = None) -> Knob:
    """An input of a scenario and its values from LOW to HIGH, or from half to twice what it is (a date half a year).

    Values are `within` apart, a thousandth of the range unless given. Whole numbers stay whole unless a decimal point
    is written in an end or in `within`; they and dates go from LOW in whole steps, and may end short of HIGH.

    Raises:
        ScenarioError: the key, the ends or the step cannot be read, or do not fit together.
    """
    try:
        present = value_at(document.values, key, f"--vary {key}")
    except OverrideError as error:
        raise ScenarioError([error.problem]) from None
    ends = _ends(between) if between is not None else ends_of(*_around(key, present))
    if within is not None:
        ends = _said(f"--within {within}", lambda: with_step(ends, within))
    is_whole = ends.is_whole and not isinstance(present, float)
    knob = Knob(key, ends.scale, ends.low, _step(ends, is_whole), 1, is_whole, present)
    return _divided(knob, ends.high)


def _divided(knob: Knob, last: float) -> Knob:
    """The knob with as many steps as lead from its low end to the last value; what is not discrete ends there."""
    steps = (last - knob.low) / knob.step
    if knob.is_discrete:
        return replace(knob, steps=math.floor(steps * (1 + 1e-12)))
    count = math.ceil(steps * (1 - 1e-12))
    return replace(knob, steps=count, step=(last - knob.low) / count)


def _step(ends: Ends, is_whole: bool) -> float:
    if ends.step is not None:
        return float(ends.step)
    width = ends.high - ends.low
    return float(max(1, round(width / STEPS))) if is_whole or isinstance(ends.scale, Dates) else width / STEPS


def _ends(between: str) -> Ends:
    return _said(f"--between {between}", lambda: read_ends(between))


def _said(option: str, read: Callable[[], Ends]) -> Ends:
    try:
        return read()
    except EndsError as error:
        raise _problem(option, str(error), error.hint) from None


def _around(key: str, present: Any) -> tuple[Any, Any]:
    """From half to twice a value; a plain share stays at most 1."""
    try:
        scale = scale_of(present)
    except NotOnScaleError:
        said = "the scenario says no value there" if present is None else "what is there is no single value"
        raise _problem(f"--vary {key}", f"{said}, so nothing says where to look", BETWEEN) from None
    if isinstance(scale, Dates):
        return present - timedelta(days=AROUND_DAYS), present + timedelta(days=AROUND_DAYS)
    x = scale.read(present)
    if x == 0:
        raise _problem(f"--vary {key}", "the value is 0, so nothing says where to look", BETWEEN)
    if isinstance(present, int):
        return min(present // 2, present * 2), max(present // 2, present * 2)
    twice = min(2 * x, 1.0) if isinstance(scale, Numbers) and 0 < x < 1 else 2 * x
    low, high = sorted((x / 2, twice))
    return scale.write(low), scale.write(high)


def _problem(said: str, message: str, hint: str | None) -> ScenarioError:
    return ScenarioError([Problem(message, hint=hint, file=said)])
