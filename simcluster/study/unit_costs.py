"""What a GPU-hour, a day of a petaFLOP/s and a training run cost, and what failures and waiting do: as outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.books.unit_costs import (
    BEFORE_SERVICE,
    STRANDED,
    UNRELIABLE,
    in_service_usd,
    training_costs,
    useful_hours,
)
from simcluster.record.jobs import job_hours
from simcluster.record.states import STATES, GpuState

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.books.unit_costs import Costs
    from simcluster.model.scenario import Scenario
    from simcluster.record.accounts import GpuHours
    from simcluster.record.log import EventLog
    from simcluster.study.result import Outcomes

TFLOPS_HOURS_A_PFLOPS_DAY = 1000 * 24.0


def unit_cost_outcomes(scenario: Scenario, log: EventLog, gpu_hours: GpuHours, costs: Costs) -> Outcomes:
    """Costs by unit, USD; None where there is nothing to divide by.

    `usd_per_gpu_hour` in service, `usd_per_useful_gpu_hour` of all that is in service, `usd_per_pflops_day` of model
    FLOP that training delivered, `jobs.NAME.cost_usd` and `jobs.NAME.undisturbed_cost_usd`; `unreliability_usd` is what
    failures, repair, checkpoints, restarts, spares and nodes given up cost, `stranded_usd` the capital in GPUs that
    waited for what was not there, and what months cost with nobody in service, `idle_usd` what GPUs nobody wanted did.
    """
    in_service = sum(gpu_hours.of(state) for state in STATES if state not in (*BEFORE_SERVICE, GpuState.RETIRED))
    useful, spent = useful_hours(gpu_hours), in_service_usd(costs)
    runs = training_costs(scenario, log, costs)
    work = _pflops_days(scenario, log)
    out: Outcomes = {
        "usd_per_gpu_hour": spent / in_service if in_service else None,
        "usd_per_useful_gpu_hour": spent / useful if useful else None,
        "usd_per_pflops_day": sum(run.held_usd for run in runs) / work if work else None,
        "unreliability_usd": costs.of(*UNRELIABLE),
        "stranded_usd": costs.of(*STRANDED) + float(costs.empty_usd.sum()),
        "idle_usd": costs.of(GpuState.IDLE),
    }
    for job, run in zip(scenario.jobs, runs, strict=True):
        out[f"jobs.{job.name}.cost_usd"] = run.held_usd
        out[f"jobs.{job.name}.undisturbed_cost_usd"] = run.undisturbed_usd
    return out


NAMES = {
    "booked": "usd_per_gpu_hour",
    "rental": "rental_usd_per_gpu_hour",
    "amortised": "amortised_usd_per_gpu_hour",
}
"""Outcomes of a cluster by yardstick."""


def yardstick_outcomes(yardsticks: pd.DataFrame) -> Outcomes:
    """A GPU-hour of each cluster by our books and by others' formulas (see `books.yardstick_rows`), USD."""
    rows = yardsticks[["cluster", "yardstick", "usd_per_gpu_hour"]].itertuples(index=False)
    return {f"clusters.{cluster}.{NAMES[name]}": usd for cluster, name, usd in rows}


def _pflops_days(scenario: Scenario, log: EventLog) -> float:
    """Model FLOP that training delivered and kept, in days of a petaFLOP/s."""
    return (
        sum(
            hours.useful_gpu_hours * scenario.gpu_of(job.cluster).peak_bf16 * scenario.mfu_of(job)
            for job, hours in zip(scenario.jobs, job_hours(scenario, log), strict=True)
        )
        / TFLOPS_HOURS_A_PFLOPS_DAY
    )
