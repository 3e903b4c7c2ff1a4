"""How much of the beginning of a series still shows how it began."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
BATCH = 5
FEWEST_BATCHES = 10


@dataclass(frozen=True, slots=True)
class WarmUp:
    """The first `dropped` of a series are warm-up; `is_over` is False where half of it may not be enough."""

    dropped: int
    is_over: bool


def warm_up(values: Array, batch: int = BATCH) -> WarmUp:
    """MSER-5: drop the d batches of five for which the standard error of the rest would be least.

    It takes the least of sum_{j>d} (z_j - mean)^2 / (m - d)^2 over d up to m / 2, with z the m means of batches. A
    least value at m / 2 says that the series has not settled. What is left of a last batch is not looked at.

    Source: K. P. White, M. Cobb, S. Spratt, "A comparison of five steady-state truncation heuristics for simulation",
    Winter Simulation Conference (2000).

    Raises:
        ValueError: fewer than ten batches, or a value is not a number.
    """
    m = len(values) // batch
    if m < FEWEST_BATCHES or not np.isfinite(values).all():
        raise ValueError(f"a warm-up needs {FEWEST_BATCHES * batch} values or more, each a number")
    z = values[: m * batch].reshape(m, batch).mean(axis=1)
    z -= z.mean()
    left = m - np.arange(m // 2 + 1)
    sums, squares = (np.cumsum(x[::-1])[::-1][: len(left)] for x in (z, z * z))
    d = int(np.argmin((squares - sums**2 / left) / left**2))
    return WarmUp(d * batch, d < m // 2)
