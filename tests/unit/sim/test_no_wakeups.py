"""A failure or a repair that waits for nobody wakes no process: SimPy's events do not grow with failures."""

from collections.abc import Callable
from typing import Any

import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.events import JobInterrupted, NodeFailed
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.run import simulate

Lab = Callable[..., Scenario]
JOB = {
    "name": "job",
    "cluster": "k",
    "gpus": 240,
    "work": "1e30 FLOP",
    "mfu": 0.4,
    "earliest": "2024-01-01",
    "checkpoint": {"kind": "fixed", "interval": "5 min", "cost": "5 s"},
    "restart": "10 min",
}
FORETOLD = {"detection": "2 min", "technicians": 3}
STEP_BY_STEP = {
    "detection": {"kind": "uniform", "low": "1 min", "high": "9 min"},
    "automatic": {"duration": "10 min", "success": 0.5, "false_success": 0.1},
    "technicians": 3,
    "shifts": {"begin_hour": 8.0, "hours": 8.0},
    "parts": {"stock": 5, "reorder_point": 5, "order": 5, "lead_time": "2 days"},
    "misdiagnosis": 0.1,
}


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The hours of SimPy's events, as they are processed."""
    hours: list[float] = []
    step = KernelEnvironment.step

    def counted(env: KernelEnvironment) -> None:
        hours.append(env.now)
        step(env)

    monkeypatch.setattr(KernelEnvironment, "step", counted)
    return hours


def failing(lab: Lab, catalog: dict[str, Any], repair: dict[str, Any], per_day: float) -> Scenario:
    """Forty nodes, of which a job holds thirty for a year."""
    node = {"name": "node", "scope": "node", "rate": f"{per_day} / day"}
    rack = {"name": "rack", "scope": "rack", "rate": f"{per_day / 10} / day"}
    hours = {"repair": {"kind": "exponential", "mean": "6 hours"}}
    causes = [{**node, **hours}] if repair is FORETOLD else [{**node, **hours}, {**rack, **hours}]
    return lab(
        catalog={**catalog, "failures": {"f": {"causes": causes}}},
        clusters=[{"name": "k", "site": "here", "server": "s", "failures": "f", "repair": repair}],
        installed=[{"name": "first", "cluster": "k", "gpus": 320, "in_service": "2023-01-01"}],
        jobs=[JOB],
    )


@pytest.mark.parametrize("repair", [FORETOLD, STEP_BY_STEP], ids=["foretold", "step by step"])
def test_twice_the_failures_are_as_many_events_of_simpys(
    lab: Lab, lab_catalog: dict[str, Any], steps: list[float], repair: dict[str, Any]
) -> None:
    events, failures, interruptions = [], [], []
    for per_day in (0.0, 0.02, 0.04):
        steps.clear()
        log = simulate(failing(lab, lab_catalog, repair, per_day), 1)
        events.append(len(steps))
        failures.append(log.count(NodeFailed))
        interruptions.append(log.count(JobInterrupted))
    assert events == events[:1] * 3
    assert failures[0] == 0
    assert failures[2] > 1.5 * failures[1] > 300
    assert interruptions[2] > 1.5 * interruptions[1] > 150


def test_the_count_tells_an_event_a_failure(lab: Lab, lab_catalog: dict[str, Any], steps: list[float]) -> None:
    scenario = failing(lab, lab_catalog, FORETOLD, 0.02)
    simulate(scenario, 1)
    in_place = len(steps)
    failures = simulate(scenario, 1, in_place=False).count(NodeFailed)
    assert len(steps) - in_place > in_place + 2 * failures
