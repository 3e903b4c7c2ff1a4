"""The sheet of tax: pools and their basis, then income to tax and what is owed, as in the books and without debt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import CAPITALISED, INCOME_TAX, Account, Journal
from simcluster.books.tax import (
    Assessment,
    assess,
    book_value,
    ends_quarter,
    income_before_tax,
    month_ends,
    taxable_by_month,
    temporary_difference,
)
from simcluster.books.unlevered_tax import Flow, unlevered_tax
from simcluster.books.valuation import evaluated_months, run_off_flows
from simcluster.books.workbook.monthly import Monthly, period
from simcluster.books.workbook.subledger import Line, Term, cash
from simcluster.books.workbook.tax_pools import DAY, LABELS, TITLE, Columns, PoolRows
from simcluster.books.workbook.tax_rows import (
    CARRIED,
    CURRENT,
    DEFERRED,
    PAID,
    WITHOUT_DEBT,
    Assessed,
    TaxRows,
    write_assessment,
)
from simcluster.books.workbook.valuation import run_off_cell
from simcluster.model.depreciation import CLASSES

if TYPE_CHECKING:
    from simcluster.books.workbook.cells import Book
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.books.workbook.vintages import Vintages
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario

NOTE = "whole US cents; the year so far is taxed, and a month takes the difference; bonus, rate and recovery are inputs"
INCOME, BOOK, BASIS, DIFFERENCE, TO_TAX = (
    "income before tax", "book value of property", "basis of property", "temporary difference", "income to tax",
)  # fmt: skip


class TaxSheet:
    """The sheet, its rows, and what they add to the journal."""

    def __init__(
        self, book: Book, scenario: Scenario, journal: Journal, inputs: Inputs, vintages: Vintages, run_off: list[Flow]
    ) -> None:
        tax = scenario.finance.tax
        assert tax is not None
        self._scenario, self._journal, self._inputs, self._run_off = scenario, journal, inputs, run_off
        self._carries = tax.losses == "carried_forward"
        periods = len(journal.months) + 1
        columns = Columns([*month_ends(scenario), *(day for day, _ in run_off)], periods)
        self._sheet = book.sheet(TITLE, [NOTE])
        self._vintages = vintages
        self._pools = PoolRows(self._sheet, scenario, journal, inputs, vintages, columns)
        self.rows = TaxRows(self._sheet, self._pools.next_row)
        self._monthly = Monthly(periods)

    def write(self) -> list[Term]:
        """Write the sheet; gives its terms."""
        names = ["opening", *map(str, self._journal.months), *("run-off" for _ in self._run_off)]
        self._pools.write(period, names)
        terms = self._books()
        if self._scenario.revenue.earns:
            self._unlevered()
        self._sheet.lay_out(DAY + 3, LABELS, len(names))
        return terms

    def _books(self) -> list[Term]:
        """Income before tax, the temporary difference, and what follows from them."""
        scenario, journal = self._scenario, self._journal
        difference = temporary_difference(scenario, journal)
        taxable, ends = taxable_by_month(journal, difference), month_ends(scenario)[1:]
        self.rows.heading("As in the books")
        self._difference(difference, taxable)
        found = assess(scenario, taxable, ends)
        assessed = Assessed(TO_TAX, ends, [ends_quarter(end) for end in ends], found)
        write_assessment(self.rows, self._inputs, assessed, carries=self._carries)
        deferred = -journal.ending(Account.DEFERRED_TAX)
        self.rows.add(DEFERRED, 0, deferred.tolist(), self._deferred)
        return list(_terms(self.rows, found, deferred))

    def _difference(self, difference: Cents, taxable: Cents) -> None:
        rows, monthly, here = self.rows, self._monthly, self.rows.here
        accounts = [of(name) for name in CLASSES for of in (Account.ppe, Account.accumulated)]
        left = self._pools.cents[: len(difference)].tolist()

        def income(c: int) -> str:
            return f"-({monthly.moved('income', c, c)}+{monthly.moved('expenses', c, c, but=INCOME_TAX)})"

        def book(c: int) -> str:
            return "+".join(monthly.held(account, c) for account in accounts)

        def to_tax(c: int) -> str:
            return f"{here(INCOME, c)}-({here(DIFFERENCE, c)}-{here(DIFFERENCE, c - 1)})"

        rows.add(INCOME, 1, income_before_tax(self._journal).tolist(), income)
        rows.add(BOOK, 0, book_value(self._journal).tolist(), book)
        rows.add(BASIS, 0, left, self._pools.basis)
        rows.add(DIFFERENCE, 0, difference.tolist(), lambda c: f"{here(BOOK, c)}-{here(BASIS, c)}")
        rows.add(TO_TAX, 1, taxable.tolist(), to_tax)

    def _deferred(self, c: int) -> str:
        carried = f"-{self.rows.here(CARRIED, c)}" if c and self._carries else ""
        return f"ROUND({self._inputs['tax_rate',]}*({self.rows.here(DIFFERENCE, c)}{carried}),0)"

    def _unlevered(self) -> None:
        """What flows without debt would pay: the months of the evaluation, and those of the run-off."""
        rows, scenario, months = self.rows, self._scenario, evaluated_months(self._scenario)
        bears = bool(scenario.finance.debt) or self._journal.uses(Account.INTEREST)
        due = unlevered_tax(scenario, self._journal, months, self._run_off)

        def to_tax(c: int) -> str:
            if c <= months:
                return rows.here(TO_TAX, c) + (self._interest(c) if bears else "")
            before, after = (self._pools.basis_of(k, interest=False) for k in (c - 1, c))
            k = c - months - 1
            return f"ROUND({run_off_cell(scenario, k)}*100,0)-({before}-{after}{self._vintages.amortised(k)})"

        rows.heading("Without debt, for the valuation")
        name = TO_TAX + WITHOUT_DEBT
        rows.add(name, 1, due.taxable.tolist(), to_tax)
        pays = [ends_quarter(end) or k + 1 == len(due.ends) for k, end in enumerate(due.ends)]
        assessed = Assessed(name, due.ends, pays, due.found, WITHOUT_DEBT)
        write_assessment(rows, self._inputs, assessed, carries=self._carries)

    def _interest(self, c: int) -> str:
        """Interest of a month, less what its basis and construction in progress grew by."""
        monthly = self._monthly
        incurred = f"{monthly.moved(Account.INTEREST, c, c)}+{monthly.moved(CAPITALISED, c, c, 'debit')}"
        now, before = (f"{self._pools.basis_of(k, interest=True)}+{monthly.held(CAPITALISED, k)}" for k in (c, c - 1))
        return f"+{incurred}-({now}-({before}))"


def write_tax(
    book: Book, scenario: Scenario, journal: Journal, inputs: Inputs, vintages: Vintages
) -> tuple[TaxRows | None, list[Term]]:
    """Write the sheet where the scenario asks for income tax; gives its rows, and what they add to the journal."""
    if scenario.finance.tax is None:
        return None, []
    run_off = run_off_flows(scenario, journal) if scenario.revenue.earns else []
    sheet = TaxSheet(book, scenario, journal, inputs, vintages, run_off)
    return sheet.rows, sheet.write()


def _terms(rows: TaxRows, found: Assessment, deferred: Cents) -> Iterator[Term]:
    """What tax adds to the journal."""
    current, paid = (np.concatenate([[0], values]) for values in (found.current, found.paid))
    grown, opening = np.diff(deferred, prepend=0), np.where(np.arange(len(deferred)) == 0, deferred, 0)
    at = rows.at

    def change(sign: str, p: int) -> str:
        return f"{sign}({at(DEFERRED, p)}-{at(DEFERRED, p - 1)})" if p else f"{sign}{at(DEFERRED, 0)}"

    yield Term(Line(Account.TAX_CURRENT), lambda p: f"+{at(CURRENT, p)}" if p else "", current)
    yield Term(Line(Account.TAX_PAYABLE), lambda p: f"-{at(CURRENT, p)}+{at(PAID, p)}" if p else "", paid - current)
    yield Term(cash("operating"), lambda p: f"-{at(PAID, p)}" if p else "", -paid)
    yield Term(Line(Account.TAX_DEFERRED), lambda p: change("+", p) if p else "", grown - opening)
    yield Term(Line(Account.DEFERRED_TAX), lambda p: change("-", p), -grown)
    yield Term(Line(Account.OPENING_EQUITY), lambda p: "" if p else f"+{at(DEFERRED, 0)}", opening)
