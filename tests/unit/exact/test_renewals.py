"""Failures of nodes as renewal processes: how many befall each, against the renewal equation and a plain simulation.

With lives of distribution F and no time for repair, P(N(t) >= k) is the k-fold convolution of F. They are taken
numerically here, so that mean and variance of the counts are known to a few parts in 10,000. Source: D. Cox, Renewal
Theory (1962), chapters 3 and 4.
"""

from collections.abc import Callable
from datetime import date
from math import exp
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import TypeAdapter
from scipy.signal import fftconvolve

from simcluster.model.distributions import Life, LifeLaw
from simcluster.model.scenario import Scenario
from simcluster.record.events import LemonCured, NodeFailed
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate

NODES, DAYS, STEPS = 1600, 300, 3000
Floats = NDArray[np.float64]

LAWS: dict[str, dict[str, Any]] = {
    "weibull of shape 0.7": {"kind": "weibull", "shape": 0.7, "scale": "80 days"},
    "weibull of shape 1.5": {"kind": "weibull", "shape": 1.5, "scale": "110 days"},
    "weibull of shape 3": {"kind": "weibull", "shape": 3.0, "scale": "110 days"},
    "lognormal": {"kind": "lognormal", "median": "60 days", "mean": "100 days"},
}


def law_of(table: dict[str, Any]) -> LifeLaw:
    law: LifeLaw = TypeAdapter(Life).validate_python(table)
    return law


def at_least(law: LifeLaw, hours: float) -> Floats:
    """P(N >= k) within so many hours, k = 1, 2, ..., of a new unit."""
    edges = np.linspace(0.0, hours, STEPS + 1)
    sums = law.cdf(edges)
    steps = np.diff(sums)
    found = [float(sums[-1])]
    while found[-1] > 1e-9:
        middles = (sums[1:] + sums[:-1]) / 2
        sums = np.concatenate([[0.0], np.maximum(fftconvolve(middles, steps)[:STEPS], 0.0)])
        found.append(float(sums[-1]))
    return np.array(found)


def moments(law: LifeLaw, hours: float) -> tuple[float, float]:
    """Mean and variance of the number of renewals."""
    tail = at_least(law, hours)
    mean = tail.sum()
    return mean, ((2 * np.arange(1, len(tail) + 1) - 1) * tail).sum() - mean**2


def cause(name: str = "c", repair: str = "0 hours", **more: Any) -> dict[str, Any]:
    return {"name": name, "scope": "node", "repair": repair, **more}


def counts(log: EventLog, number: int = 0, nodes: int = NODES) -> Floats:
    """Failures of each node by one cause."""
    failed = log.columns(NodeFailed)
    return np.bincount(failed["node"][failed["cause"] == number], minlength=nodes).astype(float)


def plain_counts(law: LifeLaw, hours: float, units: int, since: float = 0.0) -> Floats:
    """The same by lives of NumPy's luck put end to end, and of these the ends in so many hours after `since`."""
    luck = np.random.default_rng(7)
    ends, number = np.zeros(units), np.zeros(units)
    while (ends < since + hours).any():
        ends += law.quantile(luck.random(units))
        number += (since < ends) & (ends < since + hours)
    return number


@pytest.mark.parametrize("table", LAWS.values(), ids=LAWS)
def test_counts_of_failures(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float, table: dict[str, Any]
) -> None:
    law, hours = law_of(table), DAYS * 24.0
    mean, variance = moments(law, hours)
    number = counts(simulate(fleet([cause(life=table)], NODES, DAYS), 1))
    assert abs(score(number, mean, 0.025)) < bound
    assert abs(score((number - mean) ** 2, variance, 0.05)) < bound

    plain = plain_counts(law, hours, 50_000)
    assert abs(score(plain, mean, 0.005)) < bound, "the equation is solved well enough"
    assert abs(score((plain - mean) ** 2, variance, 0.02)) < bound
    error = np.sqrt(number.var() / NODES + plain.var() / len(plain))
    assert abs(number.mean() - plain.mean()) < bound * error

    for other in LAWS.values():
        if other != table:
            wrong_mean, wrong_variance = moments(law_of(other), hours)
            assert abs(score((number - wrong_mean) ** 2, wrong_variance, 1.0)) > 5, other


@pytest.mark.parametrize("table", LAWS.values(), ids=LAWS)
def test_a_fleet_whose_lives_are_all_drawn_anew_at_each_failure_is_told(table: dict[str, Any]) -> None:
    """A negative control: the minimum of n new lives each time, which is right for the exponential law only."""
    law, hours, nodes, luck = law_of(table), DAYS * 24.0, 100, np.random.default_rng(8)
    mean, variance = moments(law, hours)
    now, failures = 0.0, -1
    while now < hours:
        now += float(law.quantile(-np.expm1(np.log(luck.random(1)) / nodes))[0])
        failures += 1
    assert abs(failures - nodes * mean) > 10 * np.sqrt(nodes * variance)


def test_causes_of_one_node_keep_their_own_ages(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float
) -> None:
    tables = [LAWS["weibull of shape 3"], LAWS["weibull of shape 0.7"]]
    causes = [cause("a", life=tables[0]), cause("b", life=tables[1]), cause("x", rate="0.02 / day")]
    log = simulate(fleet(causes, NODES, DAYS), 2)
    number = [counts(log, k) for k in range(3)]
    exact = [moments(law_of(table), DAYS * 24.0) for table in tables] + [(0.02 * DAYS, 0.02 * DAYS)]
    for found, (mean, variance) in zip(number, exact, strict=True):
        assert abs(score(found, mean, 0.025)) < bound
        assert abs(score((found - mean) ** 2, variance, 0.05)) < bound
    mean, variance = np.sum(exact, axis=0)
    assert abs(score((sum(number) - mean) ** 2, variance, 0.05)) < bound, "variances of independent counts add"


def test_each_gpu_of_a_node_has_its_own_age(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float
) -> None:
    table = LAWS["weibull of shape 3"]
    mean, variance = moments(law_of(table), DAYS * 24.0)
    number = counts(simulate(fleet([cause(life=table, per="gpu")], 1000, DAYS), 3), nodes=1000)
    assert abs(score(number, 8 * mean, 0.02)) < bound
    assert abs(score((number - 8 * mean) ** 2, 8 * variance, 0.05)) < bound
    assert abs(score((number - 8 * mean) ** 2, 64 * variance, 0.05)) > 10, "eight that fail as one"


@pytest.mark.parametrize("table", LAWS.values(), ids=LAWS)
def test_nodes_that_served_for_years_before_the_start_are_old(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float, table: dict[str, Any]
) -> None:
    began, start = date(2023, 6, 15), date(2024, 1, 1)
    age = (start - began).days * 24.0
    law = law_of(table)
    plain = plain_counts(law, DAYS * 24.0, 200_000, age)
    mean, variance = plain.mean(), plain.var()
    number = counts(simulate(fleet([cause(life=table)], NODES, DAYS, in_service=began), 4))
    assert abs(score(number, mean, 0.025)) < bound
    assert abs(score((number - mean) ** 2, variance, 0.05)) < bound
    young = moments(law, DAYS * 24.0)[0]
    if table["kind"] != "lognormal":  # which is soon as good as new
        assert abs(score(number, young, 0.025)) > bound, "as if they were new"


@pytest.mark.parametrize("cure", [0.0, 0.3])
def test_lemons_of_constant_rate(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float, cure: float
) -> None:
    """A lemon fails at m lambda until one of its repairs finds why, after an exponential time of rate m lambda c."""
    fraction, multiple, mean = 0.2, 6.0, 0.01 * DAYS
    lemons = {"fraction": fraction, "multiple": multiple, "cure": cure}
    log = simulate(fleet([cause(rate="0.01 / day")], NODES, DAYS, profile={"lemons": lemons}), 5)
    number, power = counts(log), multiple * mean * cure
    lemon_share = (1 - exp(-power)) / power if cure else 1.0
    exact = mean * (1 + fraction * (multiple - 1) * lemon_share)
    assert abs(score(number, exact, 0.04)) < bound
    if cure:
        cured = np.bincount(log.columns(LemonCured)["node"], minlength=NODES)
        assert abs(score(cured, fraction * (1 - exp(-power)), 0.06)) < bound
        assert score(number, mean * (1 + fraction * (multiple - 1)), 0.06) < -5, "as if none were cured"
    else:
        variance = exact + mean**2 * fraction * (1 - fraction) * (multiple - 1) ** 2
        assert abs(score((number - exact) ** 2, variance, 0.05)) < bound
        assert log.count(LemonCured) == 0


def test_lemons_that_age_live_a_fraction_of_the_lives_of_others(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float
) -> None:
    table, hours = LAWS["weibull of shape 3"], DAYS * 24.0
    lemons = {"fraction": 0.3, "multiple": 4.0}
    number = counts(simulate(fleet([cause(life=table)], NODES, DAYS, profile={"lemons": lemons}), 6))
    usual, lemon = moments(law_of(table), hours)[0], moments(law_of(table), 4.0 * hours)[0]
    assert abs(score(number, 0.7 * usual + 0.3 * lemon, 0.03)) < bound


def test_counts_of_a_shared_frailty_are_overdispersed(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float
) -> None:
    """Of windows of one cluster: mean m, variance m + m^2 v, and covariance m^2 l of what lasts."""
    clusters, nodes, windows, variance, lasting = 150, 10, 8, 0.15, 0.1
    days = 30 * windows
    profile = {"frailty": {"window": "30 days", "variance": variance, "lasting": lasting}}
    log = simulate(fleet([cause(rate="0.05 / day")], nodes, days, clusters=clusters, profile=profile), 7)
    failed = log.columns(NodeFailed)
    window = (failed["hour"] / 720).astype(int)
    number = np.bincount(failed["cluster"] * windows + window, minlength=clusters * windows)
    table = number.reshape(clusters, windows).astype(float)
    mean, whole = 0.05 * 30 * nodes, (1 + variance) * (1 + lasting) - 1
    assert abs(score(table.mean(axis=1), mean, 0.05)) < bound
    off = table - mean
    assert abs(score((off**2).mean(axis=1), mean + mean**2 * whole, 0.2)) < bound
    pairs = (off.sum(axis=1) ** 2 - (off**2).sum(axis=1)) / (windows * (windows - 1))
    assert abs(score(pairs, mean**2 * lasting, 0.25)) < bound
    assert score((off**2).mean(axis=1), mean, 1.0) > 5, "a Poisson count"


def test_a_hot_season_ages_nodes_faster(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float
) -> None:
    """In June to August the clock of all causes runs three times as fast."""
    hot = {"frailty": {"window": "3000 days", "season": {"first_month": 6, "last_month": 8, "multiple": 3.0}}}
    table = LAWS["weibull of shape 3"]
    log = simulate(fleet([cause("x", rate="0.02 / day"), cause("w", life=table)], NODES, 366, profile=hot), 8)
    failed = log.columns(NodeFailed)
    summer = (failed["hour"] >= 24 * 152) & (failed["hour"] < 24 * 244)
    inside, steady = summer & (failed["cause"] == 0), ~summer & (failed["cause"] == 0)
    assert abs(score(np.bincount(failed["node"][inside], minlength=NODES), 0.02 * 92 * 3, 0.02)) < bound
    assert abs(score(np.bincount(failed["node"][steady], minlength=NODES), 0.02 * (366 - 92), 0.02)) < bound
    assert abs(score(counts(log, 1), moments(law_of(table), 24.0 * (366 + 2 * 92))[0], 0.02)) < bound


@pytest.mark.parametrize("window", ["3000 days", "20 hours"])
def test_early_weeks_fall_in_a_straight_line(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float, window: str
) -> None:
    early = {"frailty": {"window": window, "early": {"multiple": 5.0, "lasts": "900 hours"}}}
    log = simulate(fleet([cause(rate="0.24 / day")], 600, 75, profile=early), 9)
    failed = log.columns(NodeFailed)
    young = failed["hour"] < 900
    assert abs(score(np.bincount(failed["node"][young], minlength=600), 0.01 * 900 * 3, 0.01)) < bound
    assert abs(score(np.bincount(failed["node"][~young], minlength=600), 0.01 * 900, 0.02)) < bound
