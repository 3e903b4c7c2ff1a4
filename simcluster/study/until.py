"""When a sweep knows enough: `npv_usd ±2%` is met once the interval of the mean of NPV is no wider than that.

The replicas are looked at in their order, at n = 64, 128, 256 and so on and at the most there may be, so that where a
sweep stops depends on no worker. Looking often makes an interval of 95% hold a little less often.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcluster.core.problems import Problem, ScenarioError
from simcluster.core.units import UnitError
from simcluster.model.goals import read_outcome
from simcluster.study.known_outcomes import hint_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simcluster.study.sweep_summary import Spread

FIRST_LOOK = 64
SHAPE = 'write OUTCOME ±WIDTH, for example "npv_usd ±2%", "npv_usd ±50 MUSD" or "jobs.pilot.ready ±2" (days)'
_TEXT = re.compile(r"(?P<outcome>\S+)\s*(?:±|\+-|\+/-)\s*(?P<width>.+)")


@dataclass(frozen=True, slots=True)
class Until:
    """The widest half interval of an outcome's mean that is good enough: in its own unit, or a share of the mean."""

    outcome: str
    width: float
    of_mean: bool

    def met(self, spreads: Mapping[str, Spread]) -> bool:
        """Whether the interval is narrow enough.

        Raises:
            ScenarioError: there is no such outcome.
        """
        self.refuse_unknown(spreads)
        half = half_width(spreads[self.outcome])
        return half is not None and half <= self.wanted(spreads[self.outcome])

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Look for the outcome among those that replicas have.

        Raises:
            ScenarioError: it is not there.
        """
        names = list(known)
        if self.outcome not in names:
            raise _problem(self.outcome, "no replica has this outcome", hint_of(self.outcome, names))

    def wanted(self, spread: Spread) -> float:
        """The widest half interval in the outcome's own unit."""
        return self.width * (abs(spread.mean.value) if self.of_mean else 1.0)


def half_width(spread: Spread) -> float | None:
    """Half the interval of the mean; None where there is no mean, or no interval."""
    mean = spread.mean
    if mean.low is None or mean.high is None or not math.isfinite(mean.high - mean.low):
        return None
    return (mean.high - mean.low) / 2


def enough(until: Until, spread: Spread) -> int | None:
    """How many replicas would do for the width asked, if the spread stays; None where there is no saying."""
    half, wanted = half_width(spread), until.wanted(spread)
    return math.ceil((spread.n + spread.without) * (half / wanted) ** 2) if half and wanted else None


def until_of(text: str) -> Until:
    """Read `OUTCOME ±2%` (of the mean) or `OUTCOME ±WIDTH` (in the outcome's unit, or with a unit; dates in days).

    Raises:
        ScenarioError: it cannot be read.
    """
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        raise _problem(text, "cannot be read", SHAPE)
    outcome, width = match["outcome"], match["width"].strip()
    of_mean = width.endswith("%")
    try:
        value, is_date = read_outcome(width, "" if of_mean else outcome)
    except UnitError as error:
        raise _problem(text, str(error), SHAPE) from None
    if is_date or not value > 0:
        raise _problem(text, "a width is above 0", SHAPE)
    return Until(outcome, value, of_mean)


def looks(most: int) -> Iterator[int]:
    """How many replicas there are at each look: 64, twice as many each time, and the most at last."""
    n = FIRST_LOOK
    while n < most:
        yield n
        n *= 2
    yield most


def _problem(text: str, message: str, hint: str) -> ScenarioError:
    return ScenarioError([Problem(message, hint=hint, file=f"--until {text}")])
