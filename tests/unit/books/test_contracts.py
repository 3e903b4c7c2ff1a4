"""Rent, transit, licences, support and upkeep, by hand: months, price by price, and the bills they give."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simcluster.books.contracts import contracted_gbps_months, contracted_kw_months, gpu_years_in_service
from simcluster.books.journal import Account, Journal
from simcluster.books.keep import keep_books
from simcluster.books.measures import OPEX, offset, opex_by_month
from simcluster.books.statements import OF_SOME_RUNS, statements_by_quarter
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.events import Mended, RepairEnded
from simcluster.record.log import EventLog

YEAR = 8766.0
DAY = 24.0
Rebuilt = Callable[..., Scenario]


@pytest.fixture
def contracted(document: dict[str, Any], rebuilt: Rebuilt) -> Callable[..., Scenario]:
    """The scenario with keys added to its site and its cluster."""

    def added(site: dict[str, Any] | None = None, cluster: dict[str, Any] | None = None) -> Scenario:
        (here,), (k,) = document["sites"], document["clusters"]
        return rebuilt(sites=[here | (site or {})], clusters=[k | (cluster or {})])

    return added


@pytest.fixture
def booked(log: EventLog, gpu_hours: GpuHours, energy: Energy) -> Callable[[Scenario], Journal]:
    return lambda scenario: keep_books(scenario, log, gpu_hours, energy)


def test_halls_are_rented_from_the_day_each_stands(
    contracted: Callable[..., Scenario], booked: Callable[[Scenario], Journal], log: EventLog
) -> None:
    """1 MW all year, and another from the 121st day on, the first of May in a leap year: its last 8 months."""
    scenario = contracted({"colocation": {"rent": "140.5 USD/kW/month"}})
    assert contracted_kw_months(scenario, log)[:, 0].tolist() == [1000.0] * 4 + [2000.0] * 8
    rent = booked(scenario).moved(Account.COLOCATION)
    assert rent.tolist() == [14_050_000] * 4 + [28_100_000] * 8


def test_contracted_power_and_bandwidth_go_by_date(contracted: Callable[..., Scenario], log: EventLog) -> None:
    """What is in force at the start holds; 10 of February's 29 days at 3 MW; it may fall again."""
    steps = [("2022-07-01", 1), ("2023-01-01", 2), ("2024-02-20", 3), ("2024-06-01", 0), ("2025-03-01", 9)]
    scenario = contracted(
        {
            "colocation": {"rent": "1 USD/kW/month", "steps": [{"date": d, "it_power": f"{x} MW"} for d, x in steps]},
            "transit": {
                "price": "2 USD/Gbps/month",
                "steps": [{"date": d, "bandwidth": f"{x} Tbps"} for d, x in steps],
            },
        }
    )
    wanted = [2000.0, (2 * 19 + 3 * 10) / 29 * 1000, 3000.0, 3000.0, 3000.0, *[0.0] * 7]
    assert contracted_kw_months(scenario, log)[:, 0].tolist() == pytest.approx(wanted)
    assert contracted_gbps_months(scenario)[:, 0].tolist() == pytest.approx(wanted)


def test_of_a_month_that_is_simulated_in_part_that_part_is_paid(
    document: dict[str, Any], rebuilt: Rebuilt, log: EventLog
) -> None:
    transit = {"price": "10 USD/Gbps/month", "steps": [{"date": "2020-01-01", "bandwidth": "31 Gbps"}]}
    scenario = rebuilt(start="2024-01-11", end="2024-03-10", sites=[document["sites"][0] | {"transit": transit}])
    assert contracted_gbps_months(scenario)[:, 0].tolist() == pytest.approx([21.0, 31.0, 10.0])


def test_licences_are_paid_for_gpus_in_service(
    contracted: Callable[..., Scenario], booked: Callable[[Scenario], Journal], log: EventLog
) -> None:
    """4 nodes all year, 3 more from day 80, 7 from day 130 on; one is given up on day 200."""
    gone = 200 * DAY
    log.add(RepairEnded(gone, 2, 0, 1, gone - 9, gone - 9, gone - 9, gone - 9, gone, gone, Mended.RETIRED))
    scenario = contracted(cluster={"licences": "900 USD/GPU/year"})
    years = gpu_years_in_service(scenario, log)[:, 0]
    nodes_days = 4 * 366 + 3 * (366 - 80) + 7 * (366 - 130) - (366 - 200)
    assert years.sum() == pytest.approx(8 * nodes_days / 365.25)
    january = round(32 * 31 * DAY / YEAR * 900 * 100)
    assert booked(scenario).moved(Account.LICENCES)[0] == january


def test_support_is_a_share_of_what_servers_and_network_cost(
    contracted: Callable[..., Scenario], booked: Callable[[Scenario], Journal]
) -> None:
    scenario = contracted(cluster={"support": {"servers": 0.05, "network": 0.02}})
    bills = booked(scenario).moved(Account.MAINTENANCE)
    a_month = 4 * 31 * DAY / YEAR
    assert bills[0] == round(a_month * 25_000_000 * 0.05) + round(a_month * 5_000_000 * 0.02)
    july = [n * 31 * DAY / YEAR for n in (4, 10)]
    prices = ((25_000_000, 0.05), (25_000_007, 0.05), (5_000_000, 0.02), (5_000_001, 0.02))
    wanted = sum(round(july[k % 2] * price * share) for k, (price, share) in enumerate(prices))
    assert bills[6] == wanted


def test_nothing_is_supported_that_was_given_up(
    contracted: Callable[..., Scenario], booked: Callable[[Scenario], Journal], log: EventLog
) -> None:
    scenario = contracted(cluster={"support": {"servers": 0.05}})
    before = booked(scenario).moved(Account.MAINTENANCE)
    gone = 213 * DAY
    log.add(RepairEnded(gone, 2, 0, 1, gone - 9, gone - 9, gone - 9, gone - 9, gone, gone, Mended.RETIRED))
    after = booked(scenario).moved(Account.MAINTENANCE)
    assert (after[:7] == before[:7]).all()
    august = 31 * DAY / YEAR * 25_000_000 * 0.05
    assert before[7] - after[7] == pytest.approx(august, abs=1)


def test_upkeep_is_a_share_of_what_buildings_in_service_cost(
    contracted: Callable[..., Scenario], booked: Callable[[Scenario], Journal]
) -> None:
    bills = booked(contracted({"upkeep": 0.015})).moved(Account.MAINTENANCE)
    assert bills[3] == round(30 * DAY / YEAR * 1_000_000_000 * 0.015)
    assert bills[4] == 2 * round(31 * DAY / YEAR * 1_000_000_000 * 0.015)


def test_all_of_it_is_operating_cost(
    contracted: Callable[..., Scenario], booked: Callable[[Scenario], Journal], scenario: Scenario
) -> None:
    """In the income statement, the offset, and cash from operations; without it no line more."""
    transit = {"price": "80 USD/Gbps/month", "steps": [{"date": "2024-01-01", "bandwidth": "400 Gbps"}]}
    site = {"colocation": {"rent": "140 USD/kW/month"}, "transit": transit, "upkeep": 0.01}
    rich = contracted(site, {"licences": "900 USD/GPU/year", "support": {"servers": 0.05}})
    journal, plain = booked(rich), booked(scenario)
    income = statements_by_quarter(rich, journal).loc["income_statement"]
    before = statements_by_quarter(scenario, plain).loc["income_statement"]
    assert set(income.index) - set(before.index) == set(OF_SOME_RUNS)
    more = income.loc[list(OF_SOME_RUNS)].sum()
    assert (more > 0).all()
    assert np.allclose(before.loc["operating_income"] - income.loc["operating_income"], more, rtol=0, atol=1e-6)
    lines = ["energy", "operations", "repair_parts", *OF_SOME_RUNS]
    assert np.allclose(offset(rich, journal)["opex"], income.loc[lines].sum(), rtol=0, atol=1e-6)
    assert len({*OPEX} - {Account.OPERATING_LEASES}) == len(lines)
    paid = [
        statements_by_quarter(*kept).loc[("cash_flow", "operating")] for kept in ((scenario, plain), (rich, journal))
    ]
    assert np.allclose(paid[0] - paid[1], more, rtol=0, atol=1e-6)
    assert opex_by_month(journal).sum() == opex_by_month(plain).sum() + round(float(more.sum()) * 100)
