"""How the replicas of a sweep hang together, and estimates that allow for it.

Independent replicas are estimated from as they are. Sobol's hang together within a randomisation: a mean is that over
the randomisations, and a percentile is that of all replicas with the width that the randomisations give it
(sectioning). Those of a nested design hang together within a group: a mean is that over the groups, and percentiles and
chances are those of the first of each group, which are independent.

Source: S. Asmussen, P. Glynn, Stochastic Simulation (2007), section III.5 (sectioning).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.study.intervals import CONFIDENCE, Estimate, mean, of_wholes, percentile, proportion, quantile
from simcluster.study.variance import Split, split_variance

if TYPE_CHECKING:
    from simcluster.study.plan import Numbers, Plan

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
UNKNOWN = Estimate(math.nan, -math.inf, math.inf, 0, CONFIDENCE)
"""What is estimated from nothing."""
FEWEST_GROUPS = 3


@dataclass(frozen=True)
class Ties:
    """Which whole each replica belongs to, if not each is one, and in groups which are the first of theirs."""

    wholes: Numbers | None = None
    firsts: Flags | None = None

    def of(self, chosen: Flags) -> Ties:
        """The ties of some of the replicas."""
        wholes = None if self.wholes is None else self.wholes[chosen]
        return Ties(wholes, None if self.firsts is None else self.firsts[chosen])

    def mean(self, sample: Floats) -> Estimate:
        """The mean with its interval."""
        return mean(sample) if self.wholes is None else of_wholes(sample, self.wholes, lambda part: float(part.mean()))

    def percentile(self, sample: Floats, q: float) -> Estimate:
        """The quantile at q with its interval; values may be infinite, all of one sign."""
        if self.firsts is not None:
            return Ties().percentile(sample[self.firsts], q)
        if not len(sample):
            return UNKNOWN
        if np.isneginf(sample).any():  # what lies below all others is mirrored
            mirrored = self.percentile(-sample, 1 - q)
            return replace(mirrored, value=-mirrored.value, low=-mirrored.high, high=-mirrored.low)
        if self.wholes is None:
            return percentile(sample, q)
        with np.errstate(invalid="ignore"):  # a randomisation may have no such value; then there is no interval
            width = of_wholes(sample, self.wholes, lambda part: quantile(np.sort(part), q)).half_width
        value = quantile(np.sort(sample), q)
        return Estimate(value, value - width, value + width, len(sample), CONFIDENCE)

    def chance(self, hit: Flags) -> Estimate:
        """The probability of what some replicas hit, with its interval."""
        if self.firsts is not None:
            return Ties().chance(hit[self.firsts])
        if not len(hit):
            return UNKNOWN
        if self.wholes is None:
            return proportion(int(hit.sum()), len(hit))
        share = self.mean(hit.astype(float))
        return replace(share, low=max(share.low, 0.0), high=min(share.high, 1.0))


def ties_of(plan: Plan, numbers: Numbers) -> Ties:
    """The ties of the replicas of these numbers."""
    draws, lucks = plan.group
    firsts = numbers % (draws * lucks) == 0 if draws * lucks > 1 else None
    return Ties(plan.wholes_of(numbers), firsts)


def members_of(plan: Plan, numbers: Numbers) -> Numbers | None:
    """Where the replicas of each whole group stand, shape (groups, draws of inputs, replicas with each); or None."""
    draws, lucks = plan.group
    size = draws * lucks
    if size == 1:
        return None
    group, count = np.unique(numbers // size, return_counts=True)
    whole = np.isin(numbers // size, group[count == size])
    return np.flatnonzero(whole).reshape(-1, draws, lucks)


def split_of(values: Floats, members: Numbers) -> Split | None:
    """The parts of the variance of an outcome over the groups in which all have it; None from fewer than three."""
    grouped = values[members]
    known = grouped[np.isfinite(grouped).all(axis=(1, 2))]
    return split_variance(known) if len(known) >= FEWEST_GROUPS else None
