"""Laws of life as families of location and scale in ln t.

A life T has ln T = mu + sigma W, with W standard: the smallest extreme value (Weibull; exponential at sigma = 1) or
normal (lognormal). Derivatives are exact, and the tails are computed as logarithms.

Source: W. Meeker, L. Escobar, Statistical Methods for Reliability Data (1998), chapter 4.
"""

from __future__ import annotations

import math
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FARTHEST = 300.0
"""Standardised ages are cut there: exp of it is finite, and no likelihood is near its maximum there."""


class Curve(NamedTuple):
    """A function of standardised ages with its first and second derivative."""

    value: Array
    slope: Array
    bend: Array


class Term(NamedTuple):
    """A logarithm of the law, with the derivatives by mu and ln sigma."""

    value: float
    gradient: tuple[float, float]


class LifeFamily(Protocol):
    """A family of laws; `theta` is (mu, ln sigma)."""

    name: ClassVar[str]
    free: ClassVar[int]
    """How many parameters are estimated."""

    def log_density(self, z: Array) -> Curve:
        """Logarithm of the standard density."""

    def log_survival(self, z: Array) -> Curve:
        """Logarithm of the standard survival."""

    def at_hazard(self, hazard: Array) -> Array:
        """The z at which the cumulative hazard -ln S is that high."""

    def parameters(self, theta: Array) -> dict[str, Term]:
        """Logarithms of the usual parameters by name; hours where the name says so."""

    def log_mean(self, theta: Array) -> Term:
        """Logarithm of the mean life in hours."""


class Weibull:
    """S(t) = exp(-(t / scale)^shape): mu = ln scale, sigma = 1 / shape."""

    name: ClassVar[str] = "weibull"
    free: ClassVar[int] = 2

    def log_density(self, z: Array) -> Curve:
        """Logarithm of the standard density: z - e^z."""
        e = np.exp(z)
        return Curve(z - e, 1 - e, -e)

    def log_survival(self, z: Array) -> Curve:
        """Logarithm of the standard survival: -e^z."""
        e = np.exp(z)
        return Curve(-e, -e, -e)

    def at_hazard(self, hazard: Array) -> Array:
        """The logarithm of the hazard."""
        z: Array = np.log(hazard)
        return z

    def parameters(self, theta: Array) -> dict[str, Term]:
        """Shape, and scale in hours."""
        mu, log_sigma = map(float, theta)
        return {"shape": Term(-log_sigma, (0.0, -1.0)), "scale_hours": Term(mu, (1.0, 0.0))}

    def log_mean(self, theta: Array) -> Term:
        """ln(scale Gamma(1 + sigma))."""
        from scipy.special import digamma, gammaln

        mu, sigma = float(theta[0]), math.exp(theta[1])
        return Term(mu + float(gammaln(1 + sigma)), (1.0, sigma * float(digamma(1 + sigma))))


class Exponential(Weibull):
    """S(t) = exp(-t / mean): the Weibull of shape 1."""

    name: ClassVar[str] = "exponential"
    free: ClassVar[int] = 1

    def parameters(self, theta: Array) -> dict[str, Term]:
        """The mean in hours."""
        return {"mean_hours": Term(float(theta[0]), (1.0, 0.0))}


class Lognormal:
    """S(t) = Phi(-(ln t - mu) / sigma): median exp(mu), mean exp(mu + sigma^2 / 2)."""

    name: ClassVar[str] = "lognormal"
    free: ClassVar[int] = 2

    def log_density(self, z: Array) -> Curve:
        """Logarithm of the standard normal density."""
        return Curve(-0.5 * z * z - 0.5 * math.log(2 * math.pi), -z, np.full_like(z, -1.0))

    def log_survival(self, z: Array) -> Curve:
        """Logarithm of the upper tail; its slope is minus the hazard (the inverse of Mills' ratio)."""
        from scipy.special import log_ndtr

        value = log_ndtr(-z)
        hazard = np.exp(-0.5 * z * z - 0.5 * math.log(2 * math.pi) - value)
        return Curve(value, -hazard, -hazard * (hazard - z))

    def at_hazard(self, hazard: Array) -> Array:
        """Where ln Phi(-z) = -hazard."""
        from scipy.special import ndtri_exp

        z: Array = -ndtri_exp(-hazard)
        return z

    def parameters(self, theta: Array) -> dict[str, Term]:
        """Median in hours, and sigma."""
        mu, log_sigma = map(float, theta)
        return {"median_hours": Term(mu, (1.0, 0.0)), "sigma": Term(log_sigma, (0.0, 1.0))}

    def log_mean(self, theta: Array) -> Term:
        """That of exp(mu + sigma^2 / 2)."""
        variance = math.exp(2 * theta[1])
        return Term(float(theta[0]) + variance / 2, (1.0, variance))


FAMILIES: tuple[LifeFamily, ...] = (Exponential(), Weibull(), Lognormal())


def standardised(theta: Array, log_hours: Array) -> Array:
    """(ln t - mu) / sigma, cut where it stops to matter."""
    z: Array = np.minimum((log_hours - theta[0]) / math.exp(theta[1]), FARTHEST)
    return z


def cumulative_hazard(family: LifeFamily, theta: Array, hours: Array) -> Array:
    """H(t) = -ln S(t) at ages in hours; 0 at 0."""
    hazard = np.zeros_like(hours)
    born = hours > 0
    hazard[born] = -family.log_survival(standardised(theta, np.log(hours[born]))).value
    return hazard


def age_at_hazard(family: LifeFamily, theta: Array, hazard: Array) -> Array:
    """The age in hours at which the cumulative hazard is that high; may be infinite."""
    with np.errstate(over="ignore"):
        hours: Array = np.exp(theta[0] + math.exp(theta[1]) * family.at_hazard(hazard))
    return hours
