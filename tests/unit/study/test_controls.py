"""Control variates against closed forms, and the efficiency of a job as a control of its goodput."""

import math
from pathlib import Path

import numpy as np
import pytest

from simcluster.model.efficiency import efficiency
from simcluster.model.load import load
from simcluster.sim.plan import JobPlan
from simcluster.study.controls import controlled, controlled_goodput, job_efficiency
from simcluster.study.crew import Alone
from simcluster.study.intervals import CONFIDENCE, Estimate

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
JOB = """
[[jobs]]
name = "pilot"
checkpoint.kind = "fixed"
checkpoint.cost = "5 min"
checkpoint.interval = { uncertain = { kind = "uniform", low = "1 hour", high = "6 hours" } }
restart = { uncertain = { kind = "uniform", low = "5 min", high = "60 min" } }
"""


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


def test_a_control_must_vary() -> None:
    with pytest.raises(ValueError, match="to vary"):
        controlled(np.arange(5.0), np.full(5, 0.9), exact(0.9))
    with pytest.raises(ValueError, match="4 replicas"):
        controlled(np.arange(3.0), np.arange(3.0), exact(0.0))


def test_the_control_of_goodput_is_the_closed_form_of_the_job() -> None:
    """The flagship writes for 5 minutes every 4 hours and restarts in 15."""
    scenario, _ = load(SMALL)
    mtbf = JobPlan.of(scenario, 1).mtbf_hours
    assert job_efficiency(scenario, 1) == pytest.approx(efficiency(4, 5 / 60, 0.25, 0, mtbf))


def test_goodput_is_told_more_narrowly(tmp_path: Path) -> None:
    path = tmp_path / "unsure.toml"
    path.write_text(f'schema = 1\nextends = "{SMALL}"\nname = "unsure"\nend = 2024-06-30\n{JOB}', encoding="utf-8")
    scenario, document = load(path)
    found = controlled_goodput(scenario, document, "pilot", 16, Alone(), draws=100)
    assert found.gain > 2
    assert found.controlled.half_width < found.plain.half_width
    assert found.plain.low < found.controlled.value < found.plain.high
    assert found.slope == pytest.approx(1, abs=0.3)
