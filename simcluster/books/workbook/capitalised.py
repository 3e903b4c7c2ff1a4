"""Rows of the sheet of debt: what is capitalised of the interest, and what becomes of it by class."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.capitalised import ON_TERMS, account_interest
from simcluster.books.journal import OPENING, Account
from simcluster.books.workbook.monthly import Monthly
from simcluster.books.workbook.subledger import Line, Term, cash
from simcluster.model.depreciation import CLASSES, AssetClass

if TYPE_CHECKING:
    from simcluster.books.debt import DebtMonth
    from simcluster.books.journal import Journal
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.books.workbook.monthly_rows import MonthlyRows
    from simcluster.model.scenario import Scenario

Text = Callable[[int], str]
ROWS = (
    ("share placed in service", "placed_share"),
    ("share gone", "left_share"),
    ("expenditures", "expenditures"),
    ("interest capitalised", "added"),
    ("interest placed in service", "placed"),
    ("interest abandoned", "lost"),
    ("interest in progress", "closing"),
)
PAID, SPENT_IN_ALL, CAPITALISED, SUMS = range(4)
"""The rows before those of classes, and how many there are."""
PLACED_SHARE, LEFT_SHARE, SPENT, ADDED, PLACED, LOST, CLOSES = range(len(ROWS))


class InterestRows:
    """What is capitalised, and by class what it goes by, what is added, and what leaves."""

    def __init__(
        self,
        rows: MonthlyRows,
        scenario: Scenario,
        journal: Journal,
        debts: list[list[DebtMonth]],
        about: tuple[int, int, int],
    ) -> None:
        self._rows, self._months = rows, account_interest(scenario, debts, journal)
        self._days, self._incurred, self._cent_days = about
        self._before = sum(row.span.index == OPENING for row in debts[0])
        self._monthly = Monthly(len(journal.months) + 1)
        self._total = rows.next_row
        self._used = scenario.finance.capitalise_interest

    def write(self, inputs: Inputs, milestones: Sequence[Term]) -> None:
        """All rows: the sums, then by class; and where vintages find what was placed in service."""
        if not self._used:
            return
        spent = [month.expenditures for month in self._months]
        paid = [month.paid_share for month in self._months]
        self._write("paid share of servers and network", self._paid, paid, "number")
        self._write("expenditures less payables", lambda k: self._spent(CLASSES, k), spent, "number")
        self._write("interest capitalised", self._capitalised, [month.capitalised for month in self._months])
        for name in CLASSES:
            lost = [term for term in milestones if term.line == Line(Account.cip(name), "credit")]
            self._write_class(name, lost)
            for k in range(len(self._months)):
                inputs.refer(("interest", k, name), self._of(name, PLACED, k + self._before))

    def terms(self) -> Iterator[Term]:
        """What the interest adds to each line; what is placed in service, vintages tell."""
        capitalised = [month.capitalised for month in self._months]
        expensed = [month.incurred - month.capitalised for month in self._months]
        yield self._term(Line(Account.INTEREST), self._expensed("+"), expensed)
        yield self._term(cash("operating"), self._expensed("-"), [-cents for cents in expensed])
        if not self._used:
            return
        yield self._term(cash("investing"), lambda k: f"-{self._at(CAPITALISED, k)}", [-cents for cents in capitalised])
        for name in CLASSES:
            account = Account.cip_interest(name)
            added, lost = ([getattr(m.by_class[name], what) for m in self._months] for what in ("added", "lost"))
            yield self._term(Line(account, "debit"), self._signed("+", name, ADDED), added)
            yield self._term(Line(account, "credit"), self._signed("-", name, LOST), [-cents for cents in lost])
            yield self._term(Line(Account.ABANDONED), self._signed("+", name, LOST), lost)

    def _term(self, line: Line, text: Text, by_month: list[int]) -> Term:
        return Term(line, lambda p: text(self._before + p - 1) if p else "", np.array([0, *by_month], dtype=np.int64))

    def _expensed(self, sign: str) -> Text:
        less = "+" if sign == "-" else "-"

        def text(k: int) -> str:
            capitalised = f"{less}{self._at(CAPITALISED, k)}" if self._used else ""
            return f"{sign}{self._rows.at(self._incurred, k)}{capitalised}"

        return text

    def _signed(self, sign: str, name: AssetClass, row: int) -> Text:
        return lambda k: f"{sign}{self._of(name, row, k)}"

    def _at(self, row: int, k: int) -> str:
        return self._rows.at(self._total + row, k)

    def _of(self, name: AssetClass, row: int, k: int) -> str:
        """The cell of a row of a class."""
        return self._at(SUMS + len(ROWS) * CLASSES.index(name) + row, k)

    def _write(self, label: str, text: Text, values: Sequence[float], style: str = "cents") -> None:
        """A row that begins with the first simulated month."""
        blank = [0.0] * self._before
        here = lambda k: text(k) if k >= self._before else "0"  # noqa: E731
        self._rows.formulas(label, "cents" if style == "cents" else "", here, [*blank, *values], style)

    def _write_class(self, name: AssetClass, lost: Sequence[Term]) -> None:
        def there(k: int) -> str:
            p = k - self._before + 1
            bought = f"+{self._monthly.moved(Account.AT_SUPPLIERS, p, p)}" if name == "servers" else ""
            return f"({self._held(name, k, 0)}+{self._monthly.moved(Account.cip(name), p, p, 'debit')}{bought})"

        def gone(k: int) -> str:
            p = k - self._before + 1
            return f"-{self._monthly.moved(Account.cip(name), p, p, 'credit')}"

        def placed(k: int) -> str:
            return gone(k) + "".join(term.text(k - self._before + 1) for term in lost)

        def pool(k: int) -> str:
            return f"({self._carried(name, k)}+{self._of(name, ADDED, k)})"

        texts: dict[int, Text] = {
            PLACED_SHARE: lambda k: f"IF({there(k)}=0,0,({placed(k)})/{there(k)})",
            LEFT_SHARE: lambda k: f"IF({there(k)}=0,0,({gone(k)})/{there(k)})",
            SPENT: lambda k: (
                f"({self._held(name, k, 0)}+{self._held(name, k, 1)}"
                f"+{self._carried(name, k)}*(2-{self._of(name, LEFT_SHARE, k)}))/2"
            ),
            ADDED: lambda k: self._part(name, k),
            PLACED: lambda k: f"ROUND({pool(k)}*{self._of(name, PLACED_SHARE, k)},0)",
            LOST: lambda k: f"ROUND({pool(k)}*{self._of(name, LEFT_SHARE, k)},0)-{self._of(name, PLACED, k)}",
            CLOSES: lambda k: f"{pool(k)}-{self._of(name, PLACED, k)}-{self._of(name, LOST, k)}",
        }
        for row, (label, field) in enumerate(ROWS):
            values = [getattr(month.by_class[name], field) for month in self._months]
            self._write(f"{name}: {label}", texts[row], values, "number" if row <= SPENT else "cents")

    def _held(self, name: AssetClass, k: int, end: int) -> str:
        """Construction in progress of a class at the beginning of a month, or at its end."""
        accounts = (Account.cip(name), Account.AT_SUPPLIERS) if name == "servers" else (Account.cip(name),)
        return "+".join(self._monthly.held(account, k - self._before + end) for account in accounts)

    def _carried(self, name: AssetClass, k: int) -> str:
        return self._of(name, CLOSES, k - 1) if k > self._before else "0"

    def _spent(self, names: Sequence[AssetClass], k: int) -> str:
        """What counts of the expenditures of some classes."""
        share = f"*{self._at(PAID, k)}"
        return "+".join(f"{self._of(name, SPENT, k)}{share if name in ON_TERMS else ''}" for name in names) or "0"

    def _paid(self, k: int) -> str:
        equipment = "+".join(self._of(name, SPENT, k) for name in ON_TERMS)
        since, until = (self._monthly.held(Account.PAYABLES, k - self._before + end) for end in (0, 1))
        return f"IF({equipment}=0,0,MAX({equipment}+({since}+{until})/2,0)/({equipment}))"

    def _capitalised(self, k: int) -> str:
        cent_days = self._rows.at(self._cent_days, k)
        mean = f"({cent_days}/{self._rows.at(self._days, k)})"
        share = f"MIN(1,{self._at(SPENT_IN_ALL, k)}/{mean})"
        return f"IF({cent_days}=0,0,ROUND({self._rows.at(self._incurred, k)}*{share},0))"

    def _part(self, name: AssetClass, k: int) -> str:
        """The part of a class: ROUND of the share reached with it, less that without it."""
        whole, last = self._spent(CLASSES, k), CLASSES.index(name)
        capitalised = self._at(CAPITALISED, k)
        until, since = (f"ROUND({capitalised}*(({self._spent(CLASSES[:n], k)})/({whole})),0)" for n in (last + 1, last))
        return f"IF({whole}=0,0,{until}-{since})"
