"""Which vintages an impairment strikes, and what each vintage is written down by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.books.register import bought_as

if TYPE_CHECKING:
    from simcluster.books.register import Asset
    from simcluster.model.depreciation import WriteDown
    from simcluster.model.scenario import Scenario


def write_downs(scenario: Scenario, asset: Asset) -> list[WriteDown]:
    """The hours of the impairments that strike a vintage, and the shares of its book value that they take."""
    rows = enumerate(scenario.finance.impairments)
    return [(scenario.clock.hours(row.date), row.share) for k, row in rows if is_struck(scenario, asset, k)]


def is_struck(scenario: Scenario, asset: Asset, impairment: int) -> bool:
    """Whether an impairment is one of what a vintage is; rights of use are none of it."""
    row = scenario.finance.impairments[impairment]
    return not asset.leased and row.strikes(asset.asset_class, purchase_of(scenario, asset))


def purchase_of(scenario: Scenario, asset: Asset) -> str | None:
    """The name of the opening row, order or kit that a vintage came with; None for what was built."""
    row = None if isinstance(asset.priced, tuple) else bought_as(scenario, asset.priced)
    return None if row is None else row.name
