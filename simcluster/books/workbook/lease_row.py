"""A lease in a row: its facts and value, and blocks of what is owed, paid, repaid and charged by each month's end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.books.leases import Contract, Standing
from simcluster.books.workbook.cells import SPREADSHEET_DAY_0, Sheet, letters
from simcluster.books.workbook.lease_payments import DUE, OWED, PAID, PRINCIPAL, Table
from simcluster.core.calendar import HOURS_PER_DAY

if TYPE_CHECKING:
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.model.scenario import Scenario

TITLE = "Leases"
HOURS_ROW, DAYS_ROW, FIRST = 2, 3, 5
TEXT, KIND, NODES, UNIT, VALUE, HOUR, DAY, TIME, ENDS, BLOCKS = range(10)
HEADINGS = (
    "lease", "kind", "nodes", "cents of a payment of 1", "value, cents", "commences, hour", "commences",
    "hour of the day", "ends, hour",
)  # fmt: skip
PASSED, PART, BEGUN, LEFT, SPENT, REPAID, COST = range(7)
WHAT = ("months passed", "part of the next", "commenced", "owed", "paid", "principal repaid", "straight-line cost")
KINDS = FINANCE, OPERATING = "finance", "operating"


def write_headings(sheet: Sheet, scenario: Scenario, inputs: Inputs) -> None:
    """Headings, and the hours and days of months' ends above each block."""
    periods = len(scenario.clock.month_edges)
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


def write_together(sheet: Sheet, row: int, kind: str, leases: int, at: Standing) -> None:
    """Leases of a kind brought together in a row, as values."""
    sheet.texts(row, TEXT, (f"{leases} {kind} leases", kind), "text")
    for k, amounts in enumerate((at.value, at.owed, at.paid, at.repaid, at.cost)):
        sheet.numbers(row, BLOCKS + (BEGUN + k) * len(amounts), amounts.tolist(), "cents")


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
        values = (months, parts, *(row.tolist() for row in (at.value, at.owed, at.paid, at.repaid, at.cost)))
        for p in range(len(passed)):
            for what, (text, by_period) in enumerate(zip(self._texts(p), values, strict=True)):
                self._sheet.formula(
                    self._row, self._block(what, p), text, by_period[p], "number" if what < BEGUN else "cents"
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
            self._at(VALUE),
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
