"""Entries that follow from a month's end: depreciation, energy, operations, advertising and the parent's funding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.journal import Account, Entry, Journal, entry
from simcluster.books.losses import depreciate, impair
from simcluster.books.register import Asset
from simcluster.core.calendar import HOURS_PER_YEAR
from simcluster.core.money import cents, whole
from simcluster.model.depreciation import CLASSES
from simcluster.record.events import Mended, NodesInService, NodesSold, RepairEnded
from simcluster.record.spread import spread

Floats = NDArray[np.float64]

if TYPE_CHECKING:
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario
    from simcluster.record.energy import Energy
    from simcluster.record.log import EventLog


def accrue_depreciation(scenario: Scenario, assets: Iterable[Asset]) -> Iterator[Entry]:
    """Depreciation of every vintage from the hour it came into service, and impairment, one entry a month and class.

    Rights of finance leases are amortised in the same way, straight out of the asset.
    """
    months = len(scenario.clock.months)
    lost: dict[str, Cents] = {name: np.zeros(months, dtype=np.int64) for name in (*CLASSES, "rights")}
    impaired = {name: cents.copy() for name, cents in lost.items()}
    for asset in assets:
        name = "rights" if asset.leased else asset.asset_class
        lost[name] += depreciate(scenario, asset)[1:]
        impaired[name] += impair(scenario, asset)[1:]
    for k, amount in enumerate(lost["rights"].tolist()):
        expense = (Account.LEASE_AMORTISATION, amount)
        yield from entry(k, "amortisation of rights of use", expense, (Account.RIGHT_OF_USE_FINANCE, -amount))
    for owned in CLASSES:
        for what, account, by_month in (
            ("depreciation", Account.depreciation(owned), lost[owned] - impaired[owned]),
            ("impairment", Account.IMPAIRMENT, impaired[owned]),
        ):
            for k, amount in enumerate(by_month.tolist()):
                yield from entry(k, f"{what} of {owned}", (account, amount), (Account.accumulated(owned), -amount))


def accrue_energy(scenario: Scenario, energy: Energy) -> Iterator[Entry]:
    """Each source's bill of the energy and the highest draw metered: energy, and fuel or demand where there is a price.

    A demand charge is by the calendar month; of a month that is simulated in part, that part of it is charged.
    """
    simulated = scenario.clock.month_fractions
    for site, metered, highest in zip(scenario.sites, energy.source_mwh, energy.source_peak_mw, strict=True):
        for j, source in enumerate(site.power):
            for k, (mwh, peak_mw) in enumerate(zip(metered[:, j].tolist(), highest[:, j].tolist(), strict=True)):
                for what, usd in source.bill(mwh, peak_mw, simulated[k]).items():
                    bill, text = cents(usd), f"{what} {source.name} at {site.name}"
                    yield from entry(k, text, (Account.ENERGY, bill), (Account.CASH, -bill))


def accrue_operations(scenario: Scenario, log: EventLog) -> Iterator[Entry]:
    """Operations of each site by the nameplate IT MW-years its nodes were in service, until they left."""
    mw_years = mw_years_in_service(scenario, log)
    for s, site in enumerate(scenario.sites):
        for k, bill in enumerate(cents(float(x) * site.operations) for x in mw_years[:, s]):
            yield from entry(k, f"operations of {site.name}", (Account.OPERATIONS, bill), (Account.CASH, -bill))


def mw_years_in_service(scenario: Scenario, log: EventLog) -> NDArray[np.float64]:
    """Nameplate IT MW-years of nodes in service, neither given up nor sold, axes (month, site)."""
    nameplate = np.array([scenario.server_of(c).nameplate_kw for c in range(len(scenario.clusters))]) / 1000
    home = np.array([scenario.site_index[cluster.site] for cluster in scenario.clusters])
    return in_service(scenario, log, nameplate, home, len(scenario.sites)) / HOURS_PER_YEAR


def in_service(
    scenario: Scenario, log: EventLog, per_node: Floats, group: NDArray[np.int64], groups: int
) -> NDArray[np.float64]:
    """Hours of nodes in service, neither given up nor sold, times what a node counts; axes (month, group).

    `per_node` and `group` are by cluster.
    """
    entered, out, sold = (log.columns(event) for event in (NodesInService, RepairEnded, NodesSold))
    gone = out["outcome"] == Mended.RETIRED
    edges = np.array(scenario.clock.month_edges)
    clusters = np.concatenate([entered["cluster"], out["cluster"][gone], sold["cluster"]])
    hours = np.concatenate([entered["hour"], out["hour"][gone], sold["hour"]])
    weight = np.concatenate([entered["nodes"], np.full(int(gone.sum()), -1), -sold["nodes"]]) * per_node[clusters]
    until = np.full(len(hours), edges[-1])
    return np.maximum(spread(hours, until, weight, edges, group[clusters], groups), 0.0)


def accrue_advertising(scenario: Scenario, attributed: Cents) -> Iterator[Entry]:
    """Advertising attributed to AI by month, and the costs of earning it: 1 - contribution margin."""
    margin = scenario.revenue.contribution_margin
    for k, amount in enumerate(attributed.tolist()):
        earning = amount - whole(amount * margin)
        sold = "advertising attributed to AI"
        yield from entry(k, sold, (Account.CASH, amount), (Account.ADVERTISING, -amount))
        yield from entry(k, f"costs of {sold}", (Account.CONTRIBUTION_COSTS, earning), (Account.CASH, -earning))


def accrue_funding(before: Journal) -> Iterator[Entry]:
    """What the parent puts in or takes out at each month's end, so that the programme holds no cash."""
    for k, moved in enumerate(before.moved(Account.CASH).tolist()):
        text = "distribution to the parent" if moved > 0 else "contribution of the parent"
        yield from entry(k, text, (Account.CASH, -moved), (Account.CONTRIBUTED, moved))
