"""Nodes that age in the hours a job computes on them keep that age from job to job, through repairs and waiting."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simcluster.core.rng import Luck
from simcluster.model.scenario import Scenario
from simcluster.record.events import NodeFailed, SegmentEnded
from simcluster.sim.run import simulate
from simcluster.sim.tickets import Threat, Tickets

WEAR = {"kind": "weibull", "shape": 3.0, "scale": "300 hours"}


def scenario_of(lab: Callable[..., Scenario], catalog: dict[str, Any], *gangs: int, nodes: int = 1) -> Scenario:
    """Jobs one after the other, all wall but repairs and restarts computing, on nodes that wear by use alone."""
    cause = {"name": "wear", "scope": "node", "clock": "busy", "life": WEAR, "repair": "5 hours"}
    catalog["failures"]["f"]["causes"] = [cause]
    jobs = [
        {
            "name": f"run-{k}",
            "cluster": "k",
            "gpus": 8 * gang,
            "work": f"{1000 * 3600 * gang * 8 * 1e15 * 0.5!r} FLOP",
            "mfu": 0.5,
            "earliest": "2024-01-01",
            "after": [f"run-{k - 1}"] if k else [],
            "checkpoint": {"kind": "fixed", "interval": "1 hour", "cost": "0 s"},
            "restart": "30 min",
        }
        for k, gang in enumerate(gangs)
    ]
    opening = [{"name": "first", "cluster": "k", "gpus": 8 * nodes, "in_service": "2020-01-01"}]
    return lab(catalog=catalog, installed=opening, jobs=jobs)


def lives(scenario: Scenario, count: int) -> list[float]:
    """The first lives of the first node."""
    cause = scenario.causes[0]
    tickets = Tickets(Luck(1), "first", "failures.wear", [Threat(0, cause, None, cause.repair)], cause.life)
    return [tickets.pages[life, 0].lives[0] for life in range(count)]


def test_a_node_ages_by_the_hours_a_job_computes_from_job_to_job(
    lab: Callable[..., Scenario], lab_catalog: dict[str, Any]
) -> None:
    scenario = scenario_of(lab, lab_catalog, 1, 1)
    log = simulate(scenario, 1)
    failures = [row.hour for row in log.rows(NodeFailed)]
    assert len(failures) > 5
    computed = [(row.since_hour, row.hour) for row in log.rows(SegmentEnded)]
    ages = [sum(max(min(until, hour) - since, 0.0) for since, until in computed if since < hour) for hour in failures]
    assert ages == pytest.approx(np.cumsum(lives(scenario, len(ages))).tolist())


def test_idle_nodes_do_not_wear(lab: Callable[..., Scenario], lab_catalog: dict[str, Any]) -> None:
    log = simulate(scenario_of(lab, lab_catalog, 2, nodes=6), 1)
    assert log.count(NodeFailed) > 3
    assert {row.job for row in log.rows(NodeFailed)} == {0}
