"""Where a function of whole numbers changes sign, with few calls of it."""

from __future__ import annotations

import math
from collections.abc import Callable

PATIENCE = 4
"""After so many steps that together did not halve the range, the next one does."""


def crossing(of: Callable[[int], float], first: int, last: int) -> tuple[int, int] | None:
    """Two neighbours, one with a value below 0 and the other not; None if the ends do not differ in that.

    An end that is 0 itself is found with its neighbour.

    False position with Illinois' halving of the end that stays, and bisection where that is slow or a value is
    infinite, so that it never takes more than some (PATIENCE + 1) log2(last - first) calls. With several changes of
    sign it finds one.

    Source: M. Dowell, P. Jarratt, "A modified regula falsi method", BIT 11 (1971).
    """
    low, high, at_low, at_high = first, last, of(first), of(last)
    if (at_low < 0) == (at_high < 0):
        return (first, first + 1) if at_low == 0 else (last - 1, last) if at_high == 0 else None
    widths, kept = [math.inf] * PATIENCE, 0
    while high - low > 1:
        is_slow = high - low > widths[-PATIENCE] / 2
        widths.append(high - low)
        k = (low + high) // 2 if is_slow else _false_position(low, high, at_low, at_high)
        value = of(k)
        if (value < 0) == (at_low < 0):
            at_high = at_high / 2 if kept > 0 else at_high
            low, at_low, kept = k, value, 1
        else:
            at_low = at_low / 2 if kept < 0 else at_low
            high, at_high, kept = k, value, -1
    return low, high


def _false_position(low: int, high: int, at_low: float, at_high: float) -> int:
    """Where the line between the ends is 0, inside them."""
    if not (math.isfinite(at_low) and math.isfinite(at_high)):
        return (low + high) // 2
    place = low + (high - low) * (at_low / (at_low - at_high))
    return min(max(round(place), low + 1), high - 1)
