"""Control variates against closed forms."""

import math

import numpy as np
import pytest

from simcluster.study.controls import controlled
from simcluster.study.intervals import CONFIDENCE, Estimate, mean


def exact(value: float) -> Estimate:
    return Estimate(value, value, value, 1, CONFIDENCE)


def test_a_controlled_mean_by_hand() -> None:
    """c = 0, 1, 2, 3 and y = 0, 3, 3, 6: b = 9 / 5, residuals -0.3, 0.9, -0.9, 0.3; E c = 2 moves 3 to 3.9."""
    found = controlled(np.array([0.0, 3.0, 3.0, 6.0]), np.array([0.0, 1.0, 2.0, 3.0]), exact(2.0))
    assert found.slope == pytest.approx(1.8)
    assert found.plain.value == 3.0
    assert found.controlled.value == pytest.approx(3.9)
    variance = (1.8 / 2) * (1 / 4 + 0.25 / 5)  # squares of residuals add up to 1.8
    assert found.controlled.half_width == pytest.approx(4.302653 * math.sqrt(variance), rel=1e-6)
    assert found.gain == pytest.approx((6 / 4) / variance)


def test_the_gain_is_that_of_the_correlation_and_the_interval_covers() -> None:
    """y = 2 c + e, both of sd 1: r^2 = 0.8, so a gain of 5 but for what b costs, (n - 2) / (n - 3) or so."""
    rng, gains, covered = np.random.default_rng(2), [], 0
    for _ in range(1000):
        control = rng.standard_normal(40)
        found = controlled(2 * control + rng.standard_normal(40) + 1, control, exact(0.0))
        gains.append(found.gain)
        covered += found.controlled.low <= 1 <= found.controlled.high
    assert np.median(gains) == pytest.approx(5 * 37 / 38, rel=0.05)
    assert abs(covered / 1000 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 1000)


def test_an_expectation_that_is_estimated_widens_the_interval() -> None:
    rng = np.random.default_rng(3)
    control = rng.standard_normal(20)
    values = control + 0.1 * rng.standard_normal(20)
    known, guessed = (
        controlled(values, control, one) for one in (exact(0.0), Estimate(0.0, -0.2, 0.2, 30, CONFIDENCE))
    )
    error = known.slope * 0.2 / 2.045230  # t(0.975; 29)
    t = 2.100922  # t(0.975; 18)
    assert guessed.controlled.half_width == pytest.approx(math.hypot(known.controlled.half_width, t * error), rel=1e-5)


def test_the_interval_covers_where_the_expectation_is_the_mean_of_ten_further_draws_a_replica() -> None:
    """A skewed control, exponential, whose expectation of 1 is guessed; y = c + e with e as wide."""
    rng, covered = np.random.default_rng(4), 0
    for _ in range(1000):
        control, further = rng.exponential(size=40), rng.exponential(size=400)
        found = controlled(control + rng.standard_normal(40), control, mean(further))
        covered += found.controlled.low <= 1 <= found.controlled.high
    assert abs(covered / 1000 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 1000)


def test_a_control_and_what_it_controls_must_vary() -> None:
    with pytest.raises(ValueError, match="to vary"):
        controlled(np.arange(5.0), np.full(5, 0.9), exact(0.9))
    with pytest.raises(ValueError, match="4 replicas"):
        controlled(np.arange(3.0), np.arange(3.0), exact(0.0))
    with pytest.raises(ValueError, match="to vary"):
        controlled(np.full(5, 0.9), np.arange(5.0), exact(2.0))
