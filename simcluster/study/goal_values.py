"""What replicas say of a goal: its statistic with an interval, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.study.intervals import Estimate, mean, percentile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcluster.model.goals import Goal
    from simcluster.study.variants import Trials

Floats = NDArray[np.float64]
MARGIN = ".margin_days"


@dataclass(frozen=True)
class Values:
    """Outcomes by replica, by name: shape (n,), dates as ordinal days (`dates` names them), NaN where there is none.

    `note` says why a decision has no outcomes at all.
    """

    of: dict[str, Floats]
    dates: frozenset[str] = frozenset()
    note: str = ""

    def estimate(self, goal: Goal) -> Estimate | None:
        """The statistic of a goal; None where it has no finite value.

        All replicas must have the outcome. A percentile of dates counts those that did not come as later than all
        others, and of margins as less.
        """
        values = self.of.get(goal.outcome)
        if values is None or not np.isfinite(values).any():
            return None
        without = ~np.isfinite(values)
        is_margin = goal.outcome.endswith(MARGIN)
        if without.any() and (goal.percent is None or not (is_margin or goal.outcome in self.dates)):
            return None
        filled = np.where(without, -np.inf if is_margin else np.inf, values)
        found = mean(filled) if goal.percent is None else percentile(filled, goal.percent / 100)
        return found if np.isfinite(found.value) else None


def values_of(ran: Trials, outcomes: Sequence[str]) -> Values:
    """What a variant's replicas say of outcomes; nothing but a note where one of them failed."""
    if ran.failed:
        first = ran.failed[0]
        return Values({}, note=f"replica {first.number} failed: {first.error}")
    dates = frozenset(name for name in outcomes if ran.is_date(name))
    return Values({name: ran.outcome(name) for name in outcomes}, dates)
