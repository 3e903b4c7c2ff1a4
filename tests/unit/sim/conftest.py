from collections.abc import Callable
from typing import Any

import pytest

from simcluster.core.rng import Luck
from simcluster.model.scenario import Scenario
from simcluster.record.log import EventLog
from simcluster.sim.kernel import KernelEnvironment


def lab_document() -> dict[str, Any]:
    """Nodes of 8 GPUs and 10 kW at a site that admits on 1.125 facility kW an IT kW; nothing fails, all is fixed."""
    reported = {"year": 2023, "revenue_musd": 1000.0, "advertising_musd": 960.0, "costs_musd": 600.0}
    plan = {
        "advertising": {"impressions": 0.1, "price": 0.0},
        "other_revenue_growth": 0.5,
        "rest_costs": "480 MUSD",
        "rest_capex": "60 MUSD",
    }
    return {
        "schema": 1,
        "name": "lab",
        "start": "2024-01-01",
        "end": "2024-12-31",
        "catalog": {
            "gpus": {"g": {"title": "G", "h100_equivalents": 1.0, "peak_bf16": "1000 TFLOP/s", "tdp": "0.7 kW"}},
            "servers": {
                "s": {
                    "title": "S",
                    "gpu": "g",
                    "gpus": 8,
                    "server_power": "9 kW",
                    "network_power": "1 kW",
                    "busy_draw": 0.8,
                    "idle_draw": 0.3,
                    "price": "250 kUSD",
                    "network_price": "50 kUSD",
                }
            },
            "failures": {"f": {"causes": []}},
            "companies": {"c": {"title": "C", "years": [{**reported, "capex_musd": 100.0, "depreciation_musd": 50.0}]}},
        },
        "sites": [
            {
                "name": "here",
                "pue_peak": 1.25,
                "pue_average": 1.0,
                "provisioned_fraction": 0.9,
                "halls": [
                    {"name": "a", "it_power": "2 MW", "ready": "2023-01-01", "cost": "10 MUSD/MW"},
                    {
                        "name": "b",
                        "it_power": "0.03 MW",
                        "ready": "2024-03-01",
                        "delay": "2 days",
                        "construction_start": "2023-10-01",
                        "cost": "10 MUSD/MW",
                    },
                ],
                "power": [
                    {
                        "kind": "grid",
                        "name": "grid",
                        "price": "0.05 USD/kWh",
                        "phases": [{"date": "2023-01-01", "power": "2.25 MW", "delay": "5 days"}],
                    }
                ],
                "install": "1 day",
                "burn_in": "2 days",
                "operations": "0.2 MUSD/MW/year",
            }
        ],
        "clusters": [{"name": "k", "site": "here", "server": "s", "failures": "f"}],
        "installed": [{"name": "first", "cluster": "k", "gpus": 32, "in_service": "2023-01-01"}],
        "orders": [],
        "revenue": {"lift": {"kind": "none"}, "contribution_margin": 0.8},
        "company": {"history": "c", "plan": [{"year": year, **plan} for year in range(2024, 2030)]},
        "finance": {
            "wacc": 0.1,
            "tax_rate": 0.2,
            "evaluation_years": 5,
            "lives": {"servers": "5 years", "network": "5 years", "buildings": "25 years"},
        },
    }


@pytest.fixture
def lab() -> Callable[..., Scenario]:
    """The lab scenario with top-level tables replaced."""
    return lambda **tables: Scenario.model_validate({**lab_document(), **tables})


@pytest.fixture
def lab_site() -> dict[str, Any]:
    site: dict[str, Any] = lab_document()["sites"][0]
    return site


@pytest.fixture
def lab_catalog() -> dict[str, Any]:
    catalog: dict[str, Any] = lab_document()["catalog"]
    return catalog


@pytest.fixture
def env() -> KernelEnvironment:
    return KernelEnvironment()


@pytest.fixture
def log() -> EventLog:
    return EventLog()


@pytest.fixture
def luck() -> Luck:
    return Luck(1)
