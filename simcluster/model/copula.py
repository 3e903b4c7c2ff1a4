"""The Gaussian copula: correlated normals with a factor of their own for what several inputs share.

An input that shares the factor F with loading l has the normal score z = l F + sqrt(1 - l^2) e. Residuals e are
independent but for stated rank correlations: a Spearman correlation r of two inputs is a Pearson correlation
rho = 2 sin(pi r / 6) of their scores, so that of their residuals is (rho - l_i l_j) / sqrt((1 - l_i^2) (1 - l_j^2)),
with l_i l_j only where both share one factor.

Source: K. Pearson, "On further methods of determining correlation" (1907); W. Kruskal, "Ordinal measures of
association", JASA 53 (1958), section 6 (r = 6 / pi arcsin(rho / 2)).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LEAST_EIGENVALUE = 1e-8
"""A correlation matrix with a smaller one is not taken as positive definite."""


def pearson(spearman: float) -> float:
    """Pearson's correlation of the normal scores for a Spearman correlation: 2 sin(pi r / 6)."""
    return 2 * math.sin(math.pi * spearman / 6)


def residual_correlation(rho: float, loadings: tuple[float, float], is_shared: bool) -> float:
    """What is left for the residuals of two inputs whose scores are to correlate by `rho`; infinite if nothing can.

    `loadings` are those on the factors of the two, `is_shared` whether they are one factor.
    """
    first, second = loadings
    left = rho - (first * second if is_shared else 0.0)
    room = math.sqrt((1 - first * first) * (1 - second * second))
    if room < LEAST_EIGENVALUE:
        return 0.0 if abs(left) < LEAST_EIGENVALUE else math.copysign(math.inf, left)
    return left / room


def is_positive_definite(matrix: Array) -> bool:
    """Whether a symmetric matrix, shape (n, n), is positive definite."""
    return bool(np.linalg.eigvalsh(matrix)[0] > LEAST_EIGENVALUE)


def components(n: int, pairs: list[tuple[int, int]]) -> list[list[int]]:
    """The groups of two or more of n things that pairs tie together, each in order."""
    root = list(range(n))

    def find(k: int) -> int:
        while root[k] != k:
            k = root[k]
        return k

    for first, second in pairs:
        low, high = sorted((find(first), find(second)))
        root[high] = low
    groups: dict[int, list[int]] = {}
    for k in range(n):
        groups.setdefault(find(k), []).append(k)
    return [group for group in groups.values() if len(group) > 1]
