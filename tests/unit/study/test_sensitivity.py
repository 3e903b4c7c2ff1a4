"""Each method on an outcome known in closed form: what energy costs is its price times what is drawn."""

from pathlib import Path

import pytest

from simcluster.model.document import Document
from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.study import screening
from simcluster.study.crew import Alone
from simcluster.study.factors import independent_factors, single_factors
from simcluster.study.screening import morris, pawn
from simcluster.study.sensitivity import Effect, Sensitivity
from simcluster.study.sobol_indices import sobol, sobol_points
from simcluster.study.tornado import tornado, variations

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
TEXT = f"""
schema = 1
extends = "{SMALL}"
name = "unsure"
end = 2024-04-30

[[sites]]
name = "campus"
[[sites.power]]
kind = "grid"
name = "utility"
price = {{ uncertain = {{ kind = "uniform", low = "0.05 USD/kWh", high = "0.10 USD/kWh" }} }}

[[jobs]]
name = "pilot"
mfu = {{ uncertain = {{ kind = "uniform", low = 0.35, high = 0.45 }}, common = "skill" }}
[[jobs]]
name = "flagship"
mfu = {{ uncertain = {{ kind = "uniform", low = 0.35, high = 0.45 }}, common = "skill" }}

[finance]
wacc = {{ uncertain = {{ kind = "uniform", low = 0.08, high = 0.12 }} }}

[revenue]
lift = {{ one_of = [
  {{ label = "some", weight = 0.7, value = {{ kind = "saturating", scale_h100e = 200, ceiling = 0.0001 }} }},
  {{ label = "none", weight = 0.3, value = {{ kind = "none" }} }},
] }}
"""
PRICE, WACC = "sites[campus].power[utility].price", "finance.wacc"
BILL = "energy_usd_last_year"
Loaded = tuple[Scenario, Document]


@pytest.fixture(scope="module")
def unsure(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    path = tmp_path_factory.mktemp("unsure") / "unsure.toml"
    path.write_text(TEXT, encoding="utf-8")
    return load(path)


def effect(found: Sensitivity, factor: str) -> Effect:
    return next(one for one in found.effects if one.factor == factor)


@pytest.fixture(scope="module")
def swung(unsure: Loaded) -> list[Sensitivity]:
    return tornado(unsure[0], variations(*unsure), [BILL, "npv_usd"], 3, Alone())


def test_a_linear_outcome_swings_in_proportion(swung: list[Sensitivity]) -> None:
    """From 0.055 to 0.095 USD/kWh about 0.075: a bill that is price times energy moves by 4/15 of itself each way."""
    bill = swung[0]
    assert bill.base is not None
    assert bill.effects[0].factor == PRICE
    price = effect(bill, PRICE).figures
    for name, share in (("at_low", -4 / 15), ("at_high", 4 / 15), ("swing", 8 / 15)):
        assert price[name].value == pytest.approx(share * bill.base.value, abs=0.5)  # whole cents a month
        assert price[name].half_width == pytest.approx(abs(share) * bill.base.half_width, abs=0.5)
    assert (bill.n, bill.runs) == (3, 3 * 8)


def test_what_has_no_part_in_an_outcome_moves_it_by_nothing(swung: list[Sensitivity]) -> None:
    wacc = effect(swung[0], WACC).figures["swing"]
    assert (wacc.value, wacc.half_width) == (0.0, 0.0)
    assert effect(swung[1], WACC).figures["at_high"].value != 0.0


def test_an_alternative_has_one_other_end_and_one_without_the_outcome_has_no_figure(swung: list[Sensitivity]) -> None:
    bill, npv = (effect(found, "revenue.lift") for found in swung)
    assert (bill.low, bill.high, set(bill.figures)) == ("some", "none", {"at_high", "swing"})
    assert (npv.figures, npv.n) == ({}, 0)


def test_tied_inputs_are_one_factor_where_independence_counts(unsure: Loaded) -> None:
    singles, independent = (find(unsure[1]) for find in (single_factors, independent_factors))
    tied = ("jobs[pilot].mfu", "jobs[flagship].mfu")
    assert [one.name for one in singles] == [PRICE, *tied, "revenue.lift", WACC]
    assert [one.addresses for one in independent] == [(PRICE,), tied, ("revenue.lift",), (WACC,)]


def test_tied_inputs_go_from_low_to_high_as_one_factor(unsure: Loaded, swung: list[Sensitivity]) -> None:
    """Wholly tied to one factor, so both at their own 10th percentile, and both at their 90th."""
    row = next(one for one in variations(*unsure) if " + " in one.factor)
    assert (row.low, row.high) == ("0.36 + 0.36", "0.44 + 0.44")
    for end, mfu in zip(row.ends, (0.36, 0.44), strict=True):
        assert end is not None
        assert [job.mfu for job in end.scenario.jobs] == [mfu, mfu]
    assert effect(swung[1], row.factor).n == 3


def test_the_columns_of_sobol_differ_from_the_first_by_their_factor_alone(unsure: Loaded) -> None:
    factors = independent_factors(unsure[1])
    a, b, *mixed, luck = sobol_points(*unsure, factors, 1).points
    for factor, point in zip(factors, mixed, strict=True):
        differing = {key for key, value in point.drawn.items() if value != a.drawn[key]}
        assert differing <= set(factor.addresses)
        assert all(point.drawn[key] == b.drawn[key] for key in factor.addresses)
        assert point.seed == a.seed
    assert (luck.seed, luck.drawn) == (b.seed, a.drawn)
    again = sobol_points(*unsure, factors[:1], 1).points
    assert again[0].drawn[PRICE] == a.drawn[PRICE]
    assert again[0].drawn[WACC] == unsure[0].finance.wacc


def test_sobol_gives_variance_to_what_has_it(unsure: Loaded) -> None:
    found, npv = sobol(*unsure, independent_factors(unsure[1]), [BILL, "npv_usd"], 4, Alone())
    assert [one.factor for one in found.effects][:2] == [PRICE, "luck"]
    assert effect(found, WACC).figures["total"].value == 0.0
    assert effect(found, PRICE).figures["total"].value > 10 * effect(found, "luck").figures["total"].value
    assert found.runs == 4 * 7
    assert (npv.n, npv.without, effect(npv, WACC).n) == (3, 1, 3)
    assert effect(npv, "revenue.lift").figures == {}


def test_morris_finds_a_linear_effect_alike_everywhere(unsure: Loaded, swung: list[Sensitivity]) -> None:
    """From the 5th to the 95th percentile 0.045 USD/kWh, 9/8 of the tornado's way, under the same three seeds."""
    (found,) = morris(*unsure, independent_factors(unsure[1]), [BILL], 3, Alone())
    price = effect(found, PRICE).figures
    assert found.effects[0].factor == PRICE
    assert price["mu"].value == price["mu_star"].value > 0
    assert price["mu"].value == pytest.approx(9 / 8 * effect(swung[0], PRICE).figures["swing"].value, rel=0.02)
    assert effect(found, WACC).figures["mu_star"].value == 0.0


def test_pawn_ranks_and_shows_what_nothing_looks_like(unsure: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "RESAMPLES", 20)
    (found,) = pawn(*unsure, single_factors(unsure[1]), [BILL], 30, Alone())
    assert found.effects[0].factor == PRICE
    assert effect(found, PRICE).figures["median"].low > effect(found, "dummy").figures["median"].high
    assert found.runs == 30
