"""What even rows would gain Sobol's indices over random ones: columns by name, and scipy's tabled ones."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import qmc

from simcluster.core.nets import Net
from simcluster.study.saltelli import indices

pytestmark = pytest.mark.bench
Floats = NDArray[np.float64]
INPUTS, RANDOMISATIONS, REPETITIONS = 3, 8, 200


def linear(x: Floats) -> Floats:
    """3 x1 + 2 x2 + x3 of uniforms."""
    return np.asarray(x @ np.array([3.0, 2.0, 1.0]))


def ishigami(x: Floats) -> Floats:
    """sin z1 + 7 sin^2 z2 + 0.1 z3^4 sin z1, z = pi (2 x - 1)."""
    z = math.pi * (2 * x - 1)
    return np.asarray(np.sin(z[:, 0]) + 7 * np.sin(z[:, 1]) ** 2 + 0.1 * z[:, 2] ** 4 * np.sin(z[:, 0]))


TRUE = {
    linear: ((9 / 14, 4 / 14, 1 / 14), (9 / 14, 4 / 14, 1 / 14)),
    ishigami: ((0.31391, 0.44241, 0.0), (0.55759, 0.44241, 0.24368)),
}


def at_random(n: int, seed: int) -> Floats:
    """Rows of A and B, shape (n, 6)."""
    return np.random.default_rng(seed).random((n, 2 * INPUTS))


def by_name(n: int, seed: int) -> Floats:
    """The same, a net a column in each of 8 randomisations."""
    at = np.arange(n // RANDOMISATIONS)
    return np.concatenate(
        [
            np.column_stack([Net(seed, "row", f"{column} {r}").span(at) for column in range(2 * INPUTS)])
            for r in range(RANDOMISATIONS)
        ]
    )


def tabled(n: int, seed: int) -> Floats:
    """The same, scipy's sequence of 6 columns in each of 8 randomisations."""
    drawn = (qmc.Sobol(2 * INPUTS, rng=np.random.default_rng([seed, r])) for r in range(RANDOMISATIONS))
    return np.concatenate([one.random(n // RANDOMISATIONS) for one in drawn])


def errors(model: Callable[[Floats], Floats], rows: Callable[[int, int], Floats], n: int) -> Floats:
    """Mean square errors of first and total indices, each in the mean of the inputs, shape (2,)."""
    found = []
    for seed in range(REPETITIONS):
        a, b = np.hsplit(rows(n, seed), 2)
        mixed = np.array([model(np.where(np.arange(INPUTS) == i, b, a)) for i in range(INPUTS)])
        found.append(indices(model(a), model(b), mixed))
    squares: Floats = ((np.array(found) - np.array(TRUE[model])) ** 2).mean(axis=(0, 2))
    return squares


def test_columns_by_name_gain_nothing_and_tabled_ones_with_many_rows() -> None:
    gains = {}
    for model in TRUE:
        for n in (128, 1024):
            plain = errors(model, at_random, n)
            for rows in (by_name, tabled):
                first, total = plain / errors(model, rows, n)
                gains[model, n, rows] = min(first, total)
                print(f"\n{model.__name__}, n = {n}, {rows.__name__}: first {first:.2g}, total {total:.2g}", end="")
    assert all(gain < 2 for (_, _, rows), gain in gains.items() if rows is by_name)
    assert all(gain > 1.5 for (_, n, rows), gain in gains.items() if rows is tabled and n == 1024)
