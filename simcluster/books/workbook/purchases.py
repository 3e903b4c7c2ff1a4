"""The sheet of purchases: options, orders, lots, kits and their payments, entry by entry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.components import bought_hour, components_cents
from simcluster.books.journal import OPENING, Account
from simcluster.books.posting import deposit_cents, kit_deposit_cents, month_of, premiums_cents, used_up
from simcluster.books.register import UnitCost, order_costs
from simcluster.books.workbook.cells import Book, Sheet, block, letters
from simcluster.books.workbook.subledger import Line, Term, cash
from simcluster.core.money import cents
from simcluster.record.events import (
    KitDelivered,
    KitOrdered,
    LotDelivered,
    OptionBought,
    OptionLapsed,
    OrderCancelled,
    OrderPlaced,
)

if TYPE_CHECKING:
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.model.procurement import Supplied
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog

TITLE = "Purchases"
FIRST = 3
LINES = (
    Line(Account.DEPOSITS),
    Line(Account.cip("servers"), "debit"),
    Line(Account.cip("network"), "debit"),
    Line(Account.AT_SUPPLIERS, "debit"),
    Line(Account.AT_SUPPLIERS, "credit"),
    Line(Account.PAYABLES),
    Line(Account.PROCUREMENT_FEES),
    Line(Account.OPENING_EQUITY),
    cash("operating"),
    cash("investing"),
)
DEPOSITS, CIP_SERVERS, CIP_NETWORK, SENT, BACK, PAYABLES, FEES, EQUITY, OPERATING, INVESTING = range(10)
TEXT, PERIOD, ORDERED, BEFORE, AFTER, SERVER, NETWORK, DEPOSIT, AMOUNTS = range(9)
HEADINGS = (
    "entry", "period", "nodes ordered", "nodes before", "nodes after", "server, cents", "network, cents",
    "paid down, cents", *(line.key for line in LINES), "sum",
)  # fmt: skip

Amounts = dict[int, tuple[str, int]]
"""Formula and cents by position in `LINES`."""


@dataclass(frozen=True)
class _Bought:
    """The row in which an order or a kit was placed, and what it is about."""

    row: int
    nodes: int
    unit: UnitCost
    deposit: int


class Purchases:
    """The sheet, written from top to bottom."""

    def __init__(self, book: Book, scenario: Scenario, log: EventLog, inputs: Inputs) -> None:
        notes = ["a deposit is used up by ROUND(deposit x (nodes after / nodes ordered), 0); whole US cents"]
        self._sheet: Sheet = book.sheet(TITLE, notes)
        self._scenario, self._log, self._inputs, self._row = scenario, log, inputs, FIRST
        self._total = np.zeros((len(LINES), len(scenario.clock.months) + 1), dtype=np.int64)
        self._orders: dict[int, _Bought] = {}
        self._kits: dict[int, _Bought] = {}
        self._premiums: dict[int, tuple[str, int]] = {}
        self._delivered: dict[tuple[str, int], int] = defaultdict(int)
        self._sheet.texts(FIRST - 1, 0, HEADINGS)

    def write(self) -> None:
        """All entries, kind by kind."""
        self._options()
        self._placed()
        self._cancelled()
        self._lots()
        self._kit_lots()
        self._sheet.lay_out(FIRST, 2, len(HEADINGS))

    @property
    def sums(self) -> str:
        """The column of sums, each of which is zero."""
        return self._column(AMOUNTS + len(LINES))

    def terms(self, period: Callable[[int], str]) -> Iterator[Term]:
        """What the sheet adds to each line."""
        for k, line in enumerate(LINES):
            column = self._column(AMOUNTS + k)

            def text(p: int, column: str = column) -> str:
                return f"+SUMIFS({column},{self._column(PERIOD)},{period(p)})"

            yield Term(line, text, self._total[k])

    def returned(self, first: int, last: int) -> str:
        """Cash that came back from investing, entry by entry, from one period to another, cents."""
        column, periods = self._column(AMOUNTS + INVESTING), self._column(PERIOD)
        return f'SUMIFS({column},{column},">0",{periods},">={first}",{periods},"<={last}")'

    def _column(self, column: int) -> str:
        return block(TITLE, (FIRST, column), (max(self._row - 1, FIRST), column))

    def _at(self, column: int, row: int | None = None) -> str:
        return f"${letters(column)}${(self._row if row is None else row) + 1}"

    def _entry(self, text: str, month: int, amounts: Amounts, payer: str = "investing") -> None:
        """Write amounts, and who pays what is left: by cash of an activity, by equity, or by the vendor."""
        sheet, row, period = self._sheet, self._row, month + 1
        sheet.text(row, TEXT, text)
        sheet.number(row, PERIOD, period)
        for k, (formula, value) in amounts.items():
            sheet.formula(row, AMOUNTS + k, formula, value, "cents")
            self._total[k, period] += value
        if payer:
            k = PAYABLES if payer == "vendor" else EQUITY if month == OPENING else INVESTING
            gone = [self._at(AMOUNTS + j) for j in amounts]
            left = -sum(value for _, value in amounts.values())
            sheet.formula(row, AMOUNTS + k, "-" + "-".join(gone), left, "cents")
            self._total[k, period] += left
        first, last = self._at(AMOUNTS), self._at(AMOUNTS + len(LINES) - 1)
        sheet.formula(row, AMOUNTS + len(LINES), f"SUM({first}:{last})", 0, "cents")
        self._row += 1

    def _options(self) -> None:
        premiums = premiums_cents(self._scenario, self._log)
        for bought in self._log.rows(OptionBought):
            k, premium = bought.order, premiums[bought.order]
            row = self._scenario.orders[k]
            unit = UnitCost(*map(cents, self._scenario.node_prices_usd(row)))
            prices, share = (self._inputs["order_server", k], self._inputs["order_network", k]), ("order_premium", k)
            self._bought(self._scenario.nodes(row.cluster, row.gpus), unit, premium, prices, self._inputs[share])
            self._premiums[k] = (self._at(AMOUNTS + DEPOSITS), premium)
            month = month_of(self._scenario, bought.hour)
            self._entry(f"option on order {row.name}", month, {DEPOSITS: (self._at(DEPOSIT), premium)})
        for lapsed in self._log.rows(OptionLapsed):
            at, premium = self._premiums[lapsed.order]
            month, name = month_of(self._scenario, lapsed.hour), self._scenario.orders[lapsed.order].name
            lost = EQUITY if month == OPENING else FEES
            amounts = {DEPOSITS: (f"-{at}", -premium), lost: (at, premium)}
            self._entry(f"option lapsed on order {name}", month, amounts, payer="")

    def _placed(self) -> None:
        agreed = order_costs(self._log)
        for order in self._log.rows(OrderPlaced):
            k, row = order.order, self._scenario.orders[order.order]
            prices = (self._inputs["order_server", k], self._inputs["order_network", k])
            share = self._inputs["order_deposit", k]
            paid, unit = deposit_cents(order, agreed[k]), agreed[k]
            self._orders[k] = self._bought(order.nodes, unit, paid, prices, share)
            at, premium = self._premiums.get(k, ("0", 0))
            amounts: Amounts = {DEPOSITS: (f"{self._at(DEPOSIT)}-{at}", paid - premium)}
            self._entry(f"deposit on order {row.name}", month_of(self._scenario, order.hour), amounts)
        for kit in self._log.rows(KitOrdered):
            k, paid, unit = kit.kit, kit_deposit_cents(kit), UnitCost(0, cents(kit.price_usd))
            price, share = self._inputs["kit", k], self._inputs["kit_deposit", k]
            self._kits[k] = self._bought(kit.nodes, unit, paid, ("0", price), share)
            text = f"deposit on kit {self._scenario.kits[k].name}"
            self._entry(text, month_of(self._scenario, kit.hour), {DEPOSITS: (self._at(DEPOSIT), paid)})

    def _bought(self, nodes: int, unit: UnitCost, paid: int, prices: tuple[str, str], share: str) -> _Bought:
        """Nodes, prices and what is paid down, a share of the cost, in the row of the entry."""
        sheet, row = self._sheet, self._row
        sheet.number(row, ORDERED, nodes)
        sheet.formula(row, SERVER, f"ROUND({prices[0]}*100,0)", unit.servers, "cents")
        sheet.formula(row, NETWORK, f"ROUND({prices[1]}*100,0)", unit.network, "cents")
        cost = f"({self._at(SERVER)}+{self._at(NETWORK)})*{self._at(ORDERED)}"
        down = f"{self._at(ORDERED)}*({prices[0]}+{prices[1]})*{share}"
        sheet.formula(row, DEPOSIT, f"MIN(ROUND({down}*100,0),{cost})", paid, "cents")
        return _Bought(row, nodes, unit, paid)

    def _cancelled(self) -> None:
        for fact in self._log.rows(OrderCancelled):
            of, k = self._orders[fact.order], fact.order
            before, month = of.nodes - fact.nodes, month_of(self._scenario, fact.hour)
            used, left = self._used(of, before, of.nodes)
            fee, prices = cents(fact.fee_usd), f"({self._inputs['order_server', k]}+{self._inputs['order_network', k]})"
            asked = f"ROUND({fact.nodes}*{prices}*{self._inputs['order_fee', k]}*100,0)"
            text = f"cancelled: {fact.nodes} nodes of order {self._scenario.orders[k].name}"
            if month == OPENING:
                self._entry(text, month, {DEPOSITS: (f"-({used})", -left)})
                continue
            charged = self._at(AMOUNTS + FEES)
            amounts: Amounts = {
                DEPOSITS: (f"-({used})", -left),
                FEES: (asked, fee),
                OPERATING: (f"-{charged}", -fee),
                INVESTING: (f"-{self._at(AMOUNTS + DEPOSITS)}", left),
            }
            self._entry(text, month, amounts, payer="")

    def _used(self, of: _Bought, before: int, after: int) -> tuple[str, int]:
        """What nodes use up of a deposit, with the counts written in the row at hand."""
        sheet, deposit, ordered = self._sheet, self._at(DEPOSIT, of.row), self._at(ORDERED, of.row)
        sheet.number(self._row, BEFORE, before)
        sheet.number(self._row, AFTER, after)
        shares = [f"ROUND({deposit}*({self._at(column)}/{ordered}),0)" for column in (AFTER, BEFORE)]
        return "-".join(shares), used_up(of.deposit, before, after, of.nodes)

    def _lots(self) -> None:
        placed = {fact.order: fact.hour for fact in self._log.rows(OrderPlaced)}
        for fact in self._log.rows(LotDelivered):
            row = self._scenario.orders[fact.order]
            if row.lease is not None:
                continue
            text = f"lot {fact.lot + 1} of order {row.name}"
            of, key = self._orders[fact.order], ("order", fact.order)
            bought = bought_hour(row, placed[fact.order], fact.hour)
            sent = self._components(fact, of, bought, text) if row.components is not None else {}
            self._delivery(row, key, of, fact.hour, fact.nodes, text, sent)

    def _components(self, fact: LotDelivered, of: _Bought, hour: float, text: str) -> Amounts:
        """Components bought ahead of a lot; gives what the lot takes of them, and of the deposit they used up."""
        row, before = self._scenario.orders[fact.order], self._delivered["order", fact.order]
        used, value = self._used(of, before, before + fact.nodes)
        each = f"ROUND({self._at(SERVER, of.row)}*{self._inputs['order_components', fact.order]},0)"
        sent = components_cents(row, of.unit, fact.nodes)
        at, deposit_at = self._at(AMOUNTS + SENT), self._at(AMOUNTS + DEPOSITS)
        first = min(sent, value)
        amounts: Amounts = {
            SENT: (f"{each}*({self._at(AFTER)}-{self._at(BEFORE)})", sent),
            DEPOSITS: (f"-MIN({at},{used})", -first),
        }
        self._bill(row, f"components for {text}", hour, amounts)
        return {BACK: (f"-{at}", -sent), DEPOSITS: (f"-{deposit_at}", first)}

    def _kit_lots(self) -> None:
        for fact in self._log.rows(KitDelivered):
            kit = self._scenario.kits[fact.kit]
            text = f"lot {fact.lot + 1} of kit {kit.name}"
            self._delivery(kit, ("kit", fact.kit), self._kits[fact.kit], fact.hour, fact.nodes, text)

    def _delivery(
        self,
        row: Supplied,
        key: tuple[str, int],
        of: _Bought,
        hour: float,
        nodes: int,
        text: str,
        sent: Mapping[int, tuple[str, int]] = MappingProxyType({}),
    ) -> None:
        """A lot at its cost, less what it uses up of the deposit and the components sent for it, and its payment."""
        before = self._delivered[key]
        after = self._delivered[key] = before + nodes
        used, value = self._used(of, before, after)
        count = f"({self._at(AFTER)}-{self._at(BEFORE)})"
        amounts: Amounts = {
            CIP_SERVERS: (f"{self._at(SERVER, of.row)}*{count}", of.unit.servers * nodes),
            CIP_NETWORK: (f"{self._at(NETWORK, of.row)}*{count}", of.unit.network * nodes),
            DEPOSITS: (f"-({used})", -value),
        }
        for k, (more, moved) in sent.items():
            formula, amount = amounts.get(k, ("", 0))
            amounts[k] = (formula + more, amount + moved)
        self._bill(row, text, hour, amounts)

    def _bill(self, row: Supplied, text: str, hour: float, amounts: Amounts) -> None:
        """What is bought at an hour, owed to the vendor and paid when the terms are over, or paid at once."""
        owed_at, owed = self._at(AMOUNTS + PAYABLES), sum(value for _, value in amounts.values())
        self._entry(text, month_of(self._scenario, hour), amounts, "vendor" if row.payment_terms else "investing")
        due = hour + row.payment_terms
        if row.payment_terms and due < self._scenario.clock.horizon_hours:
            self._entry(f"payment of {row.name}", month_of(self._scenario, due), {PAYABLES: (f"-{owed_at}", owed)})


def write_purchases(book: Book, scenario: Scenario, log: EventLog, inputs: Inputs) -> Purchases:
    """Write the sheet."""
    sheet = Purchases(book, scenario, log, inputs)
    sheet.write()
    return sheet
