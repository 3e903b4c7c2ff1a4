"""Deliveries to a burn-in line of c benches against the waits of M/M/c and M/D/1.

Single nodes arrive at uniform times over the run, which is a Poisson process given their number. Mean waits: Erlang C
over c mu - lambda, and rho / (2 mu (1 - rho)) (Pollaczek and Khinchine).
Source: L. Kleinrock, Queueing Systems 1 (1975), sections 3.5 and 5.6.
"""

from collections.abc import Callable
from math import factorial
from typing import Any

import numpy as np
import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.events import BurnInStarted, InstallEnded
from simcluster.sim.run import simulate

GPUS, DAYS, SEEDS = 8, 366, 30
MEAN = 10.0
"""Hours on a bench."""


def line(fleet: Callable[..., Scenario], benches: int, law: dict[str, Any], nodes: int) -> Scenario:
    arrive = {"kind": "uniform", "low": "0 hours", "high": f"{24 * DAYS} hours"}
    order = {"name": "o", "gpus": nodes * GPUS, "lead_time": "0 hours", "lots": nodes, "lot_delay": arrive}
    site = {"install": "0 hours", "burn_in": {"duration": law, "lines": benches, "batch": 1}}
    return fleet([], 1, DAYS, orders=[order], site=site)


def waits(scenario: Scenario, seed: int) -> float:
    """Mean hours from the gate to a bench, of those that came in the middle three fifths of the run."""
    log = simulate(scenario, seed)
    came, begun = (log.columns(event)["hour"] for event in (InstallEnded, BurnInStarted))
    first, last = (share * scenario.clock.horizon_hours for share in (0.2, 0.8))
    mine = (came[: len(begun)] > first) & (came[: len(begun)] < last)
    return float((begun - came[: len(begun)])[mine].mean())


def erlang_c(benches: int, load: float) -> float:
    """The probability of a wait in M/M/c at a load of so many busy benches."""
    full = load**benches / factorial(benches) * benches / (benches - load)
    return full / (sum(load**k / factorial(k) for k in range(benches)) + full)


EXPONENTIAL = {"kind": "exponential", "mean": f"{MEAN} hours"}
FIXED = {"kind": "fixed", "duration": f"{MEAN} hours"}


@pytest.mark.parametrize("benches", [3])
def test_exponential_burn_in_waits_as_m_m_c(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float, benches: int
) -> None:
    load = 0.7 * benches
    scenario = line(fleet, benches, EXPONENTIAL, round(load / MEAN * 24 * DAYS))
    found = [waits(scenario, seed) for seed in range(SEEDS)]
    exact = erlang_c(benches, load) * MEAN / (benches - load)
    assert abs(score(found, exact, 0.07)) < bound


def test_fixed_burn_in_waits_as_m_d_1_and_half_as_long_as_m_m_1(
    fleet: Callable[..., Scenario], score: Callable[..., float], bound: float
) -> None:
    load = 0.7
    scenario = line(fleet, 1, FIXED, round(load / MEAN * 24 * DAYS))
    found = [waits(scenario, seed) for seed in range(SEEDS)]
    exact = load * MEAN / (2 * (1 - load))
    assert abs(score(found, exact, 0.07)) < bound
    assert abs(np.mean(found) - load * MEAN / (1 - load)) > 0.3 * exact, "the wrong law would be seen"
