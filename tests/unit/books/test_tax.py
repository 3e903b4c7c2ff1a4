from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from simcluster.books.accruals import accrue_depreciation
from simcluster.books.asset_posting import post_assets
from simcluster.books.journal import Account, Entry, Journal, Posting
from simcluster.books.keep import keep_books
from simcluster.books.law import check_law_5
from simcluster.books.register import Asset
from simcluster.books.statements import statements_by_quarter
from simcluster.books.tax import accrue_tax, assess, income_before_tax, tax_paid_by_month, temporary_difference
from simcluster.books.tax_basis import Pool, basis, pooled_costs, year_so_far
from simcluster.books.unlevered_tax import tax_flows
from simcluster.books.valuation import run_off_flows, valuation
from simcluster.core.calendar import Month
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.log import EventLog

BONUS = [{"from": "2023-01-01", "share": 0.8}, {"from": "2024-01-01", "share": 0.6}]
MILLION = 100_000_000
"""A million dollars in cents."""
Taxed = Callable[..., Scenario]


@pytest.fixture
def taxed(document: dict[str, Any]) -> Taxed:
    """The scenario of this folder with income tax of 20%, of 2024 and 2025 where `years` is 2."""

    def build(years: int = 1, **tax: Any) -> Scenario:
        finance = document["finance"] | {"tax": {"bonus": BONUS} | tax}
        tables = document | {"finance": finance, "end": date(2023 + years, 12, 31)}
        if years > 1:
            del tables["company"]
            tables["revenue"] = {"lift": {"kind": "none"}, "contribution_margin": 1.0}
        return Scenario.model_validate(tables)

    return build


def two_years(scenario: Scenario) -> Journal:
    """A server of a million from the first hour; each December 400,000 are earned and 200,000 depreciated."""
    entries = [
        Entry(0, "in service", (Posting(Account.PPE_SERVERS, MILLION), Posting(Account.CASH, -MILLION))),
    ]
    for k in (11, 23):
        earned, worn = MILLION * 4 // 10, MILLION * 2 // 10
        amounts = ((Account.CASH, earned), (Account.ADVERTISING, -earned))
        worn_amounts = ((Account.DEPRECIATION_SERVERS, worn), (Account.ACCUMULATED_SERVERS, -worn))
        entries += [Entry(k, "year", tuple(Posting(*amount) for amount in (*amounts, *worn_amounts)))]
    asset = Asset("servers", MILLION, 0.0, False, "a server")
    journal = Journal(scenario.clock.months, tuple(entries), (asset,))
    return Journal(journal.months, (*entries, *accrue_tax(scenario, journal)), (asset,))


def by_year(journal: Journal, account: str) -> list[int]:
    return [int(part.sum()) for part in np.split(journal.moved(account), 2)]


def test_two_years_by_hand_where_the_parent_uses_the_loss(taxed: Taxed) -> None:
    """Recovered: 600,000 + 80,000, then 128,000. To tax: -280,000, then 272,000. Book income is 200,000 a year."""
    scenario = taxed(years=2)
    journal = two_years(scenario)
    assert by_year(journal, Account.TAX_CURRENT) == [-5_600_000, 5_440_000]
    assert by_year(journal, Account.TAX_DEFERRED) == [9_600_000, -1_440_000]
    assert -journal.balance(Account.DEFERRED_TAX) == 8_160_000, "a fifth of 600,000 less 192,000"
    assert temporary_difference(scenario, journal)[-1] == 40_800_000
    assert tax_paid_by_month(journal).sum() == -160_000
    assert journal.balance(Account.TAX_PAYABLE) == 0


def test_two_years_by_hand_where_the_loss_is_carried_forward(taxed: Taxed) -> None:
    """Of the 280,000 lost, 0.8 x 272,000 = 217,600 are used; a fifth of the other 54,400 is paid; 62,400 are left."""
    scenario = taxed(years=2, losses="carried_forward")
    journal = two_years(scenario)
    assert by_year(journal, Account.TAX_CURRENT) == [0, 1_088_000]
    assert by_year(journal, Account.TAX_DEFERRED) == [4_000_000, 2_912_000]
    assert -journal.balance(Account.DEFERRED_TAX) == 6_912_000, "a fifth of 408,000 less 62,400"


def test_a_loss_may_offset_all_where_the_limit_says_so(taxed: Taxed) -> None:
    journal = two_years(taxed(years=2, losses="carried_forward", loss_limit=1.0))
    assert by_year(journal, Account.TAX_CURRENT) == [0, 0]
    assert by_year(journal, Account.TAX_DEFERRED) == [4_000_000, 4_000_000]


def test_a_month_owes_what_the_year_so_far_owes_and_quarters_are_paid(taxed: Taxed) -> None:
    scenario = taxed(losses="carried_forward")
    ends = [date(2024, m, 1) for m in range(2, 13)] + [date(2025, 1, 1), date(2025, 2, 1)]
    income = np.array([100, 100, -350, 0, 0, 0, 50, 0, 0, 0, 0, 0, 1000], dtype=np.int64)
    found = assess(scenario, income, ends)
    assert found.current.tolist() == [20, 20, -40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 180]
    assert found.carried.tolist() == [0, 0, 150, 150, 150, 150, 100, 100, 100, 100, 100, 100, 0]
    assert found.paid.tolist() == [0] * 13
    up = assess(scenario, np.abs(income), ends)
    assert up.paid.tolist() == [0, 0, 110, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0]


def test_a_year_so_far_ends_with_its_last_midnight() -> None:
    assert year_so_far(date(2024, 1, 1)).year == 2023
    assert year_so_far(date(2024, 1, 1)).passed == 1.0
    assert year_so_far(date(2024, 3, 1)).passed == 60 / 366


def test_vintages_are_pooled_and_leave_with_their_basis(taxed: Taxed) -> None:
    scenario, month = taxed(), 31 * 24.0
    tax = scenario.finance.tax
    assert tax is not None
    assets = [
        Asset("servers", 1_000, -24.0, True, "opening"),
        Asset("servers", 500, 10.0, False, "kept"),
        Asset("servers", 300, 20.0, False, "given up", month + 1),
    ]
    costs = pooled_costs(scenario, assets)
    assert list(costs) == [Pool(False, "servers", Month(2023, 12), 0), Pool(False, "servers", Month(2024, 1), 1)]
    assert [cost.tolist()[:4] for cost in costs.values()] == [[1_000] * 4, [0, 800, 500, 500]]
    left = basis(tax, costs, [date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1), date(2025, 1, 1)])
    by_end = [1_000 * 0.16, None, None, 1_000 * (0.16 - 0.2 * 0.32) + 500 * 0.32]
    assert [left[0], left[3]] == [by_end[0], by_end[3]]
    passed = 31 / 366
    shares = (0.84 + 0.2 * 0.32 * passed, 0.68 * passed)
    assert left[1] == 1_800 - round(1_000 * shares[0]) - round(800 * shares[1])


def test_what_is_recovered_sums_to_the_cost(taxed: Taxed) -> None:
    scenario = taxed()
    tax = scenario.finance.tax
    assert tax is not None
    for name, years in (("servers", 6), ("plant", 16), ("buildings", 41)):
        asset = Asset(name, 123_456_789, 0.0, False, "odd")  # type: ignore[arg-type] # a class by name
        days = [date(2024 + k, m, 1) for k in range(years) for m in (1, 5, 12)] + [date(2024 + years, 1, 1)]
        left = basis(tax, pooled_costs(scenario, [asset]), days)
        assert left[0] == 0, "not there yet"
        assert (np.diff(left[1:]) <= 0).all()
        assert (left[1:-1] > 0)[:3].all()
        assert left[-1] == 0


@pytest.mark.parametrize("losses", ["used_by_parent", "carried_forward"])
def test_deferred_tax_goes_back_to_nothing_and_all_income_has_borne_the_rate(taxed: Taxed, losses: str) -> None:
    """Servers of 5 years in the books and 5 for tax, in seven years that earn more than they cost."""
    scenario = taxed(years=7, losses=losses)
    asset = Asset("servers", 123_456_789, 24.0 * 40, False, "odd")
    entries = [*post_assets(scenario, [asset]), *accrue_depreciation(scenario, [asset])]
    earned = ((Account.CASH, 3_000_001), (Account.ADVERTISING, -3_000_001))
    entries += [Entry(k, "earned", tuple(Posting(*row) for row in earned)) for k in range(7 * 12)]
    before = Journal(scenario.clock.months, tuple(entries), (asset,))
    journal = Journal(before.months, (*entries, *accrue_tax(scenario, before)), (asset,))
    owed = -journal.ending(Account.DEFERRED_TAX)
    assert owed.max() > 5_000_000
    assert owed[-1] == 0
    income = 7 * 12 * 3_000_001 - 123_456_789
    assert abs(journal.moved(Account.TAX_CURRENT).sum() - 0.2 * income) <= 7, "cents: one rounding a year"


@pytest.mark.parametrize("losses", ["used_by_parent", "carried_forward"])
def test_the_books_of_a_run_bear_the_rate_on_income(
    taxed: Taxed, losses: str, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    scenario = taxed(losses=losses)
    journal = keep_books(scenario, log, gpu_hours, energy)
    assert check_law_5(journal) == []
    assert journal.balance(Account.DEFERRED_TAX, -1) == -journal.balance(Account.OPENING_EQUITY, -1) + sum(
        -journal.balance(prefix, -1) for prefix in ("assets",)
    )
    borne = journal.moved("expenses:tax") - 0.2 * income_before_tax(journal)
    assert np.abs(borne).max() <= 2
    frame = statements_by_quarter(scenario, journal)
    income, balance = frame.loc["income_statement"], frame.loc["balance_sheet"]
    net = income.loc["income_before_tax"] - income.loc["tax_current"] - income.loc["tax_deferred"]
    np.testing.assert_allclose(income.loc["net_income"], net)
    np.testing.assert_allclose(balance.loc["retained_earnings"], net.cumsum(), atol=0.01)
    claims = balance.loc[["payables", "tax_payable", "deferred_tax", "total_equity"]].sum()
    np.testing.assert_allclose(balance.loc["total_assets"], claims, atol=0.01)


def test_worth_is_after_tax_and_beside_it_before(
    taxed: Taxed, scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    plain = valuation(scenario, keep_books(scenario, log, gpu_hours, energy))
    with_tax = taxed()
    journal = keep_books(with_tax, log, gpu_hours, energy)
    worth = valuation(with_tax, journal)
    assert worth["npv_before_tax_usd"] == pytest.approx(plain["npv_usd"])
    flows = tax_flows(with_tax, journal, 12, run_off_flows(with_tax, journal))
    assert len(flows) == 1 + 12 + 48
    assert worth["npv_usd"] == pytest.approx(
        plain["npv_usd"] + sum(usd / 1.1 ** ((day - date(2024, 1, 1)).days / 365) for day, usd in flows)
    )
    paid = tax_paid_by_month(journal)
    assert [usd for _, usd in flows[1:13]] == pytest.approx((-paid / 100).tolist()), "no debt: as in the books"


def test_tax_of_all_flows_is_the_rate_on_them_all_in_the_end(
    taxed: Taxed, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    """What comes in less what recovers: the rate on flows before tax, but for cost not recovered by the end."""
    scenario = taxed()
    journal = keep_books(scenario, log, gpu_hours, energy)
    run_off = run_off_flows(scenario, journal)
    tax = scenario.finance.tax
    assert tax is not None
    costs = pooled_costs(scenario, journal.assets)
    ends = [scenario.clock.date(edge) for edge in scenario.clock.month_edges] + [day for day, _ in run_off]
    left = basis(tax, costs, ends)
    income = income_before_tax(journal).sum() - np.diff(temporary_difference(scenario, journal)).sum()
    flows = sum(usd for _, usd in run_off)
    expected = 0.2 * (income / 100 + flows - (left[12] - left[-1]) / 100)
    assert -sum(usd for _, usd in tax_flows(scenario, journal, 12, run_off)[1:]) == pytest.approx(expected, abs=0.2)
