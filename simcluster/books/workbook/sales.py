"""The sheet of sales: what each vintage of servers was sold for, by the price of its sale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.departures import NO_SALE
from simcluster.books.disposals import departed, proceeds_cents
from simcluster.books.journal import Account
from simcluster.books.posting import month_of
from simcluster.books.register import Priced
from simcluster.books.workbook.cells import Book, block, letters
from simcluster.books.workbook.subledger import Line, Term, cash
from simcluster.core.calendar import HOURS_PER_YEAR

if TYPE_CHECKING:
    from simcluster.books.journal import Journal
    from simcluster.books.register import Asset
    from simcluster.books.workbook.cells import Sheet
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.core.money import Cents
    from simcluster.model.sales import Sale
    from simcluster.model.scenario import Scenario

TITLE = "Sales"
FIRST = 3
TEXT, SALE, PERIOD, NODES, PAID, HOURS, PRICE, EACH, PROCEEDS = range(9)
HEADINGS = (
    "vintage", "sale", "period", "nodes", "paid a server, cents", "hours in service", "price, or decay a year",
    "fetched a node, cents", "proceeds, cents",
)  # fmt: skip


class Sales:
    """The sheet: a row a vintage of servers that was sold."""

    def __init__(self, book: Book, scenario: Scenario, journal: Journal, inputs: Inputs) -> None:
        notes = ["a node's share of the network goes with it; whole US cents"]
        self._sheet: Sheet = book.sheet(TITLE, notes)
        self._scenario, self._inputs, self._row = scenario, inputs, FIRST
        self._total: Cents = np.zeros(len(scenario.clock.months) + 1, dtype=np.int64)
        self._sheet.texts(FIRST - 1, 0, HEADINGS)
        for asset in departed(scenario, journal.assets):
            if asset.sale != NO_SALE and asset.asset_class == "servers":
                self._write(asset)
        self._sheet.lay_out(FIRST, 1, len(HEADINGS) - 1)

    def terms(self, period: Callable[[int], str]) -> Iterator[Term]:
        """Proceeds by period; `period` is the address of a period's number."""
        column = self._column(PROCEEDS)

        def text(sign: str) -> Callable[[int], str]:
            return lambda p: f"{sign}SUMIFS({column},{self._column(PERIOD)},{period(p)})" if p else ""

        yield Term(cash("investing"), text("+"), self._total)
        yield Term(Line(Account.DISPOSALS), text("-"), -self._total)

    def between(self, first: int, last: int) -> str:
        """Proceeds from one period to another, cents."""
        periods = self._column(PERIOD)
        return f'SUMIFS({self._column(PROCEEDS)},{periods},">={first}",{periods},"<={last}")'

    def _column(self, column: int) -> str:
        return block(TITLE, (FIRST, column), (max(self._row - 1, FIRST), column))

    def _write(self, asset: Asset) -> None:
        sheet, row, scenario = self._sheet, self._row, self._scenario
        sale, period = scenario.sales[asset.sale], month_of(scenario, asset.retired_hour) + 1
        assert isinstance(asset.priced, Priced)
        nodes, proceeds = int(asset.priced.quantity), proceeds_cents(scenario, asset)
        sheet.texts(row, TEXT, (asset.text, sale.name), "text")
        sheet.number(row, PERIOD, period)
        sheet.number(row, NODES, nodes)
        name = self._inputs[(asset.priced.by, *asset.priced.row)]
        sheet.formula(row, PAID, f"ROUND({name}*100,0)", asset.cost_cents // nodes, "cents")
        sheet.number(row, HOURS, asset.retired_hour - asset.in_service_hour)
        sheet.formula(row, PRICE, self._inputs["sale", asset.sale], sale_input(sale)[1])
        sheet.formula(row, EACH, self._each(asset.sale), proceeds // nodes, "cents")
        sheet.formula(row, PROCEEDS, f"{self._at(EACH)}*{self._at(NODES)}", proceeds, "cents")
        self._total[period] += proceeds
        self._row += 1

    def _each(self, number: int) -> str:
        """What a node fetches, by the kind of price."""
        kind, price = self._scenario.sales[number].price.kind, self._at(PRICE)
        if kind == "decay":
            return f"ROUND({self._at(PAID)}*(1-{price})^({self._at(HOURS)}/{HOURS_PER_YEAR:.0f}),0)"
        if kind == "per_gpu":
            cluster = self._scenario.cluster_of_sale(self._scenario.sales[number])
            return f"ROUND({price}*{self._scenario.server_of(cluster).gpus}*100,0)"
        return f"ROUND({price}*100,0)"

    def _at(self, column: int) -> str:
        return f"${letters(column)}{self._row + 1}"


def sale_inputs(inputs: Inputs, scenario: Scenario) -> None:
    """Write the price of each sale, or what it loses a year."""
    if scenario.sales:
        inputs.heading("Prices of sales")
    for k, sale in enumerate(scenario.sales):
        inputs.value(("sale", k), *sale_input(sale))


def sale_input(sale: Sale) -> tuple[str, float, str]:
    """What a reader may change of a sale: label, value and unit."""
    price = sale.price
    if price.kind == "decay":
        return f"decay of sale {sale.name}", price.rate, "fraction a year"
    usd = 0.0 if price.kind == "none" else price.price
    return f"price of sale {sale.name}", usd, "USD/GPU" if price.kind == "per_gpu" else "USD/node"
