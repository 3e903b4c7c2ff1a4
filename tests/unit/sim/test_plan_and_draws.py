from collections.abc import Callable
from dataclasses import replace
from math import inf, sqrt
from typing import Any

import numpy as np
import pytest

from simcluster.core.rng import PAGE, Luck, Stream
from simcluster.model.distributions import Exponential
from simcluster.model.scenario import Scenario
from simcluster.sim.draws import duration
from simcluster.sim.plan import JobPlan
from simcluster.sim.strikes import OwnStrikes

LAW = Exponential.model_validate({"mean": "10 hours"})
JOB = {
    "name": "run",
    "cluster": "k",
    "gpus": 16,
    "work": "5.76e20 FLOP",
    "mfu": 0.5,
    "earliest": "2024-01-03",
    "checkpoint": {"kind": "young", "cost": "30 min"},
    "restart": "1 hour",
}


def test_a_duration_is_the_law_of_the_uniform_at_its_address() -> None:
    stream = Stream(1, "q", "e")
    for k in (0, 1, PAGE - 1, PAGE, 5 * PAGE + 3):
        assert duration(Luck(1), "q", "e", k, LAW) == LAW.quantile(np.array([stream.at(k)]))[0]


def test_a_plan_is_nodes_and_hours(lab: Callable[..., Scenario], lab_catalog: dict[str, Any]) -> None:
    lab_catalog["failures"]["f"]["causes"] = [
        {"name": "n", "title": "", "scope": "node", "rate": "0.2 / day", "repair": "1 h"},
        {"name": "j", "title": "", "scope": "job", "rate": "0.1 / day", "repair": "1 h"},
        {"name": "z", "title": "", "scope": "job", "rate": "0 / day", "repair": "1 h"},
    ]
    plan = JobPlan.of(lab(catalog=lab_catalog, jobs=[JOB]), 0)
    assert plan.nodes == 2
    assert plan.work_hours == pytest.approx(20.0), "5.76e20 / (16 x 1e15 x 0.5) = 72,000 s"
    assert plan.interval_hours == pytest.approx(sqrt(2 * 0.5 * 24 / (2 * 0.3)))
    assert plan.earliest_hour == 48.0
    assert plan.own_causes == ((1, 0.1),)


def test_a_job_that_cannot_fail_never_saves(lab: Callable[..., Scenario]) -> None:
    assert JobPlan.of(lab(jobs=[JOB]), 0).interval_hours == inf


def test_own_strikes_come_by_weight_and_run_down_with_computing(lab: Callable[..., Scenario]) -> None:
    plan = replace(JobPlan.of(lab(jobs=[JOB]), 0), own_causes=((1, 0.1), (5, 0.3)))
    strikes = OwnStrikes(Luck(1), plan)
    lives, causes = [], []
    for _ in range(4000):
        lives.append(strikes.left_hours)
        causes.append(strikes.cause())
        strikes.expose(strikes.left_hours / 2)
        assert strikes.left_hours == lives[-1] / 2
        strikes.expose(inf)
        assert strikes.left_hours == 0.0
        strikes.draw_next()
    mean = 24 / (2 * 0.4)
    assert abs(np.mean(lives) - mean) < 4 * mean / sqrt(4000)
    assert abs(np.mean(np.array(causes) == 5) - 0.75) < 4 * sqrt(0.75 * 0.25 / 4000)
    assert set(causes) == {1, 5}


def test_a_job_without_causes_of_its_own_is_never_struck(lab: Callable[..., Scenario]) -> None:
    assert OwnStrikes(Luck(1), JobPlan.of(lab(jobs=[JOB]), 0)).left_hours == inf
