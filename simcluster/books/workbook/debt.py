"""The sheet of debt: what is drawn, owed, borne as interest and repaid, month by month from the first drawing on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.debt import DebtMonth, borrowed, spending_before_interest
from simcluster.books.journal import CAPITALISED, OPENING, Account
from simcluster.books.workbook.capitalised import InterestRows
from simcluster.books.workbook.monthly import Monthly, moved_at
from simcluster.books.workbook.monthly_rows import MonthlyRows
from simcluster.books.workbook.subledger import Line, Term, cash
from simcluster.model.debt import LEAST_RATE, Bullet, Debt, Level

if TYPE_CHECKING:
    from simcluster.books.journal import Journal
    from simcluster.books.workbook.cells import Book
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.books.workbook.sales import Sales
    from simcluster.model.scenario import Scenario

DEBT = "Debt"
NOTE = "whole US cents; months before the start give the opening balance"
RATE, OPENS, DRAWN, CENT_DAYS, INTEREST, REPAID, DELAYED, CLOSES = range(8)
Text = Callable[[int], str]


def write_debt(
    book: Book, scenario: Scenario, journal: Journal, inputs: Inputs, milestones: Sequence[Term], sales: Sales | None
) -> list[Term]:
    """Write the sheet: each debt, and what is capitalised of the interest.

    `milestones` are terms that tell what construction in progress lost; `sales` tells proceeds.
    """
    debts = borrowed(scenario, journal)
    spans = [row.span for row in debts[0]]
    rows = MonthlyRows(book, DEBT, [span.month for span in spans], NOTE)
    days = rows.values("days", "days", [span.days for span in spans])
    month_days = rows.values("days of the calendar month", "days", [span.month_days for span in spans])
    spending = _spending(rows, journal, [span.index for span in spans], sales)
    sheets = []
    for d, (debt, months) in enumerate(zip(scenario.finance.debt, debts, strict=True)):
        sheets.append(DebtRows(rows, debt, months, (days, month_days, spending), inputs, d))
        sheets[-1].write()
    every = list(zip(*debts, strict=True))
    incurred = _sum(rows, sheets, INTEREST, "interest", [sum(m.interest for m in row) for row in every])
    cent_days = _sum(rows, sheets, CENT_DAYS, "cent-days", [sum(m.cent_days for m in row) for row in every])
    interest = InterestRows(rows, scenario, journal, debts, (days, incurred, cent_days))
    interest.write(inputs, milestones)
    return [*_terms(sheets, debts), *interest.terms()]


def _spending(rows: MonthlyRows, journal: Journal, months: list[int], sales: Sales | None) -> int:
    """Capital spending before interest, which delayed draws go by."""
    monthly = Monthly(len(journal.months) + 1)

    def text(k: int) -> str:
        p = months[k] + 1
        sold = f"+{sales.between(p, p)}" if sales else ""
        return f"-{moved_at(cash('investing'), p)}{sold}-{monthly.moved(CAPITALISED, p, p, 'debit')}" if p else "0"

    spent = spending_before_interest(journal).tolist()
    values = [0 if k == OPENING else spent[k] for k in months]
    return rows.formulas("capital spending before interest", "cents", text, values, "cents")


class DebtRows:
    """The rows of one debt."""

    def __init__(
        self,
        rows: MonthlyRows,
        debt: Debt,
        months: list[DebtMonth],
        about: tuple[int, int, int],
        inputs: Inputs,
        number: int,
    ) -> None:
        self._rows, self._debt, self._months, self._inputs, self._number = rows, debt, months, inputs, number
        self._days, self._month_days, self._spending = about
        self._first = rows.next_row

    def at(self, row: int, k: int) -> str:
        """The cell of one of its rows and a span."""
        return self._rows.at(self._first + row, k)

    def write(self) -> None:
        """All rows, in order."""
        texts: dict[str, tuple[str, Text, list[float]]] = {
            "rate": ("1/year", self._rate, [m.rate for m in self._months]),
            "owed at the beginning": ("cents", self._opens, [m.opening for m in self._months]),
            "drawn on days": ("cents", lambda k: self._drawn(k) or "0", [m.drawn for m in self._months]),
            "cent-days": ("cents", self._cent_days, [m.cent_days for m in self._months]),
            "interest": ("cents", self._interest, [m.interest for m in self._months]),
            "repaid": ("cents", self._repaid, [m.principal for m in self._months]),
            "drawn at the end": ("cents", self._delayed, [m.delayed for m in self._months]),
            "owed at the end": ("cents", self._closes, [m.closing for m in self._months]),
        }
        for label, (unit, text, values) in texts.items():
            style = "cents" if unit == "cents" else "number"
            self._rows.formulas(f"{self._debt.name}: {label}", unit, text, values, style)

    def _rate(self, k: int) -> str:
        first = self._months[k].span.month.first_day
        made = [j for j, change in enumerate(self._debt.rate_changes) if change.date <= first]
        return self._inputs[("debt_rate", self._number, *made[-1:])]

    def _opens(self, k: int) -> str:
        return self.at(CLOSES, k - 1) if k else "0"

    def _drawings(self, k: int) -> list[tuple[str, int]]:
        """What is drawn on days of a span, and for how many days of it."""
        span = self._months[k].span
        return [
            (f"ROUND({self._inputs['debt_drawn', self._number, j]}*100,0)", (span.until - row.date).days)
            for j, row in enumerate(self._debt.drawn)
            if span.since <= row.date < span.until
        ]

    def _drawn(self, k: int) -> str:
        return "+".join(amount for amount, _ in self._drawings(k))

    def _cent_days(self, k: int) -> str:
        drawn = "".join(f"+{amount}*{days}" for amount, days in self._drawings(k))
        return f"{self.at(OPENS, k)}*{self._rows.at(self._days, k)}{drawn}"

    def _interest(self, k: int) -> str:
        return f"ROUND({self.at(RATE, k)}/12*{self.at(CENT_DAYS, k)}/{self._rows.at(self._month_days, k)},0)"

    def _repaid(self, k: int) -> str:
        """As the kind of repayment has it, of payments since the first whole month."""
        span, name = self._months[k].span, self._number
        since = span.month.ordinal - self._debt.first_payment.ordinal
        if not span.is_due or since < 0:
            return "0"
        balance, rate = f"({self.at(OPENS, k)}+{self.at(DRAWN, k)})", f"({self.at(RATE, k)}/12)"
        left = f"(ROUND({self._inputs['debt_term', name]}*12,0)-{since})"
        straight, interest = f"ROUND({balance}/{left},0)", f"{balance}*{rate}"
        if isinstance(self._debt.repayment, Bullet):
            due = "0"
        elif isinstance(self._debt.repayment, Level):
            annuity = f"ROUND({interest}/(1-(1+{rate})^(-{left})),0)-ROUND({interest},0)"
            due = f"IF({rate}<{LEAST_RATE},{straight},{annuity})"
        else:
            due = straight
        grace = f"{since}<ROUND({self._inputs['debt_grace', name]}*12,0)"
        return f"IF({grace},0,IF({left}<=1,{balance},{due}))"

    def _delayed(self, k: int) -> str:
        draw, span = self._debt.delayed, self._months[k].span
        if draw is None or not draw.is_open(span.last):
            return "0"
        share, limit = self._inputs["debt_share", self._number], self._inputs["debt_limit", self._number]
        before = f"-SUM({self._rows.span(self._first + DELAYED, 0, k - 1)})" if k else ""
        return f"MIN(ROUND({share}*MAX({self._rows.at(self._spending, k)},0),0),ROUND({limit}*100,0){before})"

    def _closes(self, k: int) -> str:
        return f"{self.at(OPENS, k)}+{self.at(DRAWN, k)}-{self.at(REPAID, k)}+{self.at(DELAYED, k)}"


def _sum(rows: MonthlyRows, sheets: list[DebtRows], row: int, label: str, values: list[int]) -> int:
    """A row of all debts together."""
    return rows.formulas(label, "cents", lambda k: "+".join(sheet.at(row, k) for sheet in sheets), values, "cents")


def _terms(sheets: list[DebtRows], debts: list[list[DebtMonth]]) -> Iterator[Term]:
    """What is owed at the start, and what is drawn and repaid in each month."""
    first = sum(row.span.index == OPENING for row in debts[0])
    owed = sum(months[first].opening for months in debts)
    moved = [sum(m.closing - m.opening for m in row) for row in zip(*(months[first:] for months in debts), strict=True)]
    opening, later = np.array([owed, *(0 for _ in moved)]), np.array([0, *moved])

    def text(sign: str, p: int) -> str:
        k = first + p - 1
        if not p:
            return "".join(f"{sign}{sheet.at(OPENS, first)}" for sheet in sheets)
        parts = ("+", DRAWN), ("-", REPAID), ("+", DELAYED)
        inner = "".join(f"{plus}{sheet.at(row, k)}" for sheet in sheets for plus, row in parts)
        return f"{sign}({inner.removeprefix('+')})"

    yield Term(Line(Account.DEBT), lambda p: text("-", p), -opening - later)
    yield Term(Line(Account.OPENING_EQUITY), lambda p: "" if p else text("+", p), opening)
    yield Term(cash("financing"), lambda p: text("+", p) if p else "", later)
