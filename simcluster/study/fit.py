"""Laws of life and rates of failure fitted to observed lives, batch by batch."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from simcluster.study.families import FAMILIES, Term
from simcluster.study.goodness import goodness
from simcluster.study.lifetimes import Lives
from simcluster.study.likelihood import Ages, Maximum, NotEstimableError, maximise
from simcluster.study.reference import NODE_GPUS, PER_1000, Reference

NORMAL_975 = 1.959963984540054
NODES = {"node": 1, "gpu": NODE_GPUS}
"""Units of a log in a node of eight GPUs, by what the unit is."""


@dataclass(frozen=True)
class Estimate:
    """A value with its 95% interval."""

    value: float
    low: float
    high: float

    def times(self, factor: float) -> Estimate:
        """All three times a factor."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True)
class FittedLaw:
    """One family fitted: its parameters by name (hours where the name says so) and how well it fits.

    `distance` and `p_value` are those of `study.goodness`; `aic` is 2 x parameters - 2 ln L.
    """

    name: str
    parameters: dict[str, Estimate]
    mean_life_hours: Estimate
    log_likelihood: float
    aic: float
    distance: float
    p_value: float | None


@dataclass(frozen=True)
class ShapeTest:
    """Whether the Weibull's shape is 1: twice the gain in ln L over the exponential, and its chi-squared p."""

    statistic: float
    p_value: float


@dataclass(frozen=True)
class CauseRate:
    """Failures of one cause and their rate per 1,000 node-days; Llama 3's of that name, if it has one."""

    cause: str
    failures: int
    rate: Estimate
    llama3_name: str | None
    llama3_rate: float | None

    @property
    def ratio(self) -> Estimate | None:
        """This rate over Llama 3's."""
        return None if self.llama3_rate is None else self.rate.times(1 / self.llama3_rate)


@dataclass(frozen=True)
class BatchFit:
    """What one batch says: laws from the lowest AIC up, families without a fit and why, and rates.

    `unit_rate` is per 1,000 unit-days, `node_rate` per 1,000 days of a node of eight GPUs, both with the exact Poisson
    interval; `ratio` is the latter over Llama 3's.
    """

    lives: Lives
    laws: tuple[FittedLaw, ...]
    without: dict[str, str]
    shape_test: ShapeTest | None
    unit_rate: Estimate
    node_rate: Estimate
    ratio: Estimate
    causes: tuple[CauseRate, ...]

    @property
    def chosen(self) -> FittedLaw:
        """The law of the lowest AIC."""
        return self.laws[0]


def fit_failures(lives: Lives, unit: str, reference: Reference, draws: int) -> BatchFit:
    """Fit the exponential, Weibull and lognormal to the lives of a batch, and count its failures.

    `unit` is "node" or "gpu", what a row of the log is; `draws` are those of the bootstrap behind each p-value, 0 for
    none. The batch has a failure (`read_lifetimes` sees to it).
    """
    ages = Ages.of(lives.start, lives.end, lives.failed)
    maxima: dict[str, Maximum] = {}
    without: dict[str, str] = {}
    for family in FAMILIES:
        try:
            maxima[family.name] = maximise(family, ages)
        except NotEstimableError as reason:
            without[family.name] = str(reason)
    laws = sorted((_law(found, lives, draws) for found in maxima.values()), key=lambda law: law.aic)
    unit_rate = poisson_rate(lives.failures, lives.exposure_hours / 24)
    node_rate = unit_rate.times(NODES[unit])
    return BatchFit(
        lives=lives,
        laws=tuple(laws),
        without=without,
        shape_test=_shape_test(maxima),
        unit_rate=unit_rate,
        node_rate=node_rate,
        ratio=node_rate.times(1 / reference.rate),
        causes=_causes(lives, NODES[unit], reference),
    )


def poisson_rate(count: int, days: float) -> Estimate:
    """Events per 1,000 days with the exact 95% interval of a Poisson count of 1 or more.

    Low and high are chi-squared quantiles over 2: 0.025 at 2 n degrees, 0.975 at 2 n + 2 (Garwood, Biometrika, 1936).
    """
    from scipy.special import gammaincinv

    counts = Estimate(count, float(gammaincinv(count, 0.025)), float(gammaincinv(count + 1, 0.975)))
    return counts.times(PER_1000 / days)


def _law(found: Maximum, lives: Lives, draws: int) -> FittedLaw:
    family, theta = found.family, found.theta
    fit = goodness(found, lives, draws)
    return FittedLaw(
        name=family.name,
        parameters={name: _estimate(term, found) for name, term in family.parameters(theta).items()},
        mean_life_hours=_estimate(family.log_mean(theta), found),
        log_likelihood=found.log_likelihood,
        aic=2 * family.free - 2 * found.log_likelihood,
        distance=fit.distance,
        p_value=fit.p_value,
    )


def _estimate(term: Term, found: Maximum) -> Estimate:
    """Value and 95% interval of exp(term): 1.96 standard errors of the term either way, by the delta method."""
    (by_mu, by_sigma), covariance = term.gradient, found.covariance
    cross = 2 * by_mu * by_sigma * covariance[0, 1]
    variance = float(by_mu**2 * covariance[0, 0] + cross + by_sigma**2 * covariance[1, 1])
    reach = NORMAL_975 * math.sqrt(max(variance, 0.0))
    return Estimate(_exp(term.value), _exp(term.value - reach), _exp(term.value + reach))


def _exp(x: float) -> float:
    return math.exp(x) if x < 700 else math.inf


def _shape_test(maxima: dict[str, Maximum]) -> ShapeTest | None:
    from scipy.special import chdtrc

    if "weibull" not in maxima:
        return None
    statistic = max(2 * (maxima["weibull"].log_likelihood - maxima["exponential"].log_likelihood), 0.0)
    return ShapeTest(statistic, float(chdtrc(1, statistic)))


def _causes(lives: Lives, nodes: int, reference: Reference) -> tuple[CauseRate, ...]:
    rows = []
    for cause, count in Counter(lives.causes or ()).most_common():
        rate = poisson_rate(count, lives.exposure_hours / 24).times(nodes)
        name = reference.name_of(cause)
        rows.append(CauseRate(cause, count, rate, name, None if name is None else reference.causes[name]))
    return tuple(rows)
