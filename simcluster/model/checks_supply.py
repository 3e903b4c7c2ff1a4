"""Checks of what is bought: vendors, slips, orders and kits that name one another and can be delivered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from simcluster.model.kind import Located
from simcluster.model.procurement import Supplied

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario


def unknown(what: str, name: str, known: Iterable[str], path: tuple[str | int, ...]) -> Iterator[Located]:
    """A name that is none of those known, with the nearest."""
    names = sorted(known)
    if name not in names:
        close = get_close_matches(name, names, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(names) or 'none'}"
        yield Located(path, f"there is no {what} {name!r}", hint)


def supply_references(scenario: Scenario) -> Iterator[Located]:
    """Names of vendors, servers, clusters and items of kits."""
    for table, k, row in _bought(scenario):
        if row.vendor is not None:
            vendors = (vendor.name for vendor in scenario.vendors)
            yield from unknown("vendor", row.vendor, vendors, (table, k, "vendor"))
    kits = {cluster.name: cluster.kit for cluster in scenario.clusters}
    for k, kit in enumerate(scenario.kits):
        yield from unknown("cluster", kit.cluster, kits, ("kits", k, "cluster"))
        if kit.cluster in kits:
            whose = f"item in the kit of cluster {kit.cluster!r} named"
            yield from unknown(whose, kit.item, kits[kit.cluster], ("kits", k, "item"))
    servers = scenario.catalog.servers
    for k, slip in enumerate(scenario.slips):
        yield from unknown("server in the catalog named", slip.server, servers, ("slips", k, "server"))


def _bought(scenario: Scenario) -> Iterator[tuple[str, int, Supplied]]:
    for table in ("orders", "kits"):
        for k, row in enumerate(getattr(scenario, table)):
            yield table, k, row


def order_dates(scenario: Scenario) -> Iterator[Located]:
    """Orders are placed within the scenario, or before it."""
    for table, k, row in _bought(scenario):
        if row.placed > scenario.end:
            yield Located((table, k, "placed"), "placed after the scenario's end", "place it earlier")


def supply(scenario: Scenario) -> Iterator[Located]:
    """Orders can be delivered as they say."""
    yield from order_dates(scenario)
    for table, k, row in _bought(scenario):
        vendor = scenario.vendors[scenario.vendor_index[row.vendor]] if row.vendor else None
        if vendor is not None and vendor.kind == "queue" and row.lot_interval > 0:
            message = f"vendor {vendor.name!r} is a queue, which delivers lots as they are made"
            yield Located((table, k, "lot_interval"), message, "leave lot_interval out")
        if row.lots > scenario.nodes(row.cluster, row.gpus):
            yield Located((table, k, "lots"), "more lots than nodes", "a lot has at least one node")
