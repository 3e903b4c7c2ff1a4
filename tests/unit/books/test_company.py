import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simcluster.books.advertising import advertising_by_month, assistant_usd, serving_h100e
from simcluster.books.company import company_by_quarter, company_by_year
from simcluster.books.history import quarters_of
from simcluster.books.keep import keep_books
from simcluster.model.company import CompanyHistory
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.log import EventLog

YEAR = {"revenue_musd": 120.0, "costs_musd": 60.0, "capex_musd": 10.0, "depreciation_musd": 5.0}


def test_history_keeps_what_was_reported_and_fills_the_rest_by_season() -> None:
    whole = [{"period": f"2022Q{k}", "advertising_musd": 10.0 * k} for k in (1, 2, 3, 4)]
    history = CompanyHistory.model_validate(
        {
            "title": "C",
            "quarters": [*whole, {"period": "2023Q1", "advertising_musd": 20.0}],
            "years": [{"year": 2023, "advertising_musd": 110.0, **YEAR}],
        }
    )
    assert quarters_of(history, "advertising", 2023) == pytest.approx((20.0, 20.0, 30.0, 40.0))
    assert quarters_of(history, "other_revenue", 2023) == pytest.approx((2.5, 2.5, 2.5, 2.5))
    assert all(math.isnan(x) for x in quarters_of(history, "advertising", 2021))


def test_lift_is_relative_to_the_opening_month(scenario: Scenario, gpu_hours: GpuHours) -> None:
    assert serving_h100e(scenario, gpu_hours)[[0, 11]].tolist() == pytest.approx([64.0, 224.0])
    advertising = advertising_by_month(scenario, gpu_hours)
    total = (advertising.without_ai + advertising.attributed) / 100
    opening, later = (0.1 * -math.expm1(-x / 100) for x in (64.0, 224.0))
    first_quarter, last_quarter = 240e6 * 1.1, 240e6 * 1.1 * (1 + later) / (1 + opening)
    assert total[:3].sum() == pytest.approx(first_quarter, abs=0.1)
    assert total[9:].sum() == pytest.approx(last_quarter, abs=0.1)
    assert advertising.attributed[11] / 100 == pytest.approx(total[11] * later / (1 + later), abs=0.1)


def test_no_lift_attributes_nothing(
    document: dict[str, Any], rebuilt: Callable[..., Scenario], gpu_hours: GpuHours
) -> None:
    scenario = rebuilt(revenue={**document["revenue"], "lift": {"kind": "none"}})
    assert not advertising_by_month(scenario, gpu_hours).attributed.any()


def test_the_assistant_earns_from_the_day_it_is_monetised(
    document: dict[str, Any], rebuilt: Callable[..., Scenario]
) -> None:
    assistant = {
        "ceiling_musers": 1000.0,
        "growth_per_year": 1.0,
        "midpoint": "2024-06-16",
        "revenue_per_user": "6 USD/year",
        "monetised": "2024-06-16",
    }
    scenario = rebuilt(revenue={**document["revenue"], "assistant": assistant})
    assert assistant_usd(scenario, 4) == 0.0
    june, july = assistant_usd(scenario, 5), assistant_usd(scenario, 6)
    assert june == pytest.approx(500e6 * 6 * 15 / 365.25, rel=0.02)
    assert july == pytest.approx(500e6 * 6 * 31 / 365.25, rel=0.06)


def test_company_lines_add_up(scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy) -> None:
    journal = keep_books(scenario, log, gpu_hours, energy)
    company = company_by_quarter(scenario, journal, gpu_hours)
    assert list(company.columns) == ["2024Q1", "2024Q2", "2024Q3", "2024Q4"]
    np.testing.assert_allclose(company.loc["revenue"], company.loc["advertising"] + company.loc["other_revenue"])
    np.testing.assert_allclose(company.loc["operating_income"], company.loc["revenue"] - company.loc["costs"])
    assert company.loc["rest_capex"].tolist() == [15e6] * 4
    assert company.loc["other_revenue"].sum() == pytest.approx(60e6)
    cash_paid = 10 * 300_000.08 + 10e6 * (121 / 213)
    assert company.loc["programme_capex"].sum() == pytest.approx(cash_paid, abs=0.02)
    assert company.loc["capex_growth"].isna().all()


def test_a_year_grows_over_the_reported_year(
    scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    journal = keep_books(scenario, log, gpu_hours, energy)
    company = company_by_year(scenario, journal, gpu_hours)
    assert company.loc["capex_growth", "2024"] == pytest.approx(company.loc["capex", "2024"] / 100e6 - 1)
    assert company.loc["costs_growth", "2024"] == pytest.approx(company.loc["costs", "2024"] / 600e6 - 1)


def test_a_part_of_a_year_has_no_growth(
    rebuilt: Callable[..., Scenario], log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    scenario = rebuilt(end="2024-11-15")
    part = GpuHours(gpu_hours.hours[:11])
    journal = keep_books(
        scenario,
        log,
        part,
        replace(energy, source_mwh=(energy.source_mwh[0][:11],), source_peak_mw=(energy.source_peak_mw[0][:11],)),
    )
    company = company_by_year(scenario, journal, part)
    assert math.isnan(company.loc["capex_growth", "2024"])
    assert company.loc["rest_costs", "2024"] == pytest.approx(480e6 / 12 * 10.5)
