"""Steady-state statistics on the time in an M/M/1 queue, whose mean is 1 / (mu - lambda)."""

from math import exp, sqrt
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from simcluster.model.load import load
from simcluster.study.batch_means import batch_means
from simcluster.study.intervals import CONFIDENCE, mean
from simcluster.study.run import run
from simcluster.study.run_length import half_width_of, replicas_needed, values_needed
from simcluster.study.steady_state import ettr_by_day, steady_state
from simcluster.study.warm_up import warm_up

Array = NDArray[np.float64]
ARRIVALS, SERVICE = 0.5, 1.0
TRUTH = 1 / (SERVICE - ARRIVALS)
DISTURBED = Path(__file__).parent / "disturbed.toml"


def times_in_queue(seed: int, runs: int, customers: int, backlog: float = 0.0) -> Array:
    """Hours in the system, by Lindley's recursion from a backlog of work; shape (runs, customers)."""
    rng = np.random.default_rng(seed)
    served = rng.exponential(1 / SERVICE, (runs, customers))
    steps = np.zeros((runs, customers))
    steps[:, 1:] = served[:, :-1] - rng.exponential(1 / ARRIVALS, (runs, customers - 1))
    walk = backlog + np.cumsum(steps, axis=1)
    waits = walk - np.minimum(np.minimum.accumulate(walk, axis=1), 0.0)
    return np.asarray(waits + served)


def bounds(share: float, n: int) -> tuple[float, float]:
    """Between these a count of n lies in 999 of 1,000 experiments, where the probability is `share`."""
    half = 3.3 * sqrt(share * (1 - share) / n)
    return n * (share - half), n * (share + half)


def test_batch_means_cover_the_mean_as_often_as_they_say() -> None:
    runs = 400
    found = [steady_state(row) for row in times_in_queue(1, runs, 20_000)]
    least, most = bounds(CONFIDENCE, runs)
    hits = sum(row.mean.low <= TRUTH <= row.mean.high for row in found)
    assert least <= hits <= most
    assert np.mean([row.mean.half_width for row in found]) < 0.06 * TRUTH, "too wide to tell"
    assert all(row.is_settled and row.mean.n <= 20_000 - row.dropped for row in found)
    assert sum(row.is_long_enough for row in found) >= bounds(0.95, runs)[0]


def test_an_interval_that_takes_values_for_independent_covers_far_less() -> None:
    """What the test above would not see in a series without memory."""
    hits = sum((found := mean(row)).low <= TRUTH <= found.high for row in times_in_queue(2, 200, 5_000))
    assert hits < 0.6 * 200


def test_batches_that_are_too_short_are_told() -> None:
    """Means of b of an autoregression correlate by p (1 - p^b)^2 / (b (1 - p^2) - 2 p (1 - p^b)); p 0.9, b 5."""
    p, size, batches, runs = 0.9, 5, 400, 50
    rng = np.random.default_rng(3)
    series = rng.standard_normal((runs, size * batches))
    series[:, 0] /= sqrt(1 - p * p)
    for k in range(1, series.shape[1]):
        series[:, k] += p * series[:, k - 1]
    found = [batch_means(row, batches) for row in series]
    truth = p * (1 - p**size) ** 2 / (size * (1 - p * p) - 2 * p * (1 - p**size))
    assert np.mean([row.correlation for row in found]) == pytest.approx(truth, abs=0.02)
    assert not any(row.is_long_enough for row in found)


def test_the_warm_up_of_a_queue_that_begins_full_is_dropped() -> None:
    """A backlog of 100 hours drains by an hour a customer, 2 of arrivals less 1 of work: in 100 customers, sd 22.

    The sd is that of the first passage of a random walk of variance 5 a step, sqrt(100 x 5).
    """
    runs, customers = 200, 4_000
    queues = times_in_queue(4, runs, customers, backlog=100.0)
    starts = [warm_up(row) for row in queues]
    rest = np.array([row[start.dropped :].mean() for row, start in zip(queues, starts, strict=True)])
    error = rest.std(ddof=1) / sqrt(runs)
    assert queues.mean() > 1.5 * TRUTH
    assert abs(rest.mean() - TRUTH) < 3.3 * error + 0.02 * TRUTH
    assert error < 0.01 * TRUTH, "too coarse to tell"
    assert all(start.is_over for start in starts)
    assert 78 < np.median([start.dropped for start in starts]) < 144


def test_a_series_that_never_settles_is_told() -> None:
    assert not warm_up(np.arange(1000.0)).is_over
    assert warm_up(np.tile([1.0, 2.0], 100)).dropped == 0
    with pytest.raises(ValueError, match="50 values or more"):
        warm_up(np.zeros(49))
    with pytest.raises(ValueError, match="each a number"):
        warm_up(np.full(100, np.nan))


def test_two_stages_give_the_width_asked_for() -> None:
    """Replicas are means of 500 customers after 100; a pilot of 10, then as many more as it says."""
    experiments, pilot, wanted = 200, 10, half_width_of(TRUTH, 0.08)
    counts, hits = [], 0
    for seed in range(experiments):
        means = times_in_queue(seed, 100, 600)[:, 100:].mean(axis=1)
        n = replicas_needed(means[:pilot], wanted)
        counts.append(n)
        hits += abs(means[:n].mean() - TRUTH) <= wanted
    assert max(counts) <= 100
    assert np.median(counts) > 1.2 * pilot, "the pilot alone would do"
    assert hits >= bounds(CONFIDENCE, experiments)[0]


def test_counts_by_hand() -> None:
    """s of (1, 3) is sqrt 2, t of 1 degree 12.706: (12.706 x 1.41421 / 2)^2 = 80.72."""
    assert replicas_needed(np.array([1.0, 3.0]), 2.0) == 81
    assert replicas_needed(np.full(5, 7.0), 0.1) == 5
    assert half_width_of(-200.0, 0.25) == pytest.approx(40.0)
    pilot = batch_means(np.tile([0.0, 1.0, 5.0, 6.0], 25), batches=2)
    assert values_needed(pilot, pilot.mean.half_width or 1.0) == pilot.mean.n
    for bad in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="above 0"):
            replicas_needed(np.array([1.0, 3.0]), bad)
        with pytest.raises(ValueError, match="above 0"):
            values_needed(pilot, bad)


def test_batch_means_by_hand() -> None:
    """Batches (2, 4), (6, 8), (1, 3) after the one value too many: means 3, 7, 2."""
    found = batch_means(np.array([99.0, 2.0, 4.0, 6.0, 8.0, 1.0, 3.0]), batches=3)
    assert (found.mean.value, found.mean.n, found.batches) == (4.0, 6, 3)
    assert found.mean.half_width == pytest.approx(4.302653 * sqrt(7) / sqrt(3))
    assert found.correlation == pytest.approx((-1 * 3 + 3 * -2 + (1 + 4) / 2) / 14)
    with pytest.raises(ValueError, match="as many values or more"):
        batch_means(np.zeros(2), batches=3)


def test_a_run_that_is_long_enough_takes_the_length_that_a_pilot_says() -> None:
    (queue,) = times_in_queue(6, 1, 400_000)
    pilot = batch_means(queue[:20_000])
    wanted = pilot.mean.half_width / 3
    n = values_needed(pilot, wanted)
    assert n == pytest.approx(9 * 20_000, abs=20)
    assert batch_means(queue[:n]).mean.half_width == pytest.approx(wanted, rel=0.5)


def test_the_effective_training_time_of_a_long_job() -> None:
    """A year of days of one run against tau / [(M + D) (exp((tau + d) / M) - 1)]; M 20, D 1.25, tau 4, d 0.5 hours."""
    result = run(load(DISTURBED)[0])
    by_day = ettr_by_day(result, "run")
    assert len(by_day) == 366
    assert by_day.mean() == pytest.approx(result.outcomes["jobs.run.ettr"], rel=1e-9)
    found = steady_state(by_day)
    truth = 4 / (21.25 * (exp(4.5 / 20) - 1))
    assert found.mean.low <= truth <= found.mean.high
    assert found.mean.half_width < 0.03 * truth
    assert found.is_settled
    with pytest.raises(KeyError):
        ettr_by_day(result, "runs")
