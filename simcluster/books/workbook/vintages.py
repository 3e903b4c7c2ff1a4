"""The sheet of vintages: cost by price, lives in force, and accumulated depreciation at each month's end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.losses import depreciate
from simcluster.books.register import Asset, periods_of
from simcluster.books.run_off import rights_amortised
from simcluster.books.tax_basis import pool_days, pool_of
from simcluster.books.valuation import run_off_edges
from simcluster.books.workbook.cells import Book, Sheet, block
from simcluster.books.workbook.life_events import impaired_cents, life_events
from simcluster.books.workbook.vintage_row import (
    CLASS,
    COST,
    FIRST,
    GONE,
    HEADINGS,
    HOUR,
    HOURS_ROW,
    OPENED,
    PERIOD,
    PIECES,
    TEXT,
    VintageRow,
    impaired_column,
    label_of,
    origin,
    run_off_column,
)
from simcluster.books.workbook.vintage_terms import vintage_terms

if TYPE_CHECKING:
    from simcluster.books.construction import Named
    from simcluster.books.journal import Journal
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.books.workbook.leases import Leases
    from simcluster.books.workbook.subledger import Term
    from simcluster.model.scenario import Scenario

TITLE = "Vintages"
LISTED = 2_000
"""How many vintages stand in rows of their own; the cheapest of more are brought together as values."""


@dataclass(frozen=True)
class Vintages:
    """Where the sheet has its columns: one more of accumulated depreciation than months, the opening's first."""

    terms: tuple[Term, ...]
    last: int
    accumulated: int
    periods: int
    cost_at: Mapping[Asset, str]
    """The cells of the costs of assets with rows of their own."""
    gathered: tuple[Asset, ...] = ()
    """Those that were brought together, as values."""
    leased: tuple[str, ...] = ()
    """The classes of what is leased, as the sheet tells them."""
    run_off: int = 0
    """The first column of what of that is amortised by the end of each month of the run-off, where it is taxed."""

    def amortised(self, k: int) -> str:
        """What leased vintages lose in the k-th month of the run-off; nothing where there are none."""
        after, before = (
            self.column(self.run_off + j if j >= 0 else self.accumulated + self.periods - 1) for j in (k, k - 1)
        )
        of = [f'{self.column(CLASS)},"{label}"' for label in self.leased]
        return "".join(f"+SUMIFS({after},{mine})-SUMIFS({before},{mine})" for mine in of)

    def column(self, column: int) -> str:
        """All rows of a column."""
        return block(TITLE, (FIRST, column), (self.last, column))

    def by_period(self, first: int, last: int) -> str:
        """Accumulated depreciation of all rows from one period's end to another's."""
        return block(TITLE, (FIRST, self.accumulated + first), (self.last, self.accumulated + last))


def write_vintages(
    book: Book,
    scenario: Scenario,
    journal: Journal,
    inputs: Inputs,
    paid: Mapping[Named, tuple[str, int]],
    leases: Leases,
    period: Callable[[int], str],
) -> Vintages:
    """Write the sheet.

    `paid` has the cell of what was paid for each task and lot of equipment, with its cents; `period` is the address of
    a period's number, for sums by period.
    """
    (listed, rest), run_off = _listed(journal.assets), _taxed_run_off(scenario, journal)
    notes = ["accumulated depreciation is ROUND(depreciable x share lost, 0) at each month's end, in whole US cents"]
    if rest:
        notes.append(
            f"the {len(rest)} cheapest vintages are brought together below, as values that no assumption moves"
        )
    sheet, changes = book.sheet(TITLE, notes), len(life_events(scenario))
    accumulated = PIECES + 3 * (changes + 1)
    _headings(sheet, scenario, changes, accumulated, run_off)
    for r, asset in enumerate(listed, start=FIRST):
        VintageRow(sheet, r, scenario, asset, inputs, paid, leases, accumulated, run_off).write()
    gathered = _gathered(scenario, rest)
    last = FIRST + len(listed) + len(gathered) - 1
    for r, (key, assets) in enumerate(gathered.items(), start=FIRST + len(listed)):
        _write_gathered(sheet, r, scenario, key, assets, accumulated, run_off)
    sheet.lay_out(FIRST, 2, accumulated + len(scenario.clock.months) + len(scenario.finance.impairments))
    costs = {asset: str(sheet.place(r, COST)) for r, asset in enumerate(listed, start=FIRST)}
    where = Vintages((), max(last, FIRST), accumulated, len(scenario.clock.months) + 1, costs, tuple(rest))
    leased = tuple(sorted({label_of(asset) for asset in journal.assets if asset.leased}))
    where = replace(where, leased=leased, run_off=run_off_column(scenario, accumulated))
    return replace(where, terms=tuple(vintage_terms(scenario, journal.assets, where, period)))


def _taxed_run_off(scenario: Scenario, journal: Journal) -> list[date]:
    """Midnights at which months of the run-off end, where what is leased is amortised in them for tax."""
    taxed = scenario.finance.tax is not None and scenario.revenue.earns
    return run_off_edges(scenario)[1:] if taxed and any(asset.leased for asset in journal.assets) else []


def _listed(assets: tuple[Asset, ...]) -> tuple[list[Asset], list[Asset]]:
    """Those with a row of their own, in order, and the cheapest of too many."""
    dear = set(sorted(range(len(assets)), key=lambda k: (not assets[k].is_interest, -assets[k].cost_cents))[:LISTED])
    parts: tuple[list[Asset], list[Asset]] = [], []
    for k, asset in enumerate(assets):
        parts[k not in dear].append(asset)
    return parts


def _headings(sheet: Sheet, scenario: Scenario, changes: int, accumulated: int, run_off: list[date]) -> None:
    states = [
        f"{what}, line {k + 1}" for k in range(changes + 1) for what in ("since, hour", "lost by then", "ends, hour")
    ]
    sheet.texts(HOURS_ROW + 1, 0, (*HEADINGS, *states, "opening", *map(str, scenario.clock.months)))
    sheet.text(HOURS_ROW, accumulated - 1, "hour of the month's end", "note")
    sheet.numbers(HOURS_ROW, accumulated, scenario.clock.month_edges)
    for k, row in enumerate(scenario.finance.impairments):
        text = f"impairment of {row.date}, cents"
        sheet.text(HOURS_ROW + 1, impaired_column(scenario, accumulated, k), text, "heading")
    for k, day in enumerate(run_off, start=run_off_column(scenario, accumulated)):
        sheet.number(HOURS_ROW, k, scenario.clock.hours(day))
        sheet.text(HOURS_ROW + 1, k, "run-off", "heading")


_Group = tuple[str, int, int, int, float]


def _gathered(scenario: Scenario, assets: list[Asset]) -> dict[_Group, list[Asset]]:
    found: dict[_Group, list[Asset]] = defaultdict(list)
    for asset in assets:
        hour = scenario.clock.hours(pool_days(scenario, pool_of(scenario, asset))[0]) if scenario.finance.tax else inf
        found[(label_of(asset), *periods_of(scenario, asset), origin(asset), hour)].append(asset)
    return found


def _write_gathered(
    sheet: Sheet, row: int, scenario: Scenario, key: _Group, assets: list[Asset], accumulated: int, run_off: list[date]
) -> None:
    """Vintages of one class that came and went in the same months, and are in one pool of tax, as values."""
    name, came, gone, whence, hour = key
    sheet.number(row, HOUR, hour)
    sheet.text(row, TEXT, f"{len(assets)} vintages of {name}")
    sheet.text(row, CLASS, name)
    sheet.number(row, COST, sum(asset.cost_cents for asset in assets), "cents")
    sheet.number(row, PERIOD, came)
    sheet.number(row, OPENED, whence)
    sheet.number(row, GONE, gone if gone >= 0 else inf)
    worn = np.sum([np.cumsum(depreciate(scenario, asset)) for asset in assets], axis=0)
    sheet.numbers(row, accumulated, worn.tolist(), "cents")
    if assets[0].leased:
        later = worn[-1] + np.cumsum(rights_amortised(scenario, assets, run_off))
        sheet.numbers(row, run_off_column(scenario, accumulated), later.tolist(), "cents")
    taken = np.sum([impaired_cents(scenario, asset) for asset in assets], axis=0)
    sheet.numbers(row, impaired_column(scenario, accumulated, 0), taken.tolist(), "cents")
