"""Differences of replicas that share their luck."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simcluster.study.intervals import CONFIDENCE, Estimate, mean, percentile

Floats = NDArray[np.float64]
ROUNDING = 1e-12
"""What differs by less of its size does not differ."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An outcome of two scenarios over `n` pairs in which both have it; `without` pairs lack it in one or both.

    Means have Student's interval, `difference` that of the pairs' own differences; `median` is of these, between order
    statistics. `gain` is (var A + var B) / var(B - A): how many times as many unpaired runs would bound the difference
    as narrowly; infinite where the difference does not vary and the outcome does, None where neither varies or n = 1.
    """

    first: Estimate
    second: Estimate
    difference: Estimate
    median: Estimate
    n: int
    without: int
    gain: float | None


def paired(first: Floats, second: Floats, confidence: float = CONFIDENCE) -> Pair | None:
    """Values by replica, shape (n,), not a number where there is none; None if no pair has both.

    `confidence` is that of the interval of the mean difference.
    """
    both = np.isfinite(first) & np.isfinite(second)
    a, b, n = first[both], second[both], int(both.sum())
    if not n:
        return None
    nothing = ROUNDING * max(float(np.abs(a).max()), float(np.abs(b).max()))
    difference = _without_rounding(b - a, nothing)
    gain = _gain(a, b, difference, nothing**2) if n > 1 else None
    return Pair(mean(a), mean(b), mean(difference, confidence), percentile(difference, 0.5), n, len(first) - n, gain)


def _without_rounding(difference: Floats, nothing: float) -> Floats:
    """Differences as they are, but 0 where they are nothing, and all one where they differ by nothing."""
    found = np.where(np.abs(difference) <= nothing, 0.0, difference)
    return np.full(len(found), found[0]) if np.ptp(found) <= nothing else found


def _gain(a: Floats, b: Floats, difference: Floats, nothing: float) -> float | None:
    apart, together = float(a.var(ddof=1) + b.var(ddof=1)), float(difference.var(ddof=1))
    if together <= nothing:
        return None if apart <= nothing else math.inf
    return apart / together
