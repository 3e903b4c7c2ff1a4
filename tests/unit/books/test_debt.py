"""Debt, its interest and what is capitalised of that, by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simcluster.books.capitalised import Progress, account_interest, class_month, paid_share
from simcluster.books.cash import cash_by_activity
from simcluster.books.debt import borrowed, debt_months
from simcluster.books.journal import OPENING, Account, Journal
from simcluster.books.keep import keep_books
from simcluster.books.law import check_law_5
from simcluster.books.statements import statements_by_quarter
from simcluster.books.valuation import valuation
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.log import EventLog

Books = Callable[..., tuple[Scenario, Journal]]
NOTE = {"name": "note", "rate": 0.06, "term": "10 years", "repayment": "bullet"}
HALL = 1_000_000_000
"""Cents of a hall that is built from October 2023 to the end of April, 213 days of which 92 before the start."""


def spent(days: int) -> int:
    """Cents spent on the hall after so many days."""
    return round(HALL * days / 213)


def drawn(day: str, amount: str) -> dict[str, Any]:
    return {"drawn": [{"date": day, "amount": amount}]}


@pytest.fixture
def books(
    rebuilt: Callable[..., Scenario], document: dict[str, Any], log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> Books:
    """Books of the scenario with rows of debt."""

    def kept(*debt: dict[str, Any], **finance: Any) -> tuple[Scenario, Journal]:
        scenario = rebuilt(finance=document["finance"] | {"debt": list(debt)} | finance)
        journal = keep_books(scenario, log, gpu_hours, energy)
        assert check_law_5(journal) == []
        return scenario, journal

    return kept


def test_a_loan_drawn_within_a_month_bears_interest_by_days_and_is_repaid_from_the_next(books: Books) -> None:
    loan = {**NOTE, "rate": 0.12, "term": "12 months", "repayment": "straight", **drawn("2024-02-10", "1.2 MUSD")}
    _, journal = books(loan)
    assert journal.moved(Account.INTEREST).tolist()[:4] == [0, 827_586, 1_200_000, 1_100_000]  # 20 of 29 days
    assert (-journal.moved(Account.DEBT)).tolist()[:4] == [0, 120_000_000, -10_000_000, -10_000_000]
    assert journal.balance(Account.DEBT) == -20_000_000
    flows, plain = cash_by_activity(journal), cash_by_activity(books()[1])
    assert (plain["operating"] - flows["operating"]).tolist() == journal.moved(Account.INTEREST).tolist()
    assert (flows["investing"] == plain["investing"]).all()


def test_debt_of_before_the_start_opens_the_books_with_what_is_left_of_it(books: Books) -> None:
    old = {**NOTE, "term": "2 years", "repayment": "straight", **drawn("2023-07-01", "2.4 MUSD")}
    changes = [{"date": "2024-02-01", "rate": 0.12}]
    _, journal = books({**old, "rate_changes": changes})
    assert journal.balance(Account.DEBT, OPENING) == -180_000_000
    assert journal.balance(Account.OPENING_EQUITY) - books()[1].balance(Account.OPENING_EQUITY) == 180_000_000
    assert journal.moved(Account.INTEREST).tolist()[:2] == [900_000, 1_700_000]


def test_a_rate_of_a_month_is_that_of_its_first_day_also_where_the_start_comes_later(
    document: dict[str, Any], rebuilt: Callable[..., Scenario]
) -> None:
    old = {**NOTE, **drawn("2023-07-01", "1.2 MUSD"), "rate_changes": [{"date": "2024-01-10", "rate": 0.12}]}
    scenario = rebuilt(start="2024-01-16", finance=document["finance"] | {"debt": [old]})
    (debt,) = scenario.finance.debt
    rows = debt_months(scenario, debt, np.zeros(12, dtype=np.int64))
    january, rest, february = rows[6:9]
    assert [january.rate, rest.rate, february.rate] == [0.06, 0.06, 0.12]
    assert (january.interest, rest.interest, february.interest) == (290_323, 309_677, 1_200_000)  # 15 and 16 of 31 days


def test_a_delayed_draw_takes_its_share_of_capital_spending_until_its_limit(books: Books) -> None:
    draw = {"share": 0.5, "limit": "2 MUSD", "since": "2024-01-01", "until": "2024-06-30"}
    scenario, journal = books({**NOTE, "delayed": draw}, capitalise_interest=True)
    ((*months,),) = borrowed(scenario, journal)
    january = (spent(123) - spent(92)) // 2
    february = (spent(152) - spent(123) + 30_000_033 + 1) // 2  # the hall and the deposit
    assert [row.delayed for row in months[:4]] == [january, february, 200_000_000 - january - february, 0]
    assert [row.interest for row in months[:4]] == [0, 363_850, 779_225, 1_000_000]


def test_interest_is_capitalised_at_the_rate_of_the_debt_on_mean_expenditures(books: Books) -> None:
    _, journal = books({**NOTE, **drawn("2023-01-01", "100 MUSD")}, capitalise_interest=True)
    capitalised = 50_000_000 - journal.moved(Account.INTEREST)
    january = round((spent(92) + spent(123)) / 2 * 0.005)
    february = round(((spent(123) + spent(152)) / 2 + january) * 0.005)
    assert (january, february) == (2_523_474, 3_240_317)
    assert capitalised.tolist()[:2] == [january, february]
    assert journal.moved(Account.cip_interest("buildings")).tolist()[:2] == [january, february]


def test_what_is_placed_in_service_takes_its_share_of_the_interest_along(books: Books) -> None:
    scenario, journal = books({**NOTE, **drawn("2023-01-01", "100 MUSD")}, capitalise_interest=True)
    vintages = [asset for asset in journal.assets if asset.is_interest]
    assert [(asset.asset_class, scenario.clock.date(asset.in_service_hour).isoformat()) for asset in vintages] == [
        ("servers", "2024-03-31"),
        ("network", "2024-03-31"),
        ("servers", "2024-05-31"),
        ("network", "2024-05-31"),
        ("buildings", "2024-05-31"),
    ]
    first = 7 * 25_000_007 / 2 * 0.005  # seven nodes wait for the hall at the end of March, none at its beginning
    assert vintages[0].cost_cents == round(round(first) * 0.3)
    assert sum(asset.cost_cents for asset in vintages) == 12 * 50_000_000 - journal.moved(Account.INTEREST).sum()
    assert journal.balance("assets:cip") == 0
    worn = -journal.balance(Account.ACCUMULATED_BUILDINGS) + books()[1].balance(Account.ACCUMULATED_BUILDINGS)
    assert worn == round(vintages[-1].cost_cents * (366 - 151) * 24 / (25 * 8766))


def test_no_more_is_capitalised_than_incurred_and_it_is_cash_of_investing(books: Books) -> None:
    _, journal = books({**NOTE, **drawn("2023-01-01", "1 MUSD")}, capitalise_interest=True)
    assert journal.moved(Account.INTEREST).tolist()[:5] == [0, 0, 0, 0, 0]
    plain = cash_by_activity(books()[1])["investing"]
    assert (plain - cash_by_activity(journal)["investing"]).tolist()[:5] == [500_000] * 5


def test_what_is_owed_for_deliveries_is_no_expenditure(books: Books, document: dict[str, Any]) -> None:
    debt = {**NOTE, **drawn("2023-01-01", "100 MUSD")}
    at_once = books(debt, capitalise_interest=True)[1].moved(Account.INTEREST)
    document["orders"][0]["payment_terms"] = "10 years"
    on_terms = books(debt, capitalise_interest=True)[1].moved(Account.INTEREST)
    assert (on_terms - at_once).tolist()[:3] == [0, 0, round(7 * 30_000_008 / 2 * 0.005)]


def test_what_is_owed_for_equipment_takes_nothing_from_a_hall(books: Books, document: dict[str, Any]) -> None:
    """All 10 nodes are owed for to the end: 3 of them in service from March 21st, 7 from May 10th."""
    debt = {**NOTE, **drawn("2023-01-01", "100 MUSD")}
    document["orders"][0]["payment_terms"] = "10 years"
    scenario, journal = books(debt, capitalise_interest=True)
    held = 0
    for k, (since, until) in enumerate(((92, 123), (123, 152), (152, 183), (183, 213))):
        held += round(((spent(since) + spent(until)) / 2 + held) * 0.005)
        assert journal.ending(Account.cip_interest("buildings"))[k + 1] == held
    (vintage,) = (asset for asset in journal.assets if asset.is_interest and asset.asset_class == "buildings")
    assert vintage.cost_cents > held
    assert not journal.ending(Account.cip_interest("servers")).any()
    later = account_interest(scenario, borrowed(scenario, journal), journal)[5]
    assert (later.paid_share, later.capitalised) == (0.0, 0)


def test_some_of_what_was_delivered_may_be_paid_for() -> None:
    assert paid_share({"servers": 60.0, "network": 40.0, "buildings": 500.0, "plant": 0.0}, 25.0) == 0.75
    assert paid_share({"servers": 60.0, "network": 40.0, "buildings": 500.0, "plant": 0.0}, 101.0) == 0.0
    assert paid_share({"servers": 0.0, "network": 0.0, "buildings": 500.0, "plant": 0.0}, 0.0) == 0.0


def test_components_at_suppliers_bear_interest_from_their_purchase(books: Books, document: dict[str, Any]) -> None:
    """Of the first lot, 3 nodes on day 65, they are bought on day 55, in February; of the second on March 1st."""
    debt = {**NOTE, **drawn("2023-01-01", "100 MUSD")}
    document["orders"][0]["components"] = {"share": 0.6, "ahead": "10 days"}
    scenario, journal = books(debt, capitalise_interest=True)
    at_suppliers = 3 * 15_000_004
    february = round(at_suppliers / 2 * 0.005)
    assert journal.ending(Account.cip_interest("servers"))[1:3].tolist() == [0, february]
    march = account_interest(scenario, borrowed(scenario, journal), journal)[2].by_class["servers"]
    left = 3 / 10  # of all ten servers, three enter service in March
    assert march.left_share == pytest.approx(left)
    assert march.expenditures == pytest.approx((at_suppliers + 7 * 25_000_007 + february * (2 - left)) / 2)


def test_what_is_abandoned_takes_its_interest_along() -> None:
    progress = Progress(held=[600, 500], added=[400], placed=[200], lost=[300])
    assert progress.shares_left(0) == (0.2, 0.5)
    assert Progress([0, 0], [0], [0], [0]).shares_left(0) == (0.0, 0.0)
    month = class_month(progress, 0, 0.0, carried=90, added=10)
    assert (month.placed, month.lost, month.closing) == (20, 30, 50)
    all_gone = class_month(Progress([600, 0], [0], [200], [400]), 0, 0.0, carried=90, added=11)
    assert (all_gone.placed, all_gone.lost, all_gone.closing) == (34, 67, 0)


def test_statements_tell_of_debt_only_where_there_is_any(books: Books) -> None:
    names = {"interest", "income_before_tax", "net_income", "debt", "cip_interest_capitalised"}
    lines = [
        set(statements_by_quarter(*kept).index.get_level_values("line")) & names
        for kept in (books(), books({**NOTE, **drawn("2024-01-01", "1 MUSD")}))
    ]
    assert lines == [set(), names - {"cip_interest_capitalised"}]
    kept = books({**NOTE, **drawn("2023-01-01", "100 MUSD")}, capitalise_interest=True)
    statements = statements_by_quarter(*kept)
    income, sheet = statements.loc["income_statement"], statements.loc["balance_sheet"]
    assert np.allclose(income.loc["operating_income"] - income.loc["interest"], income.loc["net_income"], atol=0.001)
    assert income.loc["net_income"].sum() == pytest.approx(sheet.loc["retained_earnings"].iloc[-1])
    owned = sheet.loc["payables"] + sheet.loc["debt"] + sheet.loc["total_equity"]
    assert np.allclose(sheet.loc["total_assets"], owned, atol=0.001)


def test_the_programme_is_worth_the_same_whoever_lends(books: Books) -> None:
    plain = valuation(*books())
    debt = {**NOTE, **drawn("2023-01-01", "100 MUSD")}
    assert valuation(*books(debt)) == plain
    assert valuation(*books(debt, capitalise_interest=True)) == plain
