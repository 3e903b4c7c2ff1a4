"""Energy accounts: the draw of each site, and facility MWh by month and source as its integral."""

from __future__ import annotations

from dataclasses import dataclass
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

    `source_mwh`: for each site, facility MWh with axes (month, source). `source_peak_mw`: the highest draw on each
    source in each month, facility MW, same axes. `peak_mw`: the highest draw of all sites together, facility MW.
    """

    source_mwh: tuple[Floats, ...]
    source_peak_mw: tuple[Floats, ...]
    peak_mw: float


def energized_mw(log: EventLog, hours: Floats, site: int, source: int | None = None) -> Floats:
    """Facility MW energised at a site (by one source, or by all) at each hour."""
    facts = log.columns(PowerEnergized)
    mine = (facts["site"] == site) & (True if source is None else facts["source"] == source)
    return level_at(facts["hour"][mine], np.cumsum(facts["facility_mw"][mine]), hours)


def meter(scenario: Scenario, log: EventLog, levels: Levels) -> Energy:
    """Energy and peaks by source: the draw of each site dispatched on its sources in declared order."""
    edges = np.array(scenario.clock.month_edges)
    metered, peaks, together = [], [], np.zeros(len(levels.hours))
    for number in range(len(scenario.sites)):
        draw, peak = (site_draw_mw(scenario, levels, number, peak) for peak in (False, True))
        given = dispatch_mw(scenario, log, levels, number, draw)
        metered.append(np.stack([levels.integral(mw, edges) for mw in given], axis=1))
        highest = dispatch_mw(scenario, log, levels, number, peak)
        peaks.append(np.stack([levels.highest(mw, edges) for mw in highest], axis=1))
        together += peak
    return Energy(tuple(metered), tuple(peaks), float(together[:-1].max(initial=0.0)))


def dispatch_mw(scenario: Scenario, log: EventLog, levels: Levels, site: int, draw: Floats) -> list[Floats]:
    """What each source gives of a draw, MW at each instant: in declared order, each up to what it has energised."""
    left, given = draw, []
    for source in range(len(scenario.sites[site].power)):
        given.append(np.minimum(left, energized_mw(log, levels.hours, site, source)))
        left = left - given[-1]
    given[-1] = given[-1] + left
    return given
