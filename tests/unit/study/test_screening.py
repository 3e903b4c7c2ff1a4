"""Morris's measures against SALib's, and their intervals on effects whose law is known."""

import math

import numpy as np
import pytest
from SALib.analyze import morris as analysis
from SALib.sample import morris as sampling

from simcluster.study.screening import LEVELS, _distances, _elementary

NAMES = ["a", "b"]
PROBLEM = {"num_vars": 2, "names": NAMES, "bounds": [[0.0, 1.0]] * 2}


def test_salib_says_the_same() -> None:
    grid = sampling.sample(PROBLEM, 12, num_levels=LEVELS, seed=3)
    values = grid[:, 0] ** 2 - 2 * grid[:, 0] * grid[:, 1]
    theirs = analysis.analyze(PROBLEM, grid, values, num_levels=LEVELS, num_resamples=10)
    ours = _elementary(NAMES, set(), grid, values, np.ones(12, dtype=bool))
    for i, name in enumerate(NAMES):
        for measure in ("mu_star", "mu", "sigma"):
            assert ours[name][measure].value == pytest.approx(theirs[measure][i])


def test_intervals_of_few_trajectories_hold() -> None:
    """Of 4 trajectories with a slope of 1 + 0.3 e, e normal by luck; the bootstrap of SALib holds in four of five."""
    reps, covered = 400, {"mu_star": 0, "mu": 0, "sigma": 0}
    rng, whole = np.random.default_rng(1), np.ones(4, dtype=bool)
    folded = 0.3 * math.sqrt(2 / math.pi) * math.exp(-(1 / 0.3**2) / 2) + math.erf(1 / 0.3 / math.sqrt(2))
    truth = {"mu_star": folded, "mu": 1.0, "sigma": 0.3}
    for seed in range(reps):
        grid = sampling.sample(PROBLEM, 4, num_levels=LEVELS, seed=seed)
        values = grid[:, 0] * np.repeat(1 + 0.3 * rng.standard_normal(4), 3)
        found = _elementary(NAMES, set(), grid, values, whole)["a"]
        for measure, true in truth.items():
            covered[measure] += found[measure].low <= true <= found[measure].high
    for hits in covered.values():
        assert hits / reps == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / reps))


@pytest.mark.filterwarnings("error")
def test_between_alternatives_an_effect_is_the_change_itself() -> None:
    """8 between two alternatives is 8, however far a step of the grid goes; scaled it would be 12."""
    grid = sampling.sample(PROBLEM, 6, num_levels=LEVELS, seed=3)
    values = np.where(grid[:, 0] > 0.5, 8.0, 0.0)
    found = _elementary(NAMES, {"a"}, grid, values, np.ones(6, dtype=bool))["a"]
    assert (found["mu_star"].value, found["mu"].value, found["sigma"].value) == (8.0, 8.0, 0.0)


def test_an_outcome_that_nothing_moves_has_no_distance() -> None:
    found = _distances(np.random.default_rng(1).random((40, 2)), np.full(40, 3.0), NAMES, 1)
    assert all(figure.value == 0 for figures in found.values() for figure in figures.values())
