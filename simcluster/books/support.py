"""Maintenance at a share of cost: support of servers and network in service, and upkeep of buildings and plant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.journal import Account, Entry, entry
from simcluster.books.register import Asset, Priced, bought_as
from simcluster.core.calendar import HOURS_PER_YEAR
from simcluster.core.money import whole

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario

Floats = NDArray[np.float64]
BUILT = ("buildings", "plant")
"""Classes that stand at a site and are kept up there."""
NOT_BOUGHT = ("interest", "lease")
"""What is priced by no purchase of nodes."""
Place = tuple[str, int]
"""What priced nodes: which table of prices, and the position in it."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What is maintained at a share of its cost: cents a unit, and unit-years in service by month.

    `at` is the position of the cluster that supports it, or of the site that keeps it up.
    """

    at: int
    text: str
    unit_cents: int
    years: Floats

    def bills(self, share: float) -> list[int]:
        """Cents by month: `whole`(unit-years x cents a unit x share)."""
        return [whole(years * self.unit_cents * share) for years in self.years.tolist()]


def accrue_maintenance(scenario: Scenario, assets: Iterable[Asset]) -> Iterator[Entry]:
    """Support and upkeep by month, an entry a purchase and class, and one a building; nothing once it is given up."""
    assets = tuple(assets)
    for (table, _), covered in supported(scenario, assets).items():
        yield from _bills(covered, support_share(scenario, table, covered.at))
    for _, covered in kept_up(scenario, assets):
        yield from _bills(covered, scenario.sites[covered.at].upkeep or 0.0)


def _bills(covered: Covered, share: float) -> Iterator[Entry]:
    for k, amount in enumerate(covered.bills(share)):
        yield from entry(k, covered.text, (Account.MAINTENANCE, amount), (Account.CASH, -amount))


def support_share(scenario: Scenario, table: str, cluster: int) -> float:
    """The share of cost a year that a cluster's support takes of what a table prices."""
    support = scenario.clusters[cluster].support
    assert support is not None
    return support.servers if table.endswith("server") else support.network


def supported(scenario: Scenario, assets: Iterable[Asset]) -> dict[Place, Covered]:
    """Servers and network of clusters with support, by what priced them: opening rows, orders, kits."""
    found: dict[Place, Covered] = {}
    for asset in assets:
        priced = asset.priced
        if asset.asset_class in BUILT or not isinstance(priced, Priced) or priced.by in NOT_BOUGHT:
            continue
        place, nodes = (priced.by, priced.row[0]), priced.quantity
        row = bought_as(scenario, priced)
        assert row is not None
        cluster = scenario.cluster_index[row.cluster]
        if scenario.clusters[cluster].support is None or not nodes:
            continue
        years = nodes * years_in_service(scenario, asset)
        if place in found:
            years = found[place].years + years
        text = f"support of {asset.asset_class} of {row.name}"
        found[place] = Covered(cluster, text, asset.cost_cents // int(nodes), years)
    return found


def kept_up(scenario: Scenario, assets: Iterable[Asset]) -> list[tuple[Asset, Covered]]:
    """Buildings and plant of sites that pay for their upkeep, each a unit of its own."""
    found = []
    for asset in assets:
        if asset.asset_class in BUILT and asset.site >= 0 and scenario.sites[asset.site].upkeep is not None:
            text = f"upkeep of {asset.text} at {scenario.sites[asset.site].name}"
            years = years_in_service(scenario, asset)
            found.append((asset, Covered(asset.site, text, asset.cost_cents, years)))
    return found


def years_in_service(scenario: Scenario, asset: Asset) -> Floats:
    """Years of each month in which an asset was in service and not given up; shape (months,)."""
    edges = np.array(scenario.clock.month_edges)
    years: Floats = np.diff(np.clip(edges, asset.in_service_hour, asset.retired_hour)) / HOURS_PER_YEAR
    return years
