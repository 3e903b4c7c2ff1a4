"""Money: integer US cents, rounded once, where a price becomes an amount."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

Cents = NDArray[np.int64]
"""Amounts in cents, as a column."""


def whole(amount: float) -> int:
    """The nearest whole number, half away from zero: ROUND(amount, 0) of a spreadsheet, so that one can repeat it."""
    size = abs(amount)
    below = math.floor(size)
    nearest = below + (size - below >= 0.5)
    return -nearest if amount < 0 else nearest


def cents(usd: float) -> int:
    """An amount in dollars as whole cents: `whole`(usd x 100)."""
    return whole(usd * 100)


def split(total_cents: int, parts: int) -> list[int]:
    """Divide an amount into parts that differ by at most one cent and sum to it exactly."""
    edges = [total_cents * k // parts for k in range(parts + 1)]
    return [b - a for a, b in pairwise(edges)]


def reached(weights: Sequence[float]) -> list[float]:
    """The shares reached before the first part, and after each, from 0 to 1: even parts if all weights are 0."""
    sums = list(accumulate(weights, initial=0.0))
    if not sums[-1]:
        return [k / len(weights) for k in range(len(weights) + 1)]
    return [weight / sums[-1] for weight in sums]


def between(total_cents: int, since: float, until: float) -> int:
    """The part of an amount between two shares reached: parts that meet sum to the whole exactly."""
    return whole(total_cents * until) - whole(total_cents * since)


def share(total_cents: int, weights: Sequence[float]) -> list[int]:
    """Divide an amount in proportion to weights from 0 up, evenly if all are 0; the parts sum to it exactly."""
    return [between(total_cents, since, until) for since, until in pairwise(reached(weights))]
