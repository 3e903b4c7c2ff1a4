"""How the replicas of a sweep hang together, and estimates that allow for it.

Independent replicas are estimated from as they are. Sobol's hang together within a randomisation: a mean or chance is
that over the randomisations. A percentile is that of all replicas, and its bounds are the percentiles of all at q - h
and q + h, where h is half the interval, over the randomisations, of the share of replicas up to it: shares have an
honest interval where each randomisation is too short for a percentile of its own. Those of a nested design hang
together within a group: a mean is that over the groups, and percentiles and chances are those of the first of each
group, which are independent.

Source: R. Woodruff, "Confidence intervals for medians and other position measures", JASA 47 (1952) (bounds by shares).
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
ROUNDING = 1e-12
"""What differs by less of its size does not differ."""
FEWEST_GROUPS = 3
UNSEEN = -math.log((1 - CONFIDENCE) / 2)
"""What happened to none of n replicas may have a chance of so much over n; nor is any chance known better."""


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
        return _even_percentile(sample, self.wholes, q)

    def chance(self, hit: Flags) -> Estimate:
        """The probability of what some replicas hit, with its interval."""
        if self.firsts is not None:
            return Ties().chance(hit[self.firsts])
        if not len(hit):
            return UNKNOWN
        if self.wholes is None:
            return proportion(int(hit.sum()), len(hit))
        share = _share(hit, self.wholes)
        half = max(share.half_width, UNSEEN / len(hit))
        return replace(share, low=max(share.value - half, 0.0), high=min(share.value + half, 1.0))


def _share(hit: Flags, wholes: Numbers) -> Estimate:
    return of_wholes(hit.astype(float), wholes, lambda part: float(part.mean()))


def _even_percentile(sample: Floats, wholes: Numbers, q: float) -> Estimate:
    """The quantile of all, between those at the shares that the wholes cannot tell from q; at least a replica off."""
    ordered, n = np.sort(sample), len(sample)
    value = quantile(ordered, q)
    halves = [_share(hit, wholes).half_width for hit in (sample <= value, sample < value)]
    half = min(max(1 / n, *halves), 1.0)
    lower, upper = math.floor(n * (q - half)), math.ceil(n * (q + half)) + 1
    low = float(ordered[lower - 1]) if lower >= 1 else -math.inf
    high = float(ordered[upper - 1]) if upper <= n else math.inf
    return Estimate(value, low, high, n, CONFIDENCE)


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
    if len(known) < FEWEST_GROUPS:
        return None
    is_constant = np.ptp(known) <= ROUNDING * np.abs(known).max()
    return split_variance(np.zeros_like(known) if is_constant else known)
