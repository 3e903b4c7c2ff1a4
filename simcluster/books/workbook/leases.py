"""The sheet of leases: a row a lease, with what is owed, paid, repaid and charged by each month's end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import Account
from simcluster.books.leases import Contract, Standing, nothing, standing
from simcluster.books.workbook.cells import Book, block, letters
from simcluster.books.workbook.lease_payments import Row, write_payments
from simcluster.books.workbook.lease_row import (
    BEGUN,
    BLOCKS,
    COST,
    FINANCE,
    FIRST,
    KIND,
    KINDS,
    LEFT,
    OPERATING,
    REPAID,
    SPENT,
    TITLE,
    WHAT,
    LeaseRow,
    write_headings,
    write_together,
)
from simcluster.books.workbook.subledger import Line, Term, cash

if TYPE_CHECKING:
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario

LISTED = 500
"""How many leases stand in rows of their own; the smallest of more are brought together as values."""
Key = tuple[Row, float]
"""What a lease is, and its hour."""


@dataclass(frozen=True)
class Leases:
    """Where the sheet has its rows and blocks of periods, and what it adds to the journal."""

    rows: Mapping[Key, int]
    last: int
    periods: int
    longest: int
    terms: tuple[Term, ...] = ()
    term_cells: tuple[str, ...] = ()

    def cell(self, key: Key, column: int) -> str:
        """A cell of a lease's row, from any sheet; nothing for a lease without a row."""
        return f"'{TITLE}'!${letters(column)}${self.rows[key] + 1}" if key in self.rows else ""

    def principal(self, first: int, last: int) -> str:
        """Principal repaid from one period to another, cents."""
        return f"({self.sum(REPAID, last, FINANCE)}-{self.sum(REPAID, first - 1, FINANCE)})"

    def sum(self, what: int, p: int, kind: str) -> str:
        """All leases of a kind at a period's end."""
        return f'SUMIFS({self._column(self._place(what, p))},{self._column(KIND)},"{kind}")'

    def lent(self, p: int) -> str:
        """What lessors lent in a period, cents: what commenced, and interest that was not paid."""
        return f"({self._moved(LEFT, p, FINANCE)}+{self._moved(REPAID, p, FINANCE)})"

    def _moved(self, what: int, p: int, kind: str) -> str:
        return f"{self.sum(what, p, kind)}-{self.sum(what, p - 1, kind)}"

    def _place(self, what: int, p: int) -> int:
        return BLOCKS + what * self.periods + p

    def _column(self, column: int) -> str:
        return block(TITLE, (FIRST, column), (self.last, column))


NO_LEASES = Leases({}, FIRST, 0, 0)


def write_leases(book: Book, scenario: Scenario, begun: Sequence[Contract], inputs: Inputs) -> Leases:
    """Write this sheet and that of payments."""
    tables, longest = write_payments(book, scenario, begun, inputs)
    sheet = book.sheet(TITLE, ["in whole US cents; of finance leases the right stands among the vintages"])
    write_headings(sheet, scenario, inputs)
    by_value = sorted(begun, key=lambda lease: -lease.value_cents)
    rows, total = {}, {kind: nothing(scenario) for kind in KINDS}
    for r, lease in enumerate(by_value[:LISTED], start=FIRST):
        at = standing(scenario, lease)
        LeaseRow(sheet, r, scenario, lease, tables[lease.row], inputs).write(at)
        rows[lease.row, lease.commences_hour] = r
        total[lease.kind] += at
    last = FIRST + min(len(by_value), LISTED) - 1
    for kind in KINDS:
        rest = [standing(scenario, lease) for lease in by_value[LISTED:] if lease.kind == kind]
        if rest:
            last += 1
            together = sum(rest, nothing(scenario))
            write_together(sheet, last, kind, len(rest), together)
            total[kind] += together
    periods = len(scenario.clock.month_edges)
    sheet.lay_out(FIRST, 2, BLOCKS + len(WHAT) * periods)
    where = Leases(rows, last, periods, longest, term_cells=tuple(table.term for table in tables.values()))
    return replace(where, terms=tuple(_terms(where, total[FINANCE], total[OPERATING])))


def _terms(at: Leases, finance: Standing, operating: Standing) -> Iterator[Term]:
    """What leases add to the journal: the right of an operating lease is owed + paid - cost."""

    def term(line: Line, parts: list[tuple[str, Callable[[int], str], Cents]], opens: bool) -> Term:
        """Changes of sums over periods, each with a sign; the first period's where the line opens with them."""

        def text(p: int) -> str:
            if not p:
                return "".join(f"{sign}{of(0)}" for sign, of, _ in parts) if opens else ""
            return "".join(f"{sign}({of(p)}-{of(p - 1)})" for sign, of, _ in parts)

        total = np.sum([values if sign == "+" else -values for sign, _, values in parts], axis=0)
        cents: Cents = np.diff(total, prepend=0)
        cents[0] *= opens
        return Term(line, text, cents)

    def of(what: int, kind: str) -> Callable[[int], str]:
        return lambda p: at.sum(what, p, kind)

    owed, paid, repaid = (of(what, FINANCE) for what in (LEFT, SPENT, REPAID))
    due, spent, cost = (of(what, OPERATING) for what in (LEFT, SPENT, COST))
    yield term(Line(Account.LEASES_FINANCE), [("-", owed, finance.owed)], True)
    interest = [("+", owed, finance.owed), ("+", paid, finance.paid)]
    interest.append(("-", of(BEGUN, FINANCE), finance.value))
    yield term(Line(Account.INTEREST), interest, False)
    out = [("-", paid, finance.paid), ("+", repaid, finance.repaid), ("-", spent, operating.paid)]
    yield term(cash("operating"), out, False)
    yield term(cash("financing"), [("-", repaid, finance.repaid)], False)
    yield term(Line(Account.LEASES_OPERATING), [("-", due, operating.owed)], True)
    held = [("+", due, operating.owed), ("+", spent, operating.paid), ("-", cost, operating.cost)]
    yield term(Line(Account.RIGHT_OF_USE_OPERATING), held, True)
    yield term(Line(Account.OPERATING_LEASES), [("+", cost, operating.cost)], False)
    opening = np.zeros(at.periods, dtype=np.int64)
    opening[0] = finance.owed[0] + operating.owed[0] - operating.right[0]

    def equity(p: int) -> str:
        return "" if p else f"+{owed(0)}-{spent(0)}+{cost(0)}"

    yield Term(Line(Account.OPENING_EQUITY), equity, opening)
