"""Scenarios for the benches: one cluster at one site, eight jobs that fill it, and features to switch on."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from simcluster.model.document import read_packaged_catalog
from simcluster.model.scenario import Scenario

Document = dict[str, Any]
NODES_OF_100K = 12_500
JOBS = 8
RATE_PER_NODE_DAY = 3.79e-3
"""Llama 3's unexpected interruptions, 419 / (54 days x 2,048 nodes)."""


_HOURS: Document = {"kind": "lognormal", "median": "3 hours", "mean": "6 hours"}


@cache
def _catalog() -> Document:
    rows, _ = read_packaged_catalog()
    return {
        "gpus": {"h100": rows["gpus"]["h100"]},
        "servers": {"dgx_h100": rows["servers"]["dgx_h100"]},
        "companies": {"meta": rows["companies"]["meta"]},
    }


def base(
    nodes: int = NODES_OF_100K, interval: str = "5 min", jobs: int = JOBS, rate: float = RATE_PER_NODE_DAY
) -> Document:
    """One exponential cause, one repair stage, a crew that is first come first served, jobs for the whole year."""
    gang = nodes * 99 // (100 * JOBS)
    cause = {"name": "c", "scope": "node", "rate": f"{rate} / day"}
    cause["repair"] = {"kind": "exponential", "mean": "6 hours"}  # type: ignore[assignment]
    job = {
        "cluster": "k",
        "gpus": 8 * gang,
        "work": "1e30 FLOP",
        "mfu": 0.4,
        "earliest": "2024-01-01",
        "checkpoint": {"kind": "fixed", "interval": interval, "cost": "5 s"},
        "restart": "10 min",
    }
    return {
        "schema": 1,
        "name": "bench",
        "start": "2024-01-01",
        "end": "2024-12-30",
        "catalog": {**deepcopy(_catalog()), "failures": {"f": {"causes": [cause]}}},
        "sites": [
            {
                "name": "here",
                "pue_peak": 1.2,
                "pue_average": 1.1,
                "provisioned_fraction": 1.0,
                "halls": [{"name": "h", "it_power": "2000 MW", "ready": "2023-01-01", "cost": "10 MUSD/MW"}],
                "power": [
                    {
                        "kind": "grid",
                        "name": "g",
                        "price": "0.08 USD/kWh",
                        "phases": [{"date": "2023-01-01", "power": "3000 MW"}],
                    }
                ],
                "install": "1 day",
                "burn_in": "1 day",
                "operations": "0.2 MUSD/MW/year",
            }
        ],
        "clusters": [
            {
                "name": "k",
                "site": "here",
                "server": "dgx_h100",
                "failures": "f",
                "repair": {"detection": "2 min", "technicians": max(nodes // 500, 1)},
            }
        ],
        "installed": [{"name": "fleet", "cluster": "k", "gpus": 8 * nodes, "in_service": "2023-06-01"}],
        "jobs": [{"name": f"job-{k}", **job} for k in range(JOBS)],
        "revenue": {"lift": {"kind": "none"}, "contribution_margin": 0.8},
        "company": {
            "history": "meta",
            "plan": [
                {
                    "year": 2024,
                    "advertising": {"impressions": 0.1, "price": 0.0},
                    "other_revenue_growth": 0.1,
                    "rest_costs": "95 GUSD",
                    "rest_capex": "30 GUSD",
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


STEADY: tuple[Document, ...] = (
    {"name": "gpu", "scope": "gpu", "rate": "1.5e-4 / day"},
    {"name": "link", "scope": "node", "per": "link", "rate": "2.5e-5 / day", "detection": "10 min"},
    {"name": "host", "scope": "node", "rate": "1e-4 / day", "remedy": "reboot", "repair": "20 min"},
    {"name": "vendor", "scope": "node", "rate": "3e-5 / day", "remedy": "return", "repair": "10 days"},
    {
        "name": "silent",
        "scope": "node",
        "rate": "5e-5 / day",
        "silent": True,
        "detection": {"kind": "lognormal", "median": "8 hours", "mean": "1 day"},
    },
    {
        "name": "slow",
        "scope": "node",
        "rate": "1e-4 / day",
        "slows": 0.8,
        "detection": {"kind": "uniform", "low": "10 min", "high": "4 hours"},
    },
)
OF_JOBS: tuple[Document, ...] = (
    {"name": "busy", "scope": "node", "rate": "2e-4 / day", "clock": "busy"},
    {"name": "software", "scope": "job", "per": "node", "rate": "4e-4 / day", "remedy": "restart", "repair": "0 hours"},
    {"name": "stuck", "scope": "job", "per": "restart", "chance": 0.05, "repair": "0 hours"},
)
AGEING: tuple[Document, ...] = (
    {"name": "weibull", "scope": "node", "life": {"kind": "weibull", "shape": 0.7, "scale": "1900 days"}},
    {"name": "lognormal", "scope": "gpu", "life": {"kind": "lognormal", "median": "10000 days", "mean": "30000 days"}},
    {
        "name": "bathtub",
        "scope": "node",
        "life": {
            "kind": "bathtub",
            "steps": [
                {"until": "30 days", "rate": "2e-3 / day"},
                {"until": "400 days", "rate": "3e-4 / day"},
                {"rate": "6e-4 / day"},
            ],
        },
    },
)
SHARED: tuple[Document, ...] = (
    {"name": "rack", "scope": "rack", "rate": "1e-4 / day"},
    {"name": "switch", "scope": "switch", "rate": "5e-5 / day"},
    {"name": "pod", "scope": "pod", "rate": "2e-4 / day", "repair": "2 hours"},
    {"name": "feed", "scope": "feed", "rate": "1e-4 / day", "repair": "2 hours"},
    {"name": "storage", "scope": "storage", "rate": "0.02 / day", "repair": "1 hour"},
)
"""Causes that together fail about as many nodes a year as `base`; they take hours to mend where they do not say."""


def _mended(*causes: Document) -> list[Document]:
    return [{"repair": _HOURS, "parts_cost": "3000 USD", **cause} for cause in causes]


def everything(nodes: int = NODES_OF_100K) -> Document:
    """`base` with every feature of failures, repairs and recovery in use, and about as many failures.

    Half of the nodes are a batch of their own, which ages and has lemons.
    """
    document = base(nodes)
    document["catalog"]["failures"] = {
        "f": {
            "causes": _mended(*STEADY, *OF_JOBS, *SHARED),
            "frailty": {
                "window": "30 days",
                "variance": 0.02,
                "lasting": 0.005,
                "early": {"multiple": 1.5, "lasts": "300 days"},
                "season": {"first_month": 7, "last_month": 9, "multiple": 1.2},
            },
            "growth": {"reference_nodes": max(nodes // 12, 1), "exponent": 0.1},
        },
        "old": {
            "causes": _mended(*STEADY, *AGEING),
            "lemons": {"fraction": 0.01, "multiple": 10.0, "cure": 0.3},
        },
    }
    half = nodes // 2
    (fleet,) = document["installed"]
    document["installed"] = [
        {**fleet, "gpus": 8 * (nodes - half)},
        {**fleet, "name": "batch", "gpus": 8 * half, "failures": "old"},
    ]
    document["clusters"][0] |= {
        "maintenance": {"every": "1 day", "duration": "4 hours", "domain": "rack"},
        "repair": {
            "detection": {"kind": "triangular", "low": "1 min", "mode": "2 min", "high": "10 min"},
            "automatic": {"duration": "10 min", "success": 0.3, "false_success": 0.1},
            "technicians": max(nodes // 150, 1),
            "shifts": {"begin_hour": 6.0, "hours": 16.0, "days": 7},
            "parts": {
                "stock": max(nodes // 25, 1),
                "reorder_point": max(nodes // 40, 1),
                "order": max(nodes // 60, 1),
                "lead_time": {"kind": "uniform", "low": "3 days", "high": "9 days"},
            },
            "manual_false_success": 0.02,
            "misdiagnosis": 0.05,
            "retirement": {"failures": 5, "window": "60 days"},
        },
    }
    groups = 16
    gang = nodes * 98 // (100 * JOBS * groups) * groups
    tolerances: tuple[Document, ...] = (
        {"kind": "restart_all"},
        {"kind": "by_replica", "replicas": groups, "regroup": "30 s", "rejoin": "10 min", "least": groups // 2},
        {"kind": "shrink", "step_nodes": gang // groups, "least_nodes": gang // 2},
    )
    memory = {"mode": "memory", "snapshot": "1 s", "durable_every": 4, "cost": "1 min"}
    for k, job in enumerate(document["jobs"]):
        job |= {
            "gpus": 8 * gang,
            "fault_tolerance": tolerances[k % len(tolerances)],
            "replacement": {"standbys": 2, "swap": "1 min", "pull": "5 min", "select": "1 min"},
            "retry": {"backoff": "5 min", "attempts": 3, "escalation": "1 hour"},
            "restart": {"points": [{"gpus": 1024, "time": "4 min"}, {"gpus": 16384, "time": "10 min"}]},
        }
        if k % 2:
            job["checkpoint"] |= memory
    return document


def scenario(document: Document) -> Scenario:
    """The scenario of a document."""
    return Scenario.model_validate(document)
