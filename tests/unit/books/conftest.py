from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.events import (
    HallOpened,
    LotDelivered,
    Mended,
    NodeFailed,
    NodesInService,
    OrderPlaced,
    RepairEnded,
)
from simcluster.record.log import EventLog
from simcluster.record.states import STATES, GpuState


def scenario_document() -> dict[str, Any]:
    """Two halls (the second built in the run), 4 nodes in service for a year, an order of 10 nodes in two lots."""
    reported = {"year": 2023, "revenue_musd": 1000.0, "advertising_musd": 960.0, "costs_musd": 600.0}
    return {
        "schema": 1,
        "name": "books",
        "start": "2024-01-01",
        "end": "2024-12-31",
        "catalog": {
            "gpus": {"g": {"title": "G", "h100_equivalents": 2.0, "peak_bf16": "989 TFLOP/s", "tdp": "0.7 kW"}},
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
            "failures": {
                "f": {
                    "causes": [
                        {"name": "a", "title": "A", "scope": "job", "rate": "0.001 / day", "repair": "1 h"},
                        {
                            "name": "b",
                            "title": "B",
                            "scope": "node",
                            "rate": "0.001 / day",
                            "repair": "1 day",
                            "parts_cost": "1000 USD",
                        },
                    ]
                }
            },
            "companies": {"c": {"title": "C", "years": [{**reported, "capex_musd": 100.0, "depreciation_musd": 50.0}]}},
        },
        "sites": [
            {
                "name": "here",
                "pue_peak": 1.0,
                "pue_average": 1.0,
                "provisioned_fraction": 1.0,
                "halls": [
                    {"name": "old", "it_power": "1 MW", "ready": "2023-01-01", "cost": "10 MUSD/MW"},
                    {
                        "name": "new",
                        "it_power": "1 MW",
                        "ready": "2024-04-01",
                        "construction_start": "2023-10-01",
                        "cost": "10 MUSD/MW",
                    },
                ],
                "power": [
                    {
                        "kind": "grid",
                        "name": "grid",
                        "price": "0.05 USD/kWh",
                        "phases": [{"date": "2023-01-01", "power": "2 MW"}],
                    }
                ],
                "install": "1 day",
                "burn_in": "1 day",
                "operations": "0.2 MUSD/MW/year",
            }
        ],
        "clusters": [{"name": "k", "site": "here", "server": "s", "failures": "f"}],
        "installed": [{"name": "first", "cluster": "k", "gpus": 32, "in_service": "2023-01-01"}],
        "orders": [
            {
                "name": "next",
                "cluster": "k",
                "gpus": 80,
                "placed": "2024-02-01",
                "deposit": 0.1,
                "lead_time": "4 weeks",
                "lots": 2,
            }
        ],
        "revenue": {
            "lift": {"kind": "saturating", "ceiling": 0.1, "scale_h100e": 100.0},
            "contribution_margin": 0.8,
        },
        "company": {
            "history": "c",
            "plan": [
                {
                    "year": 2024,
                    "advertising": {"impressions": 0.1, "price": 0.0},
                    "other_revenue_growth": 0.5,
                    "rest_costs": "480 MUSD",
                    "rest_capex": "60 MUSD",
                }
            ],
        },
        "finance": {
            "wacc": 0.1,
            "tax_rate": 0.2,
            "evaluation_years": 5,
            "lives": {"servers": "5 years", "network": "5 years", "buildings": "25 years"},
        },
    }


@pytest.fixture
def document() -> dict[str, Any]:
    return scenario_document()


@pytest.fixture
def scenario(document: dict[str, Any]) -> Scenario:
    return Scenario.model_validate(document)


@pytest.fixture
def log(scenario: Scenario) -> EventLog:
    """An order of 10 nodes at odd prices, delivered as 3 and 7, and two repairs of which one is begun in time."""
    log, day = EventLog(), 24.0
    log.add(HallOpened(0.0, 0, 0, 1.0))
    log.add(NodesInService(0.0, -1, 0, 0, 0, 4))
    log.add(OrderPlaced(31 * day, 0, 10, 250_000.07, 50_000.01, 300_000.33))
    log.add(LotDelivered(65 * day, 0, 0, 3))
    log.add(LotDelivered(70 * day, 0, 1, 7))
    log.add(NodesInService(80 * day, 0, -1, 0, 4, 3))
    log.add(HallOpened(121 * day, 0, 1, 1.0))
    log.add(NodesInService(130 * day, 0, -1, 0, 7, 7))
    end = scenario.clock.horizon_hours
    log.add(NodeFailed(40 * day, 0, 0, 1, -1))
    log.add(RepairEnded(62 * day, 0, 0, 1, 40 * day, 40 * day, 40 * day, 40 * day, 61 * day, 62 * day, Mended.GOOD))
    log.add(NodeFailed(end - 2.0, 1, 0, 1, -1))
    log.add(RepairEnded(end, 1, 0, 1, end - 2.0, end - 1.0, end, end, end, end, Mended.UNDER_WAY))
    return log


@pytest.fixture
def gpu_hours(scenario: Scenario) -> GpuHours:
    """32 GPUs serving all year, 112 from July on."""
    hours = np.zeros((12, 1, len(STATES)))
    month = np.diff(scenario.clock.month_edges)
    hours[:, 0, STATES.index(GpuState.SERVING)] = month * np.where(np.arange(12) < 6, 32, 112)
    return GpuHours(hours)


@pytest.fixture
def energy() -> Energy:
    """100 MWh a month, and a peak of 1 MW."""
    return Energy((np.full((12, 1), 100.0),), (np.full((12, 1), 1.0),), 1.0, (0.0,), (1200.0,), 1.0)


@pytest.fixture
def rebuilt(document: dict[str, Any]) -> Callable[..., Scenario]:
    """The scenario with top-level tables replaced."""
    return lambda **tables: Scenario.model_validate({**document, **tables})
