from collections.abc import Callable
from dataclasses import replace
from math import inf, sqrt
from typing import Any

import numpy as np
import pytest

from simcluster.core.rng import PAGE, Luck, Stream
from simcluster.model.distributions import Exponential
from simcluster.model.procurement import Cluster
from simcluster.model.reliability import Cause, FailureProfile
from simcluster.model.repair import AT_ONCE
from simcluster.model.scenario import Scenario
from simcluster.sim.clockwork import Clockwork
from simcluster.sim.draws import duration
from simcluster.sim.fleet import Fleet
from simcluster.sim.plan import JobPlan, interruptions_per_hour
from simcluster.sim.queue import ClusterQueue
from simcluster.sim.strikes import OwnStrikes
from simcluster.sim.tickets import Threat
from simcluster.sim.wards import Ward

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
        {"name": "j", "title": "", "scope": "job", "per": "node", "rate": "0.1 / day", "repair": "1 h"},
        {"name": "z", "title": "", "scope": "job", "per": "gpu", "rate": "0 / day", "repair": "1 h"},
    ]
    plan = JobPlan.of(lab(catalog=lab_catalog, jobs=[JOB]), 0)
    assert plan.nodes == 2
    assert plan.work_hours == pytest.approx(20.0), "5.76e20 / (16 x 1e15 x 0.5) = 72,000 s"
    assert plan.mtbf_hours == pytest.approx(24 / (2 * 0.3))
    assert plan.interval_hours(2) == pytest.approx(sqrt(2 * 0.5 * 24 / (2 * 0.3)))
    assert plan.interval_hours(1) == pytest.approx(sqrt(2 * 0.5 * 24 / 0.3)), "one node fails half as often"
    assert plan.restart_hours(2) == 1.0
    assert plan.earliest_hour == 48.0
    assert [(threat.number, threat.rate_per_hour) for threat in plan.own] == [(1, pytest.approx(2 * 0.1 / 24))]


def test_a_job_that_cannot_fail_never_saves(lab: Callable[..., Scenario]) -> None:
    plan = JobPlan.of(lab(jobs=[JOB]), 0)
    assert (plan.mtbf_hours, plan.interval_hours(2)) == (inf, inf)


def interruptions(lab: Callable[..., Scenario], catalog: dict[str, Any], nodes: int, **profile: Any) -> float:
    """Interruptions a day of a job of so many nodes."""
    catalog["failures"]["f"] = profile
    opening = [{"name": "first", "cluster": "k", "gpus": 8 * nodes, "in_service": "2023-01-01"}]
    scenario = lab(catalog=catalog, installed=opening, jobs=[{**JOB, "gpus": 8 * nodes}])
    return 24 * interruptions_per_hour(scenario, 0, nodes)


def test_what_a_rate_counts_is_counted(lab: Callable[..., Scenario], lab_catalog: dict[str, Any]) -> None:
    def rate(scope: str, per: str, nodes: int = 96) -> float:
        cause = {"name": "c", "scope": scope, "per": per, "rate": "0.01 / day", "repair": "1 h"}
        return interruptions(lab, lab_catalog, nodes, causes=[cause])

    assert rate("node", "node") == pytest.approx(0.96)
    assert rate("gpu", "gpu") == pytest.approx(8 * 0.96)
    assert rate("node", "link") == pytest.approx(8 * 0.96), "eight links a node"
    assert rate("node", "rack") == pytest.approx(0.48), "half a rack a node"
    assert rate("node", "site") == pytest.approx(0.01), "calendar time, whatever the nodes"
    assert rate("job", "job") == pytest.approx(0.01)
    assert rate("job", "gpu") == pytest.approx(8 * 0.96)
    assert rate("rack", "rack") == pytest.approx(0.48), "two nodes a rack"
    assert rate("rack", "switch") == pytest.approx(0.48), "a switch a rack"
    assert rate("feed", "feed") == pytest.approx(0.06), "eight racks a feed"
    assert rate("pod", "node") == pytest.approx(96 * 0.01), (
        "the pod goes out whenever one of the 96 nodes in it says so"
    )
    assert rate("storage", "site") == pytest.approx(0.01)


def test_rates_may_grow_faster_than_the_job(lab: Callable[..., Scenario], lab_catalog: dict[str, Any]) -> None:
    cause = {"name": "c", "scope": "node", "rate": "0.01 / day", "repair": "1 h"}
    growth = {"reference_nodes": 32, "exponent": 0.5}
    assert interruptions(lab, lab_catalog, 32, causes=[cause], growth=growth) == pytest.approx(0.32)
    assert interruptions(lab, lab_catalog, 128, causes=[cause], growth=growth) == pytest.approx(2 * 1.28)
    assert interruptions(lab, lab_catalog, 16, causes=[cause], growth=growth) == pytest.approx(0.16)


@pytest.fixture
def ward() -> Ward:
    cluster = Cluster(name="k", site="here", server="s", failures="f")
    return Ward(0, cluster, FailureProfile(), ClusterQueue(Fleet(0, 2)), 0, 2)


def test_own_strikes_come_by_weight_and_run_down_with_computing(lab: Callable[..., Scenario], ward: Ward) -> None:
    cause = Cause.model_validate({"name": "c", "scope": "job", "rate": "1 / day", "repair": "1 h"})
    own = (Threat(1, cause, 0.1, AT_ONCE), Threat(5, cause, 0.3, AT_ONCE))
    strikes = OwnStrikes(Luck(1), replace(JobPlan.of(lab(jobs=[JOB]), 0), own=own), ward)
    lives, causes = [], []
    for _ in range(4000):
        lives.append(strikes.due(100.0) - 100.0)
        strikes.expose(0.0, lives[-1] / 2)
        assert strikes.due(0.0) == pytest.approx(lives[-1] / 2)
        strikes.expose(0.0, inf)
        assert strikes.due(7.0) == 7.0
        (page, k), node = strikes.strike()
        assert node == -1
        causes.append(page.causes[k])
    mean = 1 / 0.4
    assert abs(np.mean(lives) - mean) < 4 * mean / sqrt(4000)
    assert abs(np.mean(np.array(causes) == 5) - 0.75) < 4 * sqrt(0.75 * 0.25 / 4000)
    assert set(causes) == {1, 5}


def test_own_strikes_run_on_the_clock_of_the_cluster(lab: Callable[..., Scenario], ward: Ward) -> None:
    cause = Cause.model_validate({"name": "c", "scope": "job", "rate": "1 / day", "repair": "1 h"})
    plan = replace(JobPlan.of(lab(jobs=[JOB]), 0), own=(Threat(0, cause, 0.1, AT_ONCE),))
    plain = OwnStrikes(Luck(1), plan, ward).due(10.0) - 10.0
    ward.clockwork = Clockwork([0.0, 1000.0], [2.0, 1.0])
    assert OwnStrikes(Luck(1), plan, ward).due(10.0) == pytest.approx(10.0 + plain / 2)


def test_a_job_without_causes_of_its_own_is_never_struck(lab: Callable[..., Scenario], ward: Ward) -> None:
    assert OwnStrikes(Luck(1), JobPlan.of(lab(jobs=[JOB]), 0), ward).due(0.0) == inf
