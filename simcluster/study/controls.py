"""Control variates: a mean told more narrowly by something that varies with it and whose expectation is known better.

Of an outcome y and a control c over n replicas, y - b (c - E c) has the mean of y for any b, and the least variance,
1 - r^2 times that of y, for b = cov(y, c) / var c. With b fitted to the same replicas the estimate is that of a
regression at E c, whose interval Student's t of n - 2 degrees gives.

Source: S. Lavenberg, P. Welch, "A perspective on the use of control variables to increase the efficiency of Monte Carlo
simulations", Management Science 27 (1981).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simcluster.study.intervals import CONFIDENCE, Estimate, mean, t_quantile

Floats = NDArray[np.float64]
FEWEST = 4
"""Replicas below which nothing is left to estimate with."""
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Controlled:
    """The mean of an outcome without and with a control, the slope b, and what it gains.

    `gain` is the variance of the plain mean over that of the controlled one: how many times as many replicas would say
    as much without the control. Below 1 it did harm.
    """

    plain: Estimate
    controlled: Estimate
    slope: float
    gain: float


def controlled(values: Floats, control: Floats, expected: Estimate) -> Controlled:
    """The mean of `values` by a control, shape (n,) both; `expected` is the control's expectation, perhaps estimated.

    The variance of an estimated expectation counts, b^2 times, in the interval.

    Raises:
        ValueError: there are fewer than `FEWEST` replicas, or the values or the control do not vary.
    """
    n = len(values)
    if n < FEWEST or not varies(values) or not varies(control):
        raise ValueError(f"a control needs {FEWEST} replicas or more, and to vary as the outcome does")
    spread = float(((control - control.mean()) ** 2).sum())
    slope = float(((control - control.mean()) * (values - values.mean())).sum()) / spread
    off = float(control.mean()) - expected.value
    residuals = values - values.mean() - slope * (control - control.mean())
    noise = float((residuals**2).sum()) / (n - 2)
    variance = noise * (1 / n + off * off / spread) + (slope * _error(expected)) ** 2
    half = t_quantile(CONFIDENCE, n - 2) * math.sqrt(variance)
    value = float(values.mean()) - slope * off
    told = Estimate(value, value - half, value + half, n, CONFIDENCE)
    gain = float(values.var(ddof=1)) / n / variance if variance else math.inf
    return Controlled(mean(values), told, slope, gain)


def varies(values: Floats) -> bool:
    """Whether values differ by more than their rounding."""
    return float(values.std()) > ROUNDING * float(np.abs(values).max())


def _error(expected: Estimate) -> float:
    """The standard error of an estimate with Student's interval; none of a value that is exact."""
    if expected.half_width == 0:
        return 0.0
    return expected.half_width / t_quantile(expected.confidence, expected.n - 1)
