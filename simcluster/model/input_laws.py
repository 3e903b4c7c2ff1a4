"""Laws of what is uncertain about an input: one frozen class a kind, a float scale each, drawn by inverse CDF.

Kinds that durations have too are the same laws on another scale: their parameters are plain floats here, of the unit
that the scenario writes (see `model.scales`).
"""

import math
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from simcluster.model.distributions import Empirical, Lognormal, Triangular, Uniform
from simcluster.model.kind import Located, Name, Positive, Value, refuse
from simcluster.model.lives import Array

Z95 = 1.6448536269514722
"""The 95th percentile of a standard normal."""
SPREADS = ("sd",)
"""Parameters that are differences of values."""
PURE = ("kind", "at", "weights")
"""Parameters that are no values at all."""
LEAST_KEPT = 1e-6
"""The least probability that a truncation may leave."""


class UniformInput(Uniform):
    """Uniform between two values."""

    low: float
    high: float


class TriangularInput(Triangular):
    """Triangular over low, mode, high."""

    low: float
    mode: float
    high: float


class LognormalInput(Lognormal):
    """Lognormal by its median and mean, or by two of its 5th, 50th and 95th percentiles (`p5`, `median`, `p95`).

    The 90% band (p5, p95) has the median sqrt(p5 p95) and sigma = ln(p95 / p5) / (2 z), z the normal's 95th percentile;
    mean = median exp(sigma^2 / 2).
    """

    median: float
    mean: float

    @model_validator(mode="before")
    @classmethod
    def _by_band(cls, given: Any) -> Any:
        if not isinstance(given, dict) or not {"p5", "p95"} & given.keys():
            return given
        pair = {key: given[key] for key in ("p5", "median", "p95", "mean") if key in given}
        refuse(_ill_banded(pair))
        low, high = pair.values()
        sigma = math.log(high / low) / (2 * Z95 if "median" not in pair else Z95)
        middle = pair.get("median", math.sqrt(low) * math.sqrt(high))
        rest = {key: item for key, item in given.items() if key not in pair}
        return rest | {"median": middle, "mean": middle * math.exp(sigma * sigma / 2)}


def _ill_banded(pair: dict[str, float]) -> list[Located]:
    first = next(iter(pair))
    if len(pair) != 2 or "mean" in pair:
        hint = "give two of p5, median and p95, or median and mean"
        return [Located((first,), f"a lognormal is not given by {', '.join(pair)}", hint)]
    low, high = pair.values()
    if not all(isinstance(value, float) for value in pair.values()) or not 0 < low < high:
        return [Located((first,), f"{' and '.join(pair)} are not in order above 0", f"{' < '.join(pair)}")]
    return []


class NormalInput(Value):
    """Normal by mean and standard deviation, perhaps truncated to `low` and `high`.

    Truncated: quantile(p) = mean + sd Phi^-1(Phi(a) + p (Phi(b) - Phi(a))), a and b the standardised bounds.
    """

    kind: Literal["normal"] = "normal"
    mean: float
    sd: Positive
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _something_left(self) -> "NormalInput":
        kept = self._bounds[1]
        message = f"next to nothing of the normal lies between its bounds ({max(kept, 0.0):.2g})"
        at = ("high",) if self.low is None else ("low",)
        refuse([] if kept >= LEAST_KEPT else [Located(at, message, "low < mean < high, or nearly")])
        return self

    @property
    def _bounds(self) -> tuple[float, float]:
        """Probability below `low`, and that between the bounds."""
        from scipy.special import ndtr

        below = 0.0 if self.low is None else float(ndtr((self.low - self.mean) / self.sd))
        above = 0.0 if self.high is None else float(ndtr((self.mean - self.high) / self.sd))
        return below, 1.0 - above - below

    def quantile(self, p: Array) -> Array:
        """Values at probabilities `p`, same shape, within the bounds."""
        from scipy.special import ndtri

        below, kept = self._bounds
        found = self.mean + self.sd * ndtri(below + p * kept)
        low = -np.inf if self.low is None else self.low
        clipped: Array = np.clip(found, low, np.inf if self.high is None else self.high)
        return clipped

    def cdf(self, t: Array) -> Array:
        """Probability of at most `t`, same shape."""
        from scipy.special import ndtr

        below, kept = self._bounds
        found: Array = np.clip((ndtr((t - self.mean) / self.sd) - below) / kept, 0.0, 1.0)
        return found


class QuantilesInput(Value):
    """A table of quantiles: `values` at probabilities `at`, linear between them; `at` goes from 0 to 1."""

    kind: Literal["quantiles"] = "quantiles"
    at: tuple[float, ...] = Field(min_length=2)
    values: tuple[float, ...]

    @model_validator(mode="after")
    def _rising(self) -> "QuantilesInput":
        refuse([*self._disorder()])
        return self

    def _disorder(self) -> list[Located]:
        if len(self.at) != len(self.values):
            message = f"{len(self.values)} values stand at {len(self.at)} probabilities"
            return [Located(("values",), message, "give a value for each probability of `at`")]
        found = []
        if (self.at[0], self.at[-1]) != (0.0, 1.0):
            hint = "say how low and how high the value can be: at = [0, 0.1, 0.5, 0.9, 1]"
            found.append(Located(("at",), "the probabilities do not go from 0 to 1", hint))
        if any(right <= left for left, right in zip(self.at, self.at[1:], strict=False)):
            found.append(Located(("at",), "the probabilities do not rise", "put them in order, each once"))
        if any(right < left for left, right in zip(self.values, self.values[1:], strict=False)):
            found.append(Located(("values",), "the values fall somewhere", "quantiles rise with probability"))
        return found

    def quantile(self, p: Array) -> Array:
        """Values at probabilities `p`, same shape."""
        return np.interp(p, self.at, self.values)

    def cdf(self, t: Array) -> Array:
        """Probability of at most `t`, same shape."""
        return np.interp(t, self.values, self.at, left=0.0)


class EmpiricalInput(Empirical):
    """Observed values, each as likely: linear between the k-th of n at probability (k - 1) / (n - 1)."""

    values: Annotated[tuple[float, ...], Field(min_length=2)]

    @model_validator(mode="before")
    @classmethod
    def _sorted(cls, given: Any) -> Any:
        values = given.get("values") if isinstance(given, dict) else None
        sortable = isinstance(values, list) and all(isinstance(value, float) for value in values)
        return {**given, "values": sorted(values)} if sortable and values is not None else given


class ChoiceInput(Value):
    """One of a few values, with weights (equal if left out), in the order in which they are written."""

    kind: Literal["choice"] = "choice"
    values: tuple[float, ...] = Field(min_length=2)
    weights: tuple[Positive, ...] = ()

    @model_validator(mode="after")
    def _weighed(self) -> "ChoiceInput":
        short = self.weights and len(self.weights) != len(self.values)
        message = f"{len(self.weights)} weights for {len(self.values)} values"
        refuse([Located(("weights",), message, "give a weight for each value, or none")] if short else [])
        return self

    def index(self, p: Array) -> Array:
        """Which value, counted from 0, at probabilities `p`, same shape."""
        return chosen(self.weights or (1.0,) * len(self.values), p)

    def quantile(self, p: Array) -> Array:
        """Values at probabilities `p`, same shape."""
        found: Array = np.array(self.values)[self.index(p).astype(int)]
        return found


def chosen(weights: tuple[float, ...], p: Array) -> Array:
    """Which of several weighted things, counted from 0, at probabilities `p`, same shape: floats, all whole."""
    total = math.fsum(weights)
    edges = np.cumsum(weights[:-1]) / total
    return np.searchsorted(edges, p, side="right").astype(float)


InputLaw = UniformInput | TriangularInput | NormalInput | LognormalInput | QuantilesInput | EmpiricalInput | ChoiceInput


class Uncertain(Value):
    """What stands where a value is uncertain, on its scale; `value` is what a run without sampling takes."""

    uncertain: Annotated[InputLaw, Field(discriminator="kind")]
    value: float | None = None
    step: Positive | None = None
    common: Name | None = None
    loading: Annotated[float, Field(ge=-1, le=1)] = 1.0

    @model_validator(mode="after")
    def _loaded(self) -> "Uncertain":
        alone = self.common is None and "loading" in self.model_fields_set
        refuse([Located(("loading",), "loading of no factor", "name the factor: common = ...")] if alone else [])
        return self
