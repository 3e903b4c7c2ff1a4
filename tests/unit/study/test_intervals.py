"""Estimates against published values, and their intervals' coverage."""

import math

import numpy as np
import pytest

from simcluster.study.intervals import mean, of_wholes, percentile, proportion, quantile


def test_the_interval_of_a_mean_is_students() -> None:
    # NIST/SEMATECH handbook 1.3.5.2, heat flow data: n = 195, mean 9.261460, s = 0.022789, 95%: 9.258242 to 9.264679
    values = np.concatenate([np.full(97, -1.0), [0.0], np.full(97, 1.0)])
    values = 9.261460 + values * 0.022789 / values.std(ddof=1)
    found = mean(values)
    assert (found.value, found.low, found.high) == pytest.approx((9.261460, 9.258242, 9.264679), abs=1e-6)
    assert mean(np.array([2.0])).half_width == math.inf


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # R. Newcombe, Statistics in Medicine 17 (1998), table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_proportion_is_wilsons(hits: int, n: int, low: float, high: float) -> None:
    found = proportion(hits, n)
    assert (found.value, found.low, found.high) == pytest.approx((hits / n, low, high), abs=5e-5)
    mirrored = proportion(n - hits, n)
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - found.high, 1 - found.low))


@pytest.mark.parametrize(
    ("n", "lower", "upper"),
    # ranks of the 95% interval of a median, W. Conover, Practical Nonparametric Statistics (1999), sign test tables
    [(6, 1, 6), (10, 2, 9), (20, 6, 15), (25, 8, 18), (50, 18, 33)],
)
def test_the_interval_of_a_median_lies_between_tabled_ranks(n: int, lower: int, upper: int) -> None:
    found = percentile(np.arange(n, 0, -1.0), 0.5)
    assert (found.low, found.high) == (lower, upper)
    assert found.value == (n + 1) / 2


def test_an_end_that_too_few_replicas_cannot_give_is_infinite() -> None:
    # 0.95^58 > 0.05: up to 58 values none need exceed the 95th percentile with 95% on one side (Wilks: 59)
    assert percentile(np.arange(58.0), 0.95, 0.9).high == math.inf
    assert percentile(np.arange(59.0), 0.95, 0.9).high == 58
    found = percentile(np.arange(5.0), 0.5)
    assert (found.low, found.value, found.high) == (-math.inf, 2, math.inf)


def test_values_that_never_come_are_in_order() -> None:
    values = np.array([1.0, 2.0, 3.0] * 8 + [math.inf] * 18)
    found = percentile(values, 0.5)
    assert (found.value, found.high) == (3.0, math.inf)
    assert quantile(np.array([1.0, math.inf]), 0.25) == math.inf
    assert quantile(np.array([math.inf, math.inf]), 0.25) == math.inf
    assert quantile(np.array([-math.inf, 1.0]), 0.25) == -math.inf
    assert quantile(np.array([-math.inf, 1.0, 2.0]), 0.75) == 1.5


def test_a_quantile_is_linear_between_order_statistics() -> None:
    values = np.sort(np.random.default_rng(4).normal(size=37))
    for q in (0.01, 0.05, 0.5, 0.77, 0.99):
        assert quantile(values, q) == pytest.approx(np.quantile(values, q))


def test_intervals_cover() -> None:
    # 2,000 samples of 60: as often as stated less 4 standard errors (0.019), and a mean no more than so much oftener
    rng, n, tried = np.random.default_rng(11), 60, 2000
    normal, skewed = rng.normal(3, 2, (tried, n)), rng.exponential(1.0, (tried, n))
    covered = {
        "mean": sum(mean(row).low <= 3 <= mean(row).high for row in normal),
        "P10": sum(percentile(row, 0.1).low <= -math.log(0.9) <= percentile(row, 0.1).high for row in skewed),
        "P50": sum(percentile(row, 0.5).low <= math.log(2) <= percentile(row, 0.5).high for row in skewed),
        "P90": sum(percentile(row, 0.9).low <= math.log(10) <= percentile(row, 0.9).high for row in skewed),
    }
    assert all(count >= 0.931 * tried for count in covered.values()), covered
    assert covered["mean"] <= 0.969 * tried


def test_wholes_have_an_interval_where_their_values_hang_together() -> None:
    # 8 wholes of 25 values that share a shift of variance 1: the mean's standard error is sqrt((1 + 1/25) / 8)
    rng, tried = np.random.default_rng(5), 1000
    whole = np.repeat(np.arange(8), 25)
    right = wrong = 0
    for _ in range(tried):
        values = rng.normal(size=8)[whole] + rng.normal(size=200)
        found = of_wholes(values, whole, lambda part: float(part.mean()))
        right += found.low <= 0 <= found.high
        wrong += mean(values).low <= 0 <= mean(values).high
        assert found.value == pytest.approx(values.mean())
    assert 0.922 * tried <= right <= 0.978 * tried  # 4 standard errors about 0.95
    assert wrong < 0.6 * tried  # the control: as if all were independent


@pytest.mark.parametrize("values", [np.array([]), np.array([1.0, math.nan])])
def test_an_estimate_needs_numbers(values: np.ndarray) -> None:
    with pytest.raises(ValueError, match="needs values"):
        mean(values)
    with pytest.raises(ValueError, match="needs values"):
        percentile(values, 0.5)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentile(np.arange(9.0), 1.0)
    with pytest.raises(ValueError, match="3 of 2"):
        proportion(3, 2)
