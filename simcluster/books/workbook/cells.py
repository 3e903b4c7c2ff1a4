"""Sheets and cells: text, numbers to the last bit, and formulas with the value they have today."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_STYLES: dict[str, dict[str, Any]] = {
    "text": {},
    "title": {"bold": True, "font_size": 13},
    "heading": {"bold": True, "bottom": 1},
    "note": {"italic": True, "font_color": "#595959"},
    "number": {},
    "input": {"font_color": "#0000FF", "bg_color": "#FFF2CC"},
    "date_input": {"font_color": "#0000FF", "bg_color": "#FFF2CC", "num_format": "yyyy-mm-dd"},
    "date": {"num_format": "yyyy-mm-dd"},
    "cents": {"num_format": '#,##0;[Red]-#,##0;"-"'},
    "usd": {"num_format": '#,##0;[Red]-#,##0;"-"'},
    "share": {"num_format": "0.0%"},
}
SPREADSHEET_DAY_0 = 693_594
"""The ordinal of the day that a spreadsheet counts as 0, 30 December 1899."""
LABEL_WIDTH, VALUE_WIDTH = 34, 17


class Exact(float):
    """A number that is written with all its digits: the writer keeps 16, and a double needs 17."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


@dataclass(frozen=True)
class Place:
    """A cell of a sheet by row and column from 0, addressed absolutely from any sheet."""

    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        return f"'{self.sheet}'!{cell(self.row, self.column)}"


def cell(row: int, column: int) -> str:
    """The absolute address of a cell, such as $B$3."""
    return f"${letters(column)}${row + 1}"


def letters(column: int) -> str:
    """The letters of a column: A, ..., Z, AA, AB."""
    more, last = divmod(column, 26)
    return (letters(more - 1) if more else "") + chr(ord("A") + last)


def block(sheet: str, first: tuple[int, int], last: tuple[int, int]) -> str:
    """A block of cells, from any sheet."""
    return f"'{sheet}'!{cell(*first)}:{cell(*last)}"


def _without_equals(formula: str) -> str:
    return formula.removeprefix("=")


class Book:
    """A workbook of sheets in an order; `created` is the date inside it, so that it depends on nothing else."""

    def __init__(self, path: Path, title: str, created: date, sheets: Sequence[str]) -> None:
        from xlsxwriter import Workbook

        self._book = Workbook(str(path))
        self._book.set_properties({"title": title, "created": datetime.combine(created, time())})
        self._book.set_calc_mode("auto")
        self._sheets = {name: self._book.add_worksheet(name) for name in sheets}
        for sheet in self._sheets.values():
            # The writer looks in each formula for 29 functions of later versions, of which none is used here; that is
            # half of the time it takes to write a large run.
            sheet._prepare_formula = _without_equals
        self.styles = {name: self._book.add_format(style) for name, style in _STYLES.items()}

    def sheet(self, title: str, notes: Sequence[str] = ()) -> Sheet:
        """A sheet with its title in the first row and notes beside it."""
        return Sheet(self, self._sheets[title], title, notes)

    def name(self, name: str, place: Place) -> None:
        """Give a cell a name that formulas may use."""
        self._book.define_name(name, f"={place}")

    def close(self) -> None:
        """Write the file."""
        self._book.close()


class Sheet:
    """One sheet; rows and columns count from 0."""

    def __init__(self, book: Book, raw: Worksheet, title: str, notes: Sequence[str]) -> None:
        self._styles, self._raw, self.title = book.styles, raw, title
        self.text(0, 0, title, "title")
        for k, note in enumerate(notes):
            self.text(0, k + 1, note, "note")

    def place(self, row: int, column: int) -> Place:
        """A cell, to be named in formulas of any sheet."""
        return Place(self.title, row, column)

    def text(self, row: int, column: int, text: str, style: str = "text") -> None:
        """Write a text."""
        self._raw.write_string(row, column, text, self._styles[style])

    def texts(self, row: int, column: int, texts: Iterable[str], style: str = "heading") -> None:
        """Write texts beside each other."""
        for k, text in enumerate(texts):
            self.text(row, column + k, text, style)

    def number(self, row: int, column: int, value: float, style: str = "number") -> None:
        """Write a number; nothing where it is not finite."""
        if math.isfinite(value):
            self._raw.write_number(row, column, Exact(value), self._styles[style])

    def numbers(self, row: int, column: int, values: Iterable[float], style: str = "number") -> None:
        """Write numbers beside each other."""
        for k, value in enumerate(values):
            self.number(row, column + k, value, style)

    def numbers_down(self, row: int, column: int, values: Iterable[float]) -> None:
        """Write numbers below each other."""
        for k, value in enumerate(values):
            self.number(row + k, column, value)

    def day(self, row: int, column: int, day: date, style: str = "date") -> None:
        """Write a date."""
        self._raw.write_datetime(row, column, datetime.combine(day, time()), self._styles[style])

    def blank(self, row: int, column: int, style: str) -> None:
        """An empty cell in a style, for a reader to fill."""
        self._raw.write_blank(row, column, None, self._styles[style])

    def formula(self, row: int, column: int, text: str, value: float | bool | str, style: str = "number") -> None:
        """Write a formula without its equals sign, and the value it has today."""
        known = value if isinstance(value, bool | str) else Exact(value)
        self._raw.write_formula(row, column, f"={text}", self._styles[style], known)

    def lay_out(self, row: int, labels: int, columns: int) -> None:
        """Freeze what is above a row and left of the first value, and set widths."""
        self._raw.freeze_panes(row, labels)
        self._raw.set_column(0, 0, LABEL_WIDTH)
        self._raw.set_column(1, max(labels + columns - 1, 1), VALUE_WIDTH)
