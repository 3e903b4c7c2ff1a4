"""What a sample says, and how surely: means, percentiles and chances with their 95% intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure estimated from a sample, and an interval that covers the true one with `CONFIDENCE`.

    None where the sample is too small to say.
    """

    value: float | None
    low: float | None
    high: float | None


NOTHING = Estimate(None, None, None)


def mean_of(sample: NDArray[np.float64]) -> Estimate:
    """The mean and its t interval: mean ± t(n-1) s / sqrt(n)."""
    from scipy.special import stdtrit

    n = len(sample)
    if n == 0:
        return NOTHING
    mean = float(np.mean(sample))
    if n == 1:
        return Estimate(mean, None, None)
    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * float(np.std(sample, ddof=1)) / math.sqrt(n)
    return Estimate(mean, mean - half, mean + half)


def quantile_of(ordered: NDArray[np.float64], p: float) -> Estimate:
    """The p-quantile of a sample in order, with bounds that are order statistics, whatever the distribution.

    The estimate is the ceil(n p)-th value. B(n, p) being the number of values below the true quantile, the bounds are
    the l-th and the u-th with P(B < l) and P(B >= u) at most 2.5% each; none where n is too small for that.

    Source: H. A. David and H. N. Nagaraja, "Order Statistics", 3rd ed., 2003, section 7.1.
    """
    n = len(ordered)
    if n == 0:
        return NOTHING
    tail = (1 - CONFIDENCE) / 2
    low, high = _binomial_quantile(tail, n, p), _binomial_quantile(1 - tail, n, p) + 1
    value = ordered[max(math.ceil(n * p - 1e-9), 1) - 1]
    return Estimate(
        _finite(value),
        _finite(ordered[low - 1]) if low >= 1 else None,
        _finite(ordered[high - 1]) if high <= n else None,
    )


def chance_of(hits: int, n: int) -> Estimate:
    """A probability from hits in n trials, with the interval of Clopper and Pearson, which is exact."""
    from scipy.special import betaincinv

    if n == 0:
        return NOTHING
    tail = (1 - CONFIDENCE) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, n - hits + 1, tail))
    high = 1.0 if hits == n else float(betaincinv(hits + 1, n - hits, 1 - tail))
    return Estimate(hits / n, low, high)


def _binomial_quantile(q: float, n: int, p: float) -> int:
    """The least k with P(B(n, p) <= k) >= q."""
    from scipy.special import bdtr

    low, high = -1, n
    while high - low > 1:
        middle = (low + high) // 2
        if float(bdtr(middle, n, p)) >= q:
            high = middle
        else:
            low = middle
    return high


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
