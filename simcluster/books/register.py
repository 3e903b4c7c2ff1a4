"""The register of assets in service: cost, class and the hour from which each vintage is depreciated."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Literal

from simcluster.books.construction import Part, completed, part_text
from simcluster.books.departures import NO_SALE, Departure, departed_nodes
from simcluster.books.journal import Account
from simcluster.books.leases import lease_ends, standing_alone
from simcluster.core.money import cents, whole
from simcluster.model.depreciation import AssetClass
from simcluster.record.events import (
    HallOpened,
    KitDelivered,
    KitOrdered,
    NodesInService,
    OrderPlaced,
    RetrofitFinished,
    RetrofitStarted,
)

if TYPE_CHECKING:
    from simcluster.model.procurement import KitOrder, Purchase
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog

Quantities = Literal[
    "installed_server", "installed_network", "order_server", "order_network", "kit", "hall", "retrofit",
    "interest", "lease",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Priced:
    """So many nodes, or MW of a hall, at the price of a row of the scenario: `row` is its position in its table.

    A hall's row is its site's position and its own, a retrofit's has its own after that; that of interest capitalised
    is the month. Of what is built for a hall the class tells which part it is: plant or the building, where the row has
    a `plant_share` above 0. A lease's quantity is 1.
    """

    by: Quantities
    row: tuple[int, ...]
    quantity: float
    asset_class: AssetClass
    plant_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Asset:
    """A vintage: what came into service together.

    An opening asset's hour is negative or zero; it opens the books as a whole. A hall that was built before the start
    has a negative hour, too, but its cost went through construction in progress. At `retired_hour`, which is infinite
    for most, it leaves at its book value, by a `sale` (its position) or given up: nodes that leave together are
    vintages of their own from the beginning. `priced` tells what the cost is made of: a quantity at a price, or parts
    of what tasks and equipment cost. `site` is the position of the site at which a building stands. Where `term_ends`
    is not infinite it is on a finance lease that ends then, and opens the books at its book value.
    """

    asset_class: AssetClass
    cost_cents: int
    in_service_hour: float
    opening: bool
    text: str
    retired_hour: float = inf
    priced: Priced | tuple[Part, ...] = ()
    site: int = -1
    sale: int = NO_SALE
    term_ends: float = inf

    @property
    def leased(self) -> bool:
        """Whether it is the right to use what another owns."""
        return self.term_ends < inf

    @property
    def is_interest(self) -> bool:
        """Whether it is interest capitalised."""
        return isinstance(self.priced, Priced) and self.priced.by == "interest"

    @property
    def from_account(self) -> Account:
        """Where its cost stood before, unless it opens the books."""
        return (Account.cip_interest if self.is_interest else Account.cip)(self.asset_class)


def bought_as(scenario: Scenario, priced: Priced) -> Purchase | KitOrder | None:
    """The opening row, order or kit at whose price a vintage stands; None for what was built, leased or capitalised."""
    tables: dict[str, Sequence[Purchase | KitOrder]] = {
        "installed": scenario.installed,
        "order": scenario.orders,
        "kit": scenario.kits,
    }
    table = tables.get(priced.by.partition("_")[0], ())
    return table[priced.row[0]] if table else None


@dataclass(frozen=True, slots=True)
class UnitCost:
    """Price of one node and of its share of the network, cents."""

    servers: int
    network: int

    @property
    def total(self) -> int:
        """Both, cents."""
        return self.servers + self.network


def order_costs(log: EventLog) -> dict[int, UnitCost]:
    """Prices a node agreed on the day each order was placed, by order."""
    return {
        fact.order: UnitCost(cents(fact.server_price_usd), cents(fact.network_price_usd))
        for fact in log.rows(OrderPlaced)
    }


def installed_cost(scenario: Scenario, installed: int) -> UnitCost:
    """Cost a node of an opening row: its own prices, or the catalog's where it gives none."""
    row = scenario.installed[installed]
    server_usd, network_usd = row.node_prices_usd(scenario.server_of(row.cluster))
    return UnitCost(cents(server_usd), cents(network_usd))


Built = tuple[int, Priced]
"""Cents of one class, and what they are made of."""


def hall_parts(scenario: Scenario, site: int, hall: int) -> list[Built]:
    """Cost of a hall that gives a price, nameplate IT MW times the price: the building, then its plant, if any."""
    row = scenario.sites[site].halls[hall]
    assert row.cost is not None
    return _parts("hall", (site, hall), row.it_power, row.cost, row.plant_share)


def retrofit_parts(scenario: Scenario, site: int, hall: int, retrofit: int) -> list[Built]:
    """Cost of a retrofit: nameplate IT MW of the whole hall times its price, parted as that of a hall."""
    place = scenario.sites[site].halls[hall]
    row = place.retrofits[retrofit]
    return _parts("retrofit", (site, hall, retrofit), place.it_power, row.cost, row.plant_share)


def _parts(by: Quantities, row: tuple[int, ...], mw: float, usd_per_mw: float, plant_share: float) -> list[Built]:
    """Plant is `whole`(cost x its share), the building the rest."""
    cost = cents(mw * usd_per_mw)
    plant = whole(cost * plant_share)
    parts: dict[AssetClass, int] = {"buildings": cost - plant, "plant": plant} if plant_share else {"buildings": cost}
    return [(part, Priced(by, row, mw, name, plant_share)) for name, part in parts.items()]


def retrofit_text(scenario: Scenario, fact: RetrofitStarted | RetrofitFinished) -> str:
    """Which retrofit of which hall, for the text of an entry."""
    hall = scenario.sites[fact.site].halls[fact.hall]
    return f"retrofit {hall.retrofits[fact.retrofit].name} of hall {hall.name}"


def is_opening_hall(scenario: Scenario, site: int, hall: int) -> bool:
    """Whether a hall stands in the opening balance as property: ready by the scenario's start."""
    return scenario.sites[site].halls[hall].stands_by(scenario.start)


def assets_of(scenario: Scenario, log: EventLog) -> tuple[Asset, ...]:
    """Every vintage that came into service, the opening ones first."""
    found = [*_nodes(scenario, log), *_kits(scenario, log), *_halls(scenario, log), *_rights(scenario)]
    return tuple(sorted(found, key=lambda asset: not asset.opening))


def periods_of(scenario: Scenario, asset: Asset) -> tuple[int, int]:
    """The periods in which a vintage came and went; 0 is the opening, and the last is -1 where it stays."""
    clock = scenario.clock
    before = asset.opening or asset.in_service_hour < 0
    came = 0 if before else clock.month_index(asset.in_service_hour) + 1
    stays = asset.retired_hour >= clock.horizon_hours
    return came, -1 if stays else clock.month_index(asset.retired_hour) + 1


def _nodes(scenario: Scenario, log: EventLog) -> Iterator[Asset]:
    """Servers, and their shares of the network, which stay where a node was given up and go with what is sold."""
    agreed, departed = order_costs(log), departed_nodes(log)
    for k, fact in enumerate(log.rows(NodesInService)):
        opening = fact.installed >= 0
        row = scenario.installed[fact.installed] if opening else scenario.orders[fact.order]
        unit = installed_cost(scenario, fact.installed) if opening else agreed[fact.order]
        hour = scenario.clock.hours(scenario.installed[fact.installed].in_service) if opening else fact.hour
        ends = lease_ends(scenario, None if opening else scenario.orders[fact.order].lease, hour)
        place = (fact.installed if opening else fact.order,)
        for nodes, left in _parted(fact.nodes, departed.get(k, {})):
            text, cost = f"{nodes} nodes of {row.name}", unit.servers * nodes
            price = Priced("installed_server" if opening else "order_server", place, nodes, "servers")
            yield Asset("servers", cost, hour, opening, text, left.hour, price, sale=left.sale, term_ends=ends)
        for nodes, left in _parted(fact.nodes, _sold(departed.get(k, {}))):
            text, cost = f"network of {nodes} nodes of {row.name}", unit.network * nodes
            price = Priced("installed_network" if opening else "order_network", place, nodes, "network")
            yield Asset("network", cost, hour, opening, text, left.hour, price, sale=left.sale, term_ends=ends)


def _parted(nodes: int, departed: Mapping[Departure, int]) -> Iterator[tuple[int, Departure]]:
    """A batch by when its nodes leave: those that stay, then the others in order of time; none empty."""
    kept = nodes - sum(departed.values())
    if kept:
        yield kept, Departure(inf)
    yield from ((count, left) for left, count in sorted(departed.items()))


def _sold(departed: Mapping[Departure, int]) -> dict[Departure, int]:
    return {left: nodes for left, nodes in departed.items() if left.sale != NO_SALE}


def _rights(scenario: Scenario) -> Iterator[Asset]:
    """Rights of finance leases that stand alone and commence before the horizon."""
    for lease in standing_alone(scenario, "finance"):
        row, ends = scenario.finance.leases[lease.row[1]], lease.ends(scenario)
        hour, price = lease.commences_hour, Priced("lease", lease.row[1:], 1, row.asset_class)
        yield Asset(row.asset_class, lease.value_cents, hour, hour < 0, lease.text, priced=price, term_ends=ends)


def _kits(scenario: Scenario, log: EventLog) -> Iterator[Asset]:
    """Shares of kits come into service, and go, with the nodes of orders: of each item, those that arrived first."""
    departed = departed_nodes(log)
    prices = {fact.kit: cents(fact.price_usd) for fact in log.rows(KitOrdered)}
    stock: dict[tuple[int, str], deque[tuple[int, int]]] = defaultdict(deque)
    for lot in log.rows(KitDelivered):
        kit = scenario.kits[lot.kit]
        stock[scenario.cluster_index[kit.cluster], kit.item].append((lot.kit, lot.nodes))
    for k, fact in enumerate(log.rows(NodesInService)):
        if fact.order < 0:
            continue
        parts = [*_parted(fact.nodes, _sold(departed.get(k, {})))]
        for item in scenario.clusters[fact.cluster].kit:
            for number, nodes, left in _shares(stock[fact.cluster, item], parts):
                text = f"{item} of {nodes} nodes from {scenario.kits[number].name}"
                price = Priced("kit", (number,), nodes, "network")
                yield Asset("network", prices[number] * nodes, fact.hour, False, text, left.hour, price, sale=left.sale)


def _shares(lots: deque[tuple[int, int]], parts: list[tuple[int, Departure]]) -> Iterator[tuple[int, int, Departure]]:
    """Shares for each part of a batch off the front of the lots: (kit, nodes, when they leave)."""
    for count, left in parts:
        for number, nodes in _taken(lots, count):
            yield number, nodes, left


def _taken(lots: deque[tuple[int, int]], nodes: int) -> Iterator[tuple[int, int]]:
    """Shares for so many nodes off the front of the lots: (kit, nodes)."""
    while nodes:
        number, there = lots.popleft()
        used = min(there, nodes)
        if used < there:
            lots.appendleft((number, there - used))
        nodes -= used
        yield number, used


def _halls(scenario: Scenario, log: EventLog) -> Iterator[Asset]:
    for fact in log.rows(HallOpened):
        hall = scenario.sites[fact.site].halls[fact.hall]
        if hall.ready is not None:
            opening = is_opening_hall(scenario, fact.site, fact.hall)
            hour = scenario.clock.hours(hall.ready) if opening else fact.hour
            for cost, price in hall_parts(scenario, fact.site, fact.hall):
                text = part_text(price.asset_class, f"hall {hall.name}")
                yield Asset(price.asset_class, cost, hour, opening, text, priced=price, site=fact.site)
    for refit in log.rows(RetrofitFinished):
        for cost, price in retrofit_parts(scenario, refit.site, refit.hall, refit.retrofit):
            text = part_text(price.asset_class, retrofit_text(scenario, refit))
            yield Asset(price.asset_class, cost, refit.hour, False, text, priced=price, site=refit.site)
    for done in completed(scenario, log):
        yield Asset(done.asset_class, done.cents, done.hour, False, done.text, priced=done.parts, site=done.of[0])
