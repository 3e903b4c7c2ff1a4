"""A site that runs short of power: what its sources could give, what the battery gave, and what was shed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.record.energy import available_mw, battery_mw, energized_mw
from simcluster.record.events import BatteryChanged, NodesShed, PowerEnergized, SupplyChanged
from simcluster.record.log import EventLog
from simcluster.record.spread import level_at, means

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario

Floats = NDArray[np.float64]
LEAST_MW = 1e-9
"""What rounding leaves of a difference of levels."""


@dataclass(frozen=True)
class Shortage:
    """Levels of one site from each of `hours` to the next; the last instant is the horizon. All of shape (instants,).

    Facility MW: `energized`, `available` (what the sources could give of it), `in_outage` and `curtailed` (what they
    could not), `discharging` (the battery). `shed` is GPUs without power, in service or in burn-in.
    """

    hours: Floats
    energized: Floats
    available: Floats
    in_outage: Floats
    curtailed: Floats
    discharging: Floats
    shed: Floats

    def hours_of(self, level: Floats) -> float:
        """For how many hours a level was above zero."""
        return float(np.diff(self.hours)[level[:-1] > 0].sum())

    def times_of(self, level: Floats) -> int:
        """In how many stretches without a gap a level was above zero."""
        above = level[:-1] > 0
        return int((above & ~np.concatenate([[False], above[:-1]])).sum())

    def integral_of(self, level: Floats) -> float:
        """A level times the hours it held: MWh, or GPU-hours."""
        return float((np.diff(self.hours) * level[:-1]).sum())

    def means(self, level: Floats, edges: Floats) -> Floats:
        """The mean of a level between consecutive edges; shape (len(edges) - 1,)."""
        return means(self.hours, level, edges)

    def extremes(self, level: Floats, edges: Floats) -> tuple[Floats, Floats]:
        """The lowest and the highest value of a level between consecutive edges; shapes (len(edges) - 1,)."""
        at = np.union1d(self.hours, edges)
        values = level[np.searchsorted(self.hours, at, side="right") - 1]
        first = np.searchsorted(at, edges)
        inside = values[: first[-1]]
        return np.minimum.reduceat(inside, first[:-1]), np.maximum.reduceat(inside, first[:-1])


def account_shortage(scenario: Scenario, log: EventLog, site: int) -> Shortage:
    """What a site was short of, from the facts of its sources, its battery and its nodes."""
    place, horizon = scenario.sites[site], scenario.clock.horizon_hours
    clusters = [k for k, cluster in enumerate(scenario.clusters) if cluster.site == place.name]
    noted = [_hours(log, event, "site", [site]) for event in (PowerEnergized, SupplyChanged, BatteryChanged)]
    hours = np.unique(np.concatenate([*noted, _hours(log, NodesShed, "cluster", clusters), [0.0, horizon]]))
    hours = hours[(hours >= 0) & (hours <= horizon)]
    in_outage, curtailed = np.zeros(len(hours)), np.zeros(len(hours))
    for source in range(len(place.power)):
        missing = energized_mw(log, hours, site, source) - available_mw(log, hours, site, source)
        missing[missing < LEAST_MW] = 0.0
        out = _outages(log, hours, site, source) > 0
        in_outage += np.where(out, missing, 0.0)
        curtailed += np.where(out, 0.0, missing)
    energized = energized_mw(log, hours, site)
    discharging, _ = battery_mw(log, hours, site)
    shed = sum((_shed_gpus(scenario, log, hours, k) for k in clusters), np.zeros(len(hours)))
    available = energized - in_outage - curtailed
    return Shortage(hours, energized, available, in_outage, curtailed, discharging, shed)


def _hours(log: EventLog, event: type, place: str, numbers: list[int]) -> Floats:
    facts = log.columns(event)
    hours: Floats = facts["hour"][np.isin(facts[place], numbers)]
    return hours


def _outages(log: EventLog, hours: Floats, site: int, source: int) -> Floats:
    """Outages under way of a source."""
    facts = log.columns(SupplyChanged)
    mine = (facts["site"] == site) & (facts["source"] == source)
    return level_at(facts["hour"][mine], facts["outages"][mine], hours)


def _shed_gpus(scenario: Scenario, log: EventLog, hours: Floats, cluster: int) -> Floats:
    facts = log.columns(NodesShed)
    mine = facts["cluster"] == cluster
    nodes = facts["nodes"][mine] + facts["burning"][mine]
    return level_at(facts["hour"][mine], nodes, hours) * scenario.server_of(cluster).gpus
