"""The sheet of construction: what has been spent on each hall with a day, and on each retrofit, by a month's end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import Account
from simcluster.books.posting_construction import Spread, spread_cents, spreads
from simcluster.books.workbook.cells import Book, Sheet, block, letters
from simcluster.books.workbook.subledger import Line, Term, cash

if TYPE_CHECKING:
    from simcluster.books.register import Priced
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.core.money import Cents
    from simcluster.model.depreciation import AssetClass
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog

TITLE = "Construction"
HOURS_ROW, FIRST = 2, 4
TEXT, CLASS, MW, PRICE, SHARE, COST, BEGINS, ENDS, SPENT = range(9)
HEADINGS = (
    "work", "class", "IT MW", "price, USD/MW", "plant, share", "cost, cents", "begins, hour", "ends, hour",
)  # fmt: skip
BUILT: tuple[AssetClass, ...] = ("buildings", "plant")
"""The classes that are built and not bought."""


def write_construction(book: Book, scenario: Scenario, log: EventLog, inputs: Inputs) -> list[Term]:
    """Write the sheet: cost spread evenly over the hours of the work, ROUND(cost x share, 0) by a month's end."""
    sheet = book.sheet(TITLE, ["spent by each month's end, in whole US cents"])
    sheet.texts(HOURS_ROW + 1, 0, (*HEADINGS, "opening", *map(str, scenario.clock.months)))
    sheet.text(HOURS_ROW, ENDS, "hour of the month's end", "note")
    sheet.numbers(HOURS_ROW, SPENT, scenario.clock.month_edges)
    total = {name: np.zeros(len(scenario.clock.months) + 1, dtype=np.int64) for name in BUILT}
    row = FIRST
    for row, work in enumerate(spreads(scenario, log), start=FIRST):
        total[work.priced.asset_class] += _write_work(sheet, row, scenario, work, inputs)
    sheet.lay_out(FIRST, 1, SPENT + len(scenario.clock.months) + 1)
    return [term for name in BUILT for term in _terms(name, total[name], row)]


def _write_work(sheet: Sheet, row: int, scenario: Scenario, work: Spread, inputs: Inputs) -> Cents:
    """A work in a row; gives what is spent on it by period, cents."""
    at, priced = [f"${letters(column)}{row + 1}" for column in range(SPENT)], work.priced
    sheet.text(row, TEXT, f"{work.text} at {scenario.sites[priced.row[0]].name}")
    sheet.text(row, CLASS, priced.asset_class)
    sheet.number(row, MW, priced.quantity)
    sheet.formula(row, PRICE, inputs[(priced.by, *priced.row)], price_per_mw_usd(scenario, priced))
    if priced.plant_share:
        sheet.formula(row, SHARE, inputs[("plant_share", *priced.row)], priced.plant_share)
    sheet.formula(row, COST, cost_text(priced, at[MW], at[PRICE], at[SHARE]), work.cents, "cents")
    sheet.number(row, BEGINS, work.begin_hour)
    sheet.number(row, ENDS, work.begin_hour + work.hours)
    by_period = spread_cents(scenario, work.cents, work.begin_hour, work.hours)
    for p, value in enumerate(np.cumsum(by_period).tolist()):
        hour = f"{letters(SPENT + p)}${HOURS_ROW + 1}"
        line = f"IF({hour}>{at[ENDS]},1,({hour}-{at[BEGINS]})/({at[ENDS]}-{at[BEGINS]}))"
        text = f"ROUND({at[COST]}*IF({hour}>{at[BEGINS]},{line},0),0)"
        sheet.formula(row, SPENT + p, text, value, "cents")
    return by_period


def cost_text(priced: Priced, mw: str, price: str, share: str) -> str:
    """The formula of what is built for a hall: of the cost, plant takes a rounded share and the building the rest."""
    cost = f"ROUND({mw}*{price}*100,0)"
    if not priced.plant_share:
        return cost
    plant = f"ROUND({cost}*{share},0)"
    return plant if priced.asset_class == "plant" else f"{cost}-{plant}"


def price_per_mw_usd(scenario: Scenario, priced: Priced) -> float:
    """The price of a hall or of a retrofit."""
    hall = scenario.sites[priced.row[0]].halls[priced.row[1]]
    price = hall.cost if priced.by == "hall" else hall.retrofits[priced.row[2]].cost
    assert price is not None
    return price


def _terms(name: AssetClass, by_period: Cents, last: int) -> Iterator[Term]:
    opening, later = by_period.copy(), by_period.copy()
    opening[1:], later[0] = 0, 0
    of_class = f'{block(TITLE, (FIRST, CLASS), (last, CLASS))},"{name}"'

    def spent(sign: str) -> Callable[[int], str]:
        def by(p: int) -> str:
            return f"SUMIFS({block(TITLE, (FIRST, SPENT + p), (last, SPENT + p))},{of_class})"

        return lambda p: f"{sign}({by(p)}-{by(p - 1)})" if p else f"{sign}{by(p)}"

    paid = spent("-")
    yield Term(Line(Account.cip(name), "debit"), spent("+"), by_period)
    yield Term(Line(Account.OPENING_EQUITY), lambda p: "" if p else paid(p), -opening)
    yield Term(cash("investing"), lambda p: paid(p) if p else "", -later)
