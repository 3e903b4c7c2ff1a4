"""What stands at the end of a run, against figures worked out by hand from the scenario."""

from pathlib import Path

import pytest

from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.study.machine import peak_eflops
from simcluster.study.result import Outcomes, Result
from simcluster.study.run import run, settle

SCENARIOS = Path(__file__).parents[3] / "scenarios"
SMALL = SCENARIOS / "small.toml"


@pytest.fixture(scope="module")
def small() -> Result:
    return run(load(SMALL)[0])


@pytest.fixture(scope="module")
def el_capitan() -> Outcomes:
    return run(load(SCENARIOS / "el_capitan.toml")[0]).outcomes


def test_forty_nodes_of_eight_h100(small: Result) -> None:
    expected = {
        "gpus.h100.in_service_end": 320,
        "it_nameplate_mw_end": 40 * (10.2 + 0.912) / 1000,
        "facility_nameplate_mw_end": 40 * (10.2 + 0.912) / 1000 * 1.3,
        "peak_bf16_eflops_end": 320 * 989e-6,
        "peak_fp64_eflops_end": 320 * 67e-6,
        "servers_usd_end": 40 * 270e3,
        "network_usd_end": 40 * 48e3,
        "buildings_usd_end": 0.5 * 11.7e6,
    }
    assert {name: small.outcomes[name] for name in expected} == pytest.approx(expected)


def test_it_draws_what_the_facility_draws_less_the_pue(small: Result) -> None:
    out = small.outcomes
    assert out["peak_it_mw"] * 1.1 == pytest.approx(out["peak_drawn_mw"])
    assert out["energy_it_mwh"] * 1.1 == pytest.approx(out["energy_mwh"])


def test_the_days_when_half_and_all_were_in_service(small: Result) -> None:
    gpus = dict(zip(small.daily["date"].dt.strftime("%Y-%m-%d"), small.daily["in_service"], strict=True))
    for name, wanted in (("half", 160), ("all", 320)):
        day = str(small.outcomes[f"{name}_in_service"])
        assert gpus[day] >= wanted > max(there for earlier, there in gpus.items() if earlier < day)


def test_a_whole_year_is_billed_as_it_was(small: Result) -> None:
    assert small.outcomes["energy_usd_last_year"] == pytest.approx(small.outcomes["energy_mwh"] * 78, abs=0.12)


def test_a_shorter_run_is_scaled_to_a_year() -> None:
    part = run(load(SMALL, ["end=2024-06-15", "jobs[flagship].promised=2024-06-30"])[0]).outcomes
    assert part["energy_usd_last_year"] == pytest.approx(part["energy_mwh"] * 78 / 5.5 * 12, rel=1e-6)


def test_of_a_longer_run_the_last_twelve_months_count(el_capitan: Outcomes) -> None:
    """In 2025 the machine is whole: 40,088 APUs compute at 0.86 of 3.14 kW for four, the others idle at 0.23."""
    it_kw = (40088 * 0.86 + (44544 - 40088) * 0.23) * 3.14 / 4
    assert el_capitan["energy_usd_last_year"] == pytest.approx(it_kw * 1.1 * 8760 * 0.0771, rel=2e-3)


def test_el_capitan_is_the_yardstick(el_capitan: Outcomes) -> None:
    """What was published: 44,544 APUs, 35 MW at most, 29.58 MW in Linpack, 600 MUSD."""
    assert el_capitan["gpus.mi300a.in_service_end"] == 44544
    assert el_capitan["it_nameplate_mw_end"] == pytest.approx(35.0, abs=0.1)
    assert el_capitan["peak_it_mw"] == pytest.approx(29.58 * 44544 / 43808, rel=1e-3)
    assert el_capitan["peak_fp64_eflops_end"] == pytest.approx(2 * 44544 * 61.3e-6)
    assert el_capitan["servers_usd_end"] + el_capitan["network_usd_end"] == pytest.approx(600e6, rel=1e-4)
    assert "2024-09-01" < str(el_capitan["all_in_service"]) < "2024-11-18"


@pytest.mark.parametrize(("nodes", "expected"), [([0], 0.0), ([3], None)])
def test_one_gpu_without_a_peak_leaves_none_and_none_in_service_does_not(nodes: list[int], expected: object) -> None:
    assert peak_eflops(without_fp64(load(SMALL)[0]), nodes, "fp64") == expected


def without_fp64(scenario: Scenario) -> Scenario:
    """The scenario with H100s that say nothing of FP64."""
    plain = scenario.catalog.gpus["h100"].model_copy(update={"peak_fp64": None})
    catalog = scenario.catalog.model_copy(update={"gpus": scenario.catalog.gpus | {"h100": plain}})
    return scenario.model_copy(update={"catalog": catalog})


def test_what_is_leased_apart_is_no_property_in_service_and_its_amortisation_is_depreciation(small: Result) -> None:
    """1,000 USD a month without interest over the run's 12 months: a right of 12,000 that is used up in it."""
    assert str(small.scenario.start) == "2024-01-01"
    row = "{kind='finance', name='racks', asset_class='servers', commences=2024-01-01, term='12 months', rate=0.0"
    scenario = load(SMALL, [f"finance.leases=[{row}, payment='1000 USD'}}]"])[0]
    out = settle(scenario, small.seed, small.log).outcomes
    for name in ("servers_usd_end", "npv_run_off_usd"):
        assert out[name] == small.outcomes[name]
    assert out["depreciation_programme_usd"] - small.outcomes["depreciation_programme_usd"] == pytest.approx(12_000.0)
    assert "lease_interest_usd" in out
