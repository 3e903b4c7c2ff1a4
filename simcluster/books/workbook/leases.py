"""The sheet of leases: a row a lease, with what is owed, paid, repaid and charged by each month's end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import Account
from simcluster.books.leases import Contract, Standing, standing
from simcluster.books.workbook.cells import SPREADSHEET_DAY_0, Book, Sheet, block, letters
from simcluster.books.workbook.lease_payments import DUE, OWED, PAID, PRINCIPAL, Row, Table, write_payments
from simcluster.books.workbook.subledger import Line, Term, cash
from simcluster.core.calendar import HOURS_PER_DAY

if TYPE_CHECKING:
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario

TITLE = "Leases"
LISTED = 500
"""How many leases stand in rows of their own; the smallest of more stand as values among the other entries."""
HOURS_ROW, DAYS_ROW, FIRST = 2, 3, 5
TEXT, KIND, NODES, UNIT, VALUE, HOUR, DAY, TIME, ENDS, BLOCKS = range(10)
HEADINGS = (
    "lease", "kind", "nodes", "cents of a payment of 1", "value, cents", "commences, hour", "commences",
    "hour of the day", "ends, hour",
)  # fmt: skip
PASSED, PART, LEFT, SPENT, REPAID, COST = range(6)
WHAT = ("months passed", "part of the next", "owed", "paid", "principal repaid", "straight-line cost")
FINANCE, OPERATING = "finance", "operating"
Key = tuple[Row, float]
"""What a lease is, and its hour."""


@dataclass(frozen=True)
class Leases:
    """Where the sheet has its rows and blocks of periods, and what it adds to the journal."""

    rows: Mapping[Key, int]
    periods: int
    longest: int
    terms: tuple[Term, ...] = ()
    term_cells: tuple[str, ...] = ()

    def cell(self, key: Key, column: int) -> str:
        """A cell of a lease's row, from any sheet; nothing for a lease without a row."""
        return f"'{TITLE}'!${letters(column)}${self.rows[key] + 1}" if key in self.rows else ""

    def interest_paid(self, p: int) -> str:
        """Interest that a period's payments of finance leases covered, cents."""
        return f"({self._moved(SPENT, p, FINANCE)}-({self._moved(REPAID, p, FINANCE)}))"

    def principal(self, first: int, last: int) -> str:
        """Principal repaid from one period to another, cents."""
        return f"({self.sum(REPAID, last, FINANCE)}-{self.sum(REPAID, first - 1, FINANCE)})"

    def sum(self, what: int, p: int, kind: str) -> str:
        """All leases of a kind at a period's end."""
        return f'SUMIFS({self._column(self._place(what, p))},{self._column(KIND)},"{kind}")'

    def begun(self, p: int, kind: str) -> str:
        """The value of what had commenced by a period's end."""
        passed = self._column(self._place(PASSED, p))
        return f'SUMIFS({self._column(VALUE)},{self._column(KIND)},"{kind}",{passed},">=0")'

    def _moved(self, what: int, p: int, kind: str) -> str:
        return f"{self.sum(what, p, kind)}-{self.sum(what, p - 1, kind)}"

    def _place(self, what: int, p: int) -> int:
        return BLOCKS + what * self.periods + p

    def _column(self, column: int) -> str:
        return block(TITLE, (FIRST, column), (FIRST + max(len(self.rows), 1) - 1, column))


NO_LEASES = Leases({}, 0, 0)


def write_leases(book: Book, scenario: Scenario, contracts: tuple[Contract, ...], inputs: Inputs) -> Leases:
    """Write this sheet and that of payments."""
    tables, longest = write_payments(book, scenario, contracts, inputs)
    sheet = book.sheet(TITLE, ["in whole US cents; of finance leases the right stands among the vintages"])
    listed = sorted(contracts, key=lambda lease: -lease.value_cents)[:LISTED]
    periods = len(scenario.clock.month_edges)
    rows = {(lease.row, lease.commences_hour): FIRST + k for k, lease in enumerate(listed)}
    at = Leases(rows, periods, longest, term_cells=tuple(table.term for table in tables.values()))
    _headings(sheet, scenario, periods, inputs)
    known = {FINANCE: _Totals(periods), OPERATING: _Totals(periods)}
    for r, lease in enumerate(listed, start=FIRST):
        by_period = standing(scenario, lease)
        LeaseRow(sheet, r, scenario, lease, tables[lease.row], inputs).write(by_period)
        known[lease.kind].add(by_period)
    sheet.lay_out(FIRST, 2, BLOCKS + len(WHAT) * periods)
    return Leases(rows, periods, longest, tuple(_terms(at, known)), at.term_cells)


def _headings(sheet: Sheet, scenario: Scenario, periods: int, inputs: Inputs) -> None:
    sheet.texts(FIRST - 1, 0, HEADINGS)
    sheet.text(HOURS_ROW, BLOCKS - 1, "hour of the month's end", "note")
    sheet.text(DAYS_ROW, BLOCKS - 1, "day of the month's end", "note")
    for what, name in enumerate(WHAT):
        for p, edge in enumerate(scenario.clock.month_edges):
            column = BLOCKS + what * periods + p
            sheet.number(HOURS_ROW, column, edge)
            text, day = f"{inputs['start',]}+{letters(column)}{HOURS_ROW + 1}/24", spreadsheet_day(scenario, edge)
            sheet.formula(DAYS_ROW, column, text, day, "date")
            sheet.text(FIRST - 1, column, f"{name}, {scenario.clock.months[p - 1] if p else 'opening'}", "heading")


def spreadsheet_day(scenario: Scenario, hour: float) -> int:
    """The day of an hour as a spreadsheet counts."""
    return scenario.start.toordinal() - SPREADSHEET_DAY_0 + int(hour // HOURS_PER_DAY)


class LeaseRow:
    """A lease in a row of its own."""

    def __init__(
        self, sheet: Sheet, row: int, scenario: Scenario, lease: Contract, table: Table, inputs: Inputs
    ) -> None:
        self._sheet, self._row, self._scenario, self._lease = sheet, row, scenario, lease
        self._table, self._inputs = table, inputs

    def _at(self, column: int) -> str:
        return f"${letters(column)}{self._row + 1}"

    def write(self, at: Standing) -> None:
        """Its facts and value, and where it stands at each period's end."""
        self._facts()
        passed = [self._lease.passed(self._scenario, edge) for edge in self._scenario.clock.month_edges]
        months, parts = ([row[k] for row in passed] for k in range(2))
        values = (months, parts, at.owed.tolist(), at.paid.tolist(), at.repaid.tolist(), at.cost.tolist())
        for p in range(len(passed)):
            for what, (text, by_period) in enumerate(zip(self._texts(p), values, strict=True)):
                self._sheet.formula(
                    self._row, self._block(what, p), text, by_period[p], "number" if what < LEFT else "cents"
                )

    def _block(self, what: int, p: int) -> int:
        return BLOCKS + what * len(self._scenario.clock.month_edges) + p

    def _facts(self) -> None:
        sheet, row, lease, inputs = self._sheet, self._row, self._lease, self._inputs
        sheet.texts(row, TEXT, (lease.text, lease.kind), "text")
        worth = f"({self._table.at(OWED, '0')}+{self._table.at(DUE, '0')})"
        day, hour = spreadsheet_day(self._scenario, lease.commences_hour), lease.commences_hour
        if lease.row[0] == "order":
            prices = [inputs[name, lease.row[1]] for name in ("order_server", "order_network")]
            price = "+".join(f"ROUND({name}*100,0)" for name in prices)
            sheet.number(row, NODES, lease.nodes)
            sheet.formula(row, UNIT, f"({price})*{self._at(NODES)}/{worth}", lease.unit_cents)
            sheet.number(row, HOUR, hour)
            sheet.formula(row, DAY, f"{inputs['start',]}+INT({self._at(HOUR)}/24)", day, "date")
        else:
            sheet.number(row, UNIT, lease.unit_cents)
            sheet.formula(row, HOUR, f"({self._at(DAY)}-{inputs['start',]})*24", hour)
            sheet.formula(row, DAY, inputs[(*lease.row, "commences")], day, "date")
        sheet.formula(row, VALUE, f"ROUND({self._at(UNIT)}*{worth},0)", lease.value_cents, "cents")
        time = hour - hour // HOURS_PER_DAY * HOURS_PER_DAY
        sheet.formula(row, TIME, f"{self._at(HOUR)}-INT({self._at(HOUR)}/24)*24", time)
        sheet.formula(row, ENDS, self._month_hour(self._table.term), lease.ends(self._scenario))

    def _month_hour(self, months: str) -> str:
        """The hour at which a month of the lease begins."""
        return f"((EDATE({self._at(DAY)},{months})-{self._inputs['start',]})*24+{self._at(TIME)})"

    def _texts(self, p: int) -> tuple[str, ...]:
        """The formulas of a period, in the order of `WHAT`."""
        k, part = (self._at(self._block(what, p)) for what in (PASSED, PART))
        column = letters(self._block(PASSED, p))
        edge, day = f"{column}${HOURS_ROW + 1}", f"{column}${DAYS_ROW + 1}"
        begun, term, unit = self._at(DAY), self._table.term, self._at(UNIT)
        months = f"(YEAR({day})-YEAR({begun}))*12+MONTH({day})-MONTH({begun})"
        late = ">=" if self._lease.terms.paid == "in_advance" else ">"
        passed = f"MIN({term},{months}-IF({self._month_hour(months)}{late}{edge},1,0))"
        since, until = self._month_hour(k), self._month_hour(f"{k}+1")
        owed = self._table.at(OWED, k)
        left = f"ROUND({unit}*({owed}+{owed}*({self._table.monthly_rate})*{part}),0)"
        payment, total = f"ROUND({unit},0)", self._table.at(PAID, term)
        cost = f"ROUND({total}*{payment}*(({k}+{part})/{term}),0)" if self._lease.kind == OPERATING else "0"
        texts = (
            left,
            f"{self._table.at(PAID, k)}*{payment}",
            f"{self._at(VALUE)}-ROUND({unit}*{self._table.at(PRINCIPAL, k)},0)",
            cost,
        )
        return (
            f"IF({self._at(HOUR)}>={edge},-1,{passed})",
            f"IF(OR({k}<0,{k}>={term}),0,({edge}-{since})/({until}-{since}))",
            *(f"IF({k}<0,0,{text})" for text in texts),
        )


class _Totals:
    """Sums over leases of a kind by period, cents."""

    def __init__(self, periods: int) -> None:
        self.value, self.owed, self.paid, self.repaid, self.cost = np.zeros((5, periods), dtype=np.int64)

    def add(self, at: Standing) -> None:
        for name in ("value", "owed", "paid", "repaid", "cost"):
            setattr(self, name, getattr(self, name) + getattr(at, name))


def _terms(at: Leases, known: Mapping[str, _Totals]) -> Iterator[Term]:
    """What leases add to the journal: the right of an operating lease is owed + paid - cost."""
    finance, operating = known[FINANCE], known[OPERATING]
    right = operating.owed + operating.paid - operating.cost

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
    interest.append(("-", lambda p: at.begun(p, FINANCE), finance.value))
    yield term(Line(Account.INTEREST), interest, False)
    out = [("-", paid, finance.paid), ("+", repaid, finance.repaid), ("-", spent, operating.paid)]
    yield term(cash("operating"), out, False)
    yield term(cash("financing"), [("-", repaid, finance.repaid)], False)
    yield term(Line(Account.LEASES_OPERATING), [("-", due, operating.owed)], True)
    held = [("+", due, operating.owed), ("+", spent, operating.paid), ("-", cost, operating.cost)]
    yield term(Line(Account.RIGHT_OF_USE_OPERATING), held, True)
    yield term(Line(Account.OPERATING_LEASES), [("+", cost, operating.cost)], False)
    opening = np.zeros(at.periods, dtype=np.int64)
    opening[0] = finance.owed[0] + operating.owed[0] - right[0]

    def equity(p: int) -> str:
        return "" if p else f"+{owed(0)}-{spent(0)}+{cost(0)}"

    yield Term(Line(Account.OPENING_EQUITY), equity, opening)
