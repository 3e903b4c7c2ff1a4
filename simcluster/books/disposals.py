"""Vintages that leave before the end: given up, or sold at a price."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.departures import NO_SALE
from simcluster.books.journal import Account, Entry, entry
from simcluster.books.losses import depreciate
from simcluster.books.posting import month_of
from simcluster.books.register import Priced

if TYPE_CHECKING:
    from simcluster.books.register import Asset
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario


def post_disposals(scenario: Scenario, assets: Iterable[Asset]) -> Iterator[Entry]:
    """Vintages that left: cost and accumulated depreciation go, and what was left of the book value is a loss.

    A sale brings in cash, which lessens the loss or makes it a gain: a negative expense. What is leased leaves at the
    book value of its right, and its payments go on.
    """
    for asset in departed(scenario, assets):
        worn, paid = int(depreciate(scenario, asset).sum()), proceeds_cents(scenario, asset)
        if asset.leased:
            lost = asset.cost_cents - worn
            amounts = (Account.DISPOSALS, lost), (Account.RIGHT_OF_USE_FINANCE, -lost)
            yield from entry(month_of(scenario, asset.retired_hour), f"given up: {asset.text}", *amounts)
            continue
        how = "given up" if asset.sale == NO_SALE else f"sale {scenario.sales[asset.sale].name}"
        yield from entry(
            month_of(scenario, asset.retired_hour),
            f"{how}: {asset.text}",
            (Account.CASH, paid),
            (Account.accumulated(asset.asset_class), worn),
            (Account.DISPOSALS, asset.cost_cents - worn - paid),
            (Account.ppe(asset.asset_class), -asset.cost_cents),
        )


def departed(scenario: Scenario, assets: Iterable[Asset]) -> Iterator[Asset]:
    """Vintages that leave before the horizon."""
    return (asset for asset in assets if asset.retired_hour < scenario.clock.horizon_hours)


def proceeds_cents(scenario: Scenario, asset: Asset) -> int:
    """What a vintage is sold for, cents: nodes x price a node; nothing for shares of networks, which go with it."""
    if asset.sale == NO_SALE or asset.asset_class != "servers":
        return 0
    assert isinstance(asset.priced, Priced)
    nodes, sale = int(asset.priced.quantity), scenario.sales[asset.sale]
    gpus = scenario.server_of(scenario.cluster_of_sale(sale)).gpus
    age_hours = asset.retired_hour - asset.in_service_hour
    return sale.price.node_cents(asset.cost_cents // nodes, age_hours, gpus) * nodes


def sold_at_a_loss(scenario: Scenario, assets: Iterable[Asset]) -> Cents:
    """Book value of what was sold less what was paid for it, by month, cents, negative for a gain; shape (months,)."""
    out = np.zeros(len(scenario.clock.months), dtype=np.int64)
    for asset in departed(scenario, assets):
        if asset.sale != NO_SALE:
            left = asset.cost_cents - int(depreciate(scenario, asset).sum()) - proceeds_cents(scenario, asset)
            out[month_of(scenario, asset.retired_hour)] += left
    return out
