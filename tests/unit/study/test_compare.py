"""Every row of a comparison from round outcomes, and who takes part under which name."""

import re
from pathlib import Path

import pytest

from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.study import compare as compared
from simcluster.study.compare import Column, Comparison, NoPeakError, Row, compare
from simcluster.study.compare_rows import QUANTITIES, Quantity, gpu_types, of_type
from simcluster.study.result import Outcomes

ROOT = Path(__file__).parents[3]

OUTCOMES: Outcomes = {
    "gpus_in_service_end": 300,
    "gpus.a.b.in_service_end": 100,
    "gpus.c.in_service_end": 200,
    "h100e_in_service_end": 600.0,
    "it_nameplate_mw_end": 4.0,
    "facility_nameplate_mw_end": 5.0,
    "energized_mw_end": 6.0,
    "peak_it_mw": 3.0,
    "peak_drawn_mw": 3.5,
    "energy_mwh": 22000.0,
    "energy_it_mwh": 20000.0,
    "peak_bf16_eflops_end": 0.7,
    "peak_fp64_eflops_end": 0.07,
    "servers_usd_end": 60e6,
    "network_usd_end": 8e6,
    "buildings_usd_end": 1.5e6,
    "plant_usd_end": 0.5e6,
    "capex_programme_usd": 50e6,
    "energy_usd_last_year": 1.5e6,
    "availability": 0.99,
    "failures_per_1000_node_days": 4.0,
    "useful_share": 0.6,
    "training_productive_share": 0.9,
    "half_in_service": "2024-02-03",
    "all_in_service": "2024-03-04",
    "days_bound_by_power": 12,
    "days_bound_by_supply": 40,
    "attributed_revenue_usd_2024": 1e6,
    "attributed_revenue_usd_2025": 2e6,
    "required_revenue_usd_2024": 5e6,
    "npv_usd": -7e6,
    "irr": 0.08,
}

EXPECTED = {
    "gpus_in_service": 300,
    "h100_equivalents": 600.0,
    "it_nameplate": 4.0,
    "facility_nameplate": 5.0,
    "energised": 6.0,
    "it_drawn": 3.0,
    "facility_drawn": 3.5,
    "energy": 22.0,
    "pue": 1.1,
    "peak": 0.7,
    "peak_per_mw": 0.2,
    "peak_per_watt": 175.0,  # 700 PFLOP/s over 4 MW
    "servers": 60.0,
    "network": 8.0,
    "buildings": 2.0,
    "plant": 0.5,
    "acquisition": 70.0,
    "acquisition_per_peak": 100.0,  # 70 MUSD over 700 PFLOP/s
    "capex": 50.0,
    "energy_bill": 1.5,
    "availability": 0.99,
    "failures": 4.0,
    "useful": 0.6,
    "training_useful": 0.9,
    "half_in_service": "2024-02-03",
    "all_in_service": "2024-03-04",
    "bound_longest": "supply, 40 d",
    "revenue": 3.0,
    "revenue_needed": 5.0,
    "npv": -7.0,
    "irr": 0.08,
}
ROWS = {quantity.name: quantity for quantity in QUANTITIES if quantity is not None}


def test_every_row_is_expected_here() -> None:
    assert list(ROWS) == list(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_row_from_outcomes(name: str) -> None:
    assert ROWS[name].of(OUTCOMES, "bf16") == pytest.approx(EXPECTED[name])


def test_gpus_by_type_whatever_is_in_their_names() -> None:
    assert gpu_types(OUTCOMES) == ["a.b", "c"]
    assert of_type("a.b").of(OUTCOMES, "bf16") == 100


@pytest.mark.parametrize("name", ["peak", "peak_per_mw", "peak_per_watt", "acquisition_per_peak"])
def test_another_precision_is_another_peak(name: str) -> None:
    factor = 10 if name == "acquisition_per_peak" else 0.1
    assert ROWS[name].of(OUTCOMES, "fp64") == pytest.approx(EXPECTED[name] * factor)
    assert ROWS[name].of(OUTCOMES | {"peak_fp64_eflops_end": None}, "fp64") is None


def test_money_is_told_of_those_alone_that_earn() -> None:
    idle = OUTCOMES | {"attributed_revenue_usd_2024": 0.0, "attributed_revenue_usd_2025": 0.0}
    assert [ROWS[name].of(idle, "bf16") for name in ("revenue", "revenue_needed", "npv", "irr")] == [None] * 4


def test_nothing_is_divided_by_nothing() -> None:
    assert ROWS["peak_per_mw"].of(OUTCOMES | {"peak_drawn_mw": 0.0}, "bf16") is None
    assert ROWS["bound_longest"].of({}, "bf16") is None


def test_ratios_are_to_the_first_and_only_where_they_say_something() -> None:
    assert Row(ROWS["peak"], (2.0, 5.0, None)).ratios == (None, 2.5, None)
    assert Row(ROWS["peak"], (0.0, 5.0)).ratios == (None, None)
    assert Row(ROWS["peak"], (None, 5.0)).ratios == (None, None)
    assert Row(ROWS["pue"], (1.1, 1.2)).ratios == (None, None)
    assert Row(ROWS["all_in_service"], ("2024-01-01", "2024-02-01")).ratios == (None, None)


@pytest.fixture(scope="module")
def small() -> Scenario:
    return load(ROOT / "scenarios" / "small.toml")[0]


@pytest.fixture(scope="module")
def plain(small: Scenario) -> Scenario:
    """The small scenario under another name, with H100s that say nothing of FP64."""
    gpu = small.catalog.gpus["h100"].model_copy(update={"peak_fp64": None})
    catalog = small.catalog.model_copy(update={"gpus": small.catalog.gpus | {"h100": gpu}})
    return small.model_copy(update={"catalog": catalog, "name": "plain"})


@pytest.fixture(scope="module")
def three(small: Scenario, plain: Scenario) -> Comparison:
    return compare([small, small, plain], "fp64")


def row(comparison: Comparison, name: str) -> Row:
    return next(row for row in comparison.rows if row.quantity.name == name)


def test_columns_of_one_name_are_told_apart(three: Comparison) -> None:
    assert [column.name for column in three.columns] == ["small", "small (2)", "plain"]


def test_one_seed_is_one_luck_and_a_seed_may_be_given(small: Scenario, three: Comparison) -> None:
    assert all(row.values[0] == row.values[1] for row in three.rows)
    other = compare([small, small], seed=5)
    assert {column.seed for column in other.columns} == {5}
    assert row(other, "half_in_service").values != row(three, "half_in_service").values[:2]


def test_who_lacks_a_peak_has_none_and_is_named(three: Comparison) -> None:
    assert row(three, "peak").values == (pytest.approx(320 * 67e-6), pytest.approx(320 * 67e-6), None)
    assert three.lacking == {"plain": ("h100",)}


def test_if_none_has_a_peak_nothing_is_run(plain: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compared, "run", None)
    with pytest.raises(NoPeakError, match="peak at fp64: h100 say none"):
        compare([plain, plain], "fp64")


def test_rows_that_nobody_has_are_left_out(small: Scenario) -> None:
    column = Column("a", small, 1, {"gpus_in_service_end": 8, "gpus.x.in_service_end": 8})
    found = [row.quantity.name for row in compared.rows_of([column], "bf16")]
    assert found == ["gpus_in_service", "gpus_x"]


def test_the_frame_has_a_row_a_quantity_and_column(three: Comparison) -> None:
    frame = three.frame
    assert list(frame.columns) == ["group", "quantity", "unit", "scenario", "value", "ratio_to_first"]
    assert len(frame) == 3 * len(three.rows)
    mine = frame[(frame["quantity"] == "servers") & (frame["scenario"] == "small (2)")]
    assert mine[["unit", "value", "ratio_to_first"]].to_numpy().tolist() == [["M USD", pytest.approx(10.8), 1.0]]


def test_the_docs_list_every_quantity_with_its_unit() -> None:
    text = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\w+)` \| ([^|]*) \|", text, re.MULTILINE)
    told = {name: unit.strip() for name, unit in table}
    gpus: Quantity = of_type("TYPE")
    assert told == {quantity.name: quantity.unit for quantity in [*ROWS.values(), gpus]}
