"""Which servers earn after the horizon, until when, and what of them is deducted for tax."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from simcluster.books.journal import Journal
from simcluster.books.keep import keep_books
from simcluster.books.run_off import cost_in_life, earns_until, rights_amortised, servers_at_horizon
from simcluster.books.unlevered_tax import unlevered_tax
from simcluster.books.valuation import evaluated_months, run_off_flows, valuation
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.log import EventLog

YEAR = 8766.0
OLD: dict[str, Any] = {
    "kind": "finance", "name": "old", "asset_class": "servers", "commences": "2023-05-31", "term": "11 months",
    "payment": "100 kUSD", "rate": 0.066,
}  # fmt: skip
LEASED = {"deposit": 0.0, "lease": {"term": "18 months", "rate": 0.09}}
Kept = tuple[Scenario, Journal]
Keep = Callable[..., Kept]


@pytest.fixture
def keep(document: dict[str, Any], log: EventLog, gpu_hours: GpuHours, energy: Energy) -> Keep:
    """The books of the document with keys of finance and of its order; a leased order has no deposit in the log."""

    def keep(order: dict[str, Any] | None = None, **finance: Any) -> Kept:
        (row,) = document["orders"]
        changed = {"orders": [row | (order or {})], "finance": document["finance"] | finance}
        scenario = Scenario.model_validate(document | changed)
        return scenario, keep_books(scenario, log, gpu_hours, energy)

    return keep


def worth(kept: Kept, name: str = "npv_run_off_usd") -> float:
    found = valuation(*kept)[name]
    assert found is not None
    return found


def test_a_lease_that_stands_alone_earns_nothing_in_the_run_off(keep: Keep) -> None:
    """Over since April 2024, it brings no nodes: the run-off goes by the fleet alone."""
    assert worth(keep(leases=[OLD])) == worth(keep()) > 0


def test_leased_nodes_earn_on_after_their_term(keep: Keep) -> None:
    """18 months from the spring of 2024 end in 2025; the book life of five years ends in 2029."""
    scenario, journal = keep(LEASED)
    leased = [asset for asset in servers_at_horizon(scenario, journal.assets) if asset.leased]
    assert [earns_until(scenario, asset) - asset.in_service_hour for asset in leased] == [5 * YEAR, 5 * YEAR]
    assert all(asset.term_ends < 2 * YEAR for asset in leased)
    assert worth((scenario, journal)) == worth(keep())


def test_an_economic_life_says_how_long_servers_earn(keep: Keep) -> None:
    """With 2.5 years those of 2023 earn until the middle of 2025, those of 2024 over a year longer."""
    scenario, journal = keep(economic_life="2.5 years")
    servers = servers_at_horizon(scenario, journal.assets)
    hours = np.array([1.4, 1.6, 2.7, 2.8, 2.9]) * YEAR
    old, lots = 4 * 25_000_000, [3 * 25_000_007, 7 * 25_000_007]
    assert cost_in_life(scenario, servers, hours).tolist() == [old + sum(lots), sum(lots), sum(lots), lots[1], 0]


def test_with_an_economic_life_a_change_of_book_lives_creates_no_value(keep: Keep) -> None:
    lives = {"servers": "5 years", "network": "5 years", "buildings": "25 years"}
    longer = lives | {"changes": [{"date": "2024-06-01", "servers": "6 years"}]}
    plain, changed = (worth(keep(lives=given, economic_life="4 years"), "npv_usd") for given in (lives, longer))
    assert plain == changed
    assert worth(keep(lives=longer)) > worth(keep(lives=lives)), "the control: without it a run-off is longer"


def test_rights_left_at_the_horizon_are_deducted_in_the_run_off(keep: Keep) -> None:
    """Income to tax of a leased order is that of a bought one, but for what MACRS leaves to the year after the last."""
    scenario, journal = keep(LEASED, tax={"recovery": {"servers": 5}})
    run_off, months = run_off_flows(scenario, journal), evaluated_months(scenario)
    days = [day for day, _ in run_off]
    amortised = rights_amortised(scenario, journal.assets, days)
    assert amortised.sum() == journal.balance("assets:right_of_use") > 0
    assert amortised[days.index(date(2025, 12, 1)) + 1 :].sum() == 0, "the second lot's 18 months end on 10 November"
    leased = unlevered_tax(scenario, journal, months, run_off).taxable
    bought = unlevered_tax(*keep(tax={"recovery": {"servers": 5}}), months, run_off).taxable
    sixth_year = 0.0576 * 10 * 30_000_008
    assert int(bought.sum() - leased.sum()) == pytest.approx(sixth_year, abs=4), "which MACRS has not recovered by then"
