"""The sheet of milestones: what tasks and equipment of construction cost, when it was paid, and what was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.construction import Named, class_of
from simcluster.books.journal import Account
from simcluster.books.posting import month_of
from simcluster.books.workbook.cells import Book, Place, block, letters
from simcluster.books.workbook.construction import BUILT
from simcluster.books.workbook.inputs import Inputs, Key
from simcluster.books.workbook.subledger import Line, Term, cash
from simcluster.core.money import cents, whole
from simcluster.record.events import (
    EquipmentDelivered,
    EquipmentOrdered,
    TaskCancelled,
    TaskFinished,
    TaskStarted,
)

if TYPE_CHECKING:
    from simcluster.model.depreciation import AssetClass
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog

TITLE = "Milestones"
FIRST = 3
TEXT, CLASS, UNITS, PRICE, COST, SHARE, BEGAN, DOWN, PROGRESS, ENDED, WORK, DONE, REST, PAID, LOST = range(15)
HEADINGS = (
    "task or equipment", "class", "units", "price, USD", "cost, cents", "paid first, share", "period begun or ordered",
    "paid first, cents", "progress when cancelled", "period cancelled", "paid for work done, cents",
    "period finished or delivered", "paid last, cents", "paid, cents", "written off, cents",
)  # fmt: skip


@dataclass
class Thing:
    """A task, or a lot of equipment: what it costs, and the periods in which it was begun, cancelled and finished."""

    key: Key
    asset_class: AssetClass
    price_usd: float
    share: float
    units: int = 1
    periods: dict[int, int] = field(default_factory=dict)
    progress: float = 0.0

    def amounts(self) -> dict[int, int]:
        """Cents by column, of what took place."""
        cost = self.units * cents(self.price_usd)
        down = whole(cost * self.share) if BEGAN in self.periods else 0
        rest = cost - whole(cost * self.share)
        work = whole((cost - down) * self.progress) if ENDED in self.periods else 0
        last = rest if DONE in self.periods else 0
        paid = down + work + last
        return {COST: cost, DOWN: down, WORK: work, REST: last, PAID: paid, LOST: paid if ENDED in self.periods else 0}


def things(scenario: Scenario, log: EventLog) -> dict[Named, Thing]:
    """All that was begun or ordered."""
    found: dict[Named, Thing] = {}

    def task(site: int, number: int) -> Thing:
        network = scenario.sites[site].construction
        assert network is not None
        row = network.tasks[number]
        name = class_of(scenario, (site, row.name))
        return found.setdefault((site, row.name), Thing(("task", site, number), name, row.cost, row.paid_at_start))

    for started in log.rows(TaskStarted):
        task(started.site, started.task).periods[BEGAN] = month_of(scenario, started.hour) + 1
    for ended in log.rows(TaskCancelled):
        thing = task(ended.site, ended.task)
        thing.periods[ENDED], thing.progress = month_of(scenario, ended.hour) + 1, ended.progress
    for finished in log.rows(TaskFinished):
        task(finished.site, finished.task).periods[DONE] = month_of(scenario, finished.hour) + 1
    for placed in log.rows(EquipmentOrdered):
        network = scenario.sites[placed.site].construction
        assert network is not None
        row, key = network.equipment[placed.equipment], ("equipment", placed.site, placed.equipment)
        period = month_of(scenario, placed.hour) + 1
        part = class_of(scenario, (placed.site, row.name))
        thing = Thing(key, part, placed.unit_price_usd, row.deposit, placed.units, {BEGAN: period})
        found[placed.site, row.name] = thing
    for came in log.rows(EquipmentDelivered):
        network = scenario.sites[came.site].construction
        assert network is not None
        name = network.equipment[came.equipment].name
        found[came.site, name].periods[DONE] = month_of(scenario, came.hour) + 1
    return found


@dataclass(frozen=True)
class Milestones:
    """Where the sheet says what was paid for each thing, and how much, cents; and what it adds to the journal."""

    paid: dict[Named, tuple[str, int]]
    terms: tuple[Term, ...]


def write_milestones(
    book: Book, scenario: Scenario, log: EventLog, inputs: Inputs, period: Callable[[int], str]
) -> Milestones:
    """Write the sheet, a row a thing."""
    sheet = book.sheet(TITLE, ["a task is paid when it begins and for the rest when it is finished; whole US cents"])
    sheet.texts(FIRST - 1, 0, HEADINGS)
    found = things(scenario, log)
    for row, ((site, name), thing) in enumerate(found.items(), start=FIRST):
        at = [f"${letters(column)}{row + 1}" for column in range(LOST + 1)]
        sheet.text(row, TEXT, f"{name} at {scenario.sites[site].name}")
        sheet.text(row, CLASS, thing.asset_class)
        sheet.number(row, UNITS, thing.units)
        sheet.formula(row, PRICE, inputs[thing.key], thing.price_usd)
        first = inputs[(f"{thing.key[0]}_first", *thing.key[1:])]
        sheet.formula(row, SHARE, first, thing.share)
        for column, number in thing.periods.items():
            sheet.number(row, column, number)
        texts = {COST: f"{at[UNITS]}*ROUND({at[PRICE]}*100,0)", PAID: f"{at[DOWN]}+{at[WORK]}+{at[REST]}"}
        if BEGAN in thing.periods:
            texts[DOWN] = f"ROUND({at[COST]}*{at[SHARE]},0)"
        if ENDED in thing.periods:
            sheet.number(row, PROGRESS, thing.progress)
            texts |= {WORK: f"ROUND(({at[COST]}-{at[DOWN]})*{at[PROGRESS]},0)", LOST: at[PAID]}
        if DONE in thing.periods:
            texts[REST] = f"{at[COST]}-{at[DOWN]}"
        amounts = thing.amounts()
        for column, text in texts.items():
            sheet.formula(row, column, text, amounts[column], "cents")
    sheet.lay_out(FIRST, 1, len(HEADINGS))
    last = max(FIRST + len(found) - 1, FIRST)
    cells = [str(Place(TITLE, FIRST + k, PAID)) for k in range(len(found))]
    paid = {name: (at, thing.amounts()[PAID]) for at, (name, thing) in zip(cells, found.items(), strict=True)}
    months = len(scenario.clock.months)
    terms = [term for name in BUILT for term in _terms(name, list(found.values()), last, months + 1, period)]
    return Milestones(paid, tuple(terms))


def _terms(
    name: AssetClass, rows: list[Thing], last: int, periods: int, period: Callable[[int], str]
) -> Iterator[Term]:
    """Payments into construction in progress of a class, and what was written off it."""
    spent, lost = np.zeros(periods, dtype=np.int64), np.zeros(periods, dtype=np.int64)
    for thing in rows:
        if thing.asset_class != name:
            continue
        amounts = thing.amounts()
        for column, when in ((DOWN, BEGAN), (WORK, ENDED), (REST, DONE)):
            if when in thing.periods:
                spent[thing.periods[when]] += amounts[column]
        if ENDED in thing.periods:
            lost[thing.periods[ENDED]] += amounts[LOST]

    of_class = f'{block(TITLE, (FIRST, CLASS), (last, CLASS))},"{name}"'

    def total(sign: str, p: int, *pairs: tuple[int, int]) -> str:
        columns = [[block(TITLE, (FIRST, k), (last, k)) for k in pair] for pair in pairs]
        return "".join(f"{sign}SUMIFS({amount},{when},{period(p)},{of_class})" for amount, when in columns)

    def payments(sign: str, p: int) -> str:
        return total(sign, p, (DOWN, BEGAN), (WORK, ENDED), (REST, DONE))

    def losses(sign: str, p: int) -> str:
        return total(sign, p, (LOST, ENDED))

    opening = np.arange(periods) == 0
    yield Term(Line(Account.cip(name), "debit"), lambda p: payments("+", p), spent)
    yield Term(Line(Account.cip(name), "credit"), lambda p: losses("-", p), -lost)
    yield Term(cash("investing"), lambda p: payments("-", p) if p else "", np.where(opening, 0, -spent))
    yield Term(Line(Account.ABANDONED), lambda p: losses("+", p) if p else "", np.where(opening, 0, lost))
    yield Term(
        Line(Account.OPENING_EQUITY),
        lambda p: "" if p else payments("-", p) + losses("+", p),
        np.where(opening, lost - spent, 0),
    )
