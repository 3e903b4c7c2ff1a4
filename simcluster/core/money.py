"""Money: integer US cents, rounded half to even once, where a price becomes an amount."""

from __future__ import annotations

from itertools import pairwise


def cents(usd: float) -> int:
    """An amount in dollars as whole cents (round half to even)."""
    return round(usd * 100)


def usd(amount_cents: int) -> float:
    """Whole cents as dollars, for outputs only."""
    return amount_cents / 100


def split(total_cents: int, parts: int) -> list[int]:
    """Divide an amount into parts that differ by at most one cent and sum to it exactly."""
    edges = [total_cents * k // parts for k in range(parts + 1)]
    return [b - a for a, b in pairwise(edges)]
