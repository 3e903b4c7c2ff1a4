"""The sheet of vintages: cost by price, lives in force, and accumulated depreciation at each month's end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import Account
from simcluster.books.register import Asset, depreciate, impair, periods_of
from simcluster.books.tax_basis import pool_days, pool_of
from simcluster.books.workbook.cells import Book, Sheet, block
from simcluster.books.workbook.life_events import impaired_cents, life_events
from simcluster.books.workbook.subledger import Line, Term
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
    origin,
)
from simcluster.model.depreciation import CLASSES, AssetClass

if TYPE_CHECKING:
    from simcluster.books.construction import Named
    from simcluster.books.journal import Journal
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.core.money import Cents
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

    @property
    def ends(self) -> str:
        """The hours at which nothing is left to depreciate; empty for what was brought together."""
        return self.column(self.accumulated - 1)

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
    period: Callable[[int], str],
) -> Vintages:
    """Write the sheet.

    `paid` has the cell of what was paid for each task and lot of equipment, with its cents; `period` is the address of
    a period's number, for sums by period.
    """
    listed, rest = _listed(journal.assets)
    notes = ["accumulated depreciation is ROUND(depreciable x share lost, 0) at each month's end, in whole US cents"]
    if rest:
        notes.append(
            f"the {len(rest)} cheapest vintages are brought together below, as values that no assumption moves"
        )
    sheet, changes = book.sheet(TITLE, notes), len(life_events(scenario))
    accumulated = PIECES + 3 * (changes + 1)
    _headings(sheet, scenario, changes, accumulated)
    for r, asset in enumerate(listed, start=FIRST):
        VintageRow(sheet, r, scenario, asset, inputs, paid, accumulated).write()
    gathered = _gathered(scenario, rest)
    last = FIRST + len(listed) + len(gathered) - 1
    for r, (key, assets) in enumerate(gathered.items(), start=FIRST + len(listed)):
        _write_gathered(sheet, r, scenario, key, assets, accumulated)
    sheet.lay_out(FIRST, 2, accumulated + len(scenario.clock.months) + len(scenario.finance.impairments))
    costs = {asset: str(sheet.place(r, COST)) for r, asset in enumerate(listed, start=FIRST)}
    where = Vintages((), max(last, FIRST), accumulated, len(scenario.clock.months) + 1, costs, tuple(rest))
    return replace(where, terms=tuple(_terms(scenario, journal, where, period)))


def _listed(assets: tuple[Asset, ...]) -> tuple[list[Asset], list[Asset]]:
    """Those with a row of their own, in order, and the cheapest of too many."""
    dear = set(sorted(range(len(assets)), key=lambda k: (not assets[k].is_interest, -assets[k].cost_cents))[:LISTED])
    parts: tuple[list[Asset], list[Asset]] = [], []
    for k, asset in enumerate(assets):
        parts[k not in dear].append(asset)
    return parts


def _headings(sheet: Sheet, scenario: Scenario, changes: int, accumulated: int) -> None:
    states = [
        f"{what}, line {k + 1}" for k in range(changes + 1) for what in ("since, hour", "lost by then", "ends, hour")
    ]
    sheet.texts(HOURS_ROW + 1, 0, (*HEADINGS, *states, "opening", *map(str, scenario.clock.months)))
    sheet.text(HOURS_ROW, accumulated - 1, "hour of the month's end", "note")
    sheet.numbers(HOURS_ROW, accumulated, scenario.clock.month_edges)
    for k, row in enumerate(scenario.finance.impairments):
        text = f"impairment of {row.date}, cents"
        sheet.text(HOURS_ROW + 1, impaired_column(scenario, accumulated, k), text, "heading")


_Group = tuple[AssetClass, int, int, int, float]


def _gathered(scenario: Scenario, assets: list[Asset]) -> dict[_Group, list[Asset]]:
    found: dict[_Group, list[Asset]] = defaultdict(list)
    for asset in assets:
        hour = scenario.clock.hours(pool_days(scenario, pool_of(scenario, asset))[0]) if scenario.finance.tax else inf
        found[(asset.asset_class, *periods_of(scenario, asset), origin(asset), hour)].append(asset)
    return found


def _write_gathered(
    sheet: Sheet, row: int, scenario: Scenario, key: _Group, assets: list[Asset], accumulated: int
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
    taken = np.sum([impaired_cents(scenario, asset) for asset in assets], axis=0)
    sheet.numbers(row, impaired_column(scenario, accumulated, 0), taken.tolist(), "cents")


def _terms(scenario: Scenario, journal: Journal, at: Vintages, period: Callable[[int], str]) -> Iterator[Term]:
    """What vintages add to the journal: cost and depreciation as they come, age and go, by class."""
    months = at.periods
    for name in CLASSES:
        mine = [asset for asset in journal.assets if asset.asset_class == name]
        cost = {kind: np.zeros(months, dtype=np.int64) for kind in ("came", "built", "interest", "gone")}
        impaired = np.zeros(months, dtype=np.int64)
        opening, worn, left = np.zeros(months, dtype=np.int64), np.zeros(months, dtype=np.int64), cost["gone"].copy()
        for asset in mine:
            came, gone = periods_of(scenario, asset)
            accumulated = np.cumsum(depreciate(scenario, asset))
            worn += accumulated
            impaired += impair(scenario, asset)
            cost["came"][came] += asset.cost_cents
            if not asset.opening:
                cost["interest" if asset.is_interest else "built"][came] += asset.cost_cents
            opening[0] += int(accumulated[0]) - (asset.cost_cents if asset.opening else 0)
            if gone >= 0:
                cost["gone"][gone] += asset.cost_cents
                left[gone] += int(accumulated[-1])
        yield from _class_terms(name, at, period, cost, (opening, worn, left))
        yield from _impairments(scenario, name, at, impaired)


def _impairments(scenario: Scenario, name: AssetClass, at: Vintages, impaired: Cents) -> Iterator[Term]:
    """What is impairment of what a class loses, in the months of its impairments; depreciation is the rest."""
    columns: dict[int, list[str]] = defaultdict(list)
    for k, row in enumerate(scenario.finance.impairments):
        hour = scenario.clock.hours(row.date)
        if row.asset_class == name and hour >= 0:
            column = at.column(impaired_column(scenario, at.accumulated, k))
            columns[scenario.clock.month_index(hour) + 1].append(f'SUMIFS({column},{at.column(CLASS)},"{name}")')

    def taken(sign: str) -> Callable[[int], str]:
        return lambda p: "".join(sign + column for column in columns[p])

    yield Term(Line(Account.IMPAIRMENT), taken("+"), impaired)
    yield Term(Line(Account.depreciation(name)), taken("-"), -impaired)


def _class_terms(
    name: AssetClass,
    at: Vintages,
    period: Callable[[int], str],
    cost: dict[str, Cents],
    others: tuple[Cents, Cents, Cents],
) -> Iterator[Term]:
    opening, worn, left = others
    of_class = f'{at.column(CLASS)},"{name}"'
    charged = np.diff(worn, prepend=0)

    def came(p: int) -> str:
        return f"SUMIFS({at.column(COST)},{of_class},{at.column(PERIOD)},{period(p)}"

    def gone(column: str, p: int) -> str:
        return f"SUMIFS({column},{of_class},{at.column(GONE)},{period(p)})"

    def age(p: int) -> str:
        def by(q: int) -> str:
            return f'SUMIFS({at.by_period(q, q)},{at.column(CLASS)},"{name}")'

        return f"({by(p)}-{by(p - 1)})" if p else by(0)

    last = at.by_period(at.periods - 1, at.periods - 1)
    yield Term(Line(Account.ppe(name), "debit"), lambda p: f"+{came(p)})", cost["came"])
    yield Term(Line(Account.cip(name), "credit"), lambda p: f"-{came(p)},{at.column(OPENED)},0)", -cost["built"])
    interest = Line(Account.cip_interest(name), "credit")
    yield Term(interest, lambda p: f"-{came(p)},{at.column(OPENED)},2)", -cost["interest"])
    yield Term(Line(Account.ppe(name), "credit"), lambda p: f"-{gone(at.column(COST), p)}", -cost["gone"])
    yield Term(Line(Account.accumulated(name), "credit"), lambda p: f"-{age(p)}", -charged)
    yield Term(Line(Account.accumulated(name), "debit"), lambda p: f"+{gone(last, p)}", left)
    yield Term(Line(Account.DISPOSALS), lambda p: f"+{gone(at.column(COST), p)}-{gone(last, p)}", cost["gone"] - left)
    expense = charged.copy()
    expense[0] = 0
    yield Term(Line(Account.depreciation(name)), lambda p: f"+{age(p)}" if p else "", expense)
    yield Term(
        Line(Account.OPENING_EQUITY),
        lambda p: "" if p else f"+{age(0)}-{came(0)},{at.column(OPENED)},1)",
        opening,
    )
