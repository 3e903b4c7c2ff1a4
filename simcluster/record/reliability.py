"""Reliability of a run, all counted and summed from facts: of each job, of what struck it, of causes, of clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcluster.record.events import NodesInService, NodesSold, RepairEnded
from simcluster.record.log import EventLog
from simcluster.record.reliability_clusters import clusters_frame
from simcluster.record.reliability_failures import failures_frame
from simcluster.record.reliability_jobs import interruptions_frame, jobs_frame
from simcluster.record.service import service_of

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.scenario import Scenario


@dataclass(frozen=True)
class Reliability:
    """Four pandas frames; what does not apply is not a number. Hours are hours, days node-days of 24 hours.

    `jobs`, a row a job:
        `job`, `cluster`, `gpus`; `mfu` of the undisturbed job, `mfu_note` where it rests on an assumption because no
        job of that size is published, `effective_mfu` = mfu x goodput, over the GPU-hours held; `work_done_flop` =
        useful GPU-hours x dense BF16 peak x mfu; `checkpoint_interval_hours`: computing hours a checkpoint taken.
        `wall_hours`, from the start to the end or the horizon, is the sum of
        `useful_`, `checkpoint_`, `lost_`, `slowed_`, `throttled_` (these five are computing), `detecting_`,
        `selecting_`, `waiting_` (stalled without a node, or without storage), `restarting_`, `regrouping_` and
        `backing_off_hours`.
        `gpu_hours_held`, `gpu_hours_useful` (of the undisturbed gang), `ettr` = useful over wall, `goodput` = useful
        over held GPU-hours. `mtbi_hours`: computing hours over unplanned interruptions; `hours_between_p10`, `_p50`,
        `_p90`: quantiles of the computing hours from one unplanned interruption to the next. `interruptions` =
        `interruptions_planned` (maintenance, growing again, a straggler swapped) + `interruptions_node` (GPU or node)
        + `_shared` (rack to site) + `_storage` + `_job`. `replica_losses`: times it lost a node and went on without
        the replica; `failed_restarts`; `standbys_used`: warm standbys swapped in.
    `interruptions`, a row a job and cause that interrupted it:
        `job`, `cause` ("planned" has no title or scope), `title`, `scope`, `planned` (true or false), `count`.
    `failures`, a row a cluster and cause that can strike it or did:
        `cluster`, `profile`, `cause`, `title`, `scope`; `count` of nodes that failed (`NodeFailed`; all that a rack
        took with it, and healthy ones that were blamed); `node_days_up` of the nodes it threatens, and
        `per_1000_node_days` of them; `node_days_out` from failure to return, being given up or the horizon;
        `mean_hours_out` of those that returned; `outages` of
        what nodes share; `interruptions` of jobs, unplanned; `job_node_days` held by the cluster's jobs, and
        `interruptions_per_1000_node_days` of them. A model's rate is per node-day up; Llama 3's published rate is
        interruptions per node-day of its job.
    `clusters`, a row a cluster:
        `cluster`, `nodes` that entered service; `node_days` since then = `node_days_up` + `_failed` + `_maintenance` +
        `_retired`; `availability` = up over all; `failures`, `failures_per_1000_node_days` up, `mean_hours_out`,
        `outages` of what nodes share; `waiting_nodes_mean`, `waiting_nodes_max`: nodes that wait for a part or a
        technician, since the first node entered service; `mean_wait_hours` of repairs that needed one;
        `spare_parts_mean` and `_min` on hand, `hours_without_spare_parts`, `spare_part_orders`; `lemons_cured`,
        `nodes_blamed` by mistake, `stragglers`, `silent_corruptions` of jobs, `nodes_retired`.
    """

    jobs: pd.DataFrame
    interruptions: pd.DataFrame
    failures: pd.DataFrame
    clusters: pd.DataFrame


def account_reliability(scenario: Scenario, log: EventLog) -> Reliability:
    """The reliability of a run."""
    out = log.columns(RepairEnded)
    service = service_of(scenario, log.columns(NodesInService), out, log.columns(NodesSold))
    return Reliability(
        jobs=jobs_frame(scenario, log),
        interruptions=interruptions_frame(scenario, log),
        failures=failures_frame(scenario, log, service, out),
        clusters=clusters_frame(scenario, log, service, out),
    )
