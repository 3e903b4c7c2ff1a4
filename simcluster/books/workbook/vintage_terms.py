"""What the sheet of vintages adds to the journal, by class, of what is owned and of what is leased."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import Account
from simcluster.books.losses import depreciate, impair
from simcluster.books.register import Asset, periods_of
from simcluster.books.workbook.subledger import Line, Term
from simcluster.books.workbook.vintage_row import (
    CLASS,
    COST,
    FROM_CONSTRUCTION,
    FROM_INTEREST,
    FROM_OPENING,
    GONE,
    OPENED,
    PERIOD,
    impaired_column,
    label_of,
)
from simcluster.model.depreciation import CLASSES, AssetClass

if TYPE_CHECKING:
    from simcluster.books.workbook.vintages import Vintages
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario

Period = Callable[[int], str]
"""The address of a period's number."""


def vintage_terms(scenario: Scenario, assets: Iterable[Asset], at: Vintages, period: Period) -> Iterator[Term]:
    """Cost and depreciation as vintages come, age and go, by class."""
    by_label: dict[str, list[Asset]] = {name: [] for name in CLASSES}
    for asset in assets:
        by_label.setdefault(label_of(asset), []).append(asset)
    for label, mine in by_label.items():
        sums = _Sums(scenario, mine, at.periods)
        formulas = _Formulas(label, at, period)
        if label in CLASSES:
            yield from _owned(label, sums, formulas)
            yield from _impaired(scenario, label, sums.impaired, formulas)
        else:
            yield from _leased(sums, formulas)


class _Sums:
    """What came (of it what was built, was interest, or stood at the start), went and wore off by period, cents."""

    def __init__(self, scenario: Scenario, assets: list[Asset], periods: int) -> None:
        self.came, self.built, self.interest, self.gone, self.left = np.zeros((5, periods), dtype=np.int64)
        worn, self.opening, self.impaired = np.zeros((3, periods), dtype=np.int64)
        for asset in assets:
            came, gone = periods_of(scenario, asset)
            accumulated = np.cumsum(depreciate(scenario, asset))
            worn += accumulated
            self.impaired += impair(scenario, asset)
            self.came[came] += asset.cost_cents
            if not asset.opening:
                (self.interest if asset.is_interest else self.built)[came] += asset.cost_cents
            self.opening[0] += int(accumulated[0]) - (asset.cost_cents if asset.opening else 0)
            if gone >= 0:
                self.gone[gone] += asset.cost_cents
                self.left[gone] += int(accumulated[-1])
        self.charged: Cents = np.diff(worn, prepend=0)

    @property
    def expense(self) -> Cents:
        """What wore off in each month; the opening bears none."""
        out: Cents = self.charged.copy()
        out[0] = 0
        return out


class _Formulas:
    """The same as formulas of a period."""

    def __init__(self, label: str, at: Vintages, period: Period) -> None:
        self._at, self._period, self._class = at, period, f'{at.column(CLASS)},"{label}"'

    def came(self, p: int, origin: int | None = None) -> str:
        """Cost of what came, of one origin where that is given."""
        of = "" if origin is None else f",{self._at.column(OPENED)},{origin}"
        return f"SUMIFS({self._at.column(COST)},{self._class},{self._at.column(PERIOD)},{self._period(p)}{of})"

    def gone(self, p: int) -> str:
        """Cost of what went."""
        return self._gone(self._at.column(COST), p)

    def left(self, p: int) -> str:
        """What had worn off of it."""
        last = self._at.periods - 1
        return self._gone(self._at.by_period(last, last), p)

    def age(self, p: int) -> str:
        """What wore off."""
        return f"({self._worn(p)}-{self._worn(p - 1)})" if p else self._worn(0)

    def taken(self, scenario: Scenario, impairment: int) -> str:
        """What an impairment took."""
        return f"SUMIFS({self._at.column(impaired_column(scenario, self._at.accumulated, impairment))},{self._class})"

    def _worn(self, p: int) -> str:
        return f"SUMIFS({self._at.by_period(p, p)},{self._class})"

    def _gone(self, column: str, p: int) -> str:
        return f"SUMIFS({column},{self._class},{self._at.column(GONE)},{self._period(p)})"


def _owned(name: AssetClass, sums: _Sums, of: _Formulas) -> Iterator[Term]:
    yield Term(Line(Account.ppe(name), "debit"), lambda p: f"+{of.came(p)}", sums.came)
    yield Term(Line(Account.cip(name), "credit"), lambda p: f"-{of.came(p, FROM_CONSTRUCTION)}", -sums.built)
    interest = Line(Account.cip_interest(name), "credit")
    yield Term(interest, lambda p: f"-{of.came(p, FROM_INTEREST)}", -sums.interest)
    yield Term(Line(Account.ppe(name), "credit"), lambda p: f"-{of.gone(p)}", -sums.gone)
    yield Term(Line(Account.accumulated(name), "credit"), lambda p: f"-{of.age(p)}", -sums.charged)
    yield Term(Line(Account.accumulated(name), "debit"), lambda p: f"+{of.left(p)}", sums.left)
    yield Term(Line(Account.DISPOSALS), lambda p: f"+{of.gone(p)}-{of.left(p)}", sums.gone - sums.left)
    yield Term(Line(Account.depreciation(name)), lambda p: f"+{of.age(p)}" if p else "", sums.expense)
    equity = Line(Account.OPENING_EQUITY)
    yield Term(equity, lambda p: "" if p else f"+{of.age(0)}-{of.came(0, FROM_OPENING)}", sums.opening)


def _impaired(scenario: Scenario, name: AssetClass, impaired: Cents, of: _Formulas) -> Iterator[Term]:
    """What is impairment of what a class loses, in the months of its impairments; depreciation is the rest."""
    columns: dict[int, list[str]] = defaultdict(list)
    for k, row in enumerate(scenario.finance.impairments):
        hour = scenario.clock.hours(row.date)
        if row.asset_class == name and hour >= 0:
            columns[scenario.clock.month_index(hour) + 1].append(of.taken(scenario, k))

    def taken(sign: str) -> Callable[[int], str]:
        return lambda p: "".join(sign + column for column in columns[p])

    yield Term(Line(Account.IMPAIRMENT), taken("+"), impaired)
    yield Term(Line(Account.depreciation(name)), taken("-"), -impaired)


def _leased(sums: _Sums, of: _Formulas) -> Iterator[Term]:
    """Rights lose their cost directly, and open at their book value; the sheet of leases has what is owed for them."""
    right, begun, lost = Account.RIGHT_OF_USE_FINANCE, sums.came.copy(), sums.gone - sums.left
    begun[0] -= sums.charged[0]
    yield Term(Line(right, "debit"), lambda p: f"+{of.came(p)}" + ("" if p else f"-{of.age(0)}"), begun)
    used = -sums.expense - lost
    out = Term(Line(right, "credit"), lambda p: f"-{of.age(p)}-{of.gone(p)}+{of.left(p)}" if p else "", used)
    yield out
    yield Term(Line(Account.DISPOSALS), lambda p: f"+{of.gone(p)}-{of.left(p)}", lost)
    yield Term(Line(Account.LEASE_AMORTISATION), lambda p: f"+{of.age(p)}" if p else "", sums.expense)
    equity = Line(Account.OPENING_EQUITY)
    yield Term(equity, lambda p: "" if p else f"+{of.age(0)}-{of.came(0)}", sums.opening)
