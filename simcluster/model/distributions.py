"""Distributions of durations (hours): one frozen class a law, drawn by inverse CDF from one uniform each."""

import math
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, model_validator

from simcluster.model.kind import Hours, Located, Positive, Value, refuse

Array = NDArray[np.float64]


class Fixed(Value):
    """Always the same duration."""

    kind: Literal["fixed"] = "fixed"
    duration: Hours

    def quantile(self, p: Array) -> Array:
        """Hours at probabilities `p`, same shape."""
        return np.full_like(p, self.duration)


class Uniform(Value):
    """Uniform between two durations."""

    kind: Literal["uniform"] = "uniform"
    low: Hours
    high: Hours

    @model_validator(mode="after")
    def _ordered(self) -> "Uniform":
        refuse([Located(("high",), "high is below low", "swap them")] if self.high < self.low else [])
        return self

    def quantile(self, p: Array) -> Array:
        """Hours at probabilities `p`, same shape: low + p (high - low)."""
        return self.low + p * (self.high - self.low)


class Triangular(Value):
    """Triangular over low, mode, high."""

    kind: Literal["triangular"] = "triangular"
    low: Hours
    mode: Hours
    high: Hours

    @model_validator(mode="after")
    def _ordered(self) -> "Triangular":
        ordered = self.low <= self.mode <= self.high
        refuse([] if ordered else [Located(("mode",), "low, mode and high are not in order", "low <= mode <= high")])
        return self

    def quantile(self, p: Array) -> Array:
        """Hours at probabilities `p`, same shape."""
        width = self.high - self.low
        if width == 0:
            return np.full_like(p, self.low)
        rising = self.low + np.sqrt(p * width * (self.mode - self.low))
        falling = self.high - np.sqrt((1 - p) * width * (self.high - self.mode))
        return np.where(p < (self.mode - self.low) / width, rising, falling)


class Exponential(Value):
    """Memoryless, by its mean."""

    kind: Literal["exponential"] = "exponential"
    mean: Hours

    def quantile(self, p: Array) -> Array:
        """Hours at probabilities `p`, same shape: -mean ln(1 - p)."""
        return -self.mean * np.log1p(-p)


class Weibull(Value):
    """Weibull with shape k and scale: F(t) = 1 - exp(-(t / scale)^k)."""

    kind: Literal["weibull"] = "weibull"
    shape: Positive
    scale: Hours

    def quantile(self, p: Array) -> Array:
        """Hours at probabilities `p`, same shape."""
        return self.scale * np.power(-np.log1p(-p), 1 / self.shape)


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

    def quantile(self, p: Array) -> Array:
        """Hours at probabilities `p`, same shape: median exp(sigma Phi^-1(p))."""
        from scipy.special import ndtri

        sigma = math.sqrt(2 * math.log(self.mean / self.median))
        result: Array = self.median * np.exp(sigma * ndtri(p))
        return result


def _text_is_fixed(value: Any) -> Any:
    return {"kind": "fixed", "duration": value} if isinstance(value, str) else value


Law = Fixed | Uniform | Triangular | Exponential | Weibull | Lognormal
Duration = Annotated[
    Annotated[Law, Field(discriminator="kind")],
    BeforeValidator(_text_is_fixed, json_schema_input_type=str | Annotated[Law, Field(discriminator="kind")]),
]
"""A duration: text such as "10 weeks", or a table with a `kind`."""


def draw(law: Law, uniform: float) -> float:
    """One duration in hours from one uniform."""
    return float(law.quantile(np.array([uniform]))[0])
