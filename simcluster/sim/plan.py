"""A training job in the simulator's terms: nodes and hours instead of GPUs and FLOP."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from simcluster.model.distributions import Law
from simcluster.model.scenario import Scenario
from simcluster.model.workload import Job

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class JobPlan:
    """What a job needs. `own_causes` are (position in the failure profile, rate per node-day) of scope job."""

    number: int
    name: str
    cluster: int
    nodes: int
    work_hours: float
    interval_hours: float
    checkpoint_hours: float
    restart_hours: float
    detection_hours: float
    own_causes: tuple[tuple[int, float], ...]
    earliest_hour: float
    post_training: Law

    @classmethod
    def of(cls, scenario: Scenario, number: int) -> JobPlan:
        """The plan of a scenario's job."""
        job = scenario.jobs[number]
        cluster = scenario.cluster_index[job.cluster]
        profile, nodes = scenario.failures_of(cluster), scenario.nodes(job.cluster, job.gpus)
        rate_per_day = nodes * sum(cause.rate for cause in profile.causes)
        mtbf_hours = 24.0 / rate_per_day if rate_per_day else inf
        return cls(
            number=number,
            name=job.name,
            cluster=cluster,
            nodes=nodes,
            work_hours=work_hours(scenario, job),
            interval_hours=job.checkpoint.interval_hours(mtbf_hours),
            checkpoint_hours=job.checkpoint.cost,
            restart_hours=job.restart,
            detection_hours=scenario.clusters[cluster].repair.detection,
            own_causes=tuple((k, c.rate) for k, c in enumerate(profile.causes) if c.scope == "job" and c.rate > 0),
            earliest_hour=scenario.clock.hours(job.earliest),
            post_training=job.post_training,
        )


def work_hours(scenario: Scenario, job: Job) -> float:
    """Hours of undisturbed computing: FLOP / (GPUs x dense BF16 peak x MFU)."""
    flop_per_second = job.gpus * scenario.gpu_of(job.cluster).peak_bf16 * 1e12 * job.mfu
    return job.work / flop_per_second / SECONDS_PER_HOUR
