"""Entries of vintages brought into service, bought or leased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from simcluster.books.journal import OPENING, Account, Entry, entry
from simcluster.books.losses import depreciate
from simcluster.books.posting import month_of
from simcluster.books.register import Asset

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario


def post_assets(scenario: Scenario, assets: Iterable[Asset]) -> Iterator[Entry]:
    """Vintages brought into service: out of construction in progress, or out of the opening equity net of age.

    Leased ones come against the liability of their lease; one that commenced before the start opens at its book value.
    """
    for asset in assets:
        if asset.leased:
            yield from _commencement(scenario, asset)
            continue
        ppe = (Account.ppe(asset.asset_class), asset.cost_cents)
        worn = int(depreciate(scenario, asset)[0])
        accumulated = (Account.accumulated(asset.asset_class), -worn)
        if not asset.opening:
            month = month_of(scenario, asset.in_service_hour)
            yield from entry(month, f"in service: {asset.text}", ppe, (asset.from_account, -asset.cost_cents))
            yield from entry(OPENING, f"opening: {asset.text}", accumulated, (Account.OPENING_EQUITY, worn))
            continue
        equity = (Account.OPENING_EQUITY, worn - asset.cost_cents)
        yield from entry(OPENING, f"opening: {asset.text}", ppe, accumulated, equity)


def _commencement(scenario: Scenario, asset: Asset) -> Iterator[Entry]:
    if asset.opening:
        left = asset.cost_cents - int(depreciate(scenario, asset)[0])
        amounts = (Account.RIGHT_OF_USE_FINANCE, left), (Account.OPENING_EQUITY, -left)
        yield from entry(OPENING, f"opening: {asset.text}", *amounts)
    else:
        month, cost = month_of(scenario, asset.in_service_hour), asset.cost_cents
        amounts = (Account.RIGHT_OF_USE_FINANCE, cost), (Account.LEASES_FINANCE, -cost)
        yield from entry(month, f"leased: {asset.text}", *amounts)
