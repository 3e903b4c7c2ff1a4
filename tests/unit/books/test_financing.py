"""What financing is worth, by hand: nothing at WACC, less at a higher rate, through the last payment."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from simcluster.books.financing import financing_flows, financing_value_usd
from simcluster.books.journal import Account, Journal
from simcluster.books.keep import keep_books
from simcluster.books.measures import interest_incurred
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.log import EventLog

START = date(2024, 1, 1)
SAME = 12 * (1.1 ** (1 / 12) - 1)
"""The rate a year, a twelfth of it a month, that comes to WACC of 10%."""
Kept = tuple[Scenario, EventLog, Journal]


@pytest.fixture
def kept(document: dict[str, Any], log: EventLog, gpu_hours: GpuHours, energy: Energy) -> Callable[..., Kept]:
    """The books of a year with keys of finance and of the order."""

    def keep(order: dict[str, Any] | None = None, **finance: Any) -> Kept:
        (row,) = document["orders"]
        changed = {"orders": [row | (order or {})], "finance": document["finance"] | finance}
        scenario = Scenario.model_validate(document | changed)
        return scenario, log, keep_books(scenario, log, gpu_hours, energy)

    return keep


def lent(rate: float, repayment: str = "bullet", drawn: str = "2024-01-01", term: str = "2 years") -> dict[str, Any]:
    row = {"name": "loan", "rate": rate, "term": term, "repayment": repayment}
    return row | {"drawn": [{"date": drawn, "amount": "10 MUSD"}]}


def today(usd: float, day: date) -> float:
    return float(usd / 1.1 ** ((day - START).days / 365))


@pytest.mark.parametrize("repayment", ["bullet", "level", "straight"])
@pytest.mark.parametrize("drawn", ["2024-01-01", "2024-05-01", "2022-06-01"])
def test_debt_at_wacc_is_worth_nothing(kept: Callable[..., Kept], repayment: str, drawn: str) -> None:
    """But for months of 28 to 31 days that each bear a twelfth: less than 0.2% of what was lent."""
    at_wacc = financing_value_usd(*kept(debt=[lent(SAME, repayment, drawn, "5 years")]))
    assert at_wacc == pytest.approx(0, abs=0.002 * 10e6)
    dear = financing_value_usd(*kept(debt=[lent(0.12, repayment, drawn, "5 years")]))
    assert dear < at_wacc - 0.01 * 10e6


def test_a_bullet_beyond_the_horizon_by_hand(kept: Callable[..., Kept]) -> None:
    """100,000 USD at the end of each of 24 months at 12%, the last of which is a year after the horizon, and 10 M."""
    ends = [date(2024 + k // 12, k % 12 + 1, 1) for k in range(1, 25)]
    by_hand = 10e6 - sum(today(100_000, day) for day in ends) - today(10e6, date(2026, 1, 1))
    assert financing_value_usd(*kept(debt=[lent(0.12)])) == pytest.approx(by_hand, abs=0.01)
    assert by_hand < -300_000


def test_a_lease_by_hand(kept: Callable[..., Kept]) -> None:
    """1,000 USD after each of three months at 1% a month came at 2,940.99 USD."""
    racks = {"kind": "finance", "name": "racks", "asset_class": "servers", "commences": "2024-11-01"}
    leases = [racks | {"term": "3 months", "payment": "1000 USD", "rate": 0.12}]
    paid = [today(1000, day) for day in (date(2024, 12, 1), date(2025, 1, 1), date(2025, 2, 1))]
    by_hand = today(2940.99, date(2024, 11, 1)) - sum(paid)
    assert financing_value_usd(*kept(leases=leases)) == pytest.approx(by_hand, abs=1e-6)


@pytest.mark.parametrize("paid", ["in_advance", "in_arrears"])
def test_an_order_on_lease_at_wacc_is_worth_nothing(kept: Callable[..., Kept], paid: str) -> None:
    price = 10 * 300_000.08
    same, dear = (
        financing_value_usd(*kept({"deposit": 0.0, "lease": {"term": "48 months", "rate": rate, "paid": paid}}))
        for rate in (SAME, 0.12)
    )
    assert same == pytest.approx(0, abs=0.002 * price)
    assert dear < same - 0.02 * price


def test_flows_of_the_run_are_those_of_the_books(kept: Callable[..., Kept]) -> None:
    """Received less paid by the horizon is what is owed then less interest; the opening is received at the start."""
    racks = {"kind": "finance", "name": "racks", "asset_class": "servers", "commences": "2023-05-15"}
    leases = [racks | {"term": "30 months", "payment": "1000 USD", "rate": 0.07, "paid": "in_advance"}]
    debt = [lent(0.08, "level", "2023-03-10"), lent(0.06, "straight", "2024-07-01") | {"name": "next"}]
    scenario, log, journal = kept(
        {"deposit": 0.0, "lease": {"term": "36 months", "rate": 0.09}}, debt=debt, leases=leases
    )
    flows = financing_flows(scenario, log, journal)
    until = sum(usd for day, usd in flows if day <= date(2025, 1, 1))
    owed = -journal.balance(Account.DEBT) - journal.balance(Account.LEASES_FINANCE)
    assert until * 100 == pytest.approx(owed - interest_incurred(journal).sum(), abs=0.5)
    assert sum(usd for _, usd in flows) < until - owed / 100, "then principal and interest of all that is owed"
