"""A training job in the simulator's terms: nodes and hours instead of GPUs and FLOP, and what threatens it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from simcluster.model.checkpoints import CheckpointPolicy
from simcluster.model.distributions import Law
from simcluster.model.policies import FaultTolerance, Replacement, RestartBySize, Retry
from simcluster.model.reliability import JOB_SCOPES, NODE_SCOPES, Cause
from simcluster.model.scenario import Scenario
from simcluster.model.workload import Job
from simcluster.sim.tickets import Threat

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class JobPlan:
    """What a job needs. `own` are the causes that run in the hours it computes, at rates for its whole gang."""

    number: int
    name: str
    cluster: int
    nodes: int
    gpus_per_node: int
    work_hours: float
    checkpoint: CheckpointPolicy
    mtbf_hours: float
    restart: RestartBySize
    restart_chance: float
    tolerance: FaultTolerance
    replacement: Replacement
    retry: Retry
    own: tuple[Threat, ...]
    standby_owner: int
    earliest_hour: float
    post_training: Law

    @classmethod
    def of(cls, scenario: Scenario, number: int) -> JobPlan:
        """The plan of a scenario's job."""
        job = scenario.jobs[number]
        cluster = scenario.cluster_index[job.cluster]
        nodes = scenario.nodes(job.cluster, job.gpus)
        surely = 1.0
        for cause in scenario.failures_of(cluster).causes:
            surely *= 1.0 - (cause.chance or 0.0)
        by_replica = job.fault_tolerance.kind == "by_replica"
        rate = interruptions_per_hour(scenario, cluster, nodes, takes_back=by_replica)
        return cls(
            number=number,
            name=job.name,
            cluster=cluster,
            nodes=nodes,
            gpus_per_node=scenario.server_of(cluster).gpus,
            work_hours=work_hours(scenario, job),
            checkpoint=job.checkpoint,
            mtbf_hours=1.0 / rate if rate else inf,
            restart=job.restart,
            restart_chance=1.0 - surely,
            tolerance=job.fault_tolerance,
            replacement=job.replacement,
            retry=job.retry,
            own=own_threats(scenario, cluster, nodes),
            standby_owner=len(scenario.jobs) + number,
            earliest_hour=scenario.clock.hours(job.earliest),
            post_training=job.post_training,
        )

    def interval_hours(self, held: int) -> float:
        """Work between checkpoints while so many nodes are held: fewer nodes fail less often."""
        return self.checkpoint.interval_hours(self.mtbf_hours * self.nodes / max(held, 1))

    def restart_hours(self, held: int) -> float:
        """Hours of a restart on so many nodes."""
        return self.restart.hours(held * self.gpus_per_node)


def work_hours(scenario: Scenario, job: Job) -> float:
    """Hours of undisturbed computing: FLOP / (GPUs x dense BF16 peak x MFU)."""
    flop_per_second = job.gpus * scenario.gpu_of(job.cluster).peak_bf16 * 1e12 * scenario.mfu_of(job)
    return job.work / flop_per_second / SECONDS_PER_HOUR


def own_threats(scenario: Scenario, cluster: int, nodes: int) -> tuple[Threat, ...]:
    """Causes that strike a job while it computes, per hour of its gang.

    Those of scope job; those of nodes on busy hours; and, where rates grow with size, the excess of the powered ones.
    """
    profile, row = scenario.failures_of(cluster), scenario.clusters[cluster]
    excess = profile.growth.excess(nodes) if profile.growth else 0.0
    threats = []
    for k, cause in enumerate(profile.causes, start=scenario.profiles[row.failures]):
        rate = cause.rate_per_hour
        if not rate or cause.scope not in ("job", *NODE_SCOPES):
            continue
        of_gang = rate * things_in_gang(scenario, cluster, cause, nodes)
        own = cause.scope == "job" or cause.clock == "busy"
        of_gang *= (1.0 + excess) if own else excess
        if of_gang:
            threats.append(Threat(k, cause, of_gang, cause.detection or row.repair.detection))
    return tuple(threats)


def things_in_gang(scenario: Scenario, cluster: int, cause: Cause, nodes: int) -> float:
    """How many of what a cause's rate counts a gang of so many nodes holds."""
    if cause.counted == "job":
        return 1.0
    row, gpus = scenario.clusters[cluster], scenario.server_of(cluster).gpus
    return nodes * row.topology.things_per_node(cause.counted, gpus, scenario.nodes_of(row.name))


def interruptions_per_hour(scenario: Scenario, cluster: int, nodes: int, takes_back: bool = False) -> float:
    """Mean rate at which a job of so many nodes is struck unplanned; a law that ages counts by its mean.

    With `takes_back` only what stops all replicas of a job counts: its own causes, storage, and silent corruption.
    """
    profile = scenario.failures_of(cluster)
    growth = 1.0 + (profile.growth.excess(nodes) if profile.growth else 0.0)
    total = 0.0
    for cause, share in _causes_met(scenario, cluster):
        rate = _rate_per_hour(cause)
        if not rate or cause.slows is not None:
            continue
        stops_all = cause.scope in JOB_SCOPES or cause.silent
        if takes_back and not stops_all:
            continue
        if cause.scope in ("job", *NODE_SCOPES):
            total += share * rate * things_in_gang(scenario, cluster, cause, nodes) * growth
        else:
            total += rate * _shared_things(scenario, cluster, cause, nodes)
    return total


def _causes_met(scenario: Scenario, cluster: int) -> Iterator[tuple[Cause, float]]:
    """The causes a job meets, with the share of the cluster's nodes that have them: a batch may have its own."""
    name, whole = scenario.clusters[cluster].name, max(scenario.nodes_of(scenario.clusters[cluster].name), 1)
    for cause in scenario.failures_of(cluster).causes:
        if cause.scope not in NODE_SCOPES:
            yield cause, 1.0
    for row in scenario.purchases:
        if row.cluster == name:
            for cause in scenario.catalog.failures[scenario.profile_of(row)].causes:
                if cause.scope in NODE_SCOPES:
                    yield cause, scenario.nodes(row.cluster, row.gpus) / whole


def _rate_per_hour(cause: Cause) -> float:
    if cause.rate_per_hour is not None or cause.life is None:
        return cause.rate_per_hour or 0.0
    mean = cause.life.mean_hours
    return 1.0 / mean if 0 < mean < inf else 0.0


def _shared_things(scenario: Scenario, cluster: int, cause: Cause, nodes: int) -> float:
    """How many of what the rate of a shared cause counts can strike a job of so many nodes."""
    row, gpus = scenario.clusters[cluster], scenario.server_of(cluster).gpus
    clusters = [c.name for c in scenario.clusters if c.site == row.site] if cause.scope == "site" else [row.name]
    whole = sum(scenario.nodes_of(name) for name in clusters)
    size = row.topology.nodes_in(cause.scope, whole)
    spans = max(nodes / size, 1.0)
    return spans * row.topology.things_in(cause.scope, cause.counted, gpus, whole)
