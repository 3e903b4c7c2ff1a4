"""What replicas say of a goal where some lack the outcome."""

import numpy as np
import pytest

from simcluster.model.goals import Goal
from simcluster.study.goal_values import Values

NAN = float("nan")


def values(name: str, *column: float, dates: tuple[str, ...] = ()) -> Values:
    return Values({name: np.array(column)}, frozenset(dates))


def test_a_mean_and_a_percentile_have_their_intervals() -> None:
    of = values("a", 1, 2, 3, 4, 5)
    mean, median = of.estimate(Goal("a")), of.estimate(Goal("a", 50))
    assert mean is not None
    assert median is not None
    assert (mean.value, mean.n, median.value) == (3, 5, 3)
    assert mean.half_width == pytest.approx(2.776445 * np.sqrt(2.5 / 5), rel=1e-6), "Student's t with 4 degrees"


@pytest.mark.parametrize("percent", [None, 50])
def test_a_number_that_a_replica_lacks_has_no_statistic(percent: float | None) -> None:
    assert values("a", 1, 2, NAN).estimate(Goal("a", percent)) is None
    assert Values({}, note="failed").estimate(Goal("a", percent)) is None


def test_what_did_not_come_is_later_than_all_that_did() -> None:
    of = values("ready", 10, NAN, 12, 14, NAN, dates=("ready",))
    assert of.estimate(Goal("ready")) is None, "no mean"
    median = of.estimate(Goal("ready", 50))
    assert median is not None
    assert (median.value, median.high) == (14, np.inf)
    assert of.estimate(Goal("ready", 80)) is None, "it falls on what did not come"
    assert values("ready", NAN, NAN, dates=("ready",)).estimate(Goal("ready", 20)) is None


def test_a_margin_of_what_did_not_come_is_less_than_all_others() -> None:
    of = values("jobs.run.margin_days", 3, NAN, 5)
    median, low = (of.estimate(Goal("jobs.run.margin_days", percent)) for percent in (50, 20))
    assert median is not None
    assert median.value == 3
    assert low is None
