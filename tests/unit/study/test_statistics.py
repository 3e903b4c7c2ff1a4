import math

import numpy as np
import pytest

from simcluster.study.statistics import chance_of, mean_of, quantile_of


def test_the_interval_of_a_mean_is_students() -> None:
    """Student's sleep data, the differences of the ten patients (Biometrika 6, 1908): t.test gives 0.700 to 2.460."""
    sample = np.array([1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4])
    found = mean_of(sample)
    assert found.value == pytest.approx(1.58)
    assert (found.low, found.high) == pytest.approx((0.7001142, 2.4598858), abs=1e-7)
    assert mean_of(sample[:1]).low is None
    assert mean_of(sample[:0]).value is None


def test_bounds_of_a_median_are_those_of_the_sign_test() -> None:
    """Tables of the sign test: of 10 values the 2nd and 9th, of 20 the 6th and 15th, of 5 none at 95%."""
    for n, low, high in ((10, 2, 9), (20, 6, 15), (6, 1, 6)):
        found = quantile_of(np.arange(1.0, n + 1), 0.5)
        assert (found.low, found.high) == (low, high)
    few = quantile_of(np.arange(1.0, 6.0), 0.5)
    assert (few.value, few.low, few.high) == (3.0, None, None)


def test_a_percentile_is_an_order_statistic() -> None:
    ordered = np.arange(1.0, 101.0)
    assert [quantile_of(ordered, p).value for p in (0.05, 0.25, 0.5, 0.75, 0.95)] == [5, 25, 50, 75, 95]
    assert quantile_of(np.array([7.0]), 0.05).value == 7.0
    late = np.concatenate([np.arange(1.0, 91.0), np.full(10, np.inf)])
    assert quantile_of(late, 0.95).value is None
    assert quantile_of(late, 0.85).value == 85
    assert quantile_of(late, 0.85).high is None


@pytest.mark.parametrize("p", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("n", [20, 100, 1000])
def test_bounds_cover_by_the_binomial(p: float, n: int) -> None:
    """Each tail that is given up holds at most 2.5%, and the next rank inwards would hold more."""
    found = quantile_of(np.arange(1.0, n + 1), p)

    def at_most(k: int) -> float:
        return sum(math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k + 1))

    if found.low is None:
        assert at_most(0) > 0.025
    else:
        assert at_most(int(found.low) - 1) <= 0.025 < at_most(int(found.low))
    if found.high is None:
        assert 1 - at_most(n - 1) > 0.025
    else:
        assert 1 - at_most(int(found.high) - 1) <= 0.025 < 1 - at_most(int(found.high) - 2)


def test_the_interval_of_a_chance_is_clopper_and_pearsons() -> None:
    """Published: 10 of 100 gives 4.90% to 17.62%; none of n is at most 1 - 0.025^(1/n)."""
    found = chance_of(10, 100)
    assert (found.low, found.high) == pytest.approx((0.0490047, 0.1762226), abs=1e-7)
    none, all_of = chance_of(0, 20), chance_of(20, 20)
    assert (none.value, none.low, none.high) == (0.0, 0.0, pytest.approx(1 - 0.025 ** (1 / 20)))
    assert (all_of.low, all_of.high) == (pytest.approx(0.025 ** (1 / 20)), 1.0)
    assert chance_of(0, 0).value is None
