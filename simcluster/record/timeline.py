"""The run day by day, for figures and `timeseries.parquet`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.record.draw import site_draw_mw
from simcluster.record.energy import energized_mw
from simcluster.record.events import (
    JobHeld,
    LotDelivered,
    NodesAdmitted,
    NodesInService,
    NodesQueued,
    NodesSold,
    OrderCancelled,
    OrderPlaced,
    SegmentEnded,
)
from simcluster.record.levels import Levels
from simcluster.record.log import EventLog
from simcluster.record.spread import level_at

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.scenario import Scenario

Floats = NDArray[np.float64]
STAGES = ("ordered", "delivered", "admitted", "in_service")
WAITING = ("waiting_hall", "waiting_power", "waiting_network")


def daily(scenario: Scenario, log: EventLog, levels: Levels) -> pd.DataFrame:
    """Levels at the end of each day, one row a day and site.

    Columns: `date` (datetime64), `site` (name), GPUs `ordered`, `delivered`, `admitted`, `in_service`, `training`,
    `serving`, `waiting_hall`, `waiting_power`, `waiting_network` (levels; the opening fleet counts in all of the first
    four), `h100e_in_service`, and facility MW `energized_mw`, `admitted_mw`, `drawn_mw`. What is sold leaves `admitted`
    and `in_service`; a scenario with sales has GPUs `sold`.
    """
    import pandas as pd

    days = np.arange(1, round(scenario.clock.horizon_hours / 24) + 1)
    ends: Floats = (
        days.astype(np.float64) * 24.0 - 1e-6
    )  # the last instant of each day, before the next day's first event
    frames = []
    for number, site in enumerate(scenario.sites):
        columns = {name: np.zeros(len(ends)) for name in (*STAGES, "training", "serving", *WAITING)}
        columns |= {"h100e_in_service": np.zeros(len(ends)), "admitted_mw": np.zeros(len(ends))}
        columns |= {"sold": np.zeros(len(ends))} if scenario.sales else {}
        for cluster, row in enumerate(scenario.clusters):
            if row.site == site.name:
                _add_cluster(columns, scenario, log, levels, cluster, ends)
        columns["admitted_mw"] *= site.provided_share * site.pue_peak / 1000
        columns["energized_mw"] = energized_mw(log, ends, number)
        columns["drawn_mw"] = site_draw_mw(scenario, levels, number)[_at(levels, ends)]
        dates = pd.Timestamp(scenario.start) + pd.to_timedelta(days - 1, unit="D")
        frames.append(pd.DataFrame({"date": dates, "site": site.name, **columns}))
    return pd.concat(frames, ignore_index=True)


def _add_cluster(
    columns: dict[str, Floats], scenario: Scenario, log: EventLog, levels: Levels, cluster: int, ends: Floats
) -> None:
    server = scenario.server_of(cluster)
    stages = {name: _stage(scenario, log, name, cluster, ends) * server.gpus for name in STAGES}
    if scenario.sales:
        columns["sold"] += _sold(log, cluster, ends) * server.gpus
    for name, gpus in stages.items():
        columns[name] += gpus
    columns["h100e_in_service"] += stages["in_service"] * scenario.gpu_of(cluster).h100_equivalents
    columns["admitted_mw"] += stages["admitted"] / server.gpus * server.nameplate_kw
    columns["serving"] += levels.serving_gpus[cluster][_at(levels, ends)]
    jobs = [k for k, job in enumerate(scenario.jobs) if scenario.cluster_index[job.cluster] == cluster]
    for event in (SegmentEnded, JobHeld):
        facts = log.columns(event)
        mine = np.isin(facts["job"], jobs)
        began = _cumulated(facts["since_hour"][mine], facts["nodes"][mine], ends)
        columns["training"] += (began - _cumulated(facts["hour"][mine], facts["nodes"][mine], ends)) * server.gpus
    queued = log.columns(NodesQueued)
    mine = queued["cluster"] == cluster
    for name in WAITING:
        columns[name] += level_at(queued["hour"][mine], queued[name][mine], ends) * server.gpus


def _stage(scenario: Scenario, log: EventLog, stage: str, cluster: int, ends: Floats) -> Floats:
    """Nodes of a cluster that have reached a stage, and left none; the opening fleet has reached them all."""
    entered = log.columns(NodesInService)
    opening = (entered["cluster"] == cluster) & (entered["order"] < 0)
    if stage == "in_service":
        mine = entered["cluster"] == cluster
        return _cumulated(entered["hour"][mine], entered["nodes"][mine], ends) - _sold(log, cluster, ends)
    event = {"ordered": OrderPlaced, "delivered": LotDelivered, "admitted": NodesAdmitted}[stage]
    facts = log.columns(event)
    of_order = np.array([scenario.cluster_index[order.cluster] for order in scenario.orders], dtype=np.int64)
    mine = of_order[facts["order"]] == cluster
    reached = _cumulated(facts["hour"][mine], facts["nodes"][mine], ends)
    if stage == "ordered":
        cancelled = log.columns(OrderCancelled)
        mine = of_order[cancelled["order"]] == cluster
        reached -= _cumulated(cancelled["hour"][mine], cancelled["nodes"][mine], ends)
    elif stage == "admitted":
        reached -= _sold(log, cluster, ends)
    return reached + float(entered["nodes"][opening].sum())


def _sold(log: EventLog, cluster: int, ends: Floats) -> Floats:
    """Nodes of a cluster that have been sold."""
    sold = log.columns(NodesSold)
    mine = sold["cluster"] == cluster
    return _cumulated(sold["hour"][mine], sold["nodes"][mine], ends)


def _cumulated(hours: Floats, nodes: NDArray[np.int64], ends: Floats) -> Floats:
    order = np.argsort(hours, kind="stable")
    return level_at(hours[order], np.cumsum(nodes[order]), ends)


def _at(levels: Levels, ends: Floats) -> NDArray[np.int64]:
    return np.searchsorted(levels.hours, ends, side="right") - 1
