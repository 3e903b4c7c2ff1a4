"""Estimates from replicas with their intervals: a mean, a proportion, a percentile.

Means and percentiles are those of independent replicas; randomisations of a Sobol sample and groups of a nested design
are taken as wholes (`of_wholes`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate and the interval that holds the truth with the confidence stated; `n` is what it rests on.

    An end that so few replicas cannot give is infinite.
    """

    value: float
    low: float
    high: float
    n: int
    confidence: float

    @property
    def half_width(self) -> float:
        """Half of the interval's width."""
        return (self.high - self.low) / 2


def t_quantile(confidence: float, degrees: float) -> float:
    """Student's t that is exceeded in absolute value with probability 1 - confidence."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + confidence) / 2))


def mean(values: Array, confidence: float = CONFIDENCE) -> Estimate:
    """The mean, with Student's interval: mean +- t s / sqrt(n). One value gives an infinite interval.

    Raises:
        ValueError: there is no value.
    """
    n = _count(values)
    middle = float(values.mean())
    if n == 1:
        return Estimate(middle, -math.inf, math.inf, n, confidence)
    if values.min() == values.max():  # a mean that rounds would leave a deviation
        return Estimate(float(values[0]), float(values[0]), float(values[0]), n, confidence)
    half = t_quantile(confidence, n - 1) * float(values.std(ddof=1)) / math.sqrt(n)
    return Estimate(middle, middle - half, middle + half, n, confidence)


def proportion(hits: int, n: int, confidence: float = CONFIDENCE) -> Estimate:
    """A probability from `hits` of n, with Wilson's score interval, which stays within 0 and 1.

    Source: E. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).

    Raises:
        ValueError: n is not above 0, or hits is not between 0 and n.
    """
    if n < 1 or not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n} is no proportion")
    from scipy.special import ndtri

    z = float(ndtri((1 + confidence) / 2))
    share = hits / n
    middle = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = ((middle + side * half) / (1 + z * z / n) for side in (-1, 1))
    return Estimate(share, 0.0 if hits == 0 else low, 1.0 if hits == n else high, n, confidence)


def percentile(values: Array, q: float, confidence: float = CONFIDENCE) -> Estimate:
    """The quantile at q (0 to 1), with an interval between order statistics, whatever the law of the values.

    X_(l) and X_(u) with the largest l and the smallest u for which P(B < l) and P(B >= u) are at most half of what the
    confidence leaves, B binomial (n, q). The estimate is linear between order statistics. Infinite values are in order.

    Source: H. David, H. Nagaraja, Order Statistics (2003), section 7.1.

    Raises:
        ValueError: there is no value, one is not a number, or q is not between 0 and 1.
    """
    n = _count(values)
    if not 0 < q < 1:
        raise ValueError(f"a quantile at {q} is not between 0 and 1")
    from scipy.special import bdtr

    ordered = np.sort(values)
    below = bdtr(np.arange(n), n, q)  # P(B <= k)
    left = (1 - confidence) / 2
    lower = int(np.searchsorted(below, left, side="right"))  # P(B < l) = below[l - 1]
    upper = int(np.searchsorted(below, 1 - left, side="left")) + 1  # P(B >= u) = 1 - below[u - 1]
    low = -math.inf if lower == 0 else float(ordered[lower - 1])
    high = math.inf if upper > n else float(ordered[upper - 1])
    return Estimate(quantile(ordered, q), low, high, n, confidence)


def quantile(ordered: Array, q: float) -> float:
    """The quantile of ordered values, linear between the k-th of n at (k - 1) / (n - 1).

    Infinite ones may be among them; what lies between an infinite one and a finite one is infinite.
    """
    place = q * (len(ordered) - 1)
    k = math.floor(place)
    first, last = float(ordered[k]), float(ordered[min(k + 1, len(ordered) - 1)])
    return first if place == k or first == last or math.isinf(first) else first + (place - k) * (last - first)


def of_wholes(
    values: Array, whole: NDArray[np.int64], statistic: Callable[[Array], float], confidence: float = CONFIDENCE
) -> Estimate:
    """A statistic taken of each whole by itself (a randomisation, a group of a design): their mean with its interval.

    `whole` numbers the whole of each value. Wholes are independent of one another, whatever the values within one are,
    so that Student's interval over the wholes is right where that over the values is not.

    Raises:
        ValueError: there is no value, or one is not a number.
    """
    _count(values)
    found = np.array([statistic(values[whole == k]) for k in np.unique(whole)])
    estimate = mean(found, confidence)
    return Estimate(estimate.value, estimate.low, estimate.high, len(values), confidence)


def _count(values: Array) -> int:
    if not len(values) or np.isnan(values).any():
        raise ValueError("an estimate needs values, each a number")
    return len(values)
