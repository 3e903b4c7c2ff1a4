"""What a long run settles to: the mean of a series without its warm-up, and the effective training time by day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.core.calendar import HOURS_PER_DAY
from simcluster.record.events import JobHeld, SegmentEnded
from simcluster.record.spread import spread
from simcluster.study.batch_means import BATCHES, BatchMeans, batch_means
from simcluster.study.intervals import CONFIDENCE, Estimate
from simcluster.study.warm_up import warm_up

if TYPE_CHECKING:
    from simcluster.study.result import Result

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SteadyState:
    """The long-run mean with its interval; the first `dropped` values were warm-up.

    Trust the interval where `is_settled` (the warm-up ended in the first half) and `is_long_enough` (batches show no
    correlation); else run longer.
    """

    mean: Estimate
    dropped: int
    is_settled: bool
    batch_means: BatchMeans

    @property
    def is_long_enough(self) -> bool:
        """Whether neighbouring batches show no correlation."""
        return self.batch_means.is_long_enough


def steady_state(series: Array, batches: int = BATCHES, confidence: float = CONFIDENCE) -> SteadyState:
    """The long-run mean of one run's series, shape (n,): warm-up by MSER-5, then batch means.

    Raises:
        ValueError: fewer than 50 values or than twice the batches, or a value is not a number.
    """
    values = np.asarray(series, dtype=np.float64)
    if len(values) < 2 * batches:
        raise ValueError(f"{batches} batches need {2 * batches} values or more")
    start = warm_up(values)
    found = batch_means(values[start.dropped :], batches, confidence)
    return SteadyState(found.mean, start.dropped, start.is_over, found)


def ettr_by_day(result: Result, job: str) -> Array:
    """A job's effective training time ratio by whole day that it held nodes: useful hours over 24, shape (days,).

    Useful hours of a stretch of computing lie evenly in it. The mean of all days is the job's `ettr`, but for what is
    cut off at both ends.

    Raises:
        KeyError: there is no such job.
    """
    numbers = {row.name: number for number, row in enumerate(result.scenario.jobs)}
    computed, held = result.log.columns(SegmentEnded), result.log.columns(JobHeld)
    mine, waited = computed["job"] == numbers[job], held["job"] == numbers[job]
    since, until = computed["since_hour"][mine], computed["hour"][mine]
    if not len(since):
        return np.empty(0)
    first = min([since.min(), *held["since_hour"][waited]])
    last = max([until.max(), *held["hour"][waited]])
    edges = np.arange(first, last + 1e-9, HOURS_PER_DAY, dtype=np.float64)
    if len(edges) < 2:
        return np.empty(0)
    lasted = until - since
    share = np.divide(computed["useful_hours"][mine], lasted, out=np.zeros_like(lasted), where=lasted > 0)
    found = spread(since, until, share, edges, np.zeros(len(since), dtype=np.int64), 1)
    by_day: Array = found[:, 0] / HOURS_PER_DAY
    return by_day
