from typing import Any, get_args

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import lognorm, truncnorm

from simcluster.model.input_laws import InputLaw, Uncertain, chosen

Z95 = 1.6448536269514722
LAWS: list[tuple[dict[str, Any], list[float], list[float]]] = [
    # law, probabilities, quantiles by textbook formulas
    ({"kind": "uniform", "low": -1, "high": 3}, [0.25, 0.5], [0.0, 1.0]),
    ({"kind": "triangular", "low": 0, "mode": 1, "high": 4}, [0.25, 0.5], [1.0, 4 - 6**0.5]),
    ({"kind": "normal", "mean": 10, "sd": 2}, [0.05, 0.5, 0.95], [10 - 2 * Z95, 10.0, 10 + 2 * Z95]),
    (
        {"kind": "normal", "mean": 10, "sd": 2, "low": 9, "high": 14},
        [0.1, 0.7],
        list(truncnorm(-0.5, 2.0, loc=10, scale=2).ppf([0.1, 0.7])),
    ),
    ({"kind": "normal", "mean": 0, "sd": 1, "low": 1}, [0.5], [float(truncnorm(1, np.inf).ppf(0.5))]),
    ({"kind": "lognormal", "p5": 2.0, "p95": 8.0}, [0.05, 0.5, 0.95], [2.0, 4.0, 8.0]),
    ({"kind": "lognormal", "median": 4.0, "p95": 8.0}, [0.05, 0.5, 0.95], [2.0, 4.0, 8.0]),
    ({"kind": "lognormal", "p5": 2.0, "median": 4.0}, [0.05, 0.5, 0.95], [2.0, 4.0, 8.0]),
    (
        {"kind": "lognormal", "median": 3.0, "mean": 3 * np.exp(0.5 * 0.4**2)},
        [0.1, 0.5],
        list(lognorm(0.4, scale=3).ppf([0.1, 0.5])),
    ),
    ({"kind": "quantiles", "at": [0, 0.1, 0.9, 1], "values": [1, 2, 4, 9]}, [0.05, 0.5, 0.95], [1.5, 3.0, 6.5]),
    ({"kind": "empirical", "values": [5.0, 1.0, 2.0]}, [0.25, 0.5, 0.75], [1.5, 2.0, 3.5]),
    ({"kind": "choice", "values": [7, 3, 5], "weights": [1, 2, 1]}, [0.1, 0.3, 0.74, 0.76], [7.0, 3.0, 3.0, 5.0]),
]


def law_of(table: dict[str, Any]) -> InputLaw:
    return Uncertain.model_validate({"uncertain": table}).uncertain


@pytest.mark.parametrize(("table", "p", "values"), LAWS, ids=[str(row[0]["kind"]) for row in LAWS])
def test_a_law_has_its_quantiles(table: dict[str, Any], p: list[float], values: list[float]) -> None:
    assert law_of(table).quantile(np.array(p)) == pytest.approx(values, rel=1e-9)


def test_every_kind_is_among_them() -> None:
    kinds = {kind.model_fields["kind"].default for kind in get_args(InputLaw)}
    assert {row[0]["kind"] for row in LAWS} == kinds


@pytest.mark.parametrize("table", [row[0] for row in LAWS if row[0]["kind"] != "choice"], ids=str)
def test_quantiles_rise_and_are_the_inverse_of_the_distribution_function(table: dict[str, Any]) -> None:
    law, p = law_of(table), np.linspace(0.001, 0.999, 997)
    found = law.quantile(p)
    assert (np.diff(found) > 0).all()
    assert law.cdf(found) == pytest.approx(p, abs=1e-9)  # type: ignore[union-attr]


def test_shares_of_a_choice_are_its_weights() -> None:
    p = (np.arange(1000) + 0.5) / 1000
    assert np.bincount(chosen((1.0, 6.0, 3.0), p).astype(int)).tolist() == [100, 600, 300]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"kind": "uniform", "low": 2, "high": 1}, "high is below low"),
        ({"kind": "triangular", "low": 2, "mode": 1, "high": 3}, "not in order"),
        ({"kind": "normal", "mean": 1, "sd": 0}, "greater than 0"),
        ({"kind": "normal", "mean": 0, "sd": 1, "low": 9}, "next to nothing"),
        ({"kind": "normal", "mean": 0, "sd": 1, "low": 1, "high": -1}, "next to nothing"),
        ({"kind": "lognormal", "p5": 3.0, "p95": 2.0}, "p5 and p95 are not in order"),
        ({"kind": "lognormal", "p5": -1.0, "p95": 2.0}, "in order above 0"),
        ({"kind": "lognormal", "p5": 1.0, "median": 2.0, "p95": 4.0}, "not given by p5, median, p95"),
        ({"kind": "lognormal", "p5": 1.0}, "not given by p5"),
        ({"kind": "quantiles", "at": [0.1, 1], "values": [1, 2]}, "do not go from 0 to 1"),
        ({"kind": "quantiles", "at": [0, 0.5, 0.5, 1], "values": [1, 2, 3, 4]}, "probabilities do not rise"),
        ({"kind": "quantiles", "at": [0, 1], "values": [2, 1]}, "values fall"),
        ({"kind": "quantiles", "at": [0, 1], "values": [2]}, "1 values stand at 2"),
        ({"kind": "choice", "values": [1, 2], "weights": [1]}, "1 weights for 2 values"),
    ],
)
def test_a_law_that_does_not_hold_together_is_refused(table: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        law_of(table)
