import numpy as np
import pytest

from simcluster.books.journal import Journal
from simcluster.books.keep import keep_books
from simcluster.books.measures import net_book_value, offset
from simcluster.books.statements import statements_by_quarter
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.log import EventLog


@pytest.fixture
def journal(scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy) -> Journal:
    return keep_books(scenario, log, gpu_hours, energy)


def test_offset_follows_its_formula(scenario: Scenario, journal: Journal) -> None:
    frame = offset(scenario, journal)
    value = net_book_value(journal)[:4] / 100
    first = frame.loc["2024Q1"]
    dollar_days = (value[:-1] + value[1:]) / 2 @ np.array([31, 29, 31])
    assert first["capital_charge"] == pytest.approx(0.1 * dollar_days / 0.8 / 365.25)
    cost = first["depreciation"] + first["disposals"] + first["opex"] + first["capital_charge"]
    assert first["offset"] == pytest.approx(first["contribution"] / cost)
    assert first["required_revenue"] * 0.8 == pytest.approx(cost)
    np.testing.assert_allclose(frame["contribution"], frame["attributed_advertising"] * 0.8, atol=0.05)


def test_an_idle_programme_has_no_offset(scenario: Scenario) -> None:
    frame = offset(scenario, Journal(scenario.clock.months, ()))
    assert frame["offset"].isna().all()
    assert not frame["required_revenue"].any()


def test_statements_agree_with_each_other(scenario: Scenario, journal: Journal) -> None:
    frame = statements_by_quarter(scenario, journal)
    balance, cash = frame.loc["balance_sheet"], frame.loc["cash_flow"]
    np.testing.assert_allclose(
        balance.loc["total_assets"], balance.loc["payables"] + balance.loc["total_equity"], atol=0.01
    )
    income = frame.loc["income_statement"].loc["operating_income"]
    np.testing.assert_allclose(balance.loc["retained_earnings"], income.cumsum(), atol=0.01)
    np.testing.assert_allclose(cash.loc["operating"] + cash.loc["investing"], -cash.loc["financing"], atol=0.01)
    roll = frame.loc["roll_forward"]
    closing = roll.loc["cip_opening"] + roll.loc["cip_additions"] - roll.loc["cip_placed_in_service"]
    np.testing.assert_allclose(roll.loc["cip_closing"], closing, atol=0.01)
    np.testing.assert_allclose(roll.loc["ppe_placed_in_service"], roll.loc["cip_placed_in_service"], atol=0.01)
