"""The maximum of the likelihood of lives that may be censored on the right and entered late.

A censored life was still running when last seen; one entered late (left truncation) was watched from an age on, which
only units that reach it are. With density f and survival S the logarithm of the likelihood is

    sum over failures ln f(end) + sum over censored ln S(end) - sum over all ln S(start)

and depends on the data only through three lists of ages. Its derivatives are exact, so the observed information is too.

Sources: J. Klein, M. Moeschberger, Survival Analysis, 2nd ed. (2003), section 3.5 (the likelihood); W. Meeker,
L. Escobar, Statistical Methods for Reliability Data (1998), chapter 8 (information and intervals).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcluster.study.families import Array, LifeFamily, standardised

NARROWEST, WIDEST = math.log(1 / 50), math.log(20)
"""Bounds of ln sigma; beyond them the likelihood rises towards a law that is not in the family."""


class NotEstimableError(ValueError):
    """The likelihood of a law has no maximum on these lives; says why."""


@dataclass(frozen=True, eq=False)
class Ages:
    """What the likelihood needs of lives: ln ages at failure, at censoring and at late entry, each with its count."""

    failed: tuple[Array, Array]
    censored: tuple[Array, Array]
    entered: tuple[Array, Array]
    failures: int
    exposure_hours: float

    @classmethod
    def of(cls, start: Array, end: Array, failed: NDArray[np.bool_]) -> Ages:
        """Ages in hours of lives; equal ones are counted together."""
        groups = (end[failed], end[~failed], start[start > 0])
        told = [np.unique(ages, return_counts=True) for ages in groups]
        at, censored, entered = ((np.log(ages), counts.astype(np.float64)) for ages, counts in told)
        return cls(at, censored, entered, int(failed.sum()), float((end - start).sum()))


class Likelihood:
    """ln L of a family on given ages as a function of theta, with gradient and Hessian, the last point kept."""

    def __init__(self, family: LifeFamily, ages: Ages) -> None:
        self.family = family
        self.ages = ages
        self._at: Array | None = None
        self._found: tuple[float, Array, Array] = (0.0, np.zeros(2), np.zeros((2, 2)))

    def __call__(self, theta: Array) -> tuple[float, Array, Array]:
        """Value, gradient (2,) and Hessian (2, 2) by (mu, ln sigma)."""
        if self._at is None or not np.array_equal(theta, self._at):
            self._at, self._found = theta.copy(), self._compute(theta)
        return self._found

    def _compute(self, theta: Array) -> tuple[float, Array, Array]:
        sigma = math.exp(theta[1])
        ages, family = self.ages, self.family
        terms = ((*ages.failed, family.log_density, 1.0), (*ages.censored, family.log_survival, 1.0))
        log_t, counts = ages.failed
        value = -ages.failures * float(theta[1]) - float(counts @ log_t)
        gradient, hessian = np.array([0.0, -float(ages.failures)]), np.zeros((2, 2))
        for log_hours, count, curve, sign in (*terms, (*ages.entered, family.log_survival, -1.0)):
            z = standardised(theta, log_hours)
            level, slope, bend = curve(z)
            weight = sign * count
            value += float(weight @ level)
            gradient -= (weight @ slope / sigma, weight @ (slope * z))
            cross = weight @ (slope + bend * z) / sigma
            own = (weight @ bend / sigma**2, weight @ ((bend * z + slope) * z))
            hessian += ((own[0], cross), (cross, own[1]))
        return value, gradient, hessian


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the likelihood of a family is highest: theta, ln L there, and the inverse of the observed information."""

    family: LifeFamily
    theta: Array
    log_likelihood: float
    covariance: Array


def maximise(family: LifeFamily, ages: Ages, near: Array | None = None) -> Maximum:
    """The maximum of the likelihood; `near` is a theta to begin at, in place of the exponential law's.

    The exponential's is closed: mean = exposure / failures, and the variance of its logarithm is 1 / failures.

    Raises:
        NotEstimableError: there is no failure, or no maximum within the family.
    """
    if ages.failures == 0:
        raise NotEstimableError("there is no failure")
    closed = np.array([math.log(ages.exposure_hours / ages.failures), 0.0])
    likelihood = Likelihood(family, ages)
    if family.free == 1:
        return Maximum(family, closed, likelihood(closed)[0], np.diag([1 / ages.failures, 0.0]))
    if ages.failed[0].size < 2:
        raise NotEstimableError("two parameters need failures at two ages at least")
    theta = _climb(likelihood, closed if near is None else near)
    value, gradient, hessian = likelihood(theta)
    flat = np.abs(gradient).max() < 1e-5 * ages.failures
    if not (flat and NARROWEST < theta[1] < WIDEST and np.linalg.eigvalsh(-hessian)[0] > 0):
        raise NotEstimableError("its likelihood has no maximum: these lives do not tell its two parameters apart")
    covariance: Array = np.linalg.inv(-hessian).astype(np.float64)
    return Maximum(family, theta, value, covariance)


def _climb(likelihood: Likelihood, start: Array) -> Array:
    """By a trust region, per failure so that its tolerance does not depend on how many there are."""
    from scipy.optimize import minimize

    scale = -1.0 / likelihood.ages.failures

    def value_and_slope(theta: Array) -> tuple[float, Array]:
        value, gradient, _ = likelihood(theta)
        return scale * value, scale * gradient

    def bend(theta: Array) -> Array:
        return scale * likelihood(theta)[2]

    options: dict[str, Any] = {"gtol": 1e-7, "maxiter": 200, "initial_trust_radius": 0.5, "max_trust_radius": 4.0}
    found = minimize(value_and_slope, start, jac=True, hess=bend, method="trust-exact", options=options)
    theta: Array = found.x
    return theta
