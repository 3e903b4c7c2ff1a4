"""What tied inputs have in common, against closed forms."""

import math
from pathlib import Path

import pytest
from scipy.special import ndtr, ndtri

from simcluster.model.copula import pearson
from simcluster.model.load import load
from simcluster.study.factors import Factor, independent_factors

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
SCORE = float(ndtri(0.9))


def factors(folder: Path, wacc: str = "", operations: str = "", more: str = "") -> list[Factor]:
    """Those of two uniform inputs with what ties them."""
    path = folder / "unsure.toml"
    law = '{{ uncertain = {{ kind = "uniform", low = {}, high = {} }}{} }}'
    text = f"""
schema = 1
extends = "{SMALL}"
name = "unsure"
[[sites]]
name = "campus"
operations = {law.format('"0.2 MUSD/MW/year"', '"0.4 MUSD/MW/year"', operations)}
[finance]
wacc = {law.format(0.08, 0.12, wacc)}
{more}
"""
    path.write_text(text, encoding="utf-8")
    return independent_factors(load(path)[1])


def rank(value: float) -> str:
    return f'[[correlations]]\nbetween = ["finance.wacc", "sites.campus.operations"]\nrank = {value}\n'


def score(factor: Factor, p: float = 0.9) -> list[float]:
    return [float(ndtri(at)) / SCORE for at in factor.at(p).values()]


def test_an_input_by_itself_is_where_its_factor_is() -> None:
    assert Factor("a", ("a",)).at(0.123) == {"a": 0.123}


def test_inputs_wholly_tied_go_all_the_way_and_a_negative_loading_the_other_way(tmp_path: Path) -> None:
    (alike,) = factors(tmp_path, ', common = "rates"', ', common = "rates"')
    assert score(alike) == pytest.approx([1, 1])
    (opposed,) = factors(tmp_path, ', common = "rates", loading = -1.0', ', common = "rates"')
    assert score(opposed) == pytest.approx([1, -1])
    assert opposed.at(0.5) == dict.fromkeys(opposed.addresses, 0.5)


@pytest.mark.parametrize("value", [0.6, -0.4])
def test_a_correlated_pair_goes_as_far_as_its_principal_component(tmp_path: Path, value: float) -> None:
    """The first component of two scores is their sum or difference, with which each has sqrt((1 + |rho|) / 2)."""
    (pair,) = factors(tmp_path, more=rank(value))
    far = math.sqrt((1 + abs(pearson(value))) / 2)
    assert score(pair) == pytest.approx([far, math.copysign(far, value)])
    assert pair.at(0.1)[pair.addresses[0]] == pytest.approx(float(ndtr(-far * SCORE)))


def test_loadings_on_one_factor_correlate_by_their_product(tmp_path: Path) -> None:
    (pair,) = factors(tmp_path, ', common = "rates", loading = 0.5', ', common = "rates", loading = 0.8')
    assert score(pair) == pytest.approx([math.sqrt(1.4 / 2)] * 2)


@pytest.mark.parametrize(
    "more", [("", ', common = "rates"', ""), (', common = "rates", loading = 0.0', ', common = "rates"', "")]
)
def test_what_nothing_ties_is_by_itself(tmp_path: Path, more: tuple[str, str, str]) -> None:
    assert [len(one.addresses) for one in factors(tmp_path, *more)] == [1, 1]
    assert [len(one.addresses) for one in factors(tmp_path, more=rank(0.0))] == [1, 1]
