"""Which of several decisions none of the others beats."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float, ...]


def dominates(one: Point, other: Point) -> bool:
    """Whether `one` is nowhere smaller than `other` and somewhere greater."""
    return one != other and all(a >= b for a, b in zip(one, other, strict=True))


def front_of(points: Sequence[Point]) -> list[int]:
    """Places of the points that none dominates, the greatest first coordinate first; of equal ones the first.

    A greater coordinate is better. In one dimension that is the best point. Points of two coordinates or fewer take
    O(n log n): in falling order of the first, each has to exceed the second of all before it.
    """
    falling = sorted(range(len(points)), key=lambda k: (*(-x for x in points[k]), k))
    found: list[int] = []
    for k in falling:
        if not any(points[j] == points[k] or dominates(points[j], points[k]) for j in found[-1:]):
            found.append(k)
    return found
