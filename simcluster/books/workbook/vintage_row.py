"""A vintage in a row: its facts, its cost by price, its lives, and its accumulated depreciation by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.impairments import is_struck
from simcluster.books.losses import depreciable_cents, depreciate
from simcluster.books.register import Asset, Priced, periods_of
from simcluster.books.run_off import earns_in_run_off, earns_until, rights_amortised, stands_alone
from simcluster.books.workbook import lease_row
from simcluster.books.workbook.cells import SPREADSHEET_DAY_0, Sheet, letters
from simcluster.books.workbook.construction import BUILT, cost_text, price_per_mw_usd
from simcluster.books.workbook.life_events import impaired_cents, life_events, schedules
from simcluster.core.calendar import HOURS_PER_YEAR
from simcluster.core.money import between

if TYPE_CHECKING:
    from simcluster.books.construction import Named, Part
    from simcluster.books.register import Priced
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.books.workbook.lease_payments import Row
    from simcluster.books.workbook.leases import Leases
    from simcluster.model.depreciation import Piece
    from simcluster.model.scenario import Scenario

HOURS_ROW, FIRST = 2, 4
TEXT, CLASS, QUANTITY, PRICE, COST, DEPRECIABLE, HOUR, DAY, PERIOD, OPENED = range(10)
GONE_HOUR, GONE, LIFE, EARNS, PIECES = range(10, 15)
HEADINGS = (
    "vintage", "class", "nodes or MW", "unit price, USD", "cost, cents", "depreciable, cents", "in service, hour",
    "in service", "period in service", "0 built, 1 opening, 2 interest", "given up, hour", "period given up",
    "life in force, years", "earns until, hour",
)  # fmt: skip


def label_of(asset: Asset) -> str:
    """The class of a vintage as the sheet tells it, apart for leased orders and for leases that stand alone."""
    if stands_alone(asset):
        return f"lease of {asset.asset_class}"
    return f"leased {asset.asset_class}" if asset.leased else asset.asset_class


FROM_CONSTRUCTION, FROM_OPENING, FROM_INTEREST = range(3)


def origin(asset: Asset) -> int:
    """Where a vintage came from: out of construction in progress, with the opening balance, or out of interest."""
    return FROM_INTEREST if asset.is_interest else FROM_OPENING if asset.opening else FROM_CONSTRUCTION


class VintageRow:
    """A vintage in a row of its own."""

    def __init__(
        self,
        sheet: Sheet,
        row: int,
        scenario: Scenario,
        asset: Asset,
        inputs: Inputs,
        paid: Mapping[Named, tuple[str, int]],
        leases: Leases,
        accumulated: int,
        run_off: Sequence[date] = (),
    ) -> None:
        self._sheet, self._row, self._scenario, self._leases = sheet, row, scenario, leases
        self._asset, self._inputs, self._paid, self._accumulated = asset, inputs, paid, accumulated
        self._gone = periods_of(scenario, asset)[1] >= 0
        self._run_off = run_off
        self._beside = run_off_column(scenario, accumulated) + len(run_off)

    def _at(self, column: int) -> str:
        return f"${letters(column)}{self._row + 1}"

    def write(self) -> None:
        """Facts, cost, lives, and what is accumulated by period."""
        self._facts()
        self._cost()
        pieces = self._lives()
        if earns_in_run_off(self._asset):
            self._earns(self._book_end(pieces) if self._asset.leased else self._at(PIECES + 3 * pieces - 1))
        worn = np.cumsum(depreciate(self._scenario, self._asset))
        self._worn(self._accumulated, pieces, worn.tolist())
        if self._asset.leased:
            later = worn[-1] + np.cumsum(rights_amortised(self._scenario, [self._asset], self._run_off))
            self._worn(run_off_column(self._scenario, self._accumulated), pieces, later.tolist())

    def _worn(self, first: int, pieces: int, worn: Sequence[int]) -> None:
        """What is accumulated by the hour above each column from a first one on."""
        for column, cents in enumerate(worn, start=first):
            at = f"MIN({letters(column)}${HOURS_ROW + 1},{self._at(GONE_HOUR)})"
            share = "0"
            for k in range(pieces):
                since, lost, ends = (self._at(PIECES + 3 * k + j) for j in range(3))
                line = f"IF({at}>{ends},1,{lost}+(1-{lost})*({at}-{since})/({ends}-{since}))"
                share = f"IF({at}>{since},{line},{share})"
            self._sheet.formula(self._row, column, f"ROUND({self._at(DEPRECIABLE)}*{share},0)", cents, "cents")

    def _facts(self) -> None:
        sheet, row, asset, scenario = self._sheet, self._row, self._asset, self._scenario
        came, gone = periods_of(scenario, asset)
        sheet.text(row, TEXT, asset.text)
        sheet.text(row, CLASS, label_of(asset))
        if self._lease_row()[0] == "lease" and self._leased(lease_row.HOUR):
            self._commencement(came)
        else:
            sheet.number(row, HOUR, asset.in_service_hour)
            sheet.number(row, PERIOD, came)
            sheet.number(row, OPENED, origin(asset))
        day = scenario.start.toordinal() - SPREADSHEET_DAY_0 + asset.in_service_hour / 24
        sheet.formula(row, DAY, f"{self._inputs['start',]}+{self._at(HOUR)}/24", day, "date")
        if gone >= 0:
            sheet.number(row, GONE_HOUR, asset.retired_hour)
            sheet.number(row, GONE, gone)

    def _lease_row(self) -> Row:
        """Which lease it is on; of what was bought, which order it would be."""
        priced = self._asset.priced
        by_lease = isinstance(priced, Priced) and priced.by == "lease"
        return ("lease" if by_lease else "order", priced.row[0] if isinstance(priced, Priced) else -1)

    def _leased(self, column: int) -> str:
        """A cell of its lease's row; nothing where that has no row."""
        return self._leases.cell((self._lease_row(), self._asset.in_service_hour), column)

    def _commencement(self, came: int) -> None:
        """Hour and period of a lease that stands alone, which follow from its day."""
        edges = f"${letters(self._accumulated)}${HOURS_ROW + 1}:"
        edges += f"${letters(self._accumulated + len(self._scenario.clock.months))}${HOURS_ROW + 1}"
        hour, value = self._leased(lease_row.HOUR), self._asset.in_service_hour
        self._sheet.formula(self._row, HOUR, hour, value)
        text = f"IF({self._at(HOUR)}<0,0,MATCH({self._at(HOUR)},{edges},1))"
        self._sheet.formula(self._row, PERIOD, text, came)
        self._sheet.formula(self._row, OPENED, f"IF({self._at(HOUR)}<0,1,0)", int(self._asset.opening))

    def _cost(self) -> None:
        sheet, row, asset, priced = self._sheet, self._row, self._asset, self._asset.priced
        quantity, price = self._at(QUANTITY), self._at(PRICE)
        if not priced or (isinstance(priced, Priced) and priced.by == "lease" and not self._leased(lease_row.VALUE)):
            sheet.number(row, COST, asset.cost_cents, "cents")
        elif isinstance(priced, tuple):
            self._parts(priced)
        elif priced.by == "lease":
            sheet.formula(row, COST, self._leased(lease_row.VALUE), asset.cost_cents, "cents")
        elif asset.is_interest:
            placed = self._inputs[("interest", *priced.row, priced.asset_class)]
            sheet.formula(row, COST, placed, asset.cost_cents, "cents")
        else:
            text = f"ROUND({price}*100,0)*{quantity}"
            if priced.asset_class in BUILT:
                share = self._inputs[("plant_share", *priced.row)] if priced.plant_share else "0"
                text = cost_text(priced, quantity, price, share)
            sheet.number(row, QUANTITY, priced.quantity)
            name = self._inputs[(priced.by, *priced.row)]
            sheet.formula(row, PRICE, name, unit_price_usd(self._scenario, priced))
            sheet.formula(row, COST, text, asset.cost_cents, "cents")
        text = self._at(COST)
        if not asset.leased:
            text += f"-ROUND({self._at(COST)}*{self._inputs['residual', asset.asset_class]},0)"
        sheet.formula(row, DEPRECIABLE, text, depreciable_cents(self._scenario, asset), "cents")

    def _parts(self, parts: Sequence[Part]) -> None:
        """What was built by tasks: its part of what each cost, beyond the months; then the shares, to the last bit."""
        sheet, row, amounts = self._sheet, self._row, self._beside + 1
        shares, cost = amounts + len(parts), self._asset.cost_cents
        for k, part in enumerate(parts):
            since, until = self._at(shares + 2 * k), self._at(shares + 2 * k + 1)
            paid, paid_cents = self._paid[part.of]
            text = f"ROUND({paid}*{until},0)-ROUND({paid}*{since},0)"
            sheet.formula(row, amounts + k, text, between(paid_cents, part.since, part.until), "cents")
            sheet.numbers(row, shares + 2 * k, (part.since, part.until))
        sheet.formula(row, COST, f"SUM({self._at(amounts)}:{self._at(shares - 1)})", cost, "cents")

    def _lives(self) -> int:
        """One straight line from the hour in service, and another after each event; gives how many."""
        hour, name = self._at(HOUR), self._asset.asset_class
        pieces = [schedule.pieces[-1] for schedule in schedules(self._scenario, self._asset)]
        self._piece(0, hour, "0", f"{hour}+{self._life(self._inputs['life', name])}", pieces[0])
        for k, event in enumerate(life_events(self._scenario), start=1):
            if event.kind == "change":
                self._change(k, event.row, pieces[k])
            elif is_struck(self._scenario, self._asset, event.row):
                self._write_down(k, event.row, pieces[k])
            else:
                self._piece(k, *self._before(k), pieces[k])
        column = PIECES + 3 * (len(pieces) - 1) + 2
        years = (pieces[-1][2] - self._asset.in_service_hour) / HOURS_PER_YEAR
        self._sheet.formula(self._row, LIFE, f"({self._at(column)}-{hour})/{HOURS_PER_YEAR:.0f}", years)
        return len(pieces)

    def _earns(self, book_end: str) -> None:
        """The hour until which it earns: by the economic life, or by its book life."""
        economic = self._inputs["economic_life",]
        text = f'IF({economic}="",{book_end},{self._at(HOUR)}+{economic}*{HOURS_PER_YEAR:.0f})'
        self._sheet.formula(self._row, EARNS, text, earns_until(self._scenario, self._asset))

    def _book_end(self, pieces: int) -> str:
        """When the book life ends of what is leased, whose lines end with the term: by event, beyond the months."""
        hour, name, first = self._at(HOUR), self._asset.asset_class, self._beside + 1
        owned = replace(self._asset, term_ends=inf)
        ends = [schedule.pieces[-1][2] for schedule in schedules(self._scenario, owned)]
        for k, event in enumerate([None, *life_events(self._scenario)][:pieces]):
            before = self._at(first + k - 1)
            if event is None:
                text = f"{hour}+{self._inputs['life', name]}*{HOURS_PER_YEAR:.0f}"
            elif event.kind == "change":
                at = self._inputs["change_hour", event.row, name]
                new = f"{hour}+{self._inputs['change', event.row, name]}*{HOURS_PER_YEAR:.0f}"
                text = f"IF({at}<={hour},{new},IF({at}<{before},MAX({new},{at}),{before}))"
            else:
                text = before
            self._sheet.formula(self._row, first + k, text, ends[k])
        return self._at(first + pieces - 1)

    def _before(self, k: int) -> tuple[str, str, str]:
        """The cells of the line before: since when, lost by then, when it ends."""
        since, lost, ends = (self._at(PIECES + 3 * (k - 1) + j) for j in range(3))
        return since, lost, ends

    def _bends(self, k: int, at: str) -> tuple[str, str]:
        """Whether an hour lies within the line before, and the share lost at it."""
        since, lost, ends = self._before(k)
        return f"AND({at}>{self._at(HOUR)},{at}<{ends})", f"{lost}+(1-{lost})*({at}-{since})/({ends}-{since})"

    def _change(self, k: int, change: int, piece: Piece) -> None:
        hour, name, (since, lost, ends) = self._at(HOUR), self._asset.asset_class, self._before(k)
        at, life = self._inputs["change_hour", change, name], self._inputs["change", change, name]
        new = f"{hour}+{self._life(life)}"
        reaches, worn = self._bends(k, at)
        self._piece(
            k,
            f"IF({reaches},{at},{since})",
            f"IF({reaches},{worn},{lost})",
            f"IF({at}<={hour},{new},IF({at}<{ends},MAX({new},{at}),{ends}))",
            piece,
        )

    def _write_down(self, k: int, row: int, piece: Piece) -> None:
        """A new line from what is left after an impairment, and beyond the months what that took, cents."""
        at, share = self._inputs["impaired_hour", row], self._inputs["impairment", row]
        reaches, worn = self._bends(k, at)
        since, lost, ends = self._before(k)
        residual = self._inputs["residual", self._asset.asset_class]
        after = f"MIN(1,({worn})+{share}*(1/(1-{residual})-({worn})))"
        self._piece(k, f"IF({reaches},{at},{since})", f"IF({reaches},{after},{lost})", ends, piece)
        column = impaired_column(self._scenario, self._accumulated, row)
        cents = impaired_cents(self._scenario, self._asset)[row]
        stays = f"AND({reaches},{at}>=0,{at}<{self._at(GONE_HOUR)})" if self._gone else f"AND({reaches},{at}>=0)"
        cost, written = self._at(DEPRECIABLE), self._at(PIECES + 3 * k + 1)
        took = f"ROUND({cost}*{written},0)-ROUND({cost}*({worn}),0)"
        self._sheet.formula(self._row, column, f"IF({stays},{took},0)", cents, "cents")

    def _life(self, years: str) -> str:
        """Hours of a life; of what is leased, of the shorter of term and life."""
        life = f"{years}*{HOURS_PER_YEAR:.0f}"
        if not self._asset.leased:
            return life
        ends = self._leased(lease_row.ENDS) or repr(self._asset.term_ends)
        return f"MIN({life},{ends}-{self._at(HOUR)})"

    def _piece(self, k: int, since: str, lost: str, ends: str, piece: Piece) -> None:
        for j, (text, value) in enumerate(zip((since, lost, ends), piece, strict=True)):
            self._sheet.formula(self._row, PIECES + 3 * k + j, text, value)


def impaired_column(scenario: Scenario, accumulated: int, row: int) -> int:
    """The column of what an impairment took, beside the months."""
    return accumulated + len(scenario.clock.months) + 1 + row


def run_off_column(scenario: Scenario, accumulated: int) -> int:
    """The first column of what is amortised by the end of each month of the run-off."""
    return impaired_column(scenario, accumulated, len(scenario.finance.impairments))


def unit_price_usd(scenario: Scenario, priced: Priced) -> float:
    """The price that a vintage's cost is a multiple of, USD a node or MW."""
    by, row = priced.by, priced.row
    if priced.asset_class in BUILT:
        return price_per_mw_usd(scenario, priced)
    if by == "kit":
        kit = scenario.kits[row[0]]
        return kit.price * scenario.server_of(kit.cluster).gpus
    if by.startswith("order"):
        prices = scenario.node_prices_usd(scenario.orders[row[0]])
    else:
        installed = scenario.installed[row[0]]
        prices = installed.node_prices_usd(scenario.server_of(installed.cluster))
    return prices[0] if by.endswith("server") else prices[1]
