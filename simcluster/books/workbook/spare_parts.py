"""Stocks of spare parts in the workbook: prices, what was delivered and taken, and what that costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import Account
from simcluster.books.repairs import stocks
from simcluster.books.workbook.subledger import Bill, Line, Term

if TYPE_CHECKING:
    from simcluster.books.workbook.facts import Facts
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog


def stock_inputs(inputs: Inputs, scenario: Scenario) -> None:
    """The price of a part in each stock that has one."""
    for c, cluster in enumerate(scenario.clusters):
        if cluster.repair.parts is not None and cluster.repair.parts.price is not None:
            inputs.value(("stock", c), f"spare part of {cluster.name}", cluster.repair.parts.price, "USD")


def stock_facts(facts: Facts, scenario: Scenario, log: EventLog) -> None:
    """Parts delivered and taken by month."""
    for stock in stocks(scenario, log):
        name = scenario.clusters[stock.cluster].name
        for what, counts in (("delivered", stock.delivered), ("taken", stock.taken)):
            label = f"spare parts {what}, {name}"
            facts.add((what, stock.cluster), label, "parts", counts.astype(float).tolist())


class SpareParts:
    """Stocks as bills (parts taken, and by how much each stock changed) and as terms of the opening balance."""

    def __init__(self, scenario: Scenario, log: EventLog, facts: Facts, inputs: Inputs) -> None:
        self._scenario, self._facts, self._inputs = scenario, facts, inputs
        self._stocks = tuple(stocks(scenario, log))

    def bills(self) -> Iterator[Bill]:
        """Rows of the sheet of bills: what was taken and what the stock grew by are together what was paid for."""
        for stock in self._stocks:
            name, price = self._scenario.clusters[stock.cluster].name, stock.price_cents
            taken = (stock.taken * price).tolist()
            text = self._text(stock.cluster, "{taken}")
            yield Bill(f"spare parts taken, {name}", Account.REPAIR_PARTS, text, taken)
            grown = ((stock.delivered - stock.taken) * price).tolist()
            text = self._text(stock.cluster, "({delivered}-{taken})")
            yield Bill(f"growth of the stock of spare parts, {name}", Account.SPARE_PARTS, text, grown)

    def terms(self) -> Iterator[Term]:
        """The stocks of the opening balance, against equity."""
        cents = np.zeros(len(self._scenario.clock.months) + 1, dtype=np.int64)
        cents[0] = sum(stock.opening * stock.price_cents for stock in self._stocks)
        held = "".join(f"+{stock.opening}*{self._price(stock.cluster)}" for stock in self._stocks)
        if held:
            yield Term(Line(Account.SPARE_PARTS), lambda p: "" if p else held, cents)
            yield Term(Line(Account.OPENING_EQUITY), lambda p: "" if p else f"-({held[1:]})", -cents)

    def _price(self, cluster: int) -> str:
        return f"ROUND({self._inputs['stock', cluster]}*100,0)"

    def _text(self, cluster: int, parts: str) -> Callable[[int], str]:
        def text(k: int) -> str:
            cells = {what: self._facts.at((what, cluster), k) for what in ("delivered", "taken")}
            return f"{parts.format_map(cells)}*{self._price(cluster)}"

        return text
