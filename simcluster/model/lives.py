"""Laws that suit the life of a unit."""

import math
from collections.abc import Iterator
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, model_validator

from simcluster.model.kind import Hours, Located, PerDay, Positive, Value, refuse

Array = NDArray[np.float64]


def reached(t: Array, point: float) -> Array:
    """The distribution function of a law that is always `point`: 1 from there on, else 0."""
    return np.where(t >= point, 1.0, 0.0)


class Exponential(Value):
    """Memoryless, by its mean."""

    kind: Literal["exponential"] = "exponential"
    mean: Hours

    def quantile(self, p: Array) -> Array:
        """Hours at probabilities `p`, same shape: -mean ln(1 - p)."""
        return -self.mean * np.log1p(-p)

    def cdf(self, t: Array) -> Array:
        """Probability of at most `t` hours, same shape: 1 - exp(-t / mean)."""
        return -np.expm1(-np.maximum(t, 0.0) / self.mean) if self.mean else reached(t, 0.0)

    @property
    def mean_hours(self) -> float:
        """The mean, hours."""
        return self.mean


class Weibull(Value):
    """Weibull with shape k and scale: F(t) = 1 - exp(-(t / scale)^k)."""

    kind: Literal["weibull"] = "weibull"
    shape: Positive
    scale: Hours

    def quantile(self, p: Array) -> Array:
        """Hours at probabilities `p`, same shape."""
        return self.scale * np.power(-np.log1p(-p), 1 / self.shape)

    def cdf(self, t: Array) -> Array:
        """Probability of at most `t` hours, same shape."""
        if not self.scale:
            return reached(t, 0.0)
        with np.errstate(over="ignore"):
            return -np.expm1(-np.power(np.maximum(t, 0.0) / self.scale, self.shape))

    @property
    def mean_hours(self) -> float:
        """The mean, hours: scale Gamma(1 + 1 / k)."""
        from scipy.special import gamma

        return float(self.scale * gamma(1 + 1 / self.shape)) if self.scale else 0.0


class Lognormal(Value):
    """Lognormal by its median and mean: sigma = sqrt(2 ln(mean / median))."""

    kind: Literal["lognormal"] = "lognormal"
    median: Hours
    mean: Hours

    @model_validator(mode="after")
    def _skewed(self) -> "Lognormal":
        ordered = 0 < self.median <= self.mean
        message = "a lognormal's mean is at least its median, which is above 0"
        refuse([] if ordered else [Located(("mean",), message, "raise the mean or lower the median")])
        return self

    @property
    def _sigma(self) -> float:
        return math.sqrt(2 * math.log(self.mean / self.median))

    def _score(self, t: float | Array) -> Array:
        """Standard normal scores of `t` hours: ln(t / median) / sigma."""
        with np.errstate(divide="ignore"):
            score: Array = np.log(np.maximum(t, 0.0) / self.median) / self._sigma
        return score

    def quantile(self, p: Array) -> Array:
        """Hours at probabilities `p`, same shape: median exp(sigma Phi^-1(p))."""
        from scipy.special import ndtri

        result: Array = self.median * np.exp(self._sigma * ndtri(p))
        return result

    def cdf(self, t: Array) -> Array:
        """Probability of at most `t` hours, same shape: Phi(ln(t / median) / sigma)."""
        from scipy.special import ndtr

        result: Array = ndtr(self._score(t)) if self._sigma else reached(t, self.median)
        return result

    @property
    def mean_hours(self) -> float:
        """The mean, hours."""
        return self.mean


class HazardStep(Value):
    """A constant hazard up to an age; the last step of a law has no `until`."""

    until: Hours | None = None
    rate: PerDay


class Bathtub(Value):
    """A hazard constant by steps of age: high while young, low in mid-life, rising in old age.

    F(t) = 1 - exp(-H(t)) with H piecewise linear. If the last rate is 0 a unit may live for ever.
    """

    kind: Literal["bathtub"] = "bathtub"
    steps: tuple[HazardStep, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> "Bathtub":
        refuse([*self._disorder()])
        return self

    def _disorder(self) -> Iterator[Located]:
        last, before = len(self.steps) - 1, 0.0
        for k, step in enumerate(self.steps):
            at = ("steps", k, "until")
            if k == last:
                if step.until is not None:
                    yield Located(at, "the last step has an end", "leave its until out: its rate holds for ever")
            elif step.until is None:
                yield Located(at, f"step {k + 1} has no end", "only the last step leaves until out")
            elif step.until <= before:
                yield Located(at, f"step {k + 1} does not end after it begins", "order steps by until, from above 0")
            else:
                before = step.until

    def _pieces(self) -> Iterator[tuple[float, float, float]]:
        """First age, last age and hazard per hour of each step."""
        left = 0.0
        for step in self.steps:
            right = math.inf if step.until is None else step.until
            yield left, right, step.rate / 24.0
            left = right

    def quantile(self, p: Array) -> Array:
        """Hours at probabilities `p`, same shape: the least t with H(t) >= -ln(1 - p), maybe infinite."""
        need = -np.log1p(-p)
        hours = np.zeros(need.shape)
        for left, right, rate in self._pieces():
            width = right - left
            offered = rate * width if rate else 0.0
            spent = np.minimum(need / rate, width) if rate else 0.0
            hours += np.where(need <= offered, spent, width)
            need = np.maximum(need - offered, 0.0)
        return hours

    def cdf(self, t: Array) -> Array:
        """Probability of at most `t` hours, same shape."""
        hazard = np.zeros(np.shape(t))
        for left, right, rate in self._pieces():
            if rate:
                hazard += rate * np.maximum(np.minimum(t, right) - left, 0.0)
        return -np.expm1(-hazard)

    @property
    def mean_hours(self) -> float:
        """The mean, hours, maybe infinite: the sum over steps of exp(-H) (1 - exp(-rate width)) / rate."""
        total = hazard = 0.0
        for left, right, rate in self._pieces():
            width = right - left
            total += math.exp(-hazard) * (-math.expm1(-rate * width) / rate if rate else width)
            hazard += rate * width if rate else 0.0
        return total


def _sorted(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sorted(values))


class Empirical(Value):
    """Observed lives, kept in order: linear between the k-th of n at probability (k - 1) / (n - 1)."""

    kind: Literal["empirical"] = "empirical"
    values: Annotated[tuple[Hours, ...], Field(min_length=2), AfterValidator(_sorted)]

    @property
    def _probabilities(self) -> Array:
        return np.linspace(0.0, 1.0, len(self.values))

    def quantile(self, p: Array) -> Array:
        """Hours at probabilities `p`, same shape."""
        return np.interp(p, self._probabilities, self.values)

    def cdf(self, t: Array) -> Array:
        """Probability of at most `t` hours, same shape."""
        return np.interp(t, self.values, self._probabilities, left=0.0)

    @property
    def mean_hours(self) -> float:
        """The mean of the interpolated law, hours: trapezia between the order statistics."""
        ends = (self.values[0] + self.values[-1]) / 2
        return (math.fsum(self.values) - ends) / (len(self.values) - 1)


LifeLaw = Exponential | Weibull | Lognormal | Bathtub | Empirical
SIZE = {"exponential": "mean", "weibull": "scale", "empirical": "values"}
"""What is 0 in a law that is always 0, by kind."""


def _lasts(law: LifeLaw) -> LifeLaw:
    hint = "for example '5 years'"
    refuse([] if law.mean_hours > 0 else [Located((SIZE[law.kind],), "a life must be above 0", hint)])
    return law


Life = Annotated[LifeLaw, Field(discriminator="kind"), AfterValidator(_lasts)]
"""How long a unit lives: a table with a `kind`."""
