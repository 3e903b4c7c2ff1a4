"""How often each cause struck a cluster's nodes and jobs, and for how long it took nodes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simcluster.core.calendar import HOURS_PER_DAY
from simcluster.model.reliability import JOB_SCOPES, NODE_SCOPES
from simcluster.record.events import PLANNED, DomainFailed, JobHeld, JobInterrupted, Mended, NodeFailed, SegmentEnded
from simcluster.record.log import EventLog
from simcluster.record.service import Columns, Floats, Ints, Service

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.scenario import Scenario

Bools = NDArray[np.bool_]
POWER = "power"
"""What stands for the profile of the shortage of power."""


def failures_frame(scenario: Scenario, log: EventLog, service: Service, out: Columns) -> pd.DataFrame:
    """A row a cluster and cause that threatens it or struck it; see `Reliability.failures`."""
    import pandas as pd

    clusters, causes = len(scenario.clusters), len(scenario.causes)
    failed, domains = log.columns(NodeFailed), log.columns(DomainFailed)

    def count(cluster: Ints, cause: Ints, weights: NDArray[Any] | None = None) -> NDArray[Any]:
        return np.bincount(cluster * causes + cause, weights, clusters * causes).reshape(clusters, causes)

    struck, cluster_of_struck = _unplanned(scenario, log)
    back = {name: out[name][came_back(out)] for name in ("cluster", "cause", "hour", "failed_hour")}
    hours_out = count(back["cluster"], back["cause"], back["hour"] - back["failed_hour"])
    by_cause = out["cause"] != PLANNED
    all_out = {name: out[name][by_cause] for name in ("cluster", "cause", "hour", "failed_hour")}
    days_out = count(all_out["cluster"], all_out["cause"], all_out["hour"] - all_out["failed_hour"]) / HOURS_PER_DAY
    failures, interruptions = count(failed["cluster"], failed["cause"]), count(cluster_of_struck, struck)
    breaks_nodes = np.array([cause.scope not in JOB_SCOPES for cause in scenario.causes], dtype=np.bool_)
    up, job_days = _node_days_up(scenario, service), _job_node_days(scenario, log)[:, None].repeat(causes, axis=1)
    table = {
        "count": failures,
        "node_days_up": up,
        "per_1000_node_days": np.where(breaks_nodes, ratios(1000.0 * failures, up), np.nan),
        "node_days_out": days_out,
        "mean_hours_out": ratios(hours_out, count(back["cluster"], back["cause"])),
        "outages": count(domains["cluster"], domains["cause"]),
        "interruptions": interruptions,
        "job_node_days": job_days,
        "interruptions_per_1000_node_days": ratios(1000.0 * interruptions, job_days),
    }
    happened = failures + table["outages"] + interruptions > 0
    rows, columns = np.nonzero(happened | _threatens(scenario, service))
    named = _named(scenario, rows, columns)
    return pd.DataFrame(named | {name: values[rows, columns] for name, values in table.items()})


def _named(scenario: Scenario, clusters: NDArray[np.intp], causes: NDArray[np.intp]) -> dict[str, list[Any]]:
    """What rows are of: the names of their clusters, and of each cause its profile, name, title and scope."""
    profile_of, of = _profile_names(scenario), [scenario.causes[k] for k in causes]
    return {
        "cluster": [scenario.clusters[k].name for k in clusters],
        "profile": [profile_of[k] for k in causes],
        "cause": [cause.name for cause in of],
        "title": [cause.title for cause in of],
        "scope": [cause.scope for cause in of],
    }


def is_planned(scenario: Scenario, causes: Ints) -> Bools:
    """Whether interruptions were planned: cause `PLANNED`, or the swap of a straggler that was noticed."""
    slows = np.array([cause.slows is not None for cause in scenario.causes] + [True], dtype=np.bool_)
    return slows[causes]  # PLANNED is -1, the last


def _unplanned(scenario: Scenario, log: EventLog) -> tuple[Ints, Ints]:
    """Causes and clusters of the unplanned interruptions of jobs."""
    struck = log.columns(JobInterrupted)
    mine = ~is_planned(scenario, struck["cause"])
    return struck["cause"][mine], cluster_of_job(scenario)[struck["job"][mine]]


def cluster_of_job(scenario: Scenario) -> Ints:
    """The cluster of each job."""
    return np.array([scenario.cluster_index[job.cluster] for job in scenario.jobs], dtype=np.int64)


def _node_days_up(scenario: Scenario, service: Service) -> Floats:
    """Node-days up of the nodes that each cause threatens; axes (cluster, cause).

    A cause of nodes threatens the batches of its profile; where it struck another (a healthy node that was blamed) and
    none of its own is there, and for what nodes share, it is the whole cluster.
    """
    whole = service.up.sum(axis=1) / HOURS_PER_DAY
    days = np.repeat(whole[:, None], len(scenario.causes), axis=1)
    for number, (profile, cause) in enumerate(zip(_profile_numbers(scenario), scenario.causes, strict=True)):
        if cause.scope in NODE_SCOPES:
            own = service.up[:, profile] / HOURS_PER_DAY
            days[:, number] = np.where(own > 0, own, whole)
    return days


def _threatens(scenario: Scenario, service: Service) -> Bools:
    """Whether a cause can strike a cluster that has nodes; the chance that a restart fails has no rate and no row."""
    found = np.zeros((len(scenario.clusters), len(scenario.causes)), dtype=np.bool_)
    numbers = _profile_numbers(scenario)
    for number, (profile, cause) in enumerate(zip(numbers, scenario.causes, strict=True)):
        if cause.chance is not None or not cause.happens:
            continue
        for k, cluster in enumerate(scenario.clusters):
            own = list(scenario.profiles)[profile] == cluster.failures
            there = service.nodes[k].sum() > 0
            found[k, number] = service.nodes[k, profile] > 0 if cause.scope in NODE_SCOPES else own and there
    return found


def _job_node_days(scenario: Scenario, log: EventLog) -> Floats:
    """Node-days that the jobs of each cluster held, computing or not."""
    clusters, days = cluster_of_job(scenario), np.zeros(len(scenario.clusters))
    for event in (SegmentEnded, JobHeld):
        facts = log.columns(event)
        spent = (facts["hour"] - facts["since_hour"]) * facts["nodes"] / HOURS_PER_DAY
        days += np.bincount(clusters[facts["job"]], spent, minlength=len(days))
    return days


def _profile_numbers(scenario: Scenario) -> list[int]:
    """The profile of each cause, by position among the profiles in use; the shortage of power stands behind them."""
    sizes = [len(scenario.catalog.failures[name].causes) for name in scenario.profiles]
    numbers = [number for number, size in enumerate(sizes) for _ in range(size)]
    return numbers if len(numbers) == len(scenario.causes) else [*numbers, len(sizes)]


def _profile_names(scenario: Scenario) -> list[str]:
    names = [*scenario.profiles, POWER]
    return [names[number] for number in _profile_numbers(scenario)]


def ratios(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    """Ratios; not a number over nothing."""
    out: Floats = np.full(np.shape(part), np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out


def came_back(out: Columns) -> Bools:
    """Which repairs gave the node back, good or still bad; maintenance is none."""
    mended = (out["outcome"] == Mended.GOOD) | (out["outcome"] == Mended.STILL_BAD)
    found: Bools = (out["cause"] != PLANNED) & mended
    return found
