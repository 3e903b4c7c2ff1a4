"""Step functions: what a level is at an hour, and integrals of many intervals over calendar bins."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def spread(
    since: Floats, until: Floats, weight: Floats, edges: Floats, group: NDArray[np.int64], groups: int
) -> Floats:
    """Integral of `weight` over [since, until) in each bin, by group; shape (len(edges) - 1, groups).

    What lies outside the edges is left out. An interval is cut only where an edge falls inside it, so that the work
    grows with the intervals and not with their product with the bins.
    """
    bins = len(edges) - 1
    since, until = np.clip(since, edges[0], edges[-1]), np.clip(until, edges[0], edges[-1])
    out = np.zeros((bins, groups))
    first = np.minimum(np.searchsorted(edges, since, side="right") - 1, bins - 1)
    last = np.minimum(np.searchsorted(edges, until, side="right") - 1, bins - 1)
    while len(since):
        inside = first == last
        stop = np.where(inside, until, edges[first + 1])
        np.add.at(out, (first, group), (stop - since) * weight)
        rest = ~inside
        since, until, weight, group = stop[rest], until[rest], weight[rest], group[rest]
        first, last = first[rest] + 1, last[rest]
    return out


def level_at(hours: Floats, levels: NDArray[np.number[Any]], at: Floats) -> Floats:
    """The level in force at each hour of `at`: the last one noted up to it, 0 before the first; shape as `at`."""
    padded = np.concatenate([[0.0], levels.astype(np.float64)])
    return padded[np.searchsorted(hours, at, side="right")]


def means(hours: Floats, levels: Floats, edges: Floats) -> Floats:
    """Means, between consecutive edges, of a level that holds from each of `hours` to the next.

    Shape (len(edges) - 1,); the edges lie between the first of `hours` and the last.
    """
    cumulated = np.concatenate([[0.0], np.cumsum(levels[:-1] * np.diff(hours))])
    out: Floats = np.diff(np.interp(edges, hours, cumulated)) / np.diff(edges)
    return out
