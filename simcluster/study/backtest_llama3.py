"""Llama 3 405B: 54 days on 16,384 H100, and the whole of its pre-training (arXiv 2407.21783 and the model card)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.yardsticks import training_usd_per_gpu_hour
from simcluster.record.events import PLANNED, JobFinished, JobHeld, JobInterrupted, JobStarted, SegmentEnded
from simcluster.record.jobs import job_hours
from simcluster.study.backtest import AT_LEAST, INSIDE, Case, Claim, Figures, Part, within

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog

Floats = NDArray[np.float64]
WINDOW_HOURS = 54 * 24.0

COUNTS = {
    "faulty_gpu": 148,
    "gpu_hbm3_memory": 72,
    "software_bug": 54,
    "network_switch_or_cable": 35,
    "host_maintenance": 32,
    "gpu_sram_memory": 19,
    "gpu_system_processor": 17,
    "nic": 7,
    "nccl_watchdog_timeout": 7,
    "silent_data_corruption": 6,
    "gpu_thermal_interface_or_sensor": 6,
    "ssd": 3,
    "power_supply": 3,
    "server_chassis": 2,
    "io_expansion_board": 2,
    "dependency": 2,
    "cpu": 2,
    "system_memory": 2,
}
"""Unexpected interruptions in 54 days by cause, Table 5."""

H100_IN_2024 = {"chip_usd": 26_268.0, "tdp_kw": 0.7, "usd_per_kwh": 0.0771, "pue": 1.10}
"""What Epoch AI puts into its formula at prices of 2024: 2.04 USD a GPU-hour, 62.8M USD for 30.84M GPU-hours."""

CLAIMS = {
    "unexpected interruptions": Claim(419, "fitted", INSIDE),
    "planned interruptions": Claim(47, "input", INSIDE),
    "effective training time": Claim(0.90, "predicted", AT_LEAST, must_hold=True),
    "million GPU-hours for 3.8e25 FLOP": Claim(30.84, "predicted", within(0.10), must_hold=True),
    "million USD for it, as Epoch amortises": Claim(62.8, "predicted", within(0.10)),
    "MFU on 16,384 GPUs": Claim(0.41, "predicted", within(0.05)),
    **{f"interruptions by {cause}": Claim(count, "fitted", INSIDE) for cause, count in COUNTS.items()},
}


def figures(scenario: Scenario, log: EventLog) -> Figures:
    """The figures of one run."""
    (started,) = log.rows(JobStarted)
    end = started.hour + WINDOW_HOURS
    struck = log.columns(JobInterrupted)
    causes = struck["cause"][struck["hour"] < end]
    unexpected = causes[causes != PLANNED]
    by_cause = np.bincount(unexpected, minlength=len(scenario.causes))
    hours = _gpu_hours(scenario, log)
    found = {
        "unexpected interruptions": float(len(unexpected)),
        "planned interruptions": float((causes == PLANNED).sum()),
        "effective training time": effective_time(log, started.hour, end),
        "million GPU-hours for 3.8e25 FLOP": hours / 1e6,
        "million USD for it, as Epoch amortises": hours * training_usd_per_gpu_hour(**H100_IN_2024) / 1e6,
        "MFU on 16,384 GPUs": scenario.mfu_of(scenario.jobs[0]),
    }
    for cause, count in zip(scenario.causes, by_cause, strict=True):
        found[f"interruptions by {cause.name}"] = float(count)
    return found


def effective_time(log: EventLog, since: float, until: float) -> float:
    """Share of the wall from `since` to `until` that was useful training; work is spread evenly over its stretch."""
    ran, held = log.columns(SegmentEnded), log.columns(JobHeld)
    share = ran["useful_hours"] / (ran["hour"] - ran["since_hour"])
    useful = float((share * _overlap(ran["since_hour"], ran["hour"], since, until)).sum())
    wall = float(_overlap(ran["since_hour"], ran["hour"], since, until).sum())
    wall += float(_overlap(held["since_hour"], held["hour"], since, until).sum())
    return useful / wall


def _overlap(since: Floats, until: Floats, first: float, last: float) -> Floats:
    hours: Floats = np.maximum(np.minimum(until, last) - np.maximum(since, first), 0.0)
    return hours


def _gpu_hours(scenario: Scenario, log: EventLog) -> float:
    """GPU-hours held until the work is done; of an unfinished run, in proportion to the work that is."""
    (hours,) = job_hours(scenario, log)
    if log.count(JobFinished):
        return hours.held_gpu_hours
    per_hour = scenario.gpu_of(0).peak_bf16 * 1e12 * 3600 * scenario.mfu_of(scenario.jobs[0])
    return hours.held_gpu_hours * scenario.jobs[0].work / (hours.useful_gpu_hours * per_hour)


LLAMA3_405B = Case(
    name="llama3_405b",
    title="Llama 3 405B on 16,384 H100: 54 days, and 3.8e25 FLOP",
    scenario="llama3_405b",
    parts=(Part(figures),),
    claims=CLAIMS,
    sources="Llama 3 (arXiv 2407.21783), section 3.3.4 and Table 5; model card of Llama 3.1 (30.84M GPU-hours); "
    "Epoch AI (arXiv 2405.21015)",
)
