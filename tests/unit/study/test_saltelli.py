"""Sobol's indices against closed forms and against scipy's."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import sobol_indices

from simcluster.study.saltelli import estimates, indices

Floats = NDArray[np.float64]


def linear(x: Floats) -> Floats:
    """3 x1 + 2 x2 + x3 of uniforms: indices 9/14, 4/14, 1/14, first and total alike."""
    return np.asarray(x @ np.array([3.0, 2.0, 1.0]))


def ishigami(x: Floats) -> Floats:
    """sin z1 + 7 sin^2 z2 + 0.1 z3^4 sin z1, z = pi (2 x - 1)."""
    z = math.pi * (2 * x - 1)
    return np.asarray(np.sin(z[:, 0]) + 7 * np.sin(z[:, 1]) ** 2 + 0.1 * z[:, 2] ** 4 * np.sin(z[:, 0]))


# Ishigami's in closed form: A. Saltelli et al., Global Sensitivity Analysis (2008), for a = 7 and b = 0.1.
CLOSED = {
    linear: ((9 / 14, 4 / 14, 1 / 14), (9 / 14, 4 / 14, 1 / 14)),
    ishigami: ((0.31391, 0.44241, 0.0), (0.55759, 0.44241, 0.24368)),
}


def sampled(model, n: int, seed: int) -> tuple[Floats, Floats, Floats]:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(seed)
    a, b = rng.random((n, 3)), rng.random((n, 3))
    mixed = [np.where(np.arange(3) == i, b, a) for i in range(3)]
    return model(a), model(b), np.array([model(x) for x in mixed])


@pytest.mark.parametrize("model", CLOSED)
def test_closed_forms_lie_in_the_intervals(model) -> None:  # type: ignore[no-untyped-def]
    found = estimates(*sampled(model, 4096, 3), seed=1)
    for (first, total), s, t in zip(found, *CLOSED[model], strict=True):
        assert first.low <= s <= first.high
        assert total.low <= t <= total.high
        assert abs(first.value - s) < 0.05
        assert abs(total.value - t) < 0.05


def test_scipy_says_the_same() -> None:
    a, b, mixed = sampled(ishigami, 256, 5)
    theirs = sobol_indices(func={"f_A": a[None], "f_B": b[None], "f_AB": mixed[:, None]}, n=256)
    first, total = indices(a, b, mixed)
    assert first == pytest.approx(np.ravel(theirs.first_order))
    assert total == pytest.approx(np.ravel(theirs.total_order))


def test_intervals_cover_what_they_say() -> None:
    """Of 60 samples of 256 rows, the interval of a total index holds the true one in some 95%."""
    covered = 0
    for seed in range(60):
        (_, total), *_ = estimates(*sampled(linear, 256, seed), seed=seed, resamples=200)
        covered += total.low <= 9 / 14 <= total.high
    assert covered / 60 > 0.95 - 4 * math.sqrt(0.95 * 0.05 / 60)


def test_what_does_not_vary_has_no_indices() -> None:
    assert np.isnan(indices(np.full(4, 2.0), np.full(4, 2.0), np.full((2, 4), 2.0))).all()
