"""Figures with as many decimals as their intervals allow, all of a table alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcluster.report import format as fmt
from simcluster.report.sweep_text import day_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simcluster.study.intervals import Estimate

SCALES = ((1e9, "bn"), (1e6, "M"))
FIGURES = 2
"""Figures of the middle half interval that are shown."""
MOST_DECIMALS = 9
ROUNDING = 1e-9
"""What is less of the largest value is nothing."""


@dataclass(frozen=True)
class Precision:
    """What values are divided by, what that is called, and how many decimals are shown; dates are days."""

    scale: float
    unit: str
    decimals: int
    is_date: bool

    def level(self, x: float) -> str:
        """A value, or a day; a dash where there is none."""
        return day_of(x) if self.is_date else self.width(x)

    def width(self, x: float) -> str:
        """A length, such as half of an interval; of dates in days."""
        return fmt.plain(x / self.scale, self.decimals) if math.isfinite(x) else fmt.NOTHING

    def change(self, x: float) -> str:
        """A difference with its sign."""
        text = self.width(x)
        return f"+{text}" if x > 0 and text.strip("0.,") else text

    def titled(self, outcome: str) -> str:
        """The outcome with what it is divided by: `npv_usd, M`."""
        return f"{outcome}, {self.unit}" if self.unit else outcome


def precision_of(estimates: Iterable[Estimate], is_date: bool = False, like: Precision | None = None) -> Precision:
    """Two figures of the median half interval; where there is none, three of the largest value.

    With `like` values are divided as there.
    """
    known = [one for one in estimates if math.isfinite(one.value)]
    largest = max((abs(one.value) for one in known), default=0.0)
    scale, unit = (like.scale, like.unit) if like else _scale(0.0 if is_date else largest)
    halves = sorted(one.half_width / scale for one in known if ROUNDING * largest < one.half_width < math.inf)
    told = halves[len(halves) // 2] if halves else largest / scale / 10
    decimals = FIGURES - 1 - math.floor(math.log10(told)) if told > 0 else 0
    return Precision(scale, unit, min(max(decimals, 0), MOST_DECIMALS), is_date)


def _scale(largest: float) -> tuple[float, str]:
    return next(((scale, unit) for scale, unit in SCALES if largest >= scale), (1.0, ""))
