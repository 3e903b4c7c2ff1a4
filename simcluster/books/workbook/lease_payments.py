"""The sheet of lease payments: month by month of each lease what falls due, what is owed after it, and principal."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from simcluster.books.workbook.cells import Book, Sheet, block, letters
from simcluster.model.leases import MONTHS_PER_YEAR, Debt, LeaseTerms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simcluster.books.leases import Contract
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.model.scenario import Scenario

TITLE = "Lease payments"
HEADER, FIRST = 2, 3
GROWN, DUE, OWED, PRINCIPAL, PAID = range(5)
HEADINGS = ("payments grown to", "due", "owed after it", "principal owed", "paid")
SPARE_MONTHS = 60
"""How many months beyond the longest term a reader may lengthen one."""

Row = tuple[str, int]


@dataclass(frozen=True)
class Table:
    """Where the months of one lease stand."""

    column: int
    months: int
    term: str
    monthly_rate: str

    def at(self, what: int, month: str) -> str:
        """What stands in the row of a month given by formula, from any sheet."""
        column = block(TITLE, (FIRST, self.column + what), (FIRST + self.months, self.column + what))
        return f"INDEX({column},{month}+1)"


def lease_inputs(inputs: Inputs, scenario: Scenario) -> None:
    """What leases are paid and measured by; the rate and term of leased orders."""
    orders = [(k, order.name, order.lease) for k, order in enumerate(scenario.orders)]
    leased = [(("order", k), name, terms) for k, name, terms in orders if terms is not None]
    if leased or scenario.finance.leases:
        inputs.heading("Leases")
    for row, name, terms in leased:
        inputs.value((*row, "rate"), f"lease rate of {name}", terms.rate, "1/year")
        inputs.value((*row, "term"), f"lease term of {name}", terms.months, "months")
    for k, lease in enumerate(scenario.finance.leases):
        inputs.value(("lease", k, "payment"), f"payment of lease {lease.name}", lease.payment, f"USD/{lease.per}")
        inputs.value(("lease", k, "escalation"), f"escalation of lease {lease.name}", lease.escalation, "1/year")
        inputs.value(("lease", k, "rate"), f"rate of lease {lease.name}", lease.rate, "1/year")
        inputs.value(("lease", k, "term"), f"term of lease {lease.name}", lease.months, "months")
        inputs.value(("lease", k, "commences"), f"commencement of lease {lease.name}", lease.commences, "date")


def write_payments(
    book: Book, scenario: Scenario, contracts: Iterable[Contract], inputs: Inputs
) -> tuple[dict[Row, Table], int]:
    """Write the sheet; gives the table of each lease, and the last month there is."""
    debts = {lease.row: (lease.terms, lease.debt, lease.text) for lease in contracts}
    last = max(debt.months for _, debt, _ in debts.values()) + SPARE_MONTHS
    sheet = book.sheet(TITLE, ["of leases that stand alone in US cents, of leased orders in payments of 1"])
    sheet.text(HEADER, 0, "month", "heading")
    sheet.numbers_down(FIRST, 0, range(last + 1))
    tables = {}
    for j, (row, (terms, debt, text)) in enumerate(debts.items()):
        column = 1 + j * len(HEADINGS)
        table = Table(column, last, inputs[(*row, "term")], f"{inputs[(*row, 'rate')]}/{MONTHS_PER_YEAR}")
        name = text if row[0] == "lease" else f"lease of {scenario.orders[row[1]].name}"
        sheet.text(HEADER - 1, column, name, "heading")
        sheet.texts(HEADER, column, HEADINGS)
        _Months(sheet, table, terms, debt, row, inputs).write()
        tables[row] = table
    sheet.lay_out(FIRST, 1, 1 + len(debts) * len(HEADINGS))
    return tables, last


class _Months:
    """The months of a lease, one below another."""

    def __init__(self, sheet: Sheet, table: Table, terms: LeaseTerms, debt: Debt, row: Row, inputs: Inputs) -> None:
        self._sheet, self._table, self._terms, self._debt = sheet, table, terms, debt
        self._row, self._inputs = row, inputs

    def write(self) -> None:
        """All columns; beyond the term nothing is due or owed."""
        spare = self._table.months - self._debt.months
        owed, principal = (list(values) + [0.0] * spare for values in (self._debt.owed, self._debt.principal))
        due = list(self._debt.due) + [0.0] * spare
        paid, grown = list(accumulate(due)), self._growth()
        for k in range(self._table.months + 1):
            self._cell(k, GROWN, self._grows(k), grown[k])
            self._cell(k, DUE, self._falls_due(k), due[k])
            self._cell(k, OWED, self._is_owed(k), owed[k])
            self._cell(
                k,
                PRINCIPAL,
                f"MIN({self._at(PRINCIPAL, k - 1)},{self._at(OWED, k)})" if k else self._at(OWED, k),
                principal[k],
            )
            self._cell(k, PAID, f"{self._at(PAID, k - 1)}+{self._at(DUE, k)}" if k else self._at(DUE, k), paid[k])

    def _cell(self, k: int, what: int, text: str, value: float) -> None:
        self._sheet.formula(FIRST + k, self._table.column + what, text, value)

    def _at(self, what: int, k: int) -> str:
        return f"{letters(self._table.column + what)}{FIRST + k + 1}"

    def _first(self) -> int:
        return self._terms.payment_months().start

    def _anniversary(self, k: int) -> bool:
        return k > self._first() and (k - self._first()) % MONTHS_PER_YEAR == 0

    def _growth(self) -> list[float]:
        rate = getattr(self._terms, "escalation", 0.0)
        steps = (1 + rate if self._anniversary(k) else 1.0 for k in range(self._table.months + 1))
        return list(accumulate(steps, lambda grown, step: grown * step))

    def _grows(self, k: int) -> str:
        if not k:
            return "1"
        before = self._at(GROWN, k - 1)
        if self._row[0] == "order" or not self._anniversary(k):
            return before
        return f"{before}*(1+{self._inputs[(*self._row, 'escalation')]})"

    def _falls_due(self, k: int) -> str:
        first = self._first()
        if k < first or (k - first) % self._terms.interval:
            return "0"
        payment = "1"
        if self._row[0] == "lease":
            payment = f"ROUND({self._inputs[(*self._row, 'payment')]}*{self._at(GROWN, k)}*100,0)"
        return f"IF({k - first}<{self._table.term},{payment},0)"

    def _is_owed(self, k: int) -> str:
        if k == self._table.months:
            return "0"
        later = f"({self._at(OWED, k + 1)}+{self._at(DUE, k + 1)})/(1+{self._table.monthly_rate})"
        return f"IF({k}>={self._table.term},0,{later})"
