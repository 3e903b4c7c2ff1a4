"""What must be true of an outcome: `npv_usd=0@P20` reads, the 20th percentile of NPV is 0."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from simcluster.core.problems import Problem, ScenarioError
from simcluster.core.units import UnitError
from simcluster.model.goals import read_outcome
from simcluster.study.intervals import Array, Estimate, percentile

SHAPE = "write OUTCOME=VALUE or OUTCOME=VALUE@P80, for example npv_usd=0@P20 or jobs.pilot.ready=2024-04-01"
NPV, OFFSET = "npv_usd", "offset_"
"""What a replica lacks in which nothing earns."""
_PERCENT = re.compile(r"[Pp](\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Target:
    """An outcome by its name in `outcomes.json`, the value it is to have, and the percentile (0 to 100) of it meant.

    `value` is in the outcome's own unit, a date as its ordinal day. P20 is what 20% of the replicas lie below.
    """

    outcome: str
    value: float
    is_date: bool = False
    percent: float = 50.0

    def estimate(self, values: Array) -> Estimate | None:
        """The percentile with its interval, from values by replica, not a number where there is none.

        A date that did not come by the end is later than all, a margin then less than all, and so are NPV and offset
        where nothing earns; another number is left out. None where no replica has a value that can be ordered.
        """
        known = np.isfinite(values)
        is_earned = self.outcome == NPV or self.outcome.startswith(OFFSET)
        if self.is_date or self.outcome.endswith(".margin_days") or (is_earned and known.any()):
            values = np.where(known, values, np.inf if self.is_date else -np.inf)
        else:
            values = values[known]
        return percentile(values, self.percent / 100) if len(values) else None


def target_of(text: str) -> Target:
    """Read `OUTCOME=VALUE[@P80]`; without a percentile it is the median.

    A value is a plain number in the outcome's unit, a percentage, a quantity with a unit, or a date.

    Raises:
        ScenarioError: it cannot be read.
    """
    said, at, percent = text.rpartition("@")
    if not at:
        said, percent = text, "P50"
    outcome, equals, value = (part.strip() for part in said.rpartition("="))
    match = _PERCENT.fullmatch(percent.strip())
    if not equals or not outcome or match is None:
        raise _unread(text, "cannot be read", SHAPE)
    if not 0 < float(match[1]) < 100:
        raise _unread(text, f"a percentile lies between P0 and P100, and {percent} does not", SHAPE)
    try:
        return Target(outcome, *read_outcome(value, outcome), float(match[1]))
    except UnitError as error:
        raise _unread(text, str(error), SHAPE) from None


def _unread(text: str, message: str, hint: str) -> ScenarioError:
    return ScenarioError([Problem(message, hint=hint, file=f"--for {text}")])
