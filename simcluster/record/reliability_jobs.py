"""What each job's wall was spent on, what it came to in work, and what interrupted it how often."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.model.reliability import NODE_SCOPES
from simcluster.record.events import JobInterrupted, ReplicasChanged, RestartFailed, SegmentEnded, StandbysChanged
from simcluster.record.jobs import JobHours, job_hours
from simcluster.record.log import EventLog
from simcluster.record.reliability_failures import is_planned
from simcluster.record.service import Floats, Ints

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.scenario import Scenario

PARTS = (
    "useful",
    "checkpoint",
    "lost",
    "slowed",
    "throttled",
    "detecting",
    "selecting",
    "waiting",
    "restarting",
    "regrouping",
    "backing_off",
)
"""What a job's wall is spent on: the hours of `JobHours`, and with `_hours` the columns of `Reliability.jobs`."""
STRUCK = ("node", "shared", "storage", "job")
"""What interrupted a job: a GPU or node, what nodes share, storage, the job itself."""
MFU_KNOWN_TO_GPUS = 16_384
"""The largest job whose MFU is published (arXiv 2407.21783); above it every figure is an assumption."""
MFU_NOTE = "MFU above 16,384 GPUs: assumption"
PLANNED_NAME = "planned"
QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


def jobs_frame(scenario: Scenario, log: EventLog) -> pd.DataFrame:
    """A row a job, in declared order; see `Reliability.jobs`."""
    import pandas as pd

    struck, dropped, standbys = (log.columns(event) for event in (JobInterrupted, ReplicasChanged, StandbysChanged))
    jobs, planned = len(scenario.jobs), is_planned(scenario, struck["cause"])
    kinds = _kinds(scenario)[struck["cause"]]

    def count(which: Ints) -> list[int]:
        counts: list[int] = np.bincount(which, minlength=jobs).tolist()
        return counts

    by_kind = {kind: count(struck["job"][~planned & (kinds == kind)]) for kind in STRUCK}
    counts = {
        "interruptions": count(struck["job"]),
        "interruptions_planned": count(struck["job"][planned]),
        **{f"interruptions_{kind}": of_kind for kind, of_kind in by_kind.items()},
        "replica_losses": count(dropped["job"][dropped["node"] >= 0]),
        "failed_restarts": count(log.columns(RestartFailed)["job"]),
        "standbys_used": [int(standbys["swapped"][standbys["job"] == job].sum()) for job in range(jobs)],
    }
    between = _between(log, jobs, struck["hour"][~planned], struck["job"][~planned])
    rows = []
    for number, hours in enumerate(job_hours(scenario, log)):
        numbers = {name: column[number] for name, column in counts.items()}
        row = _work(scenario, number, hours) | _gaps(hours, between[number]) | numbers
        rows.append(row)
    return pd.DataFrame(rows, columns=_columns(list(counts)))


def _columns(counts: list[str]) -> list[str]:
    """The columns of `Reliability.jobs`, also where there is no job."""
    of_work = ["job", "cluster", "gpus", "mfu", "mfu_note", "effective_mfu", "work_done_flop"]
    of_work += ["checkpoint_interval_hours", "wall_hours"]
    of_work += [f"{part}_hours" for part in PARTS]
    of_work += ["gpu_hours_held", "gpu_hours_useful", "ettr", "goodput"]
    return [*of_work, "mtbi_hours", *(f"hours_between_{name}" for name in QUANTILES), *counts]


def interruptions_frame(scenario: Scenario, log: EventLog) -> pd.DataFrame:
    """A row a job and cause that interrupted it; see `Reliability.interruptions`."""
    import pandas as pd

    struck, causes = log.columns(JobInterrupted), len(scenario.causes)
    counts = np.bincount(
        struck["job"] * (causes + 1) + struck["cause"] + 1, minlength=len(scenario.jobs) * (causes + 1)
    ).reshape(-1, causes + 1)
    jobs, columns = np.nonzero(counts)
    planned = is_planned(scenario, columns - 1).tolist()
    cause_of = [None if k == 0 else scenario.causes[k - 1] for k in columns]
    return pd.DataFrame(
        {
            "job": [scenario.jobs[k].name for k in jobs],
            "cause": [PLANNED_NAME if cause is None else cause.name for cause in cause_of],
            "title": ["" if cause is None else cause.title for cause in cause_of],
            "scope": ["" if cause is None else cause.scope for cause in cause_of],
            "planned": np.array(planned, dtype=np.bool_),
            "count": counts[jobs, columns],
        }
    )


def _kinds(scenario: Scenario) -> NDArray[np.str_]:
    """What each cause strikes: a node, what nodes share, storage, or the job itself; the last stands for `PLANNED`."""
    single = {**dict.fromkeys(NODE_SCOPES, "node"), "storage": "storage", "job": "job"}
    return np.array([single.get(cause.scope, "shared") for cause in scenario.causes] + [PLANNED_NAME])


def _work(scenario: Scenario, number: int, hours: JobHours) -> dict[str, object]:
    """Names, the hours of the wall, and the work done: useful GPU-hours x dense peak x MFU."""
    job = scenario.jobs[number]
    mfu, peak = scenario.mfu_of(job), scenario.gpu_of(job.cluster).peak_bf16 * 1e12
    parts = asdict(hours)
    goodput = np.nan if hours.goodput is None else hours.goodput
    return {
        "job": job.name,
        "cluster": job.cluster,
        "gpus": job.gpus,
        "mfu": mfu,
        "mfu_note": MFU_NOTE if job.gpus > MFU_KNOWN_TO_GPUS else "",
        "effective_mfu": mfu * goodput,
        "work_done_flop": hours.useful_gpu_hours * 3600 * peak * mfu,
        "checkpoint_interval_hours": _interval(job.checkpoint.blocking_hours, hours),
        "wall_hours": hours.wall,
        **{f"{part}_hours": parts[part] for part in PARTS},
        "gpu_hours_held": hours.held_gpu_hours,
        "gpu_hours_useful": hours.useful_gpu_hours,
        "ettr": np.nan if hours.ettr is None else hours.ettr,
        "goodput": goodput,
    }


def _interval(blocking_hours: float, hours: JobHours) -> float:
    """Hours computed for each checkpoint taken: those of checkpoints over what one costs tell how many."""
    if not blocking_hours or not hours.checkpoint:
        return np.nan
    return (hours.useful + hours.lost + hours.slowed + hours.throttled) * blocking_hours / hours.checkpoint


def _between(log: EventLog, jobs: int, struck: Floats, job_of: Ints) -> list[Floats]:
    """Hours that each job computed from one unplanned interruption (the first: its start) to the next."""
    facts = log.columns(SegmentEnded)
    gaps = []
    for job in range(jobs):
        ran = facts["job"] == job
        ends = facts["hour"][ran]
        computed = np.concatenate([[0.0], np.cumsum(ends - facts["since_hour"][ran])])
        gaps.append(np.diff(computed[np.searchsorted(ends, struck[job_of == job], side="right")], prepend=0.0))
    return gaps


def _gaps(hours: JobHours, between: Floats) -> dict[str, float]:
    """The mean counts the open stretch at the end, as computing without an interruption; the quantiles do not."""
    computing = hours.useful + hours.checkpoint + hours.lost + hours.slowed + hours.throttled
    mean = computing / len(between) if len(between) else np.nan
    quantiles = {name: float(np.quantile(between, q)) if len(between) else np.nan for name, q in QUANTILES.items()}
    return {"mtbi_hours": mean, **{f"hours_between_{name}": value for name, value in quantiles.items()}}
