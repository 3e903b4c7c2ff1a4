"""Money: integer US cents, rounded half to even once, where a price becomes an amount."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Cents = NDArray[np.int64]
"""Amounts in cents, as a column."""


def cents(usd: float) -> int:
    """An amount in dollars as whole cents (round half to even)."""
    return round(usd * 100)


def split(total_cents: int, parts: int) -> list[int]:
    """Divide an amount into parts that differ by at most one cent and sum to it exactly."""
    edges = [total_cents * k // parts for k in range(parts + 1)]
    return [b - a for a, b in pairwise(edges)]
