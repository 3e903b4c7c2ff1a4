"""The tables of failures and recovery: a row a job, and a row a cluster."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from simcluster.report import format as fmt
from simcluster.report.cards import Table
from simcluster.report.figures_recovery import ran

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.study.result import Result

Row = dict[Hashable, Any]
Column = tuple[str, Callable[[Row], str], tuple[str, ...]]
"""Heading, the text of a row, and the columns of which one must be above zero somewhere, or it is left out."""


def _hours(name: str) -> Callable[[Row], str]:
    return lambda row: hours(row[name])


def _count(name: str) -> Callable[[Row], str]:
    return lambda row: fmt.plain(row[name])


def _share(name: str, digits: int = 1) -> Callable[[Row], str]:
    return lambda row: fmt.percent(row[name], digits)


def _number(name: str, digits: int) -> Callable[[Row], str]:
    return lambda row: fmt.plain(row[name], digits)


def hours(value: float) -> str:
    """Three significant figures: 1,234 or 12.3 or 1.23."""
    return fmt.plain(value, 0 if not value else 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0)


def _mfu(row: Row) -> str:
    """The MFU, and below it a mark where no published job is as large."""
    return "\n".join(filter(None, (fmt.percent(row["mfu"]), row["mfu_note"])))


def _unplanned(row: Row) -> str:
    return fmt.plain(row["interruptions"] - row["interruptions_planned"])


JOB_COLUMNS: tuple[Column, ...] = (
    ("GPUs", _count("gpus"), ()),
    ("MFU", _mfu, ()),
    ("Effective MFU", _share("effective_mfu"), ()),
    ("Goodput", _share("goodput"), ()),
    ("Unplanned", _unplanned, ()),
    ("Planned", _count("interruptions_planned"), ("interruptions_planned",)),
    ("Mean between, h", _hours("mtbi_hours"), ("mtbi_hours",)),
    ("p10", _hours("hours_between_p10"), ("mtbi_hours",)),
    ("p50", _hours("hours_between_p50"), ("mtbi_hours",)),
    ("p90", _hours("hours_between_p90"), ("mtbi_hours",)),
    ("Lost, h", _hours("lost_hours"), ()),
    ("Restarting, h", _hours("restarting_hours"), ()),
    ("Waiting, h", _hours("waiting_hours"), ()),
    ("Standbys used", _count("standbys_used"), ("standbys_used",)),
    ("Failed restarts", _count("failed_restarts"), ("failed_restarts",)),
    ("Replicas lost", _count("replica_losses"), ("replica_losses",)),
)
CLUSTER_COLUMNS: tuple[Column, ...] = (
    ("Nodes", _count("nodes"), ()),
    ("Available", _share("availability", 2), ()),
    ("Failures", _count("failures"), ()),
    ("Per 1,000 node-days", _number("failures_per_1000_node_days", 2), ()),
    ("Mean out, h", _hours("mean_hours_out"), ("failures",)),
    ("Outages", _count("outages"), ("outages",)),
    ("Waiting: mean", _hours("waiting_nodes_mean"), ("waiting_nodes_max",)),
    ("Most", _count("waiting_nodes_max"), ("waiting_nodes_max",)),
    ("Mean wait, h", _hours("mean_wait_hours"), ("waiting_nodes_max",)),
    ("Spares: mean", _hours("spare_parts_mean"), ("spare_part_orders",)),
    ("Fewest", _count("spare_parts_min"), ("spare_part_orders",)),
    ("Without, h", _hours("hours_without_spare_parts"), ("spare_part_orders",)),
    ("Orders", _count("spare_part_orders"), ("spare_part_orders",)),
    ("Stragglers", _count("stragglers"), ("stragglers",)),
    ("Corruptions", _count("silent_corruptions"), ("silent_corruptions",)),
    ("Blamed", _count("nodes_blamed"), ("nodes_blamed",)),
    ("Lemons cured", _count("lemons_cured"), ("lemons_cured",)),
    ("Given up", _count("nodes_retired"), ("nodes_retired",)),
)


def jobs_table(result: Result) -> Table:
    """The jobs that started; columns of what never happened are left out."""
    titles = {job.name: job.title or job.name for job in result.scenario.jobs}
    return _table("Job", ran(result).assign(name=lambda jobs: jobs["job"].map(titles)), JOB_COLUMNS)


def clusters_table(result: Result) -> Table:
    """The clusters with nodes in service, unless no node was ever out; without columns of what never happened."""
    clusters = result.reliability.clusters
    if clusters["node_days_up"].sum() == clusters["node_days"].sum():
        return Table(("Cluster",), ())
    return _table("Cluster", clusters[clusters["nodes"] > 0].assign(name=clusters["cluster"]), CLUSTER_COLUMNS)


def _table(first: str, frame: pd.DataFrame, columns: tuple[Column, ...]) -> Table:
    shown = [column for column in columns if not column[2] or any((frame[name] > 0).any() for name in column[2])]
    rows = [(str(row["name"]), *(text(row) for _, text, _ in shown)) for row in frame.to_dict("records")]
    return Table((first, *(heading for heading, _, _ in shown)), tuple(rows))
