"""What clusters and sites draw at each instant: IT kW by what nodes do, facility MW by the PUE of the hour.

A job draws its mean over the checkpoint cycle between two interruptions, which makes energy exact; the peak takes it as
computing throughout, since its saves are not instants of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.record.clocks import clock_at
from simcluster.record.events import ClocksChanged
from simcluster.record.levels import Levels

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario

Floats = NDArray[np.float64]


def it_draw_kw(scenario: Scenario, levels: Levels, cluster: int, peak: bool = False) -> Floats:
    """IT draw of a cluster at each instant of `levels`, kW: the mean over checkpoint cycles, or the peak in them.

    nameplate x (busy_draw x busy + idle_draw x waiting), less (busy_draw - checkpoint_draw) x saving and
    (busy_draw - restart_draw) x restarting where those draws are given, and less what low clocks leave out.
    """
    server = scenario.server_of(cluster)
    serving = levels.serving_gpus[cluster] / server.gpus
    busy = levels.busy(cluster) + serving
    idle = levels.idling(cluster) + levels.free(cluster) - serving
    draw: Floats = server.nameplate_kw * (server.busy_draw * busy + server.idle_draw * idle)
    if server.checkpoint_draw is not None and not peak:
        draw = draw - server.nameplate_kw * (server.busy_draw - server.checkpoint_draw) * levels.checkpointing(cluster)
    if server.restart_draw is not None:
        draw = draw - server.nameplate_kw * (server.busy_draw - server.restart_draw) * levels.restarting(cluster)
    return draw - _left_out_kw(scenario, levels, cluster, peak)


def _left_out_kw(scenario: Scenario, levels: Levels, cluster: int, peak: bool) -> Floats | float:
    """IT kW that the clocks of a site keep a cluster from drawing at each instant.

    At clock c a node draws idle_draw + (draw - idle_draw) x c^exponent of what it draws above idle at full clocks, be
    it that it computes, serves, saves or restarts; burn-in keeps its clocks.
    """
    site = scenario.site_index[scenario.clusters[cluster].site]
    over_cap = scenario.sites[site].over_cap
    if over_cap is None or not levels.log.count(ClocksChanged):
        return 0.0
    server = scenario.server_of(cluster)
    restarting, saving = levels.restarting(cluster), 0.0 if peak else levels.checkpointing(cluster)
    working = levels.busy(cluster) - levels.burning(cluster) - restarting - saving
    working = working + levels.serving_gpus[cluster] / server.gpus
    above_idle = sum(
        nodes * max((server.busy_draw if draw is None else draw) - server.idle_draw, 0.0)
        for draw, nodes in (
            (server.busy_draw, working),
            (server.checkpoint_draw, saving),
            (server.restart_draw, restarting),
        )
    )
    clock = clock_at(levels.log, levels.hours, site)
    left_out: Floats = server.nameplate_kw * above_idle * (1.0 - over_cap.above_idle(clock))
    return left_out


def site_it_kw(scenario: Scenario, levels: Levels, site: int, peak: bool = False) -> Floats:
    """IT draw of all clusters of a site at each instant, kW; see `it_draw_kw` for `peak`."""
    nothing: Floats = np.zeros(len(levels.hours))
    return sum((it_draw_kw(scenario, levels, k, peak) for k in _clusters_at(scenario, site)), nothing)


def facility_mw(scenario: Scenario, levels: Levels, site: int, it_kw: Floats) -> Floats:
    """Facility draw of a site for its IT draw at each instant, MW: at the PUE of the hour."""
    nameplate, pue = np.zeros(len(levels.hours)), scenario.sites[site].metered_pue
    if pue.depends_on_nameplate:
        for k in _clusters_at(scenario, site):
            nameplate = nameplate + levels.powered(k) * scenario.server_of(k).nameplate_kw
    draw: Floats = pue.facility_kw(it_kw, nameplate, months_of(scenario, levels.hours)) / 1000
    return draw


def site_draw_mw(scenario: Scenario, levels: Levels, site: int, peak: bool = False) -> Floats:
    """Facility draw of a site at each instant, MW: IT draw at the PUE of the hour; see `it_draw_kw` for `peak`."""
    return facility_mw(scenario, levels, site, site_it_kw(scenario, levels, site, peak))


def _clusters_at(scenario: Scenario, site: int) -> list[int]:
    name = scenario.sites[site].name
    return [k for k, cluster in enumerate(scenario.clusters) if cluster.site == name]


def months_of(scenario: Scenario, hours: Floats) -> NDArray[np.int64]:
    """The calendar month, 1 to 12, that holds each hour; same shape."""
    clock = scenario.clock
    index = np.searchsorted(np.array(clock.month_edges), hours, side="right") - 1
    numbers = np.array([month.month for month in clock.months])
    return numbers[np.minimum(index, len(numbers) - 1)]
