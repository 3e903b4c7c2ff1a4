"""The lower part of the sheet of tax: rows of formulas that assess income, month by month of the year so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from simcluster.books.tax_basis import year_so_far
from simcluster.books.workbook.cells import Place
from simcluster.books.workbook.tax_pools import LABEL, LABELS, TITLE, column

if TYPE_CHECKING:
    from simcluster.books.tax import Assessment
    from simcluster.books.workbook.cells import Sheet
    from simcluster.books.workbook.inputs import Inputs

Text = Callable[[int], str]
SO_FAR, TAXED, OWED, CURRENT, CARRIED, PAID = (
    "income to tax of the year so far", "after losses carried into the year", "tax on the year so far", "current tax",
    "losses carried on", "paid",
)  # fmt: skip
DEFERRED = "deferred tax owed"
WITHOUT_DEBT = ", without debt"
"""What follows the name of a row that goes without interest."""


@dataclass
class TaxRows:
    """Rows by name, one under another; a column is the opening (0), a month, or a month of the run-off."""

    sheet: Sheet
    next_row: int
    row: dict[str, int] = field(default_factory=dict)

    def heading(self, text: str) -> None:
        """Begin a group."""
        self.sheet.text(self.next_row + 1, LABEL, text, "heading")
        self.next_row += 2

    def add(self, name: str, first: int, values: Iterable[int], text: Text) -> None:
        """A row of formulas from a column on; they may refer to cells of their own row."""
        self.row[name] = self.next_row
        self.sheet.text(self.next_row, LABEL, name)
        for c, value in enumerate(values, start=first):
            self.sheet.formula(self.next_row, LABELS + c, text(c), value, "cents")
        self.next_row += 1

    def here(self, name: str, c: int) -> str:
        """A cell, from this sheet."""
        return f"{column(c)}{self.row[name] + 1}"

    def at(self, name: str, c: int) -> str:
        """A cell, from any sheet."""
        return str(Place(TITLE, self.row[name], LABELS + c))


@dataclass(frozen=True)
class Assessed:
    """What is assessed: income by the name of its row, the days its columns end, and in which of them tax is paid.

    The first column is 1. `without` tells rows of one group from those of another.
    """

    income: str
    ends: Sequence[date]
    pays: Sequence[bool]
    found: Assessment
    without: str = ""

    def begins(self, c: int) -> int:
        """The first column of the year of a column."""
        years = [year_so_far(end).year for end in self.ends]
        return years.index(years[c - 1]) + 1

    def unpaid(self, c: int) -> int:
        """The first column of which tax is paid in one in which it is."""
        return max((k + 2 for k in range(c - 1) if self.pays[k]), default=1)


def write_assessment(rows: TaxRows, inputs: Inputs, of: Assessed, *, carries: bool) -> None:
    """Income of the year so far, losses, tax on it, the difference that a month takes, and payments."""

    def here(name: str, c: int) -> str:
        return rows.here(name + of.without, c)

    def add(name: str, values: Sequence[int], text: Text) -> None:
        rows.add(name + of.without, 1, values, text)

    def grown(name: str) -> Text:
        """What a value of the year so far grew by."""
        return lambda c: here(name, c) + (f"-{here(name, c - 1)}" if of.begins(c) < c else "")

    def so_far(c: int) -> str:
        return (f"{here(SO_FAR, c - 1)}+" if of.begins(c) < c else "") + rows.here(of.income, c)

    def paid(c: int) -> str:
        return f"SUM({here(CURRENT, of.unpaid(c))}:{here(CURRENT, c)})" if of.pays[c - 1] else "0"

    def into(c: int) -> str:
        """Losses carried into the year."""
        return here(CARRIED, of.begins(c) - 1) if of.begins(c) > 1 else "0"

    def taxed(c: int) -> str:
        of_year = here(SO_FAR, c)
        return f"IF({of_year}>0,{of_year}-MIN({into(c)},ROUND({inputs['loss_limit',]}*{of_year},0)),0)"

    found, base = of.found, TAXED if carries else SO_FAR
    add(SO_FAR, found.so_far.tolist(), so_far)
    if carries:
        rows.row[CARRIED + of.without] = rows.next_row + 1
        add(TAXED, found.taxed.tolist(), taxed)
        add(CARRIED, found.carried.tolist(), lambda c: f"{into(c)}-{here(SO_FAR, c)}+{here(TAXED, c)}")
    add(OWED, found.owed.tolist(), lambda c: f"ROUND({inputs['tax_rate',]}*{here(base, c)},0)")
    add(CURRENT, found.current.tolist(), grown(OWED))
    add(PAID, found.paid.tolist(), paid)
