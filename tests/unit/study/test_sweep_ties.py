"""Estimates from a Sobol sample hold the truth as often as they say, also at its ends and in small samples."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from simcluster.study.draws import Plan
from simcluster.study.intervals import percentile
from simcluster.study.sweep_ties import Ties, split_of

Outcome = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
TRIED = 150
FEWEST = 0.88 * TRIED  # 4 standard errors about 0.95: 0.07


def alone(first: np.ndarray, second: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """One input moves it, so that each randomisation is nearly exact."""
    return first


def mixed(first: np.ndarray, second: np.ndarray, luck: np.ndarray) -> np.ndarray:
    return (first + second + luck) / math.sqrt(3)


def luck_alone(first: np.ndarray, second: np.ndarray, luck: np.ndarray) -> np.ndarray:
    return luck


def samples(outcome: Outcome, n: int) -> list[np.ndarray]:
    """Standard normal, whatever the outcome."""
    numbers = np.arange(n)
    found = []
    for seed in range(TRIED):
        plan = Plan(seed, "sobol")
        places = plan.places(numbers)
        inputs = [ndtri(plan.column("input", name, places, places.inputs)) for name in "ab"]
        found.append(outcome(inputs[0], inputs[1], np.random.default_rng(seed).normal(size=n)))
    return found


@pytest.mark.parametrize("n", [16, 64, 100])
@pytest.mark.parametrize("outcome", [alone, mixed, luck_alone])
def test_intervals_of_an_even_sample_cover(outcome: Outcome, n: int) -> None:
    ties, drawn = Ties(np.arange(n) % 8), samples(outcome, n)
    for q in (0.05, 0.25, 0.5, 0.95):
        found = [ties.percentile(sample, q) for sample in drawn]
        assert sum(row.low <= ndtri(q) <= row.high for row in found) >= FEWEST, q
        mirrored = [ties.percentile(-sample, 1 - q) for sample in drawn]
        assert [row.low for row in mirrored] == [-row.high for row in found]
    for share in (0.02, 0.4995, 0.98):
        chances = [ties.chance(ndtr(sample) < share) for sample in drawn]
        assert sum(row.low <= share <= row.high for row in chances) >= FEWEST, share
        assert all(0 <= row.low < row.high <= 1 for row in chances)


def test_an_even_sample_bounds_a_median_more_narrowly_than_a_random_one() -> None:
    n = 256
    ties, drawn = Ties(np.arange(n) % 8), samples(alone, n)
    even = np.median([ties.percentile(sample, 0.5).half_width for sample in drawn])
    assert even < np.median([percentile(sample, 0.5).half_width for sample in drawn]) / 4


def test_what_has_one_value_or_one_randomisation_is_told_all_the_same() -> None:
    ties = Ties(np.arange(64) % 8)
    found = ties.percentile(np.full(64, 7.0), 0.5)
    assert (found.low, found.value, found.high) == (7, 7, 7)
    lone = Ties(np.zeros(20, dtype=np.int64))
    assert (lone.percentile(np.arange(20.0), 0.5).low, lone.chance(np.arange(20) < 5).high) == (-math.inf, 1)


def test_what_never_came_bounds_a_percentile_as_later_than_all() -> None:
    ties, values = Ties(np.arange(64) % 8), np.arange(64.0)
    values[40:] = math.inf
    assert ties.percentile(values, 0.5).value == 31.5
    assert ties.percentile(values, 0.62).high == math.inf
    assert ties.percentile(values, 0.95).value == math.inf
    assert ties.percentile(-values, 0.05).value == -math.inf


def test_what_is_the_same_but_for_rounding_has_no_shares() -> None:
    values = np.repeat([0.3, 0.1 + 0.2], 8)
    split = split_of(values, np.arange(16).reshape(4, 2, 2))
    assert split is not None
    assert [part.variance for part in split.parts.values()] == [0.0, 0.0, 0.0]
    assert all(np.isnan(share.value) for share in split.shares.values())
