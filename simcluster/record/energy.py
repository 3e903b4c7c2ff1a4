"""Energy accounts: the draw of each site, and facility MWh by month and source as its integral."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.record.draw import site_draw_mw
from simcluster.record.events import PowerEnergized
from simcluster.record.levels import Levels
from simcluster.record.log import EventLog
from simcluster.record.spread import level_at

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Energy:
    """Metered energy.

    `source_mwh`: for each site, facility MWh with axes (month, source). `peak_mw`: the highest draw of all sites
    together, facility MW.
    """

    source_mwh: tuple[Floats, ...]
    peak_mw: float


def energized_mw(log: EventLog, hours: Floats, site: int, source: int | None = None) -> Floats:
    """Facility MW energised at a site (by one source, or by all) at each hour."""
    facts = log.columns(PowerEnergized)
    mine = (facts["site"] == site) & (True if source is None else facts["source"] == source)
    return level_at(facts["hour"][mine], np.cumsum(facts["facility_mw"][mine]), hours)


def meter(scenario: Scenario, log: EventLog, levels: Levels) -> Energy:
    """Energy by source: the draw of each site dispatched on its sources in declared order."""
    integral = partial(levels.integral, edges=np.array(scenario.clock.month_edges))
    metered, peak = [], np.zeros(len(levels.hours))
    for number, site in enumerate(scenario.sites):
        draw = site_draw_mw(scenario, levels, number)
        left, columns = draw, []
        for source in range(len(site.power)):
            given = np.minimum(left, energized_mw(log, levels.hours, number, source))
            left = left - given
            columns.append(integral(given))
        columns[-1] = columns[-1] + integral(left)
        metered.append(np.stack(columns, axis=1))
        peak += site_draw_mw(scenario, levels, number, peak=True)
    return Energy(tuple(metered), float(peak[:-1].max(initial=0.0)))
