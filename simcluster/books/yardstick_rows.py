"""A GPU-hour of each cluster by three formulas on the scenario's own prices: ours, a rental price, an amortised cost.

Ours is what the books say (`books.unit_costs`). The rental price, after SemiAnalysis, is a level payment on the price
of a GPU with its server and network at WACC over the servers' life in force at the end, plus hosting, over all hours of
the month. The amortised cost, after Epoch AI, is what that price loses in value at the mean age in service, plus the
energy of training at the site's PUE and price.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.journal import Account, Journal
from simcluster.books.measures import cost_by_month
from simcluster.books.register import Priced
from simcluster.books.unit_costs import BEFORE_SERVICE, Costs, price_per_gpu_usd
from simcluster.books.yardsticks import (
    HOURS_PER_MONTH_730,
    VALUE_DECAY_PER_YEAR,
    payment,
    rental_usd_per_gpu_hour,
    training_energy_usd_per_hour,
    value_lost_usd_per_hour,
)
from simcluster.core.calendar import HOURS_PER_YEAR
from simcluster.record.states import STATES, GpuState

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.scenario import Scenario
    from simcluster.record.accounts import GpuHours
    from simcluster.record.energy import Energy
    from simcluster.record.log import EventLog

Floats = NDArray[np.float64]
HOSTING = (Account.ENERGY, Account.OPERATIONS, Account.COLOCATION, Account.TRANSIT)
"""What a host would charge for."""
MONTHS_PER_YEAR = 12
KWH_PER_MWH = 1000.0


@dataclass(frozen=True, slots=True)
class Yardstick:
    """USD an hour of a GPU of a cluster by a formula, and the assumptions of it; None where it needs none.

    `rate_per_year` is the charge on capital before tax, the rate of the payment, or the share of value lost.
    """

    cluster: str
    yardstick: str
    usd_per_gpu_hour: float
    capital_usd: float
    running_usd: float
    price_usd_per_gpu: float
    rate_per_year: float
    life_years: float | None = None
    age_years: float | None = None
    kw_per_gpu: float | None = None
    pue: float | None = None
    usd_per_kwh: float | None = None


@dataclass(frozen=True)
class Booked:
    """A run as the books have it."""

    scenario: Scenario
    log: EventLog
    journal: Journal
    gpu_hours: GpuHours
    energy: Energy
    costs: Costs

    @property
    def in_service(self) -> Floats:
        """GPU-hours in service and not given up, axes (month, cluster)."""
        late = [k for k, state in enumerate(STATES) if state not in (*BEFORE_SERVICE, GpuState.RETIRED)]
        hours: Floats = self.gpu_hours.hours[:, :, late].sum(axis=2)
        return hours


def yardsticks(run: Booked) -> list[Yardstick]:
    """Three rows a cluster that had GPUs in service."""
    hours, price = run.in_service.sum(axis=0), price_per_gpu_usd(run.scenario, run.log)
    return [
        row
        for c in range(len(run.scenario.clusters))
        if hours[c] > 0
        for row in (_booked(run, c, price[c]), _rental(run, c, price[c]), _amortised(run, c, price[c]))
    ]


def yardsticks_frame(run: Booked) -> pd.DataFrame:
    """A row a cluster and formula; see `Yardstick`."""
    import pandas as pd

    columns = list(Yardstick.__dataclass_fields__)
    return pd.DataFrame([[getattr(row, name) for name in columns] for row in yardsticks(run)], columns=columns)


def _life(scenario: Scenario) -> float:
    return scenario.finance.lives.years("servers", scenario.end)


def _booked(run: Booked, cluster: int, price_usd: float) -> Yardstick:
    """What the books say, given up nodes among it; running costs are their share of each month's."""
    scenario, finance = run.scenario, run.scenario.finance
    hours, late = run.in_service[:, cluster], [k for k, s in enumerate(STATES) if s not in BEFORE_SERVICE]
    total = float(run.costs.usd[:, cluster, late].sum())
    cost = cost_by_month(scenario, run.journal)
    month = cost.in_service_usd
    share = np.divide(cost.opex / 100, month, out=np.zeros(len(month)), where=month > 0)
    running = float((hours * run.costs.usd_per_gpu_hour[:, cluster] * share).sum())
    each, of_running = total / hours.sum(), running / hours.sum()
    rate = finance.wacc / (1 - finance.tax_rate)
    name = scenario.clusters[cluster].name
    return Yardstick(name, "booked", each, each - of_running, of_running, price_usd, rate, _life(scenario))


def _rental(run: Booked, cluster: int, price_usd: float) -> Yardstick:
    scenario, life = run.scenario, _life(run.scenario)
    hosting = _hosting_usd(run)[cluster] / run.in_service[:, cluster].sum() * HOURS_PER_MONTH_730
    capital = payment(scenario.finance.wacc / MONTHS_PER_YEAR, life * MONTHS_PER_YEAR, price_usd)
    each, of_capital, of_hosting = (
        rental_usd_per_gpu_hour(paid, hosted, 1, 1.0)
        for paid, hosted in ((capital, hosting), (capital, 0.0), (0.0, hosting))
    )
    name = scenario.clusters[cluster].name
    return Yardstick(name, "rental", each, of_capital, of_hosting, price_usd, scenario.finance.wacc, life)


def _hosting_usd(run: Booked) -> Floats:
    """What hosting cost over the run, by cluster: by nameplate kW in service of each month."""
    clusters = range(len(run.scenario.clusters))
    servers = [run.scenario.server_of(c) for c in clusters]
    kw_hours = run.in_service * np.array([server.nameplate_kw / server.gpus for server in servers])
    month = np.sum([run.journal.moved(account) for account in HOSTING], axis=0) / 100
    total = kw_hours.sum(axis=1)
    per_kw_hour = np.divide(month, total, out=np.zeros(len(month)), where=total > 0)
    borne: Floats = per_kw_hour @ kw_hours
    return borne


def _amortised(run: Booked, cluster: int, price_usd: float) -> Yardstick:
    scenario = run.scenario
    server, site = scenario.server_of(cluster), scenario.site_index[scenario.clusters[cluster].site]
    age, kw = mean_age_years(scenario, run.journal, cluster), server.nameplate_kw / server.gpus
    pue, price = metered_pue(scenario, run.energy, site), paid_usd_per_kwh(scenario, run.energy, site)
    capital, energy = value_lost_usd_per_hour(price_usd, age), training_energy_usd_per_hour(kw, pue, price)
    lost = 1 - 10**-VALUE_DECAY_PER_YEAR
    name = scenario.clusters[cluster].name
    return Yardstick(name, "amortised", capital + energy, capital, energy, price_usd, lost, None, age, kw, pue, price)


def mean_age_years(scenario: Scenario, journal: Journal, cluster: int) -> float:
    """Mean age of a cluster's nodes over their hours in service in the run, years since they came into service."""
    name, weight, aged = scenario.clusters[cluster].name, 0.0, 0.0
    for priced, hour, retired in _servers(journal):
        row = (scenario.installed if priced.by.startswith("installed") else scenario.orders)[priced.row[0]]
        since, until = max(hour, 0.0), min(retired, scenario.clock.horizon_hours)
        if row.cluster == name and until > since:
            weight += priced.quantity * (until - since)
            aged += priced.quantity * (until - since) * ((since + until) / 2 - hour)
    return aged / weight / HOURS_PER_YEAR if weight else 0.0


def _servers(journal: Journal) -> Iterator[tuple[Priced, float, float]]:
    for asset in journal.assets:
        if isinstance(asset.priced, Priced) and asset.priced.by in ("installed_server", "order_server"):
            yield asset.priced, asset.in_service_hour, asset.retired_hour


def metered_pue(scenario: Scenario, energy: Energy, site: int) -> float:
    """Facility MWh over IT MWh of a site in the run; its PUE at peak where nothing was drawn."""
    it_mwh = energy.it_mwh[site]
    return float(energy.source_mwh[site].sum()) / it_mwh if it_mwh else scenario.sites[site].pue_peak


def paid_usd_per_kwh(scenario: Scenario, energy: Energy, site: int) -> float:
    """What a facility kWh of a site cost in the run, fuel and demand charges among it; 0 where nothing was drawn."""
    mwh, peak = energy.source_mwh[site], energy.source_peak_mw[site]
    months = scenario.clock.month_fractions
    paid = sum(
        sum(source.bill(float(mwh[k, j]), float(peak[k, j]), month).values())
        for j, source in enumerate(scenario.sites[site].power)
        for k, month in enumerate(months)
    )
    total = float(mwh.sum())
    return paid / (total * KWH_PER_MWH) if total else 0.0
