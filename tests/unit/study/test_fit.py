"""Laws of life fitted to lives with censoring and late entry."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import TypeAdapter
from scipy import stats

from simcluster.core.problems import ScenarioError
from simcluster.model.distributions import Law
from simcluster.report.fit import fit_values
from simcluster.report.fit_rows import fitted_rows, life_table
from simcluster.study.families import FAMILIES, LifeFamily, cumulative_hazard
from simcluster.study.fit import BatchFit, Estimate, FittedLaw, fit_failures, poisson_rate
from simcluster.study.goodness import WatchTimes, distance, goodness
from simcluster.study.lifetimes import Lives, read_lifetimes
from simcluster.study.likelihood import Ages, Likelihood, NotEstimableError, maximise
from simcluster.study.reference import Reference, llama3, rate_of

Array = NDArray[np.float64]
EXPONENTIAL, WEIBULL, LOGNORMAL = FAMILIES
BY_NAME = {family.name: family for family in FAMILIES}
TRUTHS = {
    "exponential": (stats.expon(scale=40_000), {"mean_hours": 40_000.0}, 40_000.0),
    "weibull": (
        stats.weibull_min(1.6, scale=50_000),
        {"shape": 1.6, "scale_hours": 50_000.0},
        50_000 * math.gamma(1.625),
    ),
    "lognormal": (stats.lognorm(1.1, scale=30_000), {"median_hours": 30_000.0, "sigma": 1.1}, 30_000 * math.exp(0.605)),
}
REFERENCE = Reference(3.79, {"nic": 0.0633}, {})


def lives_of(law: Any, seed: int, n: int, late: float = 0.5, watch: float = 8_000, batch: str = "b") -> Lives:
    """Units of which a part is watched from a later age, each for up to `watch` hours."""
    rng = np.random.default_rng(seed)
    start = np.where(rng.random(n) < late, rng.uniform(0, 40_000, n), 0.0)
    life = law.isf(law.sf(start) * rng.random(n))
    until = start + rng.uniform(0.1, 1, n) * watch
    return Lives(batch, start, np.minimum(life, until), life <= until, n)


def fitted(lives: Lives, name: str, draws: int = 0) -> FittedLaw:
    return next(law for law in fit_failures(lives, "node", REFERENCE, draws).laws if law.name == name)


def z_score(estimate: Estimate, truth: float) -> float:
    return math.log(estimate.value / truth) / (math.log(estimate.high / estimate.low) / 2 / 1.959964)


@pytest.mark.parametrize("name", TRUTHS)
def test_known_parameters_come_back_from_censored_late_lives(name: str) -> None:
    """Six samples a law; of 6 to 12 z-scores none beyond 3.5 (chance below 0.6%), their mean within 1.5."""
    law, truth, mean = TRUTHS[name]
    scores = []
    for seed in range(6):
        lives = lives_of(law, seed, 3_000)
        assert 0.02 < lives.failed.mean() < 0.2, "heavy censoring is meant"
        found = fitted(lives, name)
        scores += [z_score(found.parameters[key], value) for key, value in truth.items()]
        assert abs(z_score(found.mean_life_hours, mean)) < 3.5
    assert max(map(abs, scores)) < 3.5
    assert abs(np.mean(scores)) < 1.5


def test_late_entry_ignored_is_a_biased_estimate() -> None:
    law, truth, _ = TRUTHS["weibull"]
    lives = lives_of(law, 1, 3_000)
    right = fitted(lives, "weibull").parameters
    wrong = fitted(Lives("b", np.zeros_like(lives.start), lives.end, lives.failed, 1), "weibull").parameters
    assert abs(z_score(right["scale_hours"], truth["scale_hours"])) < 3.5
    assert abs(z_score(wrong["scale_hours"], truth["scale_hours"])) > 5
    assert wrong["shape"].low > truth["shape"]


@pytest.mark.parametrize("name", ["weibull", "lognormal"])
def test_without_late_entry_it_agrees_with_scipy(name: str) -> None:
    law = TRUTHS[name][0]
    lives = lives_of(law, 5, 2_000, late=0.0, watch=40_000)
    data = stats.CensoredData.right_censored(lives.end, ~lives.failed)
    scipy_law = {"weibull": stats.weibull_min, "lognormal": stats.lognorm}[name]
    shape, _, scale = scipy_law.fit(data, floc=0)
    found = {key: estimate.value for key, estimate in fitted(lives, name).parameters.items()}
    ours = (found["shape"], found["scale_hours"]) if name == "weibull" else (found["sigma"], found["median_hours"])
    assert ours == pytest.approx((shape, scale), rel=1e-3)
    logs = scipy_law.logpdf(lives.end[lives.failed], shape, 0, scale).sum()
    logs += scipy_law.logsf(lives.end[~lives.failed], shape, 0, scale).sum()
    assert fitted(lives, name).log_likelihood == pytest.approx(logs, abs=0.01)


def test_the_exponential_is_failures_over_exposure() -> None:
    lives = Lives("b", np.array([0.0, 100.0, 50.0]), np.array([40.0, 160.0, 250.0]), np.array([True, True, False]), 3)
    found = fitted(lives, "exponential")
    assert lives.exposure_hours == 300
    reach = 1.959964 / math.sqrt(2)
    expected = (150, 150 * math.exp(-reach), 150 * math.exp(reach))
    mean = found.parameters["mean_hours"]
    assert (mean.value, mean.low, mean.high) == pytest.approx(expected, rel=1e-6)
    assert found.log_likelihood == pytest.approx(-2 * math.log(150) - 2)
    assert found.aic == pytest.approx(2 + 4 * math.log(150) + 4)


@pytest.mark.parametrize("family", FAMILIES[1:], ids=lambda family: family.name)
def test_derivatives_are_those_of_the_likelihood(family: LifeFamily) -> None:
    lives = lives_of(TRUTHS["weibull"][0], 2, 300)
    likelihood = Likelihood(family, Ages.of(lives.start, lives.end, lives.failed))
    theta = np.array([10.6, -0.2])
    _, gradient, hessian = likelihood(theta)
    for k, step in enumerate(1e-5 * np.eye(2)):
        (up, up_slope, _), (down, down_slope, _) = likelihood(theta + step), likelihood(theta - step)
        assert gradient[k] == pytest.approx((up - down) / 2e-5, rel=1e-5)
        assert hessian[k] == pytest.approx((up_slope - down_slope) / 2e-5, rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", TRUTHS)
def test_intervals_cover_as_often_as_they_say(name: str) -> None:
    """300 samples: 95% within three standard errors of a binomial, 3.8%."""
    law, truth, mean = TRUTHS[name]
    inside = dict.fromkeys([*truth, "mean"], 0)
    family = BY_NAME[name]
    for seed in range(300):
        lives = lives_of(law, 1_000 + seed, 800)
        maximum = maximise(family, Ages.of(lives.start, lives.end, lives.failed))
        terms = {**family.parameters(maximum.theta), "mean": family.log_mean(maximum.theta)}
        for key, term in terms.items():
            gradient = np.array(term.gradient)
            reach = 1.959964 * math.sqrt(gradient @ maximum.covariance @ gradient)
            inside[key] += abs(term.value - math.log({**truth, "mean": mean}[key])) < reach
    assert all(0.912 < count / 300 < 0.988 for count in inside.values()), inside


@pytest.mark.slow
def test_the_shape_test_holds_its_level() -> None:
    """300 samples of shape 1: 5% below 0.05 within three standard errors of a binomial, 3.8%."""
    small = 0
    for seed in range(300):
        lives = lives_of(TRUTHS["exponential"][0], seed, 400, watch=20_000)
        test = fit_failures(lives, "node", REFERENCE, 0).shape_test
        assert test is not None
        small += test.p_value < 0.05
    assert 0.012 < small / 300 < 0.088


def test_the_shape_test_finds_ageing() -> None:
    aged = fit_failures(lives_of(TRUTHS["weibull"][0], 1, 3_000), "node", REFERENCE, 0)
    assert aged.shape_test is not None
    assert aged.shape_test.p_value < 1e-4
    weibull, exponential = (next(law for law in aged.laws if law.name == n) for n in ("weibull", "exponential"))
    assert aged.shape_test.statistic == pytest.approx(2 * (weibull.log_likelihood - exponential.log_likelihood))


def test_the_lowest_aic_is_chosen() -> None:
    fit = fit_failures(lives_of(TRUTHS["weibull"][0], 1, 5_000, watch=30_000), "node", REFERENCE, 0)
    assert fit.chosen.name == "weibull"
    assert [law.aic for law in fit.laws] == sorted(law.aic for law in fit.laws)


def p_value_of(lives: Lives, family: LifeFamily, draws: int) -> float:
    maximum = maximise(family, Ages.of(lives.start, lives.end, lives.failed))
    found = goodness(maximum, lives, draws).p_value
    assert found is not None
    return found


def test_a_wrong_law_is_rejected() -> None:
    lives = lives_of(stats.weibull_min(3, scale=30_000), 3, 400, late=0.3, watch=30_000)
    assert p_value_of(lives, EXPONENTIAL, 200) == pytest.approx(1 / 201)
    assert p_value_of(lives, WEIBULL, 100) > 0.1
    skewed = lives_of(stats.lognorm(0.6, scale=20_000), 3, 1_500, late=0.3, watch=60_000)
    assert p_value_of(skewed, WEIBULL, 100) < 0.03


@pytest.mark.parametrize("name", TRUTHS)
def test_the_right_law_is_not_rejected(name: str) -> None:
    """Of 5 samples at most one below 0.1: chance of more, 8%; the seeds are fixed."""
    samples = (lives_of(TRUTHS[name][0], 80 + k, 200, watch=20_000, batch=f"b{k}") for k in range(5))
    assert sum(p_value_of(lives, BY_NAME[name], 19) < 0.1 for lives in samples) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", TRUTHS)
def test_p_values_of_the_right_law_are_spread_evenly(name: str) -> None:
    """25 samples, 39 draws: the mean of uniforms is 0.5 within 3 x 0.058; at most 5 of 25 below 0.1 (97%)."""
    found = []
    for seed in range(25):
        lives = lives_of(TRUTHS[name][0], 50 + seed, 250, watch=20_000, batch=f"b{seed}")
        found.append(p_value_of(lives, BY_NAME[name], 39))
    assert 0.33 < np.mean(found) < 0.67
    assert sum(p <= 0.1 for p in found) <= 5


def test_the_distance_is_that_of_observed_and_expected_failures() -> None:
    lives = lives_of(TRUTHS["weibull"][0], 9, 60, watch=30_000)
    theta = np.array([10.7, -0.4])

    def hazard(age: Array) -> Array:
        return cumulative_hazard(WEIBULL, theta, age)

    assert hazard(np.array([0.0, 2e4])) == pytest.approx([0, (2e4 / math.exp(10.7)) ** math.exp(0.4)])
    gaps = []
    for t in np.concatenate((lives.end[lives.failed], lives.end[lives.failed] * (1 - 1e-12), [1e9])):
        watched = hazard(np.minimum(t, lives.end)) - hazard(np.minimum(t, lives.start))
        gaps.append(abs((lives.failed & (lives.end <= t)).sum() - watched.sum()))
    expected = max(gaps) / math.sqrt(lives.failures)
    assert distance(WEIBULL, theta, lives.start, lives.end, lives.failed) == pytest.approx(expected, rel=1e-6)


def test_units_that_failed_would_have_been_watched_like_the_others() -> None:
    """Censored at 2, 4 (twice) and 6, failed at 3 and 7: after 3 an end at 4 has 2 of 4 at risk, at 6 one of 2."""
    watched, failed = np.array([2.0, 3, 4, 4, 6, 7]), np.array([False, True, False, False, False, True])
    watch = WatchTimes(watched, failed)
    assert watch.times(np.array([0.49, 0.9])).tolist() == [4, math.inf]
    assert watch.times(np.array([0.51, 0.9])).tolist() == [6, math.inf]
    assert watch.times(np.array([0.76, 0.9])).tolist() == [math.inf, math.inf]


def test_the_p_value_has_an_address() -> None:
    lives = lives_of(TRUTHS["weibull"][0], 4, 300, watch=20_000)
    p_value = p_value_of(lives, WEIBULL, 40)
    assert p_value_of(lives, WEIBULL, 40) == p_value
    other = Lives("other", lives.start, lives.end, lives.failed, lives.units)
    assert p_value_of(other, WEIBULL, 40) != p_value


def test_no_draws_give_no_p_value() -> None:
    assert fitted(lives_of(TRUTHS["weibull"][0], 4, 300), "weibull", 0).p_value is None


@pytest.mark.parametrize(
    ("end", "failed"), [([5.0, 7.0], [True, False]), ([5.0, 5.0, 3.0], [True, True, False]), ([5.0], [True])]
)
def test_two_parameters_need_two_ages_at_failure(end: list[float], failed: list[bool]) -> None:
    fit = fit_failures(Lives("b", np.zeros(len(end)), np.array(end), np.array(failed), len(end)), "node", REFERENCE, 19)
    assert fit.without.keys() == {"weibull", "lognormal"}
    assert fit.chosen.name == "exponential"
    assert fit.shape_test is None


def test_a_likelihood_without_a_maximum_is_said_to_have_none() -> None:
    """All entered late, with the hazard a / t of a power law: both families only approach it."""
    rng = np.random.default_rng(3)
    start = rng.uniform(100, 1_000, 300)
    lives = Lives("b", start, start * rng.random(300) ** -2.0, np.ones(300, dtype=bool), 300)
    ages = Ages.of(lives.start, lives.end, lives.failed)
    with pytest.raises(NotEstimableError, match="no maximum"):
        maximise(WEIBULL, ages)


def test_rates_have_the_exact_poisson_interval() -> None:
    """Garwood's interval of a count of 10: 4.795 to 18.390; of 1: 0.0253 to 5.572."""
    ten, one = poisson_rate(10, 1_000), poisson_rate(1, 500)
    assert (ten.value, ten.low, ten.high) == pytest.approx((10, 4.795, 18.390), abs=1e-3)
    assert (one.value, one.low, one.high) == pytest.approx((2, 2 * 0.02532, 2 * 5.5716), abs=1e-3)


def test_the_reference_is_llama_3s_table() -> None:
    reference = llama3()
    assert reference.rate == pytest.approx(419 / 54 / 2_048 * 1_000, rel=1e-4)
    assert len(reference.causes) == 18
    assert reference.causes["faulty_gpu"] == pytest.approx(148 / 54 / 2_048 * 1_000, rel=1e-4)
    assert reference.name_of("Faulty GPU") == "faulty_gpu"
    assert reference.name_of("network switch/cable") == "network_switch_or_cable"
    assert reference.name_of("gremlins") is None


@pytest.mark.parametrize(
    ("row", "rate"),
    [
        ({"scope": "node", "rate": "2e-3 / day"}, 2),
        ({"scope": "job", "per": "node", "rate": "2e-3 / day"}, 2),
        ({"scope": "gpu", "rate": "2e-3 / day"}, 16),
        ({"scope": "node", "life": {"kind": "exponential", "mean": "500 days"}}, 2),
        ({"scope": "node", "life": {"kind": "weibull", "shape": 2.0, "scale": "500 days"}}, None),
        ({"scope": "site", "rate": "2e-3 / day"}, None),
        ({"scope": "job", "per": "restart", "chance": 0.1}, None),
    ],
)
def test_a_cause_of_the_catalog_has_a_rate_a_node_or_none(row: dict[str, Any], rate: float | None) -> None:
    assert rate_of(row) == (None if rate is None else pytest.approx(rate))


def test_a_gpu_counts_an_eighth_of_a_node() -> None:
    lives = lives_of(TRUTHS["exponential"][0], 1, 500)
    gpu, node = (fit_failures(lives, unit, REFERENCE, 0) for unit in ("gpu", "node"))
    assert gpu.unit_rate == node.unit_rate == node.node_rate
    assert gpu.node_rate.value == pytest.approx(8 * node.node_rate.value)
    assert gpu.ratio.high == pytest.approx(8 * node.unit_rate.high / 3.79)


def test_rates_by_cause_stand_beside_llama_3s() -> None:
    lives = Lives("b", np.zeros(4), np.full(4, 2_400.0), np.array([True, True, True, False]), 4, ("NIC", "dust", "NIC"))
    nic, dust = fit_failures(lives, "node", REFERENCE, 0).causes
    assert (nic.cause, nic.failures, nic.llama3_name) == ("NIC", 2, "nic")
    assert nic.rate.value == pytest.approx(5)
    assert nic.ratio is not None
    assert nic.ratio.value == pytest.approx(5 / 0.0633)
    assert (dust.failures, dust.llama3_rate, dust.ratio) == (1, None, None)


@pytest.fixture(scope="module")
def aged() -> BatchFit:
    return fit_failures(lives_of(TRUTHS["weibull"][0], 1, 1_000, batch="No 1"), "node", REFERENCE, 0)


@pytest.mark.parametrize("name", TRUTHS)
def test_the_life_table_is_a_law_of_the_model(aged: BatchFit, name: str) -> None:
    law = next(law for law in aged.laws if law.name == name)
    table = life_table(law)
    drawn: Any = TypeAdapter(Law).validate_python(table)
    assert drawn.kind == name
    middle = {key: estimate.value for key, estimate in law.parameters.items()}
    expected = {
        "exponential": lambda: middle["mean_hours"] * math.log(2),
        "weibull": lambda: middle["scale_hours"] * math.log(2) ** (1 / middle["shape"]),
        "lognormal": lambda: middle["median_hours"],
    }[name]()
    assert drawn.quantile(np.array([0.5]))[0] == pytest.approx(expected, rel=1e-4)
    assert drawn.mean_hours == pytest.approx(law.mean_life_hours.value, rel=1e-4)


def test_rows_are_named_after_their_batches_and_never_twice(aged: BatchFit) -> None:
    rows = fitted_rows([aged, aged], "log.csv", "node")["catalog"]["failures"]
    assert list(rows) == ["fitted_no_1", "fitted_no_1_2"]
    (cause,) = rows["fitted_no_1"]["causes"]
    assert cause["scope"] == "node"
    assert cause["source"].startswith(
        f"Maximum likelihood on log.csv: {aged.lives.failures} failures of 1,000 nodes in "
    )
    assert "assumption" in cause["repair"]


def test_values_are_json_without_infinities(aged: BatchFit) -> None:
    ends = Lives("few", np.zeros(3), np.array([1.0, 1.001, 9e5]), np.array([True, True, False]), 3)
    values = fit_values([aged, fit_failures(ends, "node", REFERENCE, 0)], "log.csv", "node", 0, REFERENCE)
    text = json.dumps(values, allow_nan=False)
    assert json.loads(text)["batches"]["No 1"]["failures"] == aged.lives.failures


def write(folder: Path, text: str) -> Path:
    path = folder / "lives.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read_by_batch(tmp_path: Path) -> None:
    text = "\ufeffUnit, Batch,start,end,failed,cause,rack\nn1,a,0,10,no,,r\n\nn1,a,10,25,YES,nic,r\nn2,b,1,2,true,,r\n"
    read = read_lifetimes(write(tmp_path, text))
    assert read.name == "lives.csv"
    assert read.unused == ("rack",)
    a, b = read.batches
    assert (a.batch, a.units, a.failures, a.exposure_hours, a.causes) == ("a", 1, 1, 25, ("nic",))
    assert (a.start.tolist(), a.end.tolist(), a.failed.tolist()) == ([0, 10], [10, 25], [False, True])
    assert (b.batch, b.causes) == ("b", ("not stated",))


def test_hours_are_lives_watched_from_new(tmp_path: Path) -> None:
    (lives,) = read_lifetimes(write(tmp_path, "hours,failed\n5,1\n7.5,0\n")).batches
    assert (lives.batch, lives.units, lives.causes) == ("all", 2, None)
    assert (lives.start.tolist(), lives.end.tolist()) == ([0, 0], [5, 7.5])


def test_a_long_list_of_problems_is_cut(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as told:
        read_lifetimes(write(tmp_path, "end,failed\n" + "x,1\n" * 150))
    assert len(told.value.problems) == 101
    assert told.value.problems[-1].message == "and 50 more problems"
