"""Repayment by month against a spreadsheet's PMT and by hand; and each thing a row of debt may have wrong."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from simcluster.core.calendar import Month
from simcluster.core.money import whole
from simcluster.core.problems import ScenarioError, dotted
from simcluster.model.debt import Bullet, Debt, Level, Repayment, Straight
from simcluster.model.load import load

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
LOAN: dict[str, Any] = {
    "name": "loan",
    "drawn": [{"date": "2024-01-15", "amount": "1200 USD"}],
    "rate": 0.12,
    "term": "12 months",
    "repayment": "straight",
}


def principal_by_payment(repayment: Repayment, balance: int, rate: float, payments: int) -> list[int]:
    paid = []
    for left in range(payments, 0, -1):
        paid.append(repayment.principal_cents(balance, rate, left))
        balance -= paid[-1]
    assert balance == 0
    return paid


def test_a_level_payment_is_pmt_of_a_spreadsheet() -> None:
    """PMT(13%/12, 60, -4e9) = 91,012,292.18; interest and principal change, their sum by a cent at most."""
    balance, rate = 400_000_000_000, 0.13 / 12
    payments = []
    for principal in principal_by_payment(Level(), balance, rate, 60):
        payments.append(principal + whole(balance * rate))
        balance -= principal
    assert payments[0] == 9_101_229_218
    assert {abs(payment - payments[0]) for payment in payments} <= {0, 1}


def test_each_kind_repays_by_hand() -> None:
    assert principal_by_payment(Bullet(), 1000, 0.01, 3) == [0, 0, 1000]
    assert principal_by_payment(Straight(), 1000, 0.01, 3) == [333, 334, 333]
    assert principal_by_payment(Level(), 1000, 0.01, 3) == [330, 333, 337]  # PMT is 340.02
    assert principal_by_payment(Level(), 1000, 0.0, 3) == [333, 334, 333]


def test_payments_fall_on_whole_months_after_the_first_drawing_and_grace() -> None:
    loan = Debt.model_validate({**LOAN, "grace": "2 months"})
    assert (loan.first_payment, loan.matures) == (Month(2024, 2), Month(2025, 1))
    months = [Month(2024, 1).plus(k) for k in range(5)]
    assert [loan.due_cents(month, 120_000, 0.12) for month in months] == [0, 0, 0, 12_000, 13_333]
    at_once = Debt.model_validate({**LOAN, "drawn": [{"date": "2024-01-01", "amount": "1200 USD"}]})
    assert (at_once.first_payment, at_once.matures) == (Month(2024, 1), Month(2024, 12))


def test_the_rate_is_the_last_one_that_began() -> None:
    changes = [{"date": "2024-03-01", "rate": 0.1}, {"date": "2024-05-01", "rate": 0.2}]
    loan = Debt.model_validate({**LOAN, "rate_changes": changes})
    days = [date(2024, 2, 29), date(2024, 3, 1), date(2024, 4, 30), date(2024, 5, 1)]
    assert [loan.rate_on(day) for day in days] == [0.12, 0.1, 0.1, 0.2]


def row(**changes: str) -> str:
    given = {
        "name": '"loan"', "drawn": "[{date=2024-02-01, amount='1 MUSD'}]", "rate": "0.05", "term": "'5 years'",
        "repayment": '"level"',
    } | changes  # fmt: skip
    return "finance.debt=[{" + ", ".join(f"{key}={value}" for key, value in given.items() if value) + "}]"


DELAYED = "{share=0.5, limit='1 MUSD', since=2024-01-01, until=2024-06-30}"
WRONG = [
    (row(drawn="[{date=2025-01-01, amount='1 MUSD'}]"), "drawn[0].date", "after the scenario's end"),
    (row(drawn="[{date=2024-02-01, amount='0 USD'}]"), "drawn[0].amount", "nothing is drawn"),
    (
        row(drawn="[{date=2024-02-01, amount='1 USD'}, {date=2024-01-01, amount='1 USD'}]"),
        "drawn[1].date",
        "before the drawing above it",
    ),
    (row(drawn="[{date=2018-02-01, amount='1 MUSD'}]"), "term", "repaid in 2023-01, before the scenario's start"),
    (row(drawn=""), "", "says not once how it is drawn"),
    (row(delayed=DELAYED), "", "says not once how it is drawn"),
    (row(drawn="", delayed=DELAYED.replace("2024-01-01", "2023-12-31")), "delayed.since", "is not known by month"),
    (row(drawn="", delayed=DELAYED.replace("2024-01-01", "2024-07-31")), "delayed.until", "until comes before since"),
    (row(drawn="", delayed=DELAYED, term="'6 months'"), "delayed.until", "a draw at the end of 2024-06 comes after"),
    (row(drawn="", delayed=DELAYED.replace("0.5", "0")), "delayed.share", "out of range"),
    (row(term="'0 years'"), "term", "at least a month"),
    (row(term="'45 days'"), "term", "months are not whole"),
    (row(term="'1 month'", drawn="[{date=2024-02-01, amount='1 USD'}, {date=2024-03-01, amount='1 USD'}]"),
     "drawn[1].date", "after the last payment in 2024-02"),
    (row(grace="'5 years'"), "grace", "nothing of the term is left"),
    (row(rate="1.5"), "rate", "out of range"),
    (row(rate_changes="[{date=2024-06-01, rate=0.1}, {date=2024-05-01, rate=0.2}]"), "rate_changes[1].date",
     "not after the change above it"),
    (row(repayment='"interest_only"'), "repayment.kind", "there is no kind 'interest_only'"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "place", "message"), WRONG, ids=[message for _, _, message in WRONG])
def test_a_row_that_does_not_hold_together_is_refused_with_a_hint(change: str, place: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(SMALL, [change])
    problems = caught.value.problems
    assert "finance.debt[0]" + (f".{place}" if place else "") in {dotted(problem.path) for problem in problems}
    assert any(message in problem.message for problem in problems), problems
    assert all(problem.hint for problem in problems)


def test_a_name_is_used_once_and_interest_needs_debt() -> None:
    one = row()
    with pytest.raises(ScenarioError) as caught:
        load(SMALL, [one[:-1] + ", " + one.removeprefix("finance.debt=[")])
    assert [dotted(p.path) for p in caught.value.problems] == ["finance.debt[0].name", "finance.debt[1].name"]
    with pytest.raises(ScenarioError, match="no debt whose interest"):
        load(SMALL, ["finance.capitalise_interest=true"])
