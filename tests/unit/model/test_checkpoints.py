import math
import subprocess
import sys
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from simcluster.model.checkpoints import CheckpointPolicy
from simcluster.model.efficiency import (
    daly_hours,
    efficiency,
    optimal_hours,
    rsc_ettr,
    segment_hours,
    young_hours,
)

OPTIMA = ("young", "daly", "optimal")

# M, d in seconds: exact optimum, Young, Daly's higher order, efficiency of the exact one at R = D = 0
PUBLISHED = [
    (11_129, 60, 1_115.98, 1_155.63, 1_115.98, 0.89972),
    (1_080, 30, 234.96, 254.56, 234.95, 0.78244),
    (1_080, 300, 618.68, 804.98, 617.41, 0.42714),
]
# Aupy et al., C = R = 600 s, D = 60 s; M in seconds: periods tau + C of Young, of Daly's first order, of the optimum
AUPY = [(7_519, 3_604, 3_733, 3_218), (60_150, 9_096, 9_142, 8_701), (240_601, 17_592, 17_615, 17_194)]


def policy_of(**table: Any) -> Any:
    return TypeAdapter(CheckpointPolicy).validate_python(table)


def problems(**table: Any) -> dict[tuple[str | int, ...], tuple[str, str | None]]:
    """Message and hint by path of each located problem."""
    with pytest.raises(ValidationError) as caught:
        policy_of(**table)
    found = [problem for error in caught.value.errors() for problem in error["ctx"]["problems"]]
    return {problem.path: (problem.message, problem.hint) for problem in found}


@pytest.mark.parametrize(("mtbf", "cost", "exact", "young", "daly", "best"), PUBLISHED)
def test_optima_have_their_published_values(
    mtbf: float, cost: float, exact: float, young: float, daly: float, best: float
) -> None:
    assert round(optimal_hours(cost, mtbf), 2) == exact
    assert round(young_hours(cost, mtbf), 2) == young
    assert round(daly_hours(cost, mtbf), 2) == daly
    assert round(efficiency(optimal_hours(cost, mtbf), cost, 0, 0, mtbf), 5) == best


@pytest.mark.parametrize(("mtbf", "young", "daly", "optimum"), AUPY)
def test_periods_of_aupy(mtbf: float, young: float, daly: float, optimum: float) -> None:
    assert round(young_hours(600, mtbf)) + 600 == young
    assert round(optimal_hours(600, mtbf)) + 600 == optimum
    shares = [efficiency(period - 600, 600, 600, 60, mtbf) for period in (optimum, young, daly)]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(("mtbf", "cost"), [(3.1, 1 / 60), (0.3, 0.0833), (0.3, 3.0), (50_000.0, 1e-3)])
@pytest.mark.parametrize(("restart", "downtime"), [(0.0, 0.0), (0.25, 0.1)])
def test_the_optimum_is_the_best_of_a_grid(mtbf: float, cost: float, restart: float, downtime: float) -> None:
    best = optimal_hours(cost, mtbf)
    grid = best * np.geomspace(0.2, 5, 2001)
    shares = [efficiency(tau, cost, restart, downtime, mtbf) for tau in grid]
    assert grid[np.argmax(shares)] == pytest.approx(best, rel=2e-3)
    assert max(shares) <= efficiency(best, cost, restart, downtime, mtbf) * (1 + 1e-14)


def exact_optimum(ratio: float) -> float:
    """The root u of -ln(1 - u) - u = ratio by bisection in sixty digits."""
    with localcontext() as context:
        context.prec = 60
        low, high = Decimal(0), Decimal(1)
        for _ in range(190):
            u = (low + high) / 2
            low, high = (u, high) if -(1 - u).ln() - u < Decimal(ratio) else (low, u)
        return float(low)


@pytest.mark.parametrize("ratio", [1e-30, 1e-16, 1e-12, 1e-8, 1e-4, 9.99e-4, 1.001e-3, 0.02, 1.0, 5.0])
def test_the_optimum_keeps_its_digits_at_any_cost(ratio: float) -> None:
    assert optimal_hours(ratio, 1.0) == pytest.approx(exact_optimum(ratio), rel=1e-12)


def test_an_optimum_at_the_ends() -> None:
    assert optimal_hours(0.0, 10.0) == young_hours(0.0, 10.0) == daly_hours(0.0, 10.0) == 0.0
    assert optimal_hours(1e6, 10.0) == daly_hours(1e6, 10.0) == 10.0
    for optimum in (young_hours, daly_hours, optimal_hours):
        assert optimum(0.5, math.inf) == optimum(0.0, math.inf) == math.inf


@settings(derandomize=True, database=None, deadline=None)
@given(
    mtbf=st.floats(1e-2, 1e6),
    ratio=st.floats(-14, 1.0).map(lambda x: 10.0**x),
    restart=st.floats(0, 2),
    downtime=st.floats(0, 100),
)
def test_no_formula_beats_the_optimum(mtbf: float, ratio: float, restart: float, downtime: float) -> None:
    cost = ratio * mtbf

    def share(tau: float) -> float:
        return efficiency(tau, cost, restart * mtbf, downtime, mtbf)

    best = share(optimal_hours(cost, mtbf))
    assert 0 < best <= 1
    assert best >= share(young_hours(cost, mtbf)) * (1 - 1e-14)
    assert best >= share(daly_hours(cost, mtbf)) * (1 - 1e-14)


def test_a_segment_is_longer_than_its_work() -> None:
    assert segment_hours(2.0, 0.5, 1.0, 1.0, math.inf) == 2.5
    assert segment_hours(2.0, 0.5, 0.0, 0.0, 1e12) == pytest.approx(2.5)
    # (10 + 1) e^(0.5 / 10) (e^(2.5 / 10) - 1)
    assert segment_hours(2.0, 0.5, 0.5, 1.0, 10.0) == pytest.approx(3.284465)
    assert segment_hours(1e6, 0.5, 0.5, 1.0, 10.0) == math.inf
    assert efficiency(1e6, 0.5, 0.5, 1.0, 10.0) == 0.0
    assert efficiency(math.inf, 0.5, 0.5, 1.0, 10.0) == 0.0
    assert efficiency(math.inf, 0.5, 0.5, 1.0, math.inf) == 1.0


def test_the_ratio_of_rsc_is_the_efficiency_where_losses_are_small() -> None:
    assert rsc_ettr(100, 1e-3, 1.0, 2.0, 0.5) == pytest.approx((1 - 0.1 * 2.0) / 1.25)
    nodes, rate, restart, tau, write = 2_000, 6.5e-6 / 24, 0.1, 0.5, 1 / 600
    exact = efficiency(tau, write, restart, 0.0, 1 / (nodes * rate))
    assert rsc_ettr(nodes, rate, restart, tau, write) == pytest.approx(exact, abs=2e-6)


def test_files_of_today_mean_what_they_did() -> None:
    young = policy_of(kind="young", cost="5 s")
    assert young.cost == young.blocking_hours == 5 / 3600
    assert (young.lag_hours, young.durable_every, young.mode) == (0.0, 1, "blocking")
    assert young.interval_hours(100.0) == math.sqrt(2 * 5 / 3600 * 100)
    fixed = policy_of(kind="fixed", interval="4 hours", cost="5 min")
    assert fixed.interval_hours(1.0) == fixed.interval_hours(math.inf) == fixed.interval == 4.0
    assert policy_of(kind="fixed", interval="4 hours", cost="0 s").blocking_hours == 0.0


def test_the_cost_may_be_a_size_over_a_bandwidth() -> None:
    policy = policy_of(kind="daly", state="7.2 TB", bandwidth="2 TB/s")
    assert policy.cost == pytest.approx(0.001)
    assert policy.interval_hours(3.0) == daly_hours(policy.cost, 3.0)


@pytest.mark.parametrize("kind", OPTIMA)
def test_an_optimum_is_of_what_the_job_waits_for_but_lets_writes_end(kind: str) -> None:
    formula = {"young": young_hours, "daly": daly_hours, "optimal": optimal_hours}[kind]
    background = {"kind": kind, "cost": "30 min", "snapshot": "36 s"}
    asynchronous = policy_of(**background, mode="asynchronous")
    assert (asynchronous.blocking_hours, asynchronous.lag_hours, asynchronous.durable_every) == (0.01, 0.5, 1)
    assert asynchronous.interval_hours(100.0) == formula(0.01, 100.0) > 0.5
    assert asynchronous.interval_hours(1.0) == 0.5
    assert asynchronous.interval_hours(math.inf) == math.inf
    memory = policy_of(**background, mode="memory", durable_every=10)
    assert (memory.blocking_hours, memory.lag_hours, memory.durable_every) == (0.01, 0.5, 10)
    assert memory.interval_hours(1.0) == formula(0.01, 1.0)
    assert memory.interval_hours(0.01) == 0.05
    free = policy_of(kind=kind, cost="30 min", mode="asynchronous")
    assert free.interval_hours(100.0) == 0.5


@pytest.mark.parametrize("kind", OPTIMA)
@pytest.mark.parametrize("mode", ["blocking", "asynchronous", "memory"])
def test_free_checkpoints_have_no_optimum(kind: str, mode: str) -> None:
    for table, at in (({"cost": "0 s"}, "cost"), ({"state": "0 GB", "bandwidth": "2 TB/s"}, "state")):
        found = problems(kind=kind, mode=mode, **table)
        assert list(found) == [(at,)]
        message, hint = found[(at,)]
        assert "above 0" in message
        assert hint is not None
        assert "fixed interval" in hint


FIXED = {"kind": "fixed", "interval": "1 hour"}


@pytest.mark.parametrize(
    ("table", "paths"),
    [
        ({**FIXED}, [("cost",)]),
        ({**FIXED, "state": "6 TB"}, [("bandwidth",)]),
        ({**FIXED, "bandwidth": "2 TB/s"}, [("state",)]),
        ({**FIXED, "cost": "5 min", "state": "6 TB", "bandwidth": "2 TB/s"}, [("state",), ("bandwidth",)]),
        ({**FIXED, "state": "6 TB", "bandwidth": "0 TB/s"}, [("bandwidth",)]),
        ({**FIXED, "cost": "5 min", "interval": "0 hours"}, [("interval",)]),
        ({**FIXED, "cost": "2 hours", "mode": "asynchronous"}, [("interval",)]),
        ({**FIXED, "cost": "4 hours", "mode": "memory", "durable_every": 3}, [("interval",)]),
        ({**FIXED, "cost": "5 min", "snapshot": "5 s", "durable_every": 2}, [("snapshot",), ("durable_every",)]),
        ({**FIXED, "cost": "5 min", "mode": "asynchronous", "durable_every": 2}, [("durable_every",)]),
        ({**FIXED, "interval": "0 hours", "cost": "0 s", "durable_every": 2}, [("interval",), ("durable_every",)]),
    ],
)
def test_what_does_not_hold_together_is_located_with_a_hint(table: Any, paths: list[tuple[str]]) -> None:
    found = problems(**table)
    assert list(found) == paths
    assert all(hint for _, hint in found.values())


def test_a_background_write_may_take_the_whole_interval_and_no_more() -> None:
    table = {"kind": "fixed", "state": "7.2 PB", "bandwidth": "2 TB/s", "mode": "asynchronous"}
    assert policy_of(**table, interval="1 hour").interval_hours(1.0) == 1.0
    _, hint = problems(**table, interval="59 min")[("interval",)]
    assert hint is not None
    assert "'3600 s'" in hint


@pytest.mark.parametrize("table", [{**FIXED, "write": "5 min"}, {**FIXED, "cost": "5 min", "mode": "lazy"}])
def test_unknown_words_are_refused(table: Any) -> None:
    with pytest.raises(ValidationError):
        policy_of(**table)


def test_scipy_is_loaded_only_when_an_optimum_is_asked_for() -> None:
    code = "import sys, simcluster.model.checkpoints; assert 'scipy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
