"""The sheet of the journal by month and line, and balances of each account; what no assumption prices, as values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import ACCOUNTS, Account, Journal, within
from simcluster.books.measures import net_book_value
from simcluster.books.workbook.cells import Book, Sheet, block, letters
from simcluster.books.workbook.subledger import Line, Term, booked, cash, lines

if TYPE_CHECKING:
    from simcluster.core.money import Cents

TITLE, OTHER = "Monthly", "Other entries"
IN_SERVICE = ("assets:ppe", "assets:accumulated_depreciation", Account.RIGHT_OF_USE_FINANCE)
PERIODS_ROW, FIRST, LABELS = 1, 3, 2


def period(p: int) -> str:
    """The address of a period's number: 0 is the opening, k + 1 the month k."""
    return f"'{TITLE}'!{letters(LABELS + p)}${PERIODS_ROW + 1}"


def moved_at(line: Line, p: int) -> str:
    """The address of what moved a line in a period, cents."""
    return f"'{TITLE}'!{letters(LABELS + p)}{FIRST + lines().index(line) + 1}"


@dataclass(frozen=True)
class Monthly:
    """Where the sheet has its rows: lines, then their sum, then balances by account, then the net book value."""

    periods: int

    @property
    def sum_row(self) -> int:
        """The row of sums of all lines, each of which is zero."""
        return FIRST + len(lines())

    @property
    def balance_row(self) -> int:
        """The first row of balances."""
        return self.sum_row + 3

    @property
    def value_row(self) -> int:
        """The row of net book values."""
        return self.balance_row + len(ACCOUNTS)

    def span(self, row: int, first: int, last: int) -> str:
        """Cells of a row from one period to another."""
        return block(TITLE, (row, LABELS + first), (row, LABELS + last))

    def moved(self, prefix: str, first: int, last: int, side: str = "", but: str = "") -> str:
        """Movements below a prefix but not another, in periods, cents: sums over blocks of neighbouring lines."""
        mine = [(k, line) for k, line in enumerate(lines()) if line.account.under(prefix)]
        rows = [k for k, line in mine if side in ("", line.side) and not (but and line.account.under(but))]
        blocks = [block(TITLE, (FIRST + a, LABELS + first), (FIRST + b, LABELS + last)) for a, b in runs(rows)]
        return f"SUM({','.join(blocks)})"

    def held(self, prefix: str, at: int) -> str:
        """Balance below a prefix at a period's end, cents."""
        rows = [(self.balance_row + a, self.balance_row + b) for a, b in runs(within(prefix))]
        return f"SUM({','.join(block(TITLE, (a, LABELS + at), (b, LABELS + at)) for a, b in rows)})"

    def balances(self, *prefixes: str) -> str:
        """All balances below prefixes, whose accounts are neighbours."""
        ((first, last),) = runs([k for prefix in prefixes for k in within(prefix)])
        corner = (self.balance_row + first, LABELS), (self.balance_row + last, LABELS + self.periods - 1)
        return block(TITLE, *corner)


def runs(positions: Iterable[int]) -> list[tuple[int, int]]:
    """Positions in order as runs of neighbours, first and last of each."""
    out: list[tuple[int, int]] = []
    for k in positions:
        if out and out[-1][1] == k - 1:
            out[-1] = (out[-1][0], k)
        else:
            out.append((k, k))
    return out


def write_monthly(book: Book, journal: Journal, terms: list[Term]) -> Monthly:
    """Write the sheet, with what the parent puts in, and a sheet of the other entries."""
    notes = ["", "debits positive, credits negative, in whole US cents"]
    sheet, at = book.sheet(TITLE, notes), Monthly(len(journal.months) + 1)
    by_line: dict[Line, list[Term]] = defaultdict(list)
    for term in [*terms, *_funding(journal, [term for term in terms if term.line == cash("financing")])]:
        by_line[term.line].append(term)
    other = others(journal, by_line)
    _write_others(book, journal, other)
    sheet.text(PERIODS_ROW, 0, "period", "note")
    sheet.numbers(PERIODS_ROW, LABELS, range(at.periods))
    sheet.texts(FIRST - 1, 0, ("account", "side", "opening", *map(str, journal.months)))
    known = booked(journal)
    for k, line in enumerate(lines()):
        sheet.text(FIRST + k, 0, line.account)
        sheet.text(FIRST + k, 1, line.side)
        for p, cents in enumerate(known[line].tolist()):
            text = "".join(term.text(p) for term in by_line[line])
            if line in other:
                text += f"+'{OTHER}'!{letters(LABELS + p)}{FIRST + list(other).index(line) + 1}"
            sheet.formula(FIRST + k, LABELS + p, text.removeprefix("+") or "0", cents, "cents")
    _write_balances(sheet, journal, at)
    sheet.lay_out(FIRST, LABELS, at.periods)
    return at


def _funding(journal: Journal, lent: list[Term]) -> list[Term]:
    """What the parent puts in or takes out at each month's end, so that the programme holds no cash.

    `lent` is what other sheets say that financing moved.
    """
    rows = [FIRST + lines().index(line) for line in (cash("operating"), cash("investing"), Line(Account.CONTRIBUTED))]

    def here(p: int) -> list[str]:
        return [f"{letters(LABELS + p)}{row + 1}" for row in rows]

    def left(p: int) -> str:
        operating, investing, _ = here(p)
        return f"+{operating}+{investing}" + "".join(term.text(p) for term in lent) if p else ""

    known = booked(journal)
    contributed = known[Line(Account.CONTRIBUTED)]
    return [
        Term(cash("financing"), lambda p: f"-{here(p)[2]}" if p else "", -contributed),
        Term(Line(Account.CONTRIBUTED), left, contributed),
    ]


def others(journal: Journal, by_line: Mapping[Line, Iterable[Term]]) -> dict[Line, Cents]:
    """What the journal holds beside the terms, cents by period; lines without it are left out."""
    found = {}
    for line, known in booked(journal).items():
        left = known - sum((term.cents for term in by_line.get(line, ())), np.zeros(len(known), dtype=np.int64))
        if left.any():
            found[line] = left
    return found


def _write_others(book: Book, journal: Journal, other: dict[Line, Cents]) -> None:
    sheet = book.sheet(OTHER, ["entries that none of the other sheets claims, as values; whole US cents"])
    sheet.texts(FIRST - 1, 0, ("account", "side", "opening", *map(str, journal.months)))
    for k, (line, cents) in enumerate(other.items()):
        sheet.texts(FIRST + k, 0, (line.account, line.side), "text")
        sheet.numbers(FIRST + k, LABELS, cents.tolist(), "cents")
    sheet.lay_out(FIRST, LABELS, len(journal.months) + 1)


def _write_balances(sheet: Sheet, journal: Journal, at: Monthly) -> None:
    """Sums of the lines, balances of accounts at each period's end, and the net book value."""
    sheet.text(at.sum_row, 0, "sum of all lines", "heading")
    sheet.text(at.balance_row - 1, 0, "balance at the period's end", "heading")
    first = 0
    for k, account in enumerate(ACCOUNTS):
        sheet.text(at.balance_row + k, 0, account)
        rows = [j for j, line in enumerate(lines()) if line.account == account]
        first, last = FIRST + rows[0] + 1, FIRST + rows[-1] + 1
        for p, cents in enumerate(journal.balances[:, k].tolist()):
            here, before = letters(LABELS + p), letters(LABELS + p - 1)
            text = f"SUM({here}{first}:{here}{last})"
            text += f"+{before}{at.balance_row + k + 1}" if p else ""
            sheet.formula(at.balance_row + k, LABELS + p, text, cents, "cents")
    sheet.text(at.value_row, 0, "net book value of property", "heading")
    for p, cents in enumerate(net_book_value(journal).tolist()):
        column = letters(LABELS + p)
        sheet.formula(at.sum_row, LABELS + p, f"SUM({column}{FIRST + 1}:{column}{at.sum_row})", 0, "cents")
        text = "+".join(at.held(prefix, p) for prefix in IN_SERVICE)
        sheet.formula(at.value_row, LABELS + p, text, cents, "cents")
