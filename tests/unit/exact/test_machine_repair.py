"""Nodes with exponential lives and repairs by a crew against the finite-source queue M/M/c//N (machine repair).

With k of N machines down failures come at (N - k) lambda and repairs end at min(k, c) mu; balance of the flows between
k and k + 1 gives the steady state. Each run holds alike clusters, whose crews share nothing: they are the samples.
Source: L. Kleinrock, Queueing Systems 1 (1975), section 3.8.
"""

from collections.abc import Callable
from math import exp
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simcluster.model.scenario import Scenario
from simcluster.record.events import RepairEnded
from simcluster.sim.run import simulate

MACHINES, LIFE, REPAIR, CLUSTERS, DAYS = 6, 40.0, 20.0, 24, 200
"""Nodes of a cluster, mean hours of a life and a repair, clusters, days."""
BEGUN = 400.0
"""Hours after which all are in their steady state."""

Floats = NDArray[np.float64]


def steady_state(crew: int) -> Floats:
    """Probabilities of k machines down, k = 0 .. N."""
    weights = [1.0]
    for k in range(MACHINES):
        weights.append(weights[-1] * (MACHINES - k) / LIFE / (min(k + 1, crew) / REPAIR))
    return np.array(weights) / sum(weights)


def times_down(out: dict[str, Any], cluster: int, horizon: float) -> Floats:
    """Share of the time from `BEGUN` on in which k nodes of a cluster are down, k = 0 .. N."""
    mine = out["cluster"] == cluster
    hours = np.concatenate([out["failed_hour"][mine], out["hour"][mine], [horizon]])
    steps = np.repeat([1, -1, 0], [mine.sum(), mine.sum(), 1])
    order = np.argsort(hours, kind="stable")
    since = np.clip(np.concatenate([[0.0], hours[order]]), BEGUN, horizon)
    down = np.cumsum(np.concatenate([[0], steps[order]]))
    return np.bincount(down[:-1], weights=np.diff(since), minlength=MACHINES + 1) / (horizon - BEGUN)


def repair_shop(fleet: Callable[..., Scenario], crew: int | None, law: dict[str, str]) -> Scenario:
    life = {"kind": "exponential", "mean": f"{LIFE!r} hours"}
    causes = [{"name": "c", "scope": "node", "life": life, "repair": law}]
    repair = {} if crew is None else {"technicians": crew}
    return fleet(causes, MACHINES, DAYS, clusters=CLUSTERS, repair=repair)


EXPONENTIAL = {"kind": "exponential", "mean": f"{REPAIR!r} hours"}


@pytest.mark.parametrize("crew", [1, 3, None], ids=lambda crew: f"crew of {crew or MACHINES}")
def test_steady_state_of_a_repair_shop(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float, crew: int | None
) -> None:
    """Availability is 1 - down / N; the wait for a technician follows from Little's law."""
    scenario = repair_shop(fleet, crew, EXPONENTIAL)
    out, horizon = simulate(scenario, 1).columns(RepairEnded), scenario.clock.horizon_hours
    shares = np.array([times_down(out, cluster, horizon) for cluster in range(CLUSTERS)])
    assert shares.sum(axis=1) == pytest.approx(1.0)
    number, exact = np.arange(MACHINES + 1), steady_state(crew or MACHINES)
    down = shares @ number
    assert abs(score(down, (number * exact).sum(), 0.02)) < bound
    for k in np.argsort(exact)[-4:]:
        assert abs(score(shares[:, k], exact[k], 0.06)) < bound
    other = steady_state({1: 2, 3: 2}.get(crew or 0, 3))
    assert abs(score(down, (number * other).sum(), 0.02)) > 5, "a crew of another size"

    late = (out["failed_hour"] > BEGUN) & (out["hour"] < horizon)
    failures = np.bincount(out["cluster"][late], minlength=CLUSTERS)
    per_hour = ((MACHINES - number) * exact).sum() / LIFE
    assert abs(score(failures / (horizon - BEGUN), per_hour, 0.02)) < bound
    waits = np.bincount(out["cluster"][late], weights=(out["repair_hour"] - out["detected_hour"])[late]) / failures
    if crew is None:
        assert (waits == 0).all()
    else:
        assert abs(score(waits, (np.maximum(number - crew, 0) * exact).sum() / per_hour, 0.06)) < bound


@pytest.mark.parametrize(
    "law",
    [
        {"kind": "fixed", "duration": f"{REPAIR!r} hours"},
        {"kind": "lognormal", "median": f"{REPAIR * exp(-0.5)!r} hours", "mean": f"{REPAIR!r} hours"},
    ],
    ids=["fixed", "lognormal"],
)
def test_with_a_technician_a_node_only_the_mean_repair_matters(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float, law: dict[str, str]
) -> None:
    """Each node is an alternating renewal process: up for L / (L + R) of the time, whatever the laws."""
    scenario = repair_shop(fleet, None, law)
    out, horizon = simulate(scenario, 3).columns(RepairEnded), scenario.clock.horizon_hours
    shares = np.array([times_down(out, cluster, horizon) for cluster in range(CLUSTERS)])
    down = shares @ np.arange(MACHINES + 1) / MACHINES
    assert abs(score(down, REPAIR / (LIFE + REPAIR), 0.02)) < bound
    assert abs(score(shares[:, 0], (LIFE / (LIFE + REPAIR)) ** MACHINES, 0.05)) < bound
