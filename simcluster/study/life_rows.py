"""Rows of a file of lives, with every problem at its line."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from simcluster.core.problems import Problem

COLUMNS = ("start", "end", "hours", "failed", "batch", "unit", "cause")
EXAMPLE = "start,end,failed,batch,unit,cause"
YES, NO = ("1", "true", "yes", "1.0"), ("0", "false", "no", "0.0")
ONE_BATCH = "all"
NOT_STATED = "not stated"
NO_FAILURE_AT_95 = -math.log(0.05)
"""Expected failures at which none at all has a chance of 5%."""


@dataclass(frozen=True)
class LifeRow:
    """One life: ages in hours."""

    line: int
    start: float
    end: float
    failed: bool
    batch: str
    unit: str
    cause: str


class LifeReader:
    """Reads the rows of a CSV text and gathers what is wrong with them."""

    def __init__(self, label: str, text: str) -> None:
        self.label = label
        self.lines = re.split(r"\r\n|\r|\n", text)
        self.problems: list[Problem] = []
        self.csv = csv.reader(io.StringIO(text, newline=""), strict=True)
        self.header: list[str] = []
        self.has: set[str] = set()
        self.may_fail: set[str] = set()
        self.cut_short = False

    def tell(self, line: int, message: str, hint: str, column: str | None = None) -> None:
        """Note a problem of a line."""
        shown = self.lines[line - 1] if line <= len(self.lines) else None
        at = () if column is None else (column,)
        self.problems.append(Problem(message, at, hint, self.label, line, source_line=shown))

    def rows(self) -> list[LifeRow]:
        """Every row that is right; nothing if the header is wrong."""
        found: list[LifeRow] = []
        try:
            self._read_header()
            if self.problems:
                return []
            for fields in self.csv:
                if any(field.strip() for field in fields):
                    found += self._row(fields)
        except csv.Error as error:
            self.tell(max(self.csv.line_num, 1), f"is not CSV: {error}", "look for a quotation mark that is not closed")
        if not found and not self.problems:
            self.tell(self.csv.line_num, "there are no rows below the header", "give a row for every life observed")
        return found

    def _read_header(self) -> None:
        fields = next((row for row in self.csv if any(field.strip() for field in row)), [])
        self.header = [field.strip().casefold() for field in fields]
        self.has = set(self.header)
        for hint, wrong in self._wrong_columns():
            self.tell(self.csv.line_num, wrong, hint)

    def _wrong_columns(self) -> Iterator[tuple[str, str]]:
        """Hint and message of each fault of the header."""
        if len(self.header) == 1 and (found := next((c for c in ";\t|" if c in self.header[0]), None)):
            yield "save the file with commas between its columns", f"columns are separated by {found!r}"
            return
        for name in dict.fromkeys(self.header):
            if self.header.count(name) > 1:
                yield "keep one of them", f"column {name!r} stands there twice"
            close = get_close_matches(name, [known for known in COLUMNS if known not in self.has], 1, 0.75)
            if name not in COLUMNS and close:
                yield f"did you mean {close[0]!r}? if not, rename it", f"unknown column {name!r}"
        if "failed" not in self.has:
            yield "1 where the life ended by failure, 0 where it was still running", "column 'failed' is missing"
        if not {"end", "hours"} & self.has:
            yield f"the unit's age in hours when it was last seen; the columns are {EXAMPLE}", "column 'end' is missing"
        if "hours" in self.has and {"end", "start"} & self.has:
            other = "end" if "end" in self.has else "start"
            hint = "give the ages start and end; hours alone means watched from new"
            yield hint, f"columns 'hours' and {other!r} exclude each other"

    def _row(self, fields: list[str]) -> list[LifeRow]:
        line, before = self.csv.line_num, len(self.problems)
        if len(fields) != len(self.header):
            more = len(fields) > len(self.header)
            hint = "quote a text that holds a comma" if more else "an empty field needs its comma"
            self.tell(line, f"{len(fields)} fields, but the header has {len(self.header)}", hint)
            self.cut_short = True
            return []
        cells = {name: field.strip() for name, field in zip(self.header, fields, strict=True)}
        start = self._age(cells, "start", line) if "start" in self.has else 0.0
        last = "hours" if "hours" in self.has else "end"
        end = self._age(cells, last, line)
        failed = self._flag(cells["failed"], line)
        if start is not None and end is not None and end <= start:
            hint = "both are the unit's age in hours; end is the later one"
            self.tell(line, f"{end:g} is not above the start {start:g}", hint, last)
        batch = cells.get("batch", ONE_BATCH)
        if failed is not False:
            self.may_fail.add(batch)
        for name in ("batch", "unit"):
            if not cells.get(name, "there"):
                self.tell(line, "is empty", f"name the {name}, or remove the column", name)
        if len(self.problems) > before or start is None or end is None or failed is None:
            return []
        return [LifeRow(line, start, end, failed, batch, cells.get("unit", ""), cells.get("cause") or NOT_STATED)]

    def _age(self, cells: dict[str, str], name: str, line: int) -> float | None:
        text = cells[name]
        try:
            age = float(text)
        except ValueError:
            hint = "hours as a plain number, such as 1296.5" + ("; 0 if watched from new" if name == "start" else "")
            self.tell(line, f"{text!r} is not a number" if text else "is empty", hint, name)
            return None
        if not math.isfinite(age) or age < 0:
            self.tell(line, f"{text} is not an age from 0 up", "the unit's age in hours", name)
            return None
        return age

    def _flag(self, text: str, line: int) -> bool | None:
        if text.casefold() not in YES + NO:
            hint = "write 1 where the life ended by failure, else 0 (true and false, yes and no will do)"
            self.tell(line, f"{text!r} is neither yes nor no" if text else "is empty", hint, "failed")
            return None
        return text.casefold() in YES

    def check_failures(self, rows: list[LifeRow]) -> None:
        """A batch without failures has no likeliest law: the longer the life, the likelier.

        Rows that cannot be read may hold a failure, and are given the benefit of the doubt.
        """
        if self.cut_short:
            return
        first: dict[str, LifeRow] = {}
        exposure: dict[str, float] = {}
        for row in rows:
            first.setdefault(row.batch, row)
            exposure[row.batch] = exposure.get(row.batch, 0.0) + row.end - row.start
        for batch in first.keys() - self.may_fail:
            first_row = first[batch]
            bound = 1000 * 24 * NO_FAILURE_AT_95 / exposure[batch]
            hint = f"leave it out or merge it; its rate is below {bound:.3g} per 1,000 unit-days at 95% confidence"
            self.tell(first_row.line, f"batch {batch!r} begins here and has no failure in it", hint)
        self.problems.sort(key=lambda problem: problem.line or 0)
