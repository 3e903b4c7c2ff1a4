from datetime import date

import numpy as np
import pytest
import pyxirr

from simcluster.books.journal import Account, Journal
from simcluster.books.keep import keep_books
from simcluster.books.valuation import (
    in_life_share,
    internal_rate,
    present_value,
    run_off_flows,
    simulated_flows,
    valuation,
)
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
