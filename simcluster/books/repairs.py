"""Parts of repairs: expensed as they are taken, or held in a stock that is an asset until then.

Where `parts` of a cluster has a `price`, parts come into the stock when they are delivered and leave it when a repair
has one, all at that price. With one price the weighted average cost of a stock is the price, and the account holds what
is on hand times it. Other parts are bought as they are taken, each at what its cause says it costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.journal import OPENING, Account, Entry, entry
from simcluster.core.money import cents
from simcluster.model.reliability import NODE_SCOPES
from simcluster.record.events import DomainMended, PartsChanged, RepairEnded

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog

Ints = NDArray[np.int64]


def post_repairs(scenario: Scenario, log: EventLog) -> Iterator[Entry]:
    """Parts that no stock holds, one entry a month and cluster."""
    prices = np.array([cents(cause.parts_cost) for cause in scenario.causes] or [0], dtype=np.int64)
    spent = parts_bought(scenario, log) @ prices
    for c, row in enumerate(scenario.clusters):
        for k, amount in enumerate(spent[:, c].tolist()):
            yield from entry(k, f"repair parts of {row.name}", (Account.REPAIR_PARTS, amount), (Account.CASH, -amount))


def post_spare_parts(scenario: Scenario, log: EventLog) -> Iterator[Entry]:
    """Stocks with a price: what they hold at the start, what is delivered and paid, and what repairs take."""
    for stock in stocks(scenario, log):
        price, name = stock.price_cents, scenario.clusters[stock.cluster].name
        held = stock.opening * price
        text = f"spare parts of {name}"
        yield from entry(OPENING, text, (Account.SPARE_PARTS, held), (Account.OPENING_EQUITY, -held))
        for k, count in enumerate(stock.delivered.tolist()):
            paid = count * price
            text = f"delivery of spare parts of {name}"
            yield from entry(k, text, (Account.SPARE_PARTS, paid), (Account.CASH, -paid))
        for k, count in enumerate(stock.taken.tolist()):
            used = count * price
            text = f"spare parts taken by repairs of {name}"
            yield from entry(k, text, (Account.REPAIR_PARTS, used), (Account.SPARE_PARTS, -used))


@dataclass(frozen=True, slots=True)
class Stock:
    """The spare parts of a cluster: on hand at the start, and delivered and taken by month; cents a part."""

    cluster: int
    price_cents: int
    opening: int
    delivered: Ints
    taken: Ints


def stocks(scenario: Scenario, log: EventLog) -> Iterator[Stock]:
    """Every stock with a price.

    A delivery is a fall of what is on order; what was delivered and is not on hand was taken.
    """
    facts, edges = log.columns(PartsChanged), np.array(scenario.clock.month_edges)
    months = len(edges) - 1
    for c, row in enumerate(scenario.clusters):
        parts = row.repair.parts
        if parts is None or parts.price is None:
            continue
        mine = facts["cluster"] == c
        month = np.minimum(np.searchsorted(edges, facts["hour"][mine], side="right") - 1, months - 1)
        delivered = np.maximum(-np.diff(facts["on_order"][mine], prepend=0), 0)
        taken = delivered - np.diff(facts["on_hand"][mine], prepend=parts.stock)
        by_month = np.zeros((2, months), dtype=np.int64)
        np.add.at(by_month, (0, month), delivered)
        np.add.at(by_month, (1, month), taken)
        yield Stock(c, cents(parts.price), parts.stock, by_month[0], by_month[1])


def parts_bought(scenario: Scenario, log: EventLog) -> Ints:
    """Parts taken that come from no stock with a price; shape (months, clusters, causes)."""
    bought = parts_taken(scenario, log)
    from_stock = np.array([cause.takes_part for cause in scenario.causes] or [False])
    for c, row in enumerate(scenario.clusters):
        if row.repair.parts is not None and row.repair.parts.price is not None:
            bought[:, c, from_stock] = 0
    return bought


def parts_taken(scenario: Scenario, log: EventLog) -> Ints:
    """Parts taken: of nodes when taken up, of what they share when it is mended; shape (months, clusters, causes).

    A repair that a reset ended, and a node given up, took no part.
    """
    edges = np.array(scenario.clock.month_edges)
    of_node = np.array([cause.scope in NODE_SCOPES for cause in scenario.causes] or [False])
    nodes, shared = log.columns(RepairEnded), log.columns(DomainMended)
    took = (nodes["repair_hour"] < edges[-1]) & (nodes["mended_hour"] > nodes["repair_hour"]) & (nodes["cause"] >= 0)
    took &= of_node[nodes["cause"]]
    by_hand = shared["hour"] > shared["repair_hour"]
    out = np.zeros((len(edges) - 1, len(scenario.clusters), len(of_node)), dtype=np.int64)
    for facts, mine, when in ((nodes, took, "repair_hour"), (shared, by_hand, "hour")):
        month = np.searchsorted(edges, facts[when][mine], side="right") - 1
        np.add.at(out, (month, facts["cluster"][mine], facts["cause"][mine]), 1)
    return out
