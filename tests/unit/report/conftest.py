"""A run made by hand: the numbers on the page are known before anything is simulated."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcluster.books.journal import Journal
from simcluster.books.unit_costs import Costs
from simcluster.model.document import Document
from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.binding import account_binding
from simcluster.record.energy import Energy
from simcluster.record.events import (
    Held,
    JobFinished,
    JobHeld,
    JobInterrupted,
    JobStarted,
    Mended,
    ModelReady,
    NodeFailed,
    NodesInService,
    RepairEnded,
    SegmentEnded,
)
from simcluster.record.log import EventLog
from simcluster.record.reliability import account_reliability
from simcluster.record.states import STATES, GpuState
from simcluster.study.result import Outcomes, Result

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
QUARTERS = ["2024Q1", "2024Q2", "2024Q3", "2024Q4"]


@pytest.fixture(scope="session")
def loaded() -> tuple[Scenario, Document]:
    return load(SMALL)


@pytest.fixture(scope="session")
def document(loaded: tuple[Scenario, Document]) -> Document:
    return loaded[1]


@pytest.fixture(scope="session")
def result(loaded: tuple[Scenario, Document]) -> Result:
    return made_by_hand(loaded[0])


def made_by_hand(scenario: Scenario) -> Result:
    """160 GPUs wait for power from April to July; pilot is ready in time, flagship never; three nodes fail."""
    log = _log(scenario)
    return Result(
        scenario=scenario,
        seed=7,
        log=log,
        gpu_hours=_gpu_hours(scenario),
        energy=Energy((np.zeros((12, 1)),), (np.zeros((12, 1)),), 0.32, (0.0,), (0.0,), 0.29),
        reliability=account_reliability(scenario, log),
        binding=account_binding(scenario, log),
        daily=_daily(scenario),
        journal=Journal(scenario.clock.months, ()),
        statements=_statements(),
        company=_company(),
        offset=_offset(),
        costs=Costs(np.zeros((12, 1, len(STATES))), np.zeros((12, 1)), np.zeros(12), np.zeros(12)),
        outcomes=_outcomes(),
    )


def _log(scenario: Scenario) -> EventLog:
    log = EventLog()
    pilot, flagship = 0, 1
    hour = scenario.clock.hours
    log.add(JobStarted(hour(date(2024, 2, 1)), pilot, 0, 8))
    log.add(JobFinished(hour(date(2024, 5, 1)), pilot, 2000.0))
    log.add(ModelReady(hour(date(2024, 5, 15)), pilot))
    log.add(JobStarted(hour(date(2024, 7, 1)), flagship, 0, 24))
    log.add(JobHeld(hour(date(2024, 9, 1)), flagship, hour(date(2024, 8, 1)), 24, int(Held.STALLED)))
    log.add(NodesInService(0.0, -1, 0, 0, 0, 10))
    for failed, node, cause in ((100.0, 1, 0), (200.0, 2, 0), (300.0, 3, 1)):
        log.add(NodeFailed(failed, node, 0, cause, -1))
        back = failed + 4.0
        log.add(RepairEnded(back, node, 0, cause, failed, failed, failed, failed, failed + 1.0, back, int(Mended.GOOD)))
    log.add(SegmentEnded(hour(date(2024, 5, 1)), pilot, hour(date(2024, 2, 1)), 8, 2000.0, 60.0, 100.0, 0.0))
    for day in range(10):
        log.add(JobInterrupted(hour(date(2024, 3, 1 + day)), pilot, 0, 0))
    for day in range(25):
        log.add(JobInterrupted(hour(date(2024, 10, 1 + day)), flagship, 0, 0))
    return log


def _gpu_hours(scenario: Scenario) -> GpuHours:
    hours = np.zeros((len(scenario.clock.months), len(scenario.clusters), len(STATES)))
    for state, share in (
        (GpuState.PRODUCTIVE, 600_000.0),
        (GpuState.SERVING, 150_000.0),
        (GpuState.WAITING_POWER, 200_000.0),
        (GpuState.LOST_WORK, 30_000.0),
        (GpuState.IDLE, 20_000.0),
    ):
        hours[3, 0, STATES.index(state)] = share
    return GpuHours(hours)


def _daily(scenario: Scenario) -> pd.DataFrame:
    days = pd.date_range(scenario.start, scenario.end, freq="D").to_numpy()
    ordered = np.where(days < np.datetime64("2024-01-10"), 80, np.where(days < np.datetime64("2024-03-01"), 240, 320))
    delivered = np.where(days < np.datetime64("2024-04-01"), 80, np.where(days < np.datetime64("2024-06-01"), 240, 320))
    admitted = np.where(days < np.datetime64("2024-07-01"), 80, 320)
    in_service = np.where(days < np.datetime64("2024-07-10"), 80, 320)
    drawn = in_service / 1000
    columns = {"ordered": ordered, "delivered": delivered, "admitted": admitted, "in_service": in_service}
    columns |= {f"waiting_{what}": np.zeros(len(days)) for what in ("hall", "network")}
    columns["waiting_power"] = delivered - admitted
    power = {
        "energized_mw": np.where(days < np.datetime64("2024-07-01"), 0.25, 0.55),
        "admitted_mw": admitted / 700,
        "drawn_mw": drawn,
    }
    return pd.DataFrame({"date": days, "site": "campus", **columns, **power})


def _statements() -> pd.DataFrame:
    lines = {"energy": [1e4] * 4, "depreciation": [2e5, 3e5, 4e5, 5e5], "operating_income": [-1e5] * 4}
    index = pd.MultiIndex.from_tuples([("income_statement", name) for name in lines], names=["statement", "line"])
    return pd.DataFrame(list(lines.values()), index=index, columns=QUARTERS)


def _company() -> pd.DataFrame:
    lines = {
        "advertising": [36e9, 38e9, 39e9, 46e9],
        "programme_capex": [5e6, 3e6, 2e6, 0.0],
        "rest_capex": [9.75e9] * 4,
        "capex_growth": [0.1, 0.2, 0.3, float("nan")],
    }
    return pd.DataFrame(list(lines.values()), index=pd.Index(list(lines), name="line"), columns=QUARTERS)


def _offset() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "attributed_advertising": [3e5, 5e5, 7e5, 9e5],
            "depreciation": [2e5, 3e5, 4e5, 5e5],
            "offset": [float("nan"), 0.6, 0.7, 0.8],
            "required_revenue": [9e5, 9e5, 1e6, 1.125e6],
        },
        index=pd.Index(QUARTERS, name="quarter"),
    )


def _outcomes() -> Outcomes:
    return {
        "gpus_in_service_end": 320,
        "h100e_in_service_end": 320.0,
        "gpus_ordered": 240,
        "gpu_hours_delivered": 1_000_000.0,
        "gpu_hours_waiting_power": 200_000.0,
        "gpu_hours_waiting_hall": 0.0,
        "useful_share": 0.75,
        "energy_mwh": 2345.0,
        "peak_drawn_mw": 0.32,
        "energized_mw_end": 0.55,
        "failures": 41,
        "availability": 0.98765,
        "gpu_hours_lost_work": 30_000.0,
        "capex_programme_usd": 1.0e7,
        "capex_company_usd_2024": 3.901e10,
        "capex_growth_2024": 0.39,
        "revenue_growth_2024": 0.22,
        "costs_growth_2024": 0.08,
        "depreciation_programme_usd": 1.4e6,
        "offset_last_quarter": 0.8,
        "offset_2024": 0.71,
        "required_revenue_usd_2024": 3.925e6,
        "attributed_revenue_usd_2024": 2.4e6,
        "npv_usd": -1.25e6,
        "npv_simulated_usd": -3.0e6,
        "npv_run_off_usd": 1.75e6,
        "irr": None,
        "jobs.pilot.started": "2024-02-01",
        "jobs.pilot.done": "2024-05-01",
        "jobs.pilot.ready": "2024-05-15",
        "jobs.pilot.gpu_hours": 138_000.0,
        "jobs.pilot.ettr": 0.95,
        "jobs.pilot.interruptions": 10,
        "jobs.pilot.margin_days": 46.0,
        "jobs.flagship.started": "2024-07-01",
        "jobs.flagship.done": None,
        "jobs.flagship.ready": None,
        "jobs.flagship.gpu_hours": 700_000.0,
        "jobs.flagship.ettr": 0.8,
        "jobs.flagship.interruptions": 25,
        "jobs.flagship.margin_days": None,
    }
