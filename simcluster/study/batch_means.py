"""The mean of a series whose values hang together, with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simcluster.study.intervals import CONFIDENCE, Estimate, mean

Array = NDArray[np.float64]
BATCHES = 20
CRITICAL = 1.645
"""The normal quantile above which a correlation of batches is found with 5% where there is none."""


@dataclass(frozen=True, slots=True)
class BatchMeans:
    """The mean of `mean.n` values in batches one after another, with Student's interval of the batches' means.

    `correlation` is that of neighbouring batches. Where batches are long enough it is about normal with variance
    1 / batches around 0.
    """

    mean: Estimate
    batches: int
    correlation: float

    @property
    def is_long_enough(self) -> bool:
        """Whether neighbouring batches show no correlation (5% test, one-sided); else the interval is too narrow."""
        return self.correlation * math.sqrt(self.batches) <= CRITICAL


def batch_means(values: Array, batches: int = BATCHES, confidence: float = CONFIDENCE) -> BatchMeans:
    """The mean of a settled series, shape (n,). The first n mod `batches` values are left out.

    From 10 to 30 batches do best: with more they hang together, with fewer Student's t is wide.

    Source: B. Schmeiser, "Batch size effects in the analysis of simulation output", Operations Research 30 (1982).

    Raises:
        ValueError: fewer than two batches, fewer values than batches, or a value is not a number.
    """
    size = len(values) // batches if batches > 1 else 0
    if not size or not np.isfinite(values).all():
        raise ValueError(f"{batches} batches need as many values or more, each a number, and two batches or more")
    kept = values[len(values) - size * batches :]
    z = kept.reshape(batches, size).mean(axis=1)
    found = mean(z, confidence)
    return BatchMeans(Estimate(found.value, found.low, found.high, len(kept), confidence), batches, _correlation(z))


def _correlation(z: Array) -> float:
    """The correlation of neighbours, freed of what the ends do to it: 1 minus half of von Neumann's ratio."""
    apart = z - z.mean()
    total = float(apart @ apart)
    if total <= np.finfo(float).eps * float(z @ z):
        return 0.0
    return float(apart[:-1] @ apart[1:] + (apart[0] ** 2 + apart[-1] ** 2) / 2) / total
