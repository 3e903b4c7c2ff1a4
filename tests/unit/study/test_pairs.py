"""Differences of pairs, against values worked out by hand."""

import math

import numpy as np
import pytest

from simcluster.study.pairs import paired


def test_a_pair_by_hand() -> None:
    """B - A is 1, 2, 3: mean 2, s 1, t(0.975; 2) = 4.302653. var A = 1, var B = 4, var (B - A) = 1."""
    found = paired(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]))
    assert found is not None
    assert (found.first.value, found.second.value, found.n, found.without) == (2.0, 4.0, 3, 0)
    assert found.difference.value == 2.0
    assert found.difference.high - 2.0 == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)
    assert found.gain == pytest.approx(5.0)
    assert found.median.value == 2.0
    assert math.isinf(found.median.low)


def test_pairs_that_lack_one_are_left_out_and_counted() -> None:
    found = paired(np.array([1.0, np.nan, 3.0]), np.array([2.0, 4.0, np.nan]))
    assert found is not None
    assert (found.n, found.without, found.difference.value, found.gain) == (1, 2, 1.0, None)
    assert paired(np.array([np.nan]), np.array([1.0])) is None


def test_a_constant_shift_gains_without_bound_and_nothing_gains_nothing() -> None:
    a = np.array([1.0, 2.0, 4.0])
    shifted, same = paired(a, a + 0.1), paired(np.full(3, 2.0), np.full(3, 2.0 + 1e-15))
    assert shifted is not None
    assert same is not None
    assert shifted.gain == math.inf
    assert shifted.difference.low == shifted.difference.value == shifted.difference.high == pytest.approx(0.1)
    assert (same.gain, same.difference.value, same.difference.half_width) == (None, 0.0, 0.0)


def test_the_interval_covers_the_true_difference_and_pairing_narrows_it() -> None:
    """A = c + a, B = c + b + 1 with c of sd 3 and a, b of sd 1: gain (10 + 10) / 2 = 10, coverage 95%."""
    rng, covered, gains = np.random.default_rng(5), 0, []
    for _ in range(1000):
        common = 3 * rng.standard_normal(20)
        found = paired(common + rng.standard_normal(20), common + rng.standard_normal(20) + 1)
        assert found is not None
        assert found.gain is not None
        covered += found.difference.low <= 1 <= found.difference.high
        gains.append(found.gain)
    assert abs(covered / 1000 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 1000)
    assert 9 < np.median(gains) < 11
