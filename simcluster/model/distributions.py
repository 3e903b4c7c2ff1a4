"""Distributions of durations (hours): one frozen class a law, drawn by inverse CDF from one uniform each."""

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from simcluster.model.kind import Hours, Located, Value, refuse
from simcluster.model.lives import (
    Array,
    Bathtub,
    Empirical,
    Exponential,
    HazardStep,
    Life,
    LifeLaw,
    Lognormal,
    Weibull,
    reached,
)

__all__ = [
    "Array",
    "Bathtub",
    "Duration",
    "Empirical",
    "Exponential",
    "Fixed",
    "HazardStep",
    "Law",
    "Life",
    "LifeLaw",
    "Lognormal",
    "Triangular",
    "Uniform",
    "Weibull",
    "draw",
]


class Fixed(Value):
    """Always the same duration."""

    kind: Literal["fixed"] = "fixed"
    duration: Hours

    def quantile(self, p: Array) -> Array:
        """Hours at probabilities `p`, same shape."""
        return np.full_like(p, self.duration)

    def cdf(self, t: Array) -> Array:
        """Probability of at most `t` hours, same shape: 0 or 1."""
        return reached(t, self.duration)

    @property
    def mean_hours(self) -> float:
        """The mean, hours."""
        return self.duration


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

    def cdf(self, t: Array) -> Array:
        """Probability of at most `t` hours, same shape: (t - low) / (high - low) within 0 and 1."""
        width = self.high - self.low
        return np.clip((t - self.low) / width, 0.0, 1.0) if width else reached(t, self.low)

    @property
    def mean_hours(self) -> float:
        """The mean, hours."""
        return (self.low + self.high) / 2


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

    def cdf(self, t: Array) -> Array:
        """Probability of at most `t` hours, same shape: (t - low)^2 / (width (mode - low)) up to the mode."""
        width, below, above = self.high - self.low, self.mode - self.low, self.high - self.mode
        if width == 0:
            return reached(t, self.low)
        t = np.clip(t, self.low, self.high)
        rising = (t - self.low) ** 2 / (width * below) if below else np.zeros_like(t)
        falling = 1 - (self.high - t) ** 2 / (width * above) if above else np.ones_like(t)
        return np.where(t < self.mode, rising, falling)

    @property
    def mean_hours(self) -> float:
        """The mean, hours."""
        return (self.low + self.mode + self.high) / 3


def _text_is_fixed(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        message, hint = "a duration needs a unit", 'write text with a unit, such as "2 min", or a table with a kind'
        raise PydanticCustomError("quantity", message, {"hint": hint})
    return {"kind": "fixed", "duration": value} if isinstance(value, str) else value


Law = Fixed | Uniform | Triangular | Exponential | Weibull | Lognormal | Bathtub | Empirical


def _ends(law: Law) -> Law:
    if isinstance(law, Bathtub) and law.steps[-1].rate == 0:
        at = ("steps", len(law.steps) - 1, "rate")
        refuse([Located(at, "a duration must end", "give the last step a rate above 0")])
    return law


Duration = Annotated[
    Annotated[Law, Field(discriminator="kind")],
    AfterValidator(_ends),
    BeforeValidator(_text_is_fixed, json_schema_input_type=str | Annotated[Law, Field(discriminator="kind")]),
]
"""A duration: text such as "10 weeks", or a table with a `kind`; it ends."""


def draw(law: Law, uniform: float) -> float:
    """One duration in hours from one uniform."""
    return float(law.quantile(np.array([uniform]))[0])
