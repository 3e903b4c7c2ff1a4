"""A fleet to try the whole simulator on, and how a mean of replicas is held against the exact one."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from math import sqrt
from typing import Any

import numpy as np
import pytest

from simcluster.model.scenario import Scenario

logger = logging.getLogger(__name__)

BOUND = 3.3
"""|z| < 3.3 passes 999 in 1,000 seeds of a right simulator."""

START = date(2024, 1, 1)
GPUS = 8
FLOP_PER_NODE_HOUR = GPUS * 1e15 * 0.5 * 3600
Table = Mapping[str, Any]


def scenario_of(
    causes: Sequence[Table],
    nodes: int,
    days: int,
    *,
    profile: Table | None = None,
    clusters: int = 1,
    jobs: Sequence[Table] = (),
    start: date = START,
    in_service: date | None = None,
    orders: Sequence[Table] = (),
    site: Table | None = None,
    **cluster: Any,
) -> Scenario:
    """Clusters k0, k1, ... alike, of so many nodes each, under some causes; jobs name one or stand on k0."""
    job = {"cluster": "k0", "mfu": 0.5, "earliest": str(start), "restart": "0 hours"}
    reported = {"year": 2023, "revenue_musd": 1.0, "advertising_musd": 1.0, "costs_musd": 1.0, "capex_musd": 1.0}
    plan = {"advertising": {"impressions": 0.0, "price": 0.0}, "other_revenue_growth": 0.0}
    server = {"title": "S", "gpu": "g", "gpus": GPUS, "server_power": "9 kW", "network_power": "1 kW"}
    grid = {"kind": "grid", "name": "grid", "price": "0 USD/kWh", "phases": [{"date": "2020-01-01", "power": "9 GW"}]}
    names = [f"k{k}" for k in range(clusters)]
    return Scenario.model_validate(
        {
            "schema": 1,
            "name": "exact",
            "start": str(start),
            "end": str(start + timedelta(days=days - 1)),
            "catalog": {
                "gpus": {"g": {"title": "G", "h100_equivalents": 1.0, "peak_bf16": "1000 TFLOP/s", "tdp": "0.7 kW"}},
                "servers": {
                    "s": {
                        **server,
                        "busy_draw": 0.8,
                        "idle_draw": 0.3,
                        "price": "1 USD",
                        "network_price": "1 USD",
                    }
                },
                "failures": {"f": {"causes": list(causes), **(profile or {})}},
                "companies": {"c": {"title": "C", "years": [{**reported, "depreciation_musd": 1.0}]}},
            },
            "sites": [
                {
                    "name": "here",
                    "pue_peak": 1.25,
                    "pue_average": 1.0,
                    "provisioned_fraction": 1.0,
                    "halls": [{"name": "a", "it_power": "7 GW", "ready": "2020-01-01", "cost": "1 USD/MW"}],
                    "power": [grid],
                    "install": "1 day",
                    "burn_in": "1 day",
                    "operations": "0 USD/MW/year",
                    **(site or {}),
                }
            ],
            "clusters": [{"name": name, "site": "here", "server": "s", "failures": "f", **cluster} for name in names],
            "installed": [
                {"name": f"of-{name}", "cluster": name, "gpus": GPUS * nodes, "in_service": str(in_service or start)}
                for name in names
            ],
            "orders": [{"cluster": "k0", "placed": str(start), "deposit": 0.0, **row} for row in orders],
            "jobs": [{**job, "name": f"job{k}", **row} for k, row in enumerate(jobs)],
            "revenue": {"lift": {"kind": "none"}, "contribution_margin": 0.8},
            "company": {
                "history": "c",
                "plan": [
                    {"year": year, **plan, "rest_costs": "1 USD", "rest_capex": "1 USD"} for year in range(2024, 2100)
                ],
            },
            "finance": {
                "wacc": 0.1,
                "tax_rate": 0.2,
                "evaluation_years": 5,
                "lives": {"servers": "5 years", "network": "5 years", "buildings": "25 years"},
            },
        }
    )


@pytest.fixture
def fleet() -> Callable[..., Scenario]:
    """Makes a scenario of nodes under causes."""
    return scenario_of


@pytest.fixture
def gang() -> Callable[..., dict[str, Any]]:
    """Makes a job of so many nodes and hours of work, saving every `interval` hours at a `cost` in hours."""

    def make(nodes: int, hours: float, interval: float = 1e6, cost: float = 0.0, **more: Any) -> dict[str, Any]:
        work = f"{hours * nodes * FLOP_PER_NODE_HOUR!r} FLOP"
        checkpoint = {"kind": "fixed", "interval": f"{interval!r} hours", "cost": f"{cost!r} hours"}
        return {"gpus": nodes * GPUS, "work": work, "checkpoint": checkpoint, **more}

    return make


@pytest.fixture
def score(request: pytest.FixtureRequest) -> Callable[..., float]:
    """The z-score of independent samples against an exact mean; the test fails if they are too coarse to tell."""

    def judge(samples: Any, expected: float, coarsest: float) -> float:
        values = np.asarray(samples, dtype=float)
        error = values.std(ddof=1) / sqrt(len(values))
        assert error < coarsest * abs(expected), (
            f"a standard error of {error / abs(expected):.2%} is too coarse to tell"
        )
        z = float((values.mean() - expected) / error)
        logger.info("z = %.2f at %.2f%% (%s)", z, 100 * error / abs(expected), request.node.name)
        return z

    return judge


@pytest.fixture
def count_score(request: pytest.FixtureRequest) -> Callable[..., float]:
    """The z-score of a count of a Poisson process against what it should be on average, given the time exposed."""

    def judge(count: int, expected: float, coarsest: float) -> float:
        assert expected**-0.5 < coarsest, f"a standard error of {expected**-0.5:.2%} is too coarse to tell"
        z = float((count - expected) / sqrt(expected))
        logger.info("z = %.2f at %.2f%% (%s)", z, 100 * expected**-0.5, request.node.name)
        return z

    return judge


@pytest.fixture
def bound() -> float:
    """What |z| stays below."""
    return BOUND
