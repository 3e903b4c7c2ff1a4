"""Standbys are filled up again by whatever comes free, the short way and the long, and from a fleet that ran out."""

from collections.abc import Callable
from typing import Any

import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.events import NodeFailed, RepairEnded, StandbysChanged
from simcluster.sim.run import simulate


@pytest.mark.parametrize(
    "repair", [{"detection": "1 min"}, {"detection": {"kind": "uniform", "low": "0 h", "high": "1 h"}}]
)
def test_when_no_node_is_out_no_standby_is_missing(
    lab: Callable[..., Scenario], lab_catalog: dict[str, Any], repair: dict[str, Any]
) -> None:
    cause = {"name": "n", "scope": "node", "rate": "0.02 / day", "repair": "9 hours"}
    cluster = {"name": "k", "site": "here", "server": "s", "failures": "f", "repair": repair}
    job: dict[str, Any] = {"name": "job", "cluster": "k", "gpus": 24, "work": "1e30 FLOP", "mfu": 0.4}
    job |= {"earliest": "2024-01-01", "restart": "10 min", "replacement": {"standbys": 2}}
    job["checkpoint"] = {"kind": "fixed", "interval": "1 hour", "cost": "1 min"}
    scenario = lab(
        catalog={**lab_catalog, "failures": {"f": {"causes": [cause]}}},
        clusters=[cluster],
        installed=[{"name": "first", "cluster": "k", "gpus": 40, "in_service": "2023-01-01"}],
        jobs=[job],
    )
    log = simulate(scenario, 1)
    standbys, out = log.columns(StandbysChanged), log.columns(RepairEnded)
    assert log.count(NodeFailed) > 20
    checked = 0
    for hour in out["hour"][out["hour"] < scenario.clock.horizon_hours] + 0.5:
        if ((out["failed_hour"] < hour) & (out["failed_hour"] > hour - 1.5)).any():
            continue  # perhaps not noticed yet
        down = ((out["failed_hour"] <= hour) & (out["hour"] > hour)).sum()
        assert standbys["nodes"][standbys["hour"] <= hour][-1] == max(2 - down, 0), hour
        checked += 1
    assert checked > 10
