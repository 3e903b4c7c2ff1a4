from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from simcluster.model.distributions import Duration, Law, draw

LAWS: list[tuple[dict[str, str | float], float, float, float]] = [
    # law, its median, mean and standard deviation in hours, by textbook formulas
    ({"kind": "fixed", "duration": "3 days"}, 72.0, 72.0, 0.0),
    ({"kind": "uniform", "low": "2 h", "high": "6 h"}, 4.0, 4.0, 4 / 12**0.5),
    ({"kind": "triangular", "low": "0 h", "mode": "3 h", "high": "6 h"}, 3.0, 3.0, 1.5**0.5),
    ({"kind": "triangular", "low": "0 h", "mode": "0 h", "high": "8 h"}, 8 - 32**0.5, 8 / 3, 8 / 18**0.5),
    ({"kind": "exponential", "mean": "10 h"}, 10 * np.log(2), 10.0, 10.0),
    ({"kind": "weibull", "shape": 2.0, "scale": "10 h"}, 10 * np.log(2) ** 0.5, 8.862269, 4.632514),
    ({"kind": "lognormal", "median": "52 min", "mean": "342 min"}, 52 / 60, 342 / 60, 37.05),
]


def law_of(table: Any) -> Law:
    law: Law = TypeAdapter(Duration).validate_python(table)
    return law


@pytest.mark.parametrize(("table", "median", "mean", "sd"), LAWS, ids=[str(row[0]["kind"]) for row in LAWS])
def test_a_law_has_its_median_and_mean(table: dict[str, Any], median: float, mean: float, sd: float) -> None:
    law = law_of(table)
    assert draw(law, 0.5) == pytest.approx(median)
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
        3.0,
    ],
)
def test_what_is_no_law_is_refused(table: Any) -> None:
    with pytest.raises(ValidationError):
        law_of(table)
