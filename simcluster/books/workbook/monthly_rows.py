"""A sheet with a row a thing and a column a month: facts as numbers, and what follows from them as formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from simcluster.books.workbook.cells import Book, Place, block

if TYPE_CHECKING:
    from simcluster.core.calendar import Month

HEADER, FIRST, LABELS = 2, 3, 2


class MonthlyRows:
    """Rows from the fourth down: label, unit or account, then the months."""

    def __init__(self, book: Book, title: str, months: Sequence[Month], note: str, second: str = "unit") -> None:
        self._sheet, self._months = book.sheet(title, [note]), len(months)
        self.next_row = FIRST
        self._sheet.texts(HEADER, 0, ("", second, *map(str, months)))
        self._sheet.lay_out(FIRST, LABELS, self._months)

    def values(self, label: str, unit: str, values: Iterable[float], style: str = "number") -> int:
        """A row of numbers; gives its position."""
        self._label(label, unit)
        self._sheet.numbers(self.next_row, LABELS, values, style)
        return self._close()

    def formulas(
        self, label: str, unit: str, text: Callable[[int], str], values: Iterable[float], style: str = "number"
    ) -> int:
        """A row of formulas of the month's position; gives its position."""
        self._label(label, unit)
        for k, value in enumerate(values):
            self._sheet.formula(self.next_row, LABELS + k, text(k), value, style)
        return self._close()

    def at(self, row: int, month: int) -> str:
        """The cell of a row and month, from any sheet."""
        return str(Place(self._sheet.title, row, LABELS + month))

    def span(self, row: int, first: int, last: int) -> str:
        """The cells of a row from one month to another, from any sheet."""
        return block(self._sheet.title, (row, LABELS + first), (row, LABELS + last))

    def column(self, month: int) -> str:
        """All rows of a month, from any sheet."""
        return block(self._sheet.title, (FIRST, LABELS + month), (max(self.next_row - 1, FIRST), LABELS + month))

    @property
    def second(self) -> str:
        """The column of units or accounts, from any sheet."""
        return block(self._sheet.title, (FIRST, 1), (max(self.next_row - 1, FIRST), 1))

    def _label(self, label: str, unit: str) -> None:
        self._sheet.text(self.next_row, 0, label)
        self._sheet.text(self.next_row, 1, unit)

    def _close(self) -> int:
        self.next_row += 1
        return self.next_row - 1
