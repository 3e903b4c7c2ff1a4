"""How available each cluster's nodes were, what its repairs waited for, and what its spare parts did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simcluster.core.calendar import HOURS_PER_DAY
from simcluster.record.events import (
    PLANNED,
    DomainFailed,
    LemonCured,
    Mended,
    NodeBlamed,
    NodeFailed,
    NodeSlowed,
    PartsChanged,
    StateCorrupted,
)
from simcluster.record.log import EventLog
from simcluster.record.reliability_failures import came_back, cluster_of_job, ratios
from simcluster.record.service import Columns, Floats, Ints, Service

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.scenario import Scenario


def clusters_frame(scenario: Scenario, log: EventLog, service: Service, out: Columns) -> pd.DataFrame:
    """A row a cluster; see `Reliability.clusters`."""
    import pandas as pd

    clusters = range(len(scenario.clusters))

    def count(which: Ints) -> Ints:
        return np.bincount(which, minlength=len(clusters))

    def days(node_hours: Floats) -> Floats:
        return np.asarray(node_hours.sum(axis=1) / HOURS_PER_DAY)

    failures, up, entered = count(log.columns(NodeFailed)["cluster"]), days(service.up), days(service.entered)
    unplanned = {name: column[out["cause"] != PLANNED] for name, column in out.items()}
    waits = [_waits(unplanned, k, scenario.clock.horizon_hours - service.first_hour[k]) for k in clusters]
    table = {
        "cluster": [cluster.name for cluster in scenario.clusters],
        "nodes": service.nodes.sum(axis=1).astype(np.int64),
        "node_days": entered,
        "node_days_up": up,
        "node_days_failed": days(service.failed),
        "node_days_maintenance": days(service.maintenance),
        "node_days_retired": days(service.retired),
        "availability": ratios(up, entered),
        "failures": failures,
        "failures_per_1000_node_days": ratios(1000.0 * failures, up),
        "mean_hours_out": [_mean_hours_out(unplanned, k) for k in clusters],
        "outages": count(log.columns(DomainFailed)["cluster"]),
    }
    stocks = [_stock(scenario, log, k) for k in clusters]
    counts = {
        "lemons_cured": count(log.columns(LemonCured)["cluster"]),
        "nodes_blamed": count(log.columns(NodeBlamed)["cluster"]),
        "stragglers": count(log.columns(NodeSlowed)["cluster"]),
        "silent_corruptions": count(cluster_of_job(scenario)[log.columns(StateCorrupted)["job"]]),
        "nodes_retired": count(out["cluster"][out["outcome"] == Mended.RETIRED]),
    }
    rows = [wait | stock for wait, stock in zip(waits, stocks, strict=True)]
    return pd.concat([pd.DataFrame(table), pd.DataFrame(rows), pd.DataFrame(counts)], axis=1)


def _mean_hours_out(out: Columns, cluster: int) -> float:
    """From failure to return, of those that returned."""
    return _mean((out["hour"] - out["failed_hour"])[(out["cluster"] == cluster) & came_back(out)])


def _waits(out: Columns, cluster: int, hours: float) -> dict[str, float]:
    """The queue of nodes that wait for a part or a technician, over the `hours` that the cluster has had nodes.

    The mean wait is over the repairs that a part or a technician was asked for and that were taken up.
    """
    mine = out["cluster"] == cluster
    since, begun, mended = (out[name][mine] for name in ("automatic_hour", "repair_hour", "mended_hour"))
    taken_up = (out["outcome"][mine] != Mended.UNDER_WAY) | (begun < out["hour"][mine])
    by_hand = (begun > since) | (mended > begun)
    waited = begun > since
    return {
        "waiting_nodes_mean": float((begun - since).sum()) / hours if 0 < hours < np.inf else np.nan,
        "waiting_nodes_max": peak(since[waited], begun[waited]),
        "mean_wait_hours": _mean((begun - since)[by_hand & taken_up]),
    }


def peak(since: Floats, until: Floats) -> int:
    """The most of many intervals that are open at once; one that ends as another begins does not overlap it."""
    steps = np.concatenate([np.ones(len(since)), -np.ones(len(until))])
    order = np.lexsort((steps, np.concatenate([since, until])))
    return int(np.cumsum(steps[order]).max(initial=0.0))


def _stock(scenario: Scenario, log: EventLog, cluster: int) -> dict[str, float]:
    """Spare parts from the start to the horizon; not a number where a cluster keeps no stock."""
    parts, facts = scenario.clusters[cluster].repair.parts, log.columns(PartsChanged)
    names = ("spare_parts_mean", "spare_parts_min", "hours_without_spare_parts", "spare_part_orders")
    if parts is None:
        return dict.fromkeys(names, np.nan)
    mine = facts["cluster"] == cluster
    on_hand = np.concatenate([[parts.stock], facts["on_hand"][mine]])
    lasted = np.diff(np.concatenate([[0.0], facts["hour"][mine], [scenario.clock.horizon_hours]]))
    ordered = np.maximum(np.diff(facts["on_order"][mine], prepend=0), 0).sum() / parts.order
    values = ((on_hand * lasted).sum() / lasted.sum(), on_hand.min(), lasted[on_hand == 0].sum(), ordered)
    return dict(zip(names, map(float, values), strict=True))


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else np.nan
