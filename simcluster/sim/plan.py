"""A training job in the simulator's terms: nodes and hours instead of GPUs and FLOP, and what threatens it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from simcluster.model.checkpoints import CheckpointPolicy
from simcluster.model.distributions import Law
from simcluster.model.policies import FaultTolerance, Replacement, RestartBySize, Retry
from simcluster.model.reliability import NODE_SCOPES, Cause
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
        rate = interruptions_per_hour(scenario, cluster, nodes)
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
    whole = sum(scenario.nodes(r.cluster, r.gpus) for r in scenario.purchases if r.cluster == row.name)
    return nodes * row.topology.things_per_node(cause.counted, gpus, whole)


def interruptions_per_hour(scenario: Scenario, cluster: int, nodes: int) -> float:
    """Mean rate at which a job of so many nodes is struck, all causes together; a law that ages counts by its mean."""
    profile, topology = scenario.failures_of(cluster), scenario.clusters[cluster].topology
    gpus = scenario.server_of(cluster).gpus
    excess = profile.growth.excess(nodes) if profile.growth else 0.0
    total = 0.0
    for cause in profile.causes:
        rate = cause.rate_per_hour
        if rate is None and cause.life is not None:
            mean = cause.life.mean_hours
            rate = 1.0 / mean if 0 < mean < inf else 0.0
        if not rate:
            continue
        if cause.scope in ("job", *NODE_SCOPES):
            total += rate * things_in_gang(scenario, cluster, cause, nodes) * (1.0 + excess)
        else:
            spans = max(nodes / topology.nodes_in(cause.scope, nodes), 1.0)
            total += rate * topology.things_in(cause.scope, cause.counted, gpus, nodes) * spans
    return total
