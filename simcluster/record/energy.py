"""Energy accounts: the draw of each site, and facility MWh by month and source as its integral."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.record.draw import facility_mw, site_it_kw
from simcluster.record.events import BatteryChanged, PowerEnergized, SupplyChanged
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
    `swing_mw`: for each site the largest step of its draw from one instant to the next, up or down, facility MW: what a
    synchronous job that stops or starts asks of the grid, or of a battery. `it_mwh`: for each site what its IT drew,
    MWh. `peak_it_mw`: the highest IT draw of all sites together, MW.
    """

    source_mwh: tuple[Floats, ...]
    source_peak_mw: tuple[Floats, ...]
    peak_mw: float
    swing_mw: tuple[float, ...]
    it_mwh: tuple[float, ...]
    peak_it_mw: float


def energized_mw(log: EventLog, hours: Floats, site: int, source: int | None = None) -> Floats:
    """Facility MW energised at a site (by one source, or by all) at each hour."""
    facts = log.columns(PowerEnergized)
    mine = (facts["site"] == site) & (True if source is None else facts["source"] == source)
    return level_at(facts["hour"][mine], np.cumsum(facts["facility_mw"][mine]), hours)


def available_mw(log: EventLog, hours: Floats, site: int, source: int) -> Floats:
    """Facility MW that a source can give at each hour: what it has energised, less outages and curtailment."""
    facts = log.columns(SupplyChanged)
    mine = (facts["site"] == site) & (facts["source"] == source)
    if not mine.any():
        return energized_mw(log, hours, site, source)
    return level_at(facts["hour"][mine], facts["available_mw"][mine], hours)


def battery_mw(log: EventLog, hours: Floats, site: int) -> tuple[Floats, Floats]:
    """Facility MW that a site's battery gives, and that it takes, at each hour."""
    facts = log.columns(BatteryChanged)
    mine = facts["site"] == site
    gives, takes = (
        level_at(facts["hour"][mine], facts[f"{way}_mw"][mine], hours) for way in ("discharging", "charging")
    )
    return gives, takes


def meter(scenario: Scenario, log: EventLog, levels: Levels) -> Energy:
    """Energy and peaks by source: the draw of each site dispatched on its sources in declared order."""
    edges = np.array(scenario.clock.month_edges)
    metered, peaks, swings, it_mwh = [], [], [], []
    together, it_together = np.zeros(len(levels.hours)), np.zeros(len(levels.hours))
    for number in range(len(scenario.sites)):
        it_kw, it_peak_kw = (site_it_kw(scenario, levels, number, peak) for peak in (False, True))
        draw, peak = (facility_mw(scenario, levels, number, kw) for kw in (it_kw, it_peak_kw))
        given = dispatch_mw(scenario, log, levels, number, draw)
        metered.append(np.stack([levels.integral(mw, edges) for mw in given], axis=1))
        highest = dispatch_mw(scenario, log, levels, number, peak)
        peaks.append(np.stack([levels.highest(mw, edges) for mw in highest], axis=1))
        together += peak
        it_together += it_peak_kw / 1000
        it_mwh.append(float(levels.integral(it_kw / 1000, edges).sum()))
        swings.append(float(np.abs(np.diff(peak[:-1])).max(initial=0.0)))
    highest_mw, highest_it_mw = (float(mw[:-1].max(initial=0.0)) for mw in (together, it_together))
    return Energy(tuple(metered), tuple(peaks), highest_mw, tuple(swings), tuple(it_mwh), highest_it_mw)


def dispatch_mw(scenario: Scenario, log: EventLog, levels: Levels, site: int, draw: Floats) -> list[Floats]:
    """What each source gives of a draw, MW at each instant: in declared order, each up to what it can give.

    The battery's part of the draw comes off, and what it takes in comes on top.
    """
    discharging, charging = battery_mw(log, levels.hours, site)
    left, given = np.maximum(draw - discharging, 0.0) + charging, []
    for source in range(len(scenario.sites[site].power)):
        given.append(np.minimum(left, available_mw(log, levels.hours, site, source)))
        left = left - given[-1]
    given[-1] = given[-1] + left
    return given
