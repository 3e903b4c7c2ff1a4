"""The whole simulator against the exact mean of a checkpointed run under exponential failures.

A segment of work tau and its checkpoint d takes on average (M + D) exp(R / M) (exp((tau + d) / M) - 1) hours, when a
failure can strike work, checkpoint and restart R and costs a downtime D in which none strikes.
"""

from collections.abc import Callable
from math import exp, sqrt
from statistics import fmean, stdev
from typing import Any

import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.events import JobFinished, JobStarted
from simcluster.sim.run import simulate

TAU, COST, RESTART, DETECTION, MTBF, NODES, SEGMENTS, REPLICAS = 4.0, 0.5, 1.0, 0.25, 20.0, 40, 1000, 30


def segment_hours(tau: float, cost: float, restart: float, downtime: float, mtbf: float) -> float:
    return (mtbf + downtime) * exp(restart / mtbf) * (exp((tau + cost) / mtbf) - 1)


def job_of(lab: Callable[..., Scenario], catalog: dict[str, Any], site: dict[str, Any], scope: str) -> Scenario:
    cause = {
        "name": "c",
        "title": "C",
        "scope": scope,
        "per": "node",
        "rate": f"{24 / (NODES * MTBF)!r} / day",
        "repair": "30 min",
    }
    catalog["failures"]["f"]["causes"] = [cause]
    return lab(
        catalog=catalog,
        clusters=[{"name": "k", "site": "here", "server": "s", "failures": "f", "repair": {"detection": "15 min"}}],
        installed=[{"name": "first", "cluster": "k", "gpus": 2 * NODES * 8, "in_service": "2023-01-01"}],
        jobs=[
            {
                "name": "run",
                "cluster": "k",
                "gpus": NODES * 8,
                "work": f"{SEGMENTS * TAU * 3600 * NODES * 8 * 1e15 * 0.5!r} FLOP",
                "mfu": 0.5,
                "earliest": "2024-01-01",
                "checkpoint": {"kind": "fixed", "interval": "4 hours", "cost": "30 min"},
                "restart": "1 hour",
            }
        ],
    )


def wall_hours(scenario: Scenario, seed: int) -> float:
    log = simulate(scenario, seed)
    (started,), (finished,) = log.rows(JobStarted), log.rows(JobFinished)
    return finished.hour - started.hour


@pytest.mark.parametrize(
    ("scope", "restart", "downtime"),
    [("node", RESTART, DETECTION), ("job", 0.0, DETECTION + RESTART)],
    ids=["nodes fail at all hours but while one is detected", "a job's own causes strike while it computes"],
)
def test_mean_wall_of_a_job_is_the_exact_one(
    lab: Callable[..., Scenario],
    lab_catalog: dict[str, Any],
    lab_site: dict[str, Any],
    scope: str,
    restart: float,
    downtime: float,
) -> None:
    scenario = job_of(lab, lab_catalog, lab_site, scope)
    walls = [wall_hours(scenario, seed) for seed in range(REPLICAS)]
    expected = (SEGMENTS - 1) * segment_hours(TAU, COST, restart, downtime, MTBF)
    expected += segment_hours(TAU, 0.0, restart, downtime, MTBF)
    error = stdev(walls) / sqrt(REPLICAS)
    assert error < 0.01 * expected, "too coarse to tell"
    assert abs(fmean(walls) - expected) < 3.3 * error, "|z| < 3.3 passes 999 in 1,000 seeds"
