"""The machine a run has built, as outcomes: what stands, what it draws, what it can compute and what it has cost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, get_args

import numpy as np

from simcluster.books.departures import NO_SALE
from simcluster.books.journal import Account
from simcluster.books.run_off import stands_alone
from simcluster.books.statements import classes_of
from simcluster.model.depreciation import AssetClass
from simcluster.model.hardware import Precision
from simcluster.record.events import NodesInService, NodesSold

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.books.journal import Journal
    from simcluster.model.scenario import Scenario
    from simcluster.record.energy import Energy
    from simcluster.record.log import EventLog
    from simcluster.study.result import Outcomes

PRECISIONS: tuple[Precision, ...] = get_args(Precision)
MONTHS_A_YEAR = 12


def machine_of(scenario: Scenario, log: EventLog, energy: Energy, daily: pd.DataFrame, journal: Journal) -> Outcomes:
    """Outcomes of the nodes in service at the end, those that failed or were given up among them.

    `gpus.TYPE.in_service_end`, and their peaks together: `peak_bf16_eflops_end`, `peak_fp64_eflops_end` (dense, of the
    matrix units; None if a type in service has none known). `it_nameplate_mw_end`, and `facility_nameplate_mw_end` at
    each site's `pue_peak`. `peak_it_mw`, `energy_it_mwh`: as drawn. `servers_usd_end`, `network_usd_end`,
    `buildings_usd_end`, and `plant_usd_end` where there is plant: property in service at cost, without depreciation.
    `energy_usd_last_year`: the energy bill of
    the last twelve months, or of a shorter run scaled to them. `half_in_service`, `all_in_service`: the first days at
    whose end half, and all, of the GPUs ordered by the end had come into service; None if they never do.
    """
    nodes = _nodes_by_cluster(scenario, log)
    return {
        **_gpus(scenario, nodes),
        **_nameplate(scenario, nodes),
        "peak_it_mw": energy.peak_it_mw,
        "energy_it_mwh": sum(energy.it_mwh),
        **{f"peak_{precision}_eflops_end": peak_eflops(scenario, nodes, precision) for precision in PRECISIONS},
        **{f"{name}_usd_end": _at_cost_usd(journal, name) for name in classes_of(journal)},
        "energy_usd_last_year": _last_year_usd(scenario, journal),
        **_days(daily),
    }


def _at_cost_usd(journal: Journal, asset_class: AssetClass) -> float:
    """What came into service of a class and was not sold cost, what was given up since among it, USD.

    Nodes of leased orders count at their price; leases that stand alone are no property in service.
    """
    mine = (asset for asset in journal.assets if asset.asset_class == asset_class and asset.sale == NO_SALE)
    return sum(asset.cost_cents for asset in mine if not stands_alone(asset)) / 100


def _nodes_by_cluster(scenario: Scenario, log: EventLog) -> list[int]:
    nodes = np.zeros(len(scenario.clusters), dtype=np.int64)
    for event, sign in ((NodesInService, 1), (NodesSold, -1)):
        facts = log.columns(event)
        np.add.at(nodes, facts["cluster"], sign * facts["nodes"])
    found: list[int] = nodes.tolist()
    return found


def _gpus(scenario: Scenario, nodes: list[int]) -> Outcomes:
    """GPUs in service by type, those of which there are any."""
    found: Counter[str] = Counter()
    for cluster, count in enumerate(nodes):
        server = scenario.server_of(cluster)
        found[server.gpu] += count * server.gpus
    return {f"gpus.{name}.in_service_end": gpus for name, gpus in found.items() if gpus}


def _nameplate(scenario: Scenario, nodes: list[int]) -> Outcomes:
    it_mw, facility_mw = 0.0, 0.0
    for cluster, count in enumerate(nodes):
        mw = count * scenario.server_of(cluster).nameplate_kw / 1000
        it_mw += mw
        facility_mw += mw * scenario.sites[scenario.site_index[scenario.clusters[cluster].site]].pue_peak
    return {"it_nameplate_mw_end": it_mw, "facility_nameplate_mw_end": facility_mw}


def peak_eflops(scenario: Scenario, nodes: list[int], precision: Precision) -> float | None:
    """Peak of so many nodes of each cluster together, EFLOP/s; None if any of their GPUs has none at the precision."""
    total = 0.0
    for cluster, count in enumerate(nodes):
        tflops = scenario.gpu_of(cluster).peak_tflops(precision)
        if count and tflops is None:
            return None
        total += count * scenario.server_of(cluster).gpus * (tflops or 0.0) / 1e6
    return total


def _last_year_usd(scenario: Scenario, journal: Journal) -> float:
    """The energy bill of the last twelve months, over the part of them that was simulated, times twelve."""
    bills = journal.moved(Account.ENERGY)[-MONTHS_A_YEAR:]
    simulated = sum(scenario.clock.month_fractions[-MONTHS_A_YEAR:])
    return float(bills.sum()) / 100 / simulated * MONTHS_A_YEAR


def _days(daily: pd.DataFrame) -> Outcomes:
    """The first days at whose end half, and all, of the GPUs ordered by the end were in service."""
    by_day = daily.groupby("date").sum(numeric_only=True)
    gpus, ordered = (by_day[name].to_numpy(dtype=float) for name in ("in_service", "ordered"))
    gpus = gpus + (by_day["sold"].to_numpy(dtype=float) if "sold" in by_day else 0.0)
    found: Outcomes = {}
    for name, share in (("half", 0.5), ("all", 1.0)):
        reached = np.flatnonzero((gpus >= share * ordered[-1] - 0.5) & (ordered[-1] > 0))
        found[f"{name}_in_service"] = by_day.index[reached[0]].date().isoformat() if len(reached) else None
    return found
