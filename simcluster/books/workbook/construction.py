"""The sheet of construction: what has been spent on each hall with a day by each month's end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import Account
from simcluster.books.posting import hall_spans, spread_cents
from simcluster.books.register import hall_cost_cents
from simcluster.books.workbook.cells import Book, block, letters
from simcluster.books.workbook.subledger import Line, Term, cash

if TYPE_CHECKING:
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog

TITLE = "Construction"
HOURS_ROW, FIRST = 2, 4
TEXT, MW, PRICE, COST, BEGINS, ENDS, SPENT = range(7)
HEADINGS = ("hall", "IT MW", "price, USD/MW", "cost, cents", "begins, hour", "ends, hour")


def write_construction(book: Book, scenario: Scenario, log: EventLog, inputs: Inputs) -> list[Term]:
    """Write the sheet: cost spread evenly over the hours of construction, ROUND(cost x share, 0) by a month's end."""
    sheet = book.sheet(TITLE, ["spent by each month's end, in whole US cents"])
    sheet.texts(HOURS_ROW + 1, 0, (*HEADINGS, "opening", *map(str, scenario.clock.months)))
    sheet.text(HOURS_ROW, ENDS, "hour of the month's end", "note")
    sheet.numbers(HOURS_ROW, SPENT, scenario.clock.month_edges)
    total, row = np.zeros(len(scenario.clock.months) + 1, dtype=np.int64), FIRST
    for s, h, begin, hours in hall_spans(scenario, log):
        site, hall = scenario.sites[s], scenario.sites[s].halls[h]
        cost, at = hall_cost_cents(scenario, s, h), [f"${letters(column)}{row + 1}" for column in range(SPENT)]
        sheet.text(row, TEXT, f"{hall.name} at {site.name}")
        sheet.number(row, MW, hall.it_power)
        sheet.formula(row, PRICE, inputs["hall", s, h], hall.cost or 0.0)
        sheet.formula(row, COST, f"ROUND({at[MW]}*{at[PRICE]}*100,0)", cost, "cents")
        sheet.number(row, BEGINS, begin)
        sheet.number(row, ENDS, begin + hours)
        spent = np.cumsum(spread_cents(scenario, cost, begin, hours))
        for p, value in enumerate(spent.tolist()):
            hour = f"{letters(SPENT + p)}${HOURS_ROW + 1}"
            line = f"IF({hour}>{at[ENDS]},1,({hour}-{at[BEGINS]})/({at[ENDS]}-{at[BEGINS]}))"
            text = f"ROUND({at[COST]}*IF({hour}>{at[BEGINS]},{line},0),0)"
            sheet.formula(row, SPENT + p, text, value, "cents")
        total, row = total + spent, row + 1
    sheet.lay_out(FIRST, 1, SPENT + len(total))
    return list(_terms(total, max(row - 1, FIRST)))


def _terms(total: np.ndarray[tuple[int], np.dtype[np.int64]], last: int) -> Iterator[Term]:
    by_period = np.diff(total, prepend=0)
    opening, later = by_period.copy(), by_period.copy()
    opening[1:], later[0] = 0, 0

    def spent(sign: str) -> Callable[[int], str]:
        def text(p: int) -> str:
            here, before = (f"SUM({block(TITLE, (FIRST, SPENT + k), (last, SPENT + k))})" for k in (p, max(p - 1, 0)))
            return f"{sign}({here}-{before})" if p else f"{sign}{here}"

        return text

    paid = spent("-")
    yield Term(Line(Account.CIP_BUILDINGS, "debit"), spent("+"), by_period)
    yield Term(Line(Account.OPENING_EQUITY), lambda p: "" if p else paid(p), -opening)
    yield Term(cash("investing"), lambda p: paid(p) if p else "", -later)
