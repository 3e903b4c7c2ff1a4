from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError
from scipy.integrate import quad
from scipy.stats import lognorm, weibull_min

from simcluster.model.distributions import Duration, Law, Life, LifeLaw, draw

BATHTUB = {
    "kind": "bathtub",
    "steps": [{"until": "10 h", "rate": "2.4 / day"}, {"until": "30 h", "rate": "0 / day"}, {"rate": "0.48 / day"}],
}
LAWS: list[tuple[dict[str, Any], float, float, float]] = [
    # law, its median, mean and standard deviation in hours, by textbook formulas
    ({"kind": "fixed", "duration": "3 days"}, 72.0, 72.0, 0.0),
    ({"kind": "uniform", "low": "2 h", "high": "6 h"}, 4.0, 4.0, 4 / 12**0.5),
    ({"kind": "triangular", "low": "0 h", "mode": "3 h", "high": "6 h"}, 3.0, 3.0, 1.5**0.5),
    ({"kind": "triangular", "low": "0 h", "mode": "0 h", "high": "8 h"}, 8 - 32**0.5, 8 / 3, 8 / 18**0.5),
    ({"kind": "exponential", "mean": "10 h"}, 10 * np.log(2), 10.0, 10.0),
    ({"kind": "weibull", "shape": 2.0, "scale": "10 h"}, 10 * np.log(2) ** 0.5, 8.862269, 4.632514),
    ({"kind": "lognormal", "median": "52 min", "mean": "342 min"}, 52 / 60, 342 / 60, 37.05),
    # hazards of 0.1, 0 and 0.02 an hour: E[T] = int S dt, E[T^2] = int 2 t S dt, piece by piece
    (BATHTUB, 10 * np.log(2), 10 + 60 / np.e, (200 + 8400 / np.e - (10 + 60 / np.e) ** 2) ** 0.5),
    # half of the mass uniform in 1-2, half in 2-8
    ({"kind": "empirical", "values": ["8 h", "1 h", "2 h"]}, 2.0, 3.25, (7 / 6 + 14 - 3.25**2) ** 0.5),
]
LIVES = [row[0] for row in LAWS if row[0]["kind"] not in ("fixed", "uniform", "triangular")]


def law_of(table: Any) -> Law:
    law: Law = TypeAdapter(Duration).validate_python(table)
    return law


@pytest.mark.parametrize(("table", "median", "mean", "sd"), LAWS, ids=[str(row[0]["kind"]) for row in LAWS])
def test_a_law_has_its_median_and_mean(table: dict[str, Any], median: float, mean: float, sd: float) -> None:
    law = law_of(table)
    assert draw(law, 0.5) == pytest.approx(median)
    assert law.mean_hours == pytest.approx(mean)
    p = (np.arange(2_000_000) + 0.5) / 2_000_000
    hours = law.quantile(p)
    assert hours.mean() == pytest.approx(mean, rel=3e-3)
    assert hours.std() == pytest.approx(sd, rel=0.1)
    assert (np.diff(hours) >= 0).all(), "a quantile never falls"
    assert hours.min() >= 0


def test_text_is_a_fixed_duration() -> None:
    assert draw(law_of("10 weeks"), 0.99) == 1680.0


def test_a_triangle_without_width_is_a_point() -> None:
    assert draw(law_of({"kind": "triangular", "low": "5 h", "mode": "5 h", "high": "5 h"}), 0.3) == 5.0


@pytest.mark.parametrize(
    "table",
    [
        {"kind": "uniform", "low": "6 h", "high": "2 h"},
        {"kind": "triangular", "low": "0 h", "mode": "7 h", "high": "6 h"},
        {"kind": "lognormal", "median": "2 h", "mean": "1 h"},
        {"kind": "lognormal", "median": "0 h", "mean": "1 h"},
        {"kind": "weibull", "shape": 0, "scale": "1 h"},
        {"kind": "exponential", "mean": "-1 h"},
        {"kind": "gamma", "mean": "1 h"},
        {"kind": "empirical", "values": ["1 h"]},
        {"kind": "bathtub", "steps": []},
        3.0,
    ],
)
def test_what_is_no_law_is_refused(table: Any) -> None:
    with pytest.raises(ValidationError):
        law_of(table)


def life_of(table: Any) -> LifeLaw:
    law: LifeLaw = TypeAdapter(Life).validate_python(table)
    return law


@pytest.mark.parametrize(("table", "median", "mean", "sd"), LAWS, ids=[str(row[0]["kind"]) for row in LAWS])
def test_the_distribution_function_undoes_the_quantile(
    table: dict[str, Any], median: float, mean: float, sd: float
) -> None:
    law = law_of(table)
    p = np.linspace(0.01, 0.99, 99)
    if law.kind == "fixed":
        p = np.ones(99)
    assert law.cdf(law.quantile(p)) == pytest.approx(p, rel=1e-12)
    edges = law.cdf(np.array([-np.inf, -1.0, law.quantile(np.array([0.5]))[0] * (1 - 1e-9), 1e9, np.inf]))
    assert edges[:2].tolist() == [0.0, 0.0]
    assert edges[2] <= 0.5
    assert edges[3:] == pytest.approx([1.0, 1.0])


def test_distribution_functions_are_the_textbooks() -> None:
    t = np.array([0.1, 1.0, 3.0, 50.0])
    weibull = law_of({"kind": "weibull", "shape": 1.7, "scale": "4 h"})
    lognormal = law_of({"kind": "lognormal", "median": "2 h", "mean": "3 h"})
    assert weibull.cdf(t) == pytest.approx(weibull_min(1.7, scale=4).cdf(t))
    assert lognormal.cdf(t) == pytest.approx(lognorm((2 * np.log(1.5)) ** 0.5, scale=2).cdf(t))
    assert law_of({"kind": "triangular", "low": "0 h", "mode": "2 h", "high": "6 h"}).cdf(
        np.array([1.0, 2.0, 4.0])
    ) == (pytest.approx([1 / 12, 1 / 3, 5 / 6]))


@pytest.mark.parametrize(
    "table",
    [
        {"kind": "uniform", "low": "5 h", "high": "5 h"},
        {"kind": "triangular", "low": "5 h", "mode": "5 h", "high": "5 h"},
        {"kind": "lognormal", "median": "5 h", "mean": "5 h"},
        {"kind": "empirical", "values": ["5 h", "5 h"]},
    ],
    ids=lambda table: table["kind"],
)
def test_a_law_without_width_is_a_step(table: Any) -> None:
    law = law_of(table)
    assert law.cdf(np.array([4.999, 5.0, 6.0])).tolist() == [0.0, 1.0, 1.0]
    assert law.mean_hours == 5.0


@pytest.mark.parametrize(
    "table",
    [{"kind": "exponential", "mean": "0 h"}, {"kind": "weibull", "shape": 2.0, "scale": "0 h"}],
    ids=lambda table: table["kind"],
)
def test_a_law_of_nothing_is_at_once(table: Any) -> None:
    law = law_of(table)
    assert law.cdf(np.array([-1.0, 0.0, 1.0])).tolist() == [0.0, 1.0, 1.0]
    assert law.mean_hours == 0.0
    assert draw(law, 0.7) == 0.0


@pytest.mark.parametrize("table", LIVES, ids=lambda table: table["kind"])
def test_the_mean_life_is_the_area_under_survival(table: Any) -> None:
    law = life_of(table)
    end = float(law.quantile(np.array([1 - 1e-12]))[0])
    area, _ = quad(lambda t: 1 - float(law.cdf(np.array(t))), 0, end, limit=500, points=[1, 2, 8, 10, 30, 100])
    assert law.mean_hours == pytest.approx(area, rel=1e-5)


def test_ties_of_observed_lives_are_an_atom() -> None:
    empirical = life_of({"kind": "empirical", "values": ["2 h", "2 h", "2 h", "4 h", "4 h"]})
    assert empirical.cdf(np.array([1.9, 2.0, 3.0, 3.999, 4.0])) == pytest.approx([0.0, 0.5, 0.625, 0.75, 1.0], abs=1e-3)
    assert empirical.quantile(np.array([0.0, 0.5, 0.75, 1.0])).tolist() == [2.0, 2.0, 4.0, 4.0]


def test_a_unit_may_live_for_ever() -> None:
    law = life_of({"kind": "bathtub", "steps": [{"until": "10 h", "rate": "2.4 / day"}, {"rate": "0 / day"}]})
    doomed = 1 - np.exp(-1)
    lives = law.quantile(np.array([0.0, 0.5, doomed - 1e-9, doomed + 1e-9]))
    assert lives[:3] == pytest.approx([0.0, 10 * np.log(2), 10.0])
    assert lives[3] == np.inf
    assert law.cdf(np.array([10.0, np.inf])) == pytest.approx([doomed, doomed])
    assert law.mean_hours == np.inf


def problems(kind: Any, table: Any) -> list[tuple[tuple[str | int, ...], str, str | None]]:
    """Path, message and hint of each located problem."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(table)
    found = [problem for error in caught.value.errors() for problem in error["ctx"]["problems"]]
    return [(problem.path, problem.message, problem.hint) for problem in found]


@pytest.mark.parametrize(
    ("kind", "table", "paths"),
    [
        (Life, {"kind": "bathtub", "steps": [{"until": "1 h", "rate": "1 / day"}]}, [("steps", 0, "until")]),
        (Life, {"kind": "bathtub", "steps": [{"rate": "1 / day"}] * 3}, [("steps", 0, "until"), ("steps", 1, "until")]),
        (
            Life,
            {
                "kind": "bathtub",
                "steps": [{"until": f"{t} h", "rate": "1 / day"} for t in (0, 2, 2)] + [{"rate": "1 / day"}],
            },
            [("steps", 0, "until"), ("steps", 2, "until")],
        ),
        (
            Duration,
            {"kind": "bathtub", "steps": [{"until": "1 h", "rate": "1 / day"}, {"rate": "0 / day"}]},
            [("steps", 1, "rate")],
        ),
        (Life, {"kind": "exponential", "mean": "0 h"}, [("mean",)]),
        (Life, {"kind": "weibull", "shape": 2.0, "scale": "0 h"}, [("scale",)]),
        (Life, {"kind": "empirical", "values": ["0 h", "0 h"]}, [("values",)]),
    ],
)
def test_what_is_wrong_is_located_with_a_hint(kind: Any, table: Any, paths: list[tuple[str | int, ...]]) -> None:
    found = problems(kind, table)
    assert [path for path, _, _ in found] == paths
    assert all(hint for _, _, hint in found)


@pytest.mark.parametrize("table", ["5 years", {"kind": "fixed", "duration": "5 years"}])
def test_what_cannot_age_by_chance_is_no_life(table: Any) -> None:
    with pytest.raises(ValidationError):
        life_of(table)
