from datetime import date

import numpy as np
import pytest
import pyxirr

from simcluster.books.journal import Account, Journal
from simcluster.books.keep import keep_books
from simcluster.books.measures import (
    gpu_hour_usd,
    in_life_share,
    internal_rate,
    net_book_value,
    offset,
    present_value,
    run_off_flows,
    simulated_flows,
    valuation,
)
from simcluster.books.statements import statements_by_quarter
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.log import EventLog

EXCEL = [
    (date(2008, 1, 1), -10_000.0),
    (date(2008, 3, 1), 2_750.0),
    (date(2008, 10, 30), 4_250.0),
    (date(2009, 2, 15), 3_250.0),
    (date(2009, 4, 1), 2_750.0),
]
"""The example of Excel's documentation of XIRR and XNPV."""


@pytest.fixture
def journal(scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy) -> Journal:
    return keep_books(scenario, log, gpu_hours, energy)


def test_rates_agree_with_published_examples() -> None:
    assert internal_rate(EXCEL) == pytest.approx(0.373362535, abs=5e-9)
    assert present_value(0.09, EXCEL[0][0], EXCEL) == pytest.approx(2_086.6476, abs=5e-5)
    assert pyxirr.irr([-100, 39, 59, 55, 20]) == pytest.approx(0.2809484212, abs=1e-9)


def test_flows_of_one_sign_have_no_rate() -> None:
    assert internal_rate([(date(2024, 1, 1), -1.0), (date(2025, 1, 1), -1.0)]) is None


def test_a_gpu_hour_costs_its_depreciation_and_what_was_spent_on_running_it(
    scenario: Scenario, journal: Journal
) -> None:
    frame = offset(scenario, journal)
    cost = float(frame["depreciation"].sum() + frame["opex"].sum())
    assert cost > 0
    assert gpu_hour_usd(journal, 1e6) == pytest.approx(cost / 1e6)
    assert gpu_hour_usd(journal, 0.0) is None


def test_offset_follows_its_formula(scenario: Scenario, journal: Journal) -> None:
    frame = offset(scenario, journal)
    value = net_book_value(journal)[:4] / 100
    first = frame.loc["2024Q1"]
    assert first["capital_charge"] == pytest.approx(0.1 * value.mean() / 0.8 * 91 / 365.25)
    cost = first["depreciation"] + first["opex"] + first["capital_charge"]
    assert first["offset"] == pytest.approx(first["contribution"] / cost)
    assert first["required_revenue"] * 0.8 == pytest.approx(cost)
    np.testing.assert_allclose(frame["contribution"], frame["attributed_advertising"] * 0.8, atol=0.05)


def test_an_idle_programme_has_no_offset(scenario: Scenario) -> None:
    frame = offset(scenario, Journal(scenario.clock.months, ()))
    assert frame["offset"].isna().all()
    assert not frame["required_revenue"].any()


def test_value_is_zero_at_the_internal_rate(scenario: Scenario, journal: Journal) -> None:
    flows = [*simulated_flows(scenario, journal), *run_off_flows(scenario, journal)]
    worth = valuation(scenario, journal)
    assert worth["irr"] is not None
    assert present_value(worth["irr"], scenario.start, flows) == pytest.approx(0, abs=1.0)
    assert worth["npv_usd"] == pytest.approx(pyxirr.xnpv(0.1, *zip(*flows, strict=True)), rel=1e-12)
    assert worth["npv_simulated_usd"] + worth["npv_run_off_usd"] == worth["npv_usd"]


def test_the_opening_capital_is_the_first_outlay(scenario: Scenario, journal: Journal) -> None:
    opening = journal.balance("assets", -1) / 100
    assert simulated_flows(scenario, journal)[0] == (scenario.start, -opening)


def test_the_run_off_fades_with_the_lives_of_servers(scenario: Scenario, journal: Journal) -> None:
    year = 8766.0
    shares = in_life_share(scenario, journal, np.array([year, 4.5 * year, 6 * year]))
    new = 10 * 250_000.07
    assert shares.tolist() == pytest.approx([1.0, new / (new + 4 * 250_000), 0.0])
    flows = run_off_flows(scenario, journal)
    assert len(flows) == 48
    earned = sum(-journal.moved(a)[-3:] for a in (Account.ADVERTISING, "expenses"))
    kept = (earned.sum() + journal.moved("expenses:depreciation")[-3:].sum()) / 100
    assert flows[0][1] == pytest.approx(kept / 92 * 31)


def test_statements_agree_with_each_other(scenario: Scenario, journal: Journal) -> None:
    frame = statements_by_quarter(scenario, journal)
    balance, cash = frame.loc["balance_sheet"], frame.loc["cash_flow"]
    np.testing.assert_allclose(balance.loc["total_assets"], balance.loc["total_equity"], atol=0.01)
    income = frame.loc["income_statement"].loc["operating_income"]
    np.testing.assert_allclose(balance.loc["retained_earnings"], income.cumsum(), atol=0.01)
    np.testing.assert_allclose(cash.loc["operating"] + cash.loc["investing"], -cash.loc["financing"], atol=0.01)
    roll = frame.loc["roll_forward"]
    closing = roll.loc["cip_opening"] + roll.loc["cip_additions"] - roll.loc["cip_placed_in_service"]
    np.testing.assert_allclose(roll.loc["cip_closing"], closing, atol=0.01)
    np.testing.assert_allclose(roll.loc["ppe_placed_in_service"], roll.loc["cip_placed_in_service"], atol=0.01)
