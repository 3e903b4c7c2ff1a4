"""Bills of what is contracted by month and used or not: rented halls, transit, and licences of GPUs in service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.accruals import in_service
from simcluster.books.journal import Account, Entry, entry
from simcluster.core.calendar import HOURS_PER_YEAR
from simcluster.core.money import cents
from simcluster.record.events import HallOpened
from simcluster.record.spread import spread

if TYPE_CHECKING:
    from datetime import date

    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog

Floats = NDArray[np.float64]
KW_PER_MW = 1000.0


def accrue_colocation(scenario: Scenario, log: EventLog) -> Iterator[Entry]:
    """Rent of each site that is rented: contracted kW-months x rent."""
    kw_months = contracted_kw_months(scenario, log)
    for s, site in enumerate(scenario.sites):
        if site.colocation is not None:
            text, rent = f"colocation at {site.name}", site.colocation.rent
            yield from _bills(text, Account.COLOCATION, kw_months[:, s], rent)


def accrue_transit(scenario: Scenario) -> Iterator[Entry]:
    """Transit of each site that has any: contracted Gbps-months x price."""
    gbps_months = contracted_gbps_months(scenario)
    for s, site in enumerate(scenario.sites):
        if site.transit is not None:
            yield from _bills(f"transit of {site.name}", Account.TRANSIT, gbps_months[:, s], site.transit.price)


def accrue_licences(scenario: Scenario, log: EventLog) -> Iterator[Entry]:
    """Licences of each cluster that needs any: GPU-years in service, until given up, x price."""
    gpu_years = gpu_years_in_service(scenario, log)
    for c, cluster in enumerate(scenario.clusters):
        if cluster.licences is not None:
            yield from _bills(f"licences of {cluster.name}", Account.LICENCES, gpu_years[:, c], cluster.licences)


def _bills(text: str, account: Account, quantity: Floats, price_usd: float) -> Iterator[Entry]:
    for k, amount in enumerate(cents(x * price_usd) for x in quantity.tolist()):
        yield from entry(k, text, (account, amount), (Account.CASH, -amount))


def contracted_kw_months(scenario: Scenario, log: EventLog) -> Floats:
    """kW-months of IT power contracted at rented sites: by steps, or of halls from the day each stands.

    Axes (month, site); the mean over the whole calendar month, also of one that is simulated in part.
    """
    out = np.zeros((len(scenario.clock.months), len(scenario.sites)))
    opened = log.columns(HallOpened)
    for s, site in enumerate(scenario.sites):
        if site.colocation is None:
            continue
        steps = site.colocation.steps
        if steps is None:
            mine = opened["site"] == s
            since, mw = opened["hour"][mine], np.array([hall.it_power for hall in site.halls])[opened["hall"][mine]]
        else:
            since, mw = _added(scenario, [(step.date, step.it_power) for step in steps])
        out[:, s] = _months_of(scenario, since, mw * KW_PER_MW)
    return out


def contracted_gbps_months(scenario: Scenario) -> Floats:
    """Gbps-months contracted, axes (month, site); the mean over the whole calendar month."""
    out = np.zeros((len(scenario.clock.months), len(scenario.sites)))
    for s, site in enumerate(scenario.sites):
        if site.transit is not None:
            steps = [(step.date, step.bandwidth) for step in site.transit.steps]
            out[:, s] = _months_of(scenario, *_added(scenario, steps))
    return out


def _added(scenario: Scenario, steps: Sequence[tuple[date, float]]) -> tuple[Floats, Floats]:
    """Hours of the steps, and what each adds to the level before it."""
    hours = np.array([scenario.clock.hours(day) for day, _ in steps])
    return hours, np.diff([level for _, level in steps], prepend=0.0)


def _months_of(scenario: Scenario, since: Floats, added: Floats) -> Floats:
    """The mean of a level over each calendar month, which `added` raises at hours `since`; shape (months,)."""
    edges, group = np.array(scenario.clock.month_edges), np.zeros(len(since), dtype=np.int64)
    hours = spread(since, np.full(len(since), edges[-1]), added, edges, group, 1)[:, 0]
    means: Floats = np.maximum(hours, 0.0) / np.array(scenario.clock.month_hours)
    return means


def gpu_years_in_service(scenario: Scenario, log: EventLog) -> Floats:
    """GPU-years of nodes in service and not given up, axes (month, cluster)."""
    clusters = range(len(scenario.clusters))
    gpus = np.array([scenario.server_of(c).gpus for c in clusters], dtype=np.float64)
    return in_service(scenario, log, gpus, np.array(clusters), len(clusters)) / HOURS_PER_YEAR
