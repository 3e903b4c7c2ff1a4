"""Carbon accounts: what sources emit by month, and what making the delivered servers emitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.record.energy import Energy
from simcluster.record.events import LotDelivered
from simcluster.record.log import EventLog

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.scenario import Scenario

Floats = NDArray[np.float64]
KG_PER_TONNE = 1000.0


@dataclass(frozen=True)
class Carbon:
    """Tonnes of CO2 equivalents.

    `source_t`: for each site, of the energy of its sources with axes (month, source), not a number where a source does
    not say. `embodied_t`: of the servers delivered in each month by cluster, axes (month, cluster), not a number where
    the server's row does not say. The opening fleet was made before.
    """

    source_t: tuple[Floats, ...]
    embodied_t: Floats

    @property
    def operational(self) -> float | None:
        """Of all sources that say, tonnes; None where none does."""
        return _told([table[:, k] for table in self.source_t for k in range(table.shape[1])])

    @property
    def embodied(self) -> float | None:
        """Of all clusters whose servers say, tonnes; None where none does."""
        return _told([self.embodied_t[:, k] for k in range(self.embodied_t.shape[1])])


def account_carbon(scenario: Scenario, log: EventLog, energy: Energy) -> Carbon:
    """Tonnes = MWh x intensity / 1000 by month and source, and kilograms of each server in the month it was delivered.

    What was delivered before the start, of an order of the past, counts in the first month.
    """
    operational = []
    for site, metered in zip(scenario.sites, energy.source_mwh, strict=True):
        intensity = [np.nan if source.carbon is None else source.carbon for source in site.power]
        operational.append(metered * np.array(intensity) / KG_PER_TONNE)
    servers = [scenario.server_of(k).embodied_carbon for k in range(len(scenario.clusters))]
    kilograms = np.array([np.nan if each is None else each for each in servers])
    lots, edges = log.columns(LotDelivered), np.array(scenario.clock.month_edges)
    home = np.array([scenario.cluster_index[order.cluster] for order in scenario.orders], dtype=np.int64)
    month = np.clip(np.searchsorted(edges, lots["hour"], side="right") - 1, 0, len(edges) - 2)
    nodes = np.zeros((len(edges) - 1, len(scenario.clusters)))
    np.add.at(nodes, (month, home[lots["order"]]), lots["nodes"])
    return Carbon(tuple(operational), nodes * kilograms / KG_PER_TONNE)


def energy_frame(scenario: Scenario, log: EventLog, energy: Energy) -> pd.DataFrame:
    """Energy and carbon as rows: month, site, source, mwh, peak_mw, carbon_t (empty where no intensity is given)."""
    import pandas as pd

    emitted = account_carbon(scenario, log, energy).source_t
    tables = (energy.source_mwh, energy.source_peak_mw, emitted)
    rows = [
        (str(month), site.name, source.name, *(float(table[s][m, k]) for table in tables))
        for m, month in enumerate(scenario.clock.months)
        for s, site in enumerate(scenario.sites)
        for k, source in enumerate(site.power)
    ]
    return pd.DataFrame(rows, columns=["month", "site", "source", "mwh", "peak_mw", "carbon_t"])


def _told(columns: list[Floats]) -> float | None:
    told = [column.sum() for column in columns if not np.isnan(column).any()]
    return float(sum(told)) if told else None
