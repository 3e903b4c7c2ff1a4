"""Whether lives may come from a fitted law: the Kolmogorov-Smirnov distance for censored and late-entered lives.

The number of failures by age t, N(t), less the number that the law expects of the units watched,

    E(t) = sum over lives of H(min(t, end)) - H(min(t, start)),   H the fitted cumulative hazard,

is a martingale if the law is right, whatever the (independent) censoring and late entry. In the age H(t) these are the
cumulative-hazard residuals, which are unit exponential. The distance is max over t of |N(t) - E(t)| / sqrt(failures).
Each age weighs as much as units were watched there, which the plain difference of the Nelson-Aalen estimate and H does
not do: its tail rests on the last few units.

With estimated parameters its law is not tabulated, hence a parametric bootstrap: every unit is drawn anew from the law
given that it lives at its start, watched for as long as it was; for a unit that failed, how long it would have been
watched is drawn from the product-limit estimate of that time, given that it was at least as long as its life. The
law is fitted and the distance taken again. p = (1 + how many distances are as large) / (1 + how many were drawn).

Sources: N. Hjort, "Goodness of fit tests in models for life history data based on cumulative hazard rates", Annals of
Statistics 18 (1990); P. Andersen et al., Statistical Models Based on Counting Processes (1993), section VI.3;
A. Davison, D. Hinkley, Bootstrap Methods and their Application (1997), section 3.5 (the conditional bootstrap).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simcluster.core.rng import PAGE, Luck, Stream
from simcluster.study.families import Array, LifeFamily, age_at_hazard, cumulative_hazard
from simcluster.study.lifetimes import Lives
from simcluster.study.likelihood import Ages, Maximum, NotEstimableError, maximise

SEED = 0
"""Of the bootstrap's luck, which is addressed by batch and law: the same file gives the same p to the last digit."""
FEWEST = 0.5
"""Of the draws, that must have a fit of their own for a p-value."""


@dataclass(frozen=True)
class Fit:
    """The distance of lives from a law, and the probability of one as large if the law is right; None if not drawn."""

    distance: float
    p_value: float | None


def goodness(maximum: Maximum, lives: Lives, draws: int) -> Fit:
    """The distance of lives from the law fitted to them, with a p-value from so many bootstrap draws."""
    observed = distance(maximum.family, maximum.theta, lives.start, lives.end, lives.failed)
    if draws == 0:
        return Fit(observed, None)
    bootstrap = _Bootstrap(maximum, lives)
    drawn = [found for k in range(draws) if (found := bootstrap.distance(k)) is not None]
    if len(drawn) < FEWEST * draws:
        return Fit(observed, None)
    return Fit(observed, (1 + sum(found >= observed for found in drawn)) / (1 + len(drawn)))


def distance(family: LifeFamily, theta: Array, start: Array, end: Array, failed: NDArray[np.bool_]) -> float:
    """Max |N(t) - E(t)| / sqrt(failures), over the ages at failure (before and at each) and the last age."""
    begun, ended = (cumulative_hazard(family, theta, ages) for ages in (start, end))
    at_failure = np.sort(ended[failed])
    expected = _expected(at_failure, np.sort(begun), np.sort(ended))
    after = np.searchsorted(at_failure, at_failure, "right") - expected
    before = np.searchsorted(at_failure, at_failure, "left") - expected
    last = at_failure.size - float((ended - begun).sum())
    return max(float(np.abs(after).max()), float(np.abs(before).max()), abs(last)) / math.sqrt(at_failure.size)


def _expected(at: Array, begun: Array, ended: Array) -> Array:
    """E at cumulative hazards, given those at which lives were entered and left, both sorted."""
    total: Array = np.zeros(at.size)
    for hazards, sign in ((begun, 1.0), (ended, -1.0)):
        count = np.searchsorted(hazards, at, "right")
        below = np.concatenate(([0.0], np.cumsum(hazards)))[count]
        total += sign * (count * at - below)
    return total


class _Bootstrap:
    """Draws lives like the observed ones from the law fitted to them."""

    def __init__(self, maximum: Maximum, lives: Lives) -> None:
        self.maximum = maximum
        self.lives = lives
        self.begun = self._hazard(lives.start)
        watched = lives.end - lives.start
        self.allowed = self._hazard(lives.end) - self.begun
        self.until = lives.end.copy()
        self.watch = WatchTimes(watched, lives.failed)
        luck = Luck(SEED)
        entity = f"{lives.batch}/{maximum.family.name}"
        self.life = luck.stream("fit.life", entity)
        self.time = luck.stream("fit.watch", entity)

    def _hazard(self, hours: Array) -> Array:
        return cumulative_hazard(self.maximum.family, self.maximum.theta, hours)

    def distance(self, k: int) -> float | None:
        """The distance of the k-th draw from the law fitted to it; None if it has no fit."""
        family, lives = self.maximum.family, self.lives
        start = lives.start[lives.failed]
        self.until[lives.failed] = start + self.watch.times(_uniforms(self.time, k, start.size))
        self.allowed[lives.failed] = self._hazard(self.until[lives.failed]) - self.begun[lives.failed]
        spent = -np.log(_uniforms(self.life, k, lives.start.size))
        failed = spent < self.allowed
        end = self.until.copy()
        end[failed] = age_at_hazard(family, self.maximum.theta, self.begun[failed] + spent[failed])
        try:
            again = maximise(family, Ages.of(lives.start, end, failed), self.maximum.theta)
        except NotEstimableError:
            return None
        return distance(family, again.theta, lives.start, end, failed)


class WatchTimes:
    """How long units that failed would have been watched, hours: the product-limit estimate given their lives."""

    def __init__(self, watched: Array, failed: NDArray[np.bool_]) -> None:
        self.ends, leaving = np.unique(watched[~failed], return_counts=True)
        at_risk = watched.size - np.searchsorted(np.sort(watched), self.ends, "left")
        self.survival = np.concatenate(([1.0], np.cumprod(1 - leaving / at_risk)))
        self.reached = self.survival[np.searchsorted(self.ends, watched[failed], "left")]

    def times(self, uniforms: Array) -> Array:
        """A time for each unit that failed; infinite if none as long was censored."""
        # The first end whose survival is at most what is left: survival falls, so its negative is sorted.
        at = np.searchsorted(-self.survival[1:], -self.reached * (1 - uniforms), "left")
        times: Array = np.concatenate((self.ends, [math.inf]))[at]
        return times


def _uniforms(stream: Stream, k: int, size: int) -> Array:
    """The k-th block of so many uniforms."""
    pages = -(-size // PAGE)
    return stream.block(k * pages, size)
