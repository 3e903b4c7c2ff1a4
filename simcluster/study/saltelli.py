"""Sobol's indices: what share of an outcome's variance each factor has alone, and with all that it interacts with.

With f(A) and f(B) of two independent samples and f(AB_i) of A with factor i from B: the first index is
E[f(B) (f(AB_i) - f(A))] / V and the total one E[(f(A) - f(AB_i))^2] / 2V, V the variance of f(A) and f(B) together.

Sources: A. Saltelli et al., "Variance based sensitivity analysis of model output", Comp. Phys. Comm. 181 (2010), table
2 (b) and (f); M. Jansen, "Analysis of variance designs for model output", Comp. Phys. Comm. 117 (1999).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcluster.core.rng import seed_at
from simcluster.study.intervals import Estimate
from simcluster.study.sensitivity import resampled

Floats = NDArray[np.float64]
RESAMPLES = 1000


def indices(a: Floats, b: Floats, mixed: Floats) -> tuple[Floats, Floats]:
    """First and total indices, shape (k,), of outcomes f(A) and f(B), shape (n,), and f(AB_i), shape (k, n).

    Not numbers where nothing varies.
    """
    both = np.concatenate([a, b])
    variance, centre = float(both.var()), float(both.mean())
    if variance <= (1e-12 * np.abs(both).max()) ** 2:
        nothing = np.full(len(mixed), np.nan)
        return nothing, nothing
    first = ((b - centre) * (mixed - a)).mean(axis=1) / variance
    total = ((a - mixed) ** 2).mean(axis=1) / (2 * variance)
    return first, total


def estimates(
    a: Floats, b: Floats, mixed: Floats, seed: int, resamples: int = RESAMPLES
) -> list[tuple[Estimate, Estimate]]:
    """The indices of each factor with the percentile intervals of a bootstrap of rows, which are independent."""
    n = len(a)
    rng = np.random.default_rng(seed_at(seed, "sensitivity.bootstrap", 0))
    found = []
    for _ in range(resamples):
        rows = rng.integers(0, n, n)
        found.append(indices(a[rows], b[rows], mixed[:, rows]))
    first, total = (np.array([one[k] for one in found]) for k in (0, 1))
    values = indices(a, b, mixed)
    return [
        (resampled(float(values[0][i]), first[:, i], n), resampled(float(values[1][i]), total[:, i], n))
        for i in range(len(mixed))
    ]
