"""Colossus: 100,000 H100 in an existing building within a summer, dates and megawatts apart.

The published megawatts cannot carry the GPUs of the published dates. So the dates are those of a site whose power is no
limit, and what the stated sources carry is simulated beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.core.calendar import HOURS_PER_DAY
from simcluster.record.energy import energized_mw
from simcluster.record.events import (
    BurnInStarted,
    JobStarted,
    LotDelivered,
    NodesInService,
    NodesReplaced,
    PowerEnergized,
)
from simcluster.record.spread import level_at
from simcluster.study.backtest import Case, Claim, Figures, Part, days_apart, within

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog
    from simcluster.study.backtest import Row

Floats = NDArray[np.float64]
ALL_GPUS = 100_000
QUARTER = 25_000
CLAIMED_ON = date(2024, 9, 2)
UTILITY, TURBINES = 0, 1
"""Positions of the sources of power."""

# Neither failures nor what is trained bears on these figures; without them a replica is quick.
QUICK = ("clusters.colossus.failures=none", "end=2025-07-31")
NO_LIMIT = ("sites.memphis.power.mobile.units=80", "sites.memphis.power.mobile.days_apart=0")

TO_A_QUARTER = "days to a first job on 24,576 H100"
TO_ALL = "days to 100,000 H100 online"
CARRIED = "H100 online on 2024-09-02 by the stated MW"
STATED = "MW of the stated sources on 2024-09-02"
NEEDED = "facility MW of 100,000 H100"

CLAIMS = {
    "days to the first nodes at work": Claim(89, "predicted", days_apart(21)),
    TO_A_QUARTER: Claim(109, "predicted", days_apart(21), must_hold=True),
    TO_ALL: Claim(131, "predicted", days_apart(21), must_hold=True),
    "days from first rack to first training": Claim(19, "input", days_apart(7)),
    "facility MW of 25,000 H100": Claim(45, "input", within(0.05)),
    NEEDED: Claim(181, "input", within(0.05)),
    "MW of the utility on 2024-07-22": Claim(8, "input", within(0.05)),
    "MW of mobile turbines on 2024-09-02": Claim(35, "input", within(0.05)),
    STATED: Claim(85, "input", within(0.10)),
    "days to 150 MW of the utility": Claim(197, "predicted", days_apart(21)),
    CARRIED: Claim(ALL_GPUS, "predicted", within(0.10)),
}


def dates(scenario: Scenario, log: EventLog) -> Figures:
    """Days from the start of work on the site, with power no limit."""
    first_rack = float(log.columns(LotDelivered)["hour"].min())
    at_work = float(log.columns(NodesInService)["hour"].min())
    return {
        "days to the first nodes at work": at_work / HOURS_PER_DAY,
        TO_A_QUARTER: float(log.columns(JobStarted)["hour"][0]) / HOURS_PER_DAY,
        TO_ALL: hour_online(scenario, log, ALL_GPUS) / HOURS_PER_DAY,
        "days from first rack to first training": (at_work - first_rack) / HOURS_PER_DAY,
    }


def megawatts(scenario: Scenario, log: EventLog) -> Figures:
    """What was energised when, and how many GPUs that carried."""
    hour = scenario.clock.hours(CLAIMED_ON)
    july = scenario.clock.hours(date(2024, 7, 22))
    steps = log.columns(PowerEnergized)
    utility = steps["source"] == UTILITY
    return {
        "facility MW of 25,000 H100": facility_mw(scenario, QUARTER),
        NEEDED: facility_mw(scenario, ALL_GPUS),
        "MW of the utility on 2024-07-22": _energised(log, july, UTILITY),
        "MW of mobile turbines on 2024-09-02": _energised(log, hour, TURBINES),
        STATED: _energised(log, hour, UTILITY) + _energised(log, hour, TURBINES),
        "days to 150 MW of the utility": float(steps["hour"][utility].max()) / HOURS_PER_DAY
        if steps["facility_mw"][utility].sum() >= 150
        else scenario.clock.horizon_hours / HOURS_PER_DAY,
        CARRIED: gpus_online(scenario, log, hour),
    }


def _energised(log: EventLog, hour: float, source: int) -> float:
    return float(energized_mw(log, np.array([hour]), 0, source)[0])


def facility_mw(scenario: Scenario, gpus: int) -> float:
    """What the site counts for so many GPUs: nameplate x share provided x peak PUE, MW."""
    server, site = scenario.server_of(0), scenario.sites[0]
    return gpus / server.gpus * server.nameplate_kw * site.provided_share * site.pue_peak / 1000


def gpus_online(scenario: Scenario, log: EventLog, hour: float) -> float:
    """GPUs whose place had been put under power by an hour, accepted yet or not."""
    hours, counted = _online(scenario, log)
    return float(level_at(hours, counted, np.array([hour]))[0])


def hour_online(scenario: Scenario, log: EventLog, gpus: int) -> float:
    """The hour at which so many GPUs had been put under power; the horizon if they were not."""
    hours, counted = _online(scenario, log)
    reached = np.flatnonzero(counted >= gpus)
    return float(hours[reached[0]]) if len(reached) else scenario.clock.horizon_hours


def _online(scenario: Scenario, log: EventLog) -> tuple[Floats, Floats]:
    """GPUs ever put under power, cumulated: what replaces a rejected node comes to a place already counted."""
    burnt, again = log.columns(BurnInStarted), log.columns(NodesReplaced)
    mine = again["installed"] == 1
    hours = np.concatenate([burnt["hour"], again["hour"][mine]])
    nodes = np.concatenate([burnt["nodes"], -again["nodes"][mine]])
    order = np.lexsort((nodes, hours))
    return hours[order], np.cumsum(nodes[order]) * float(scenario.server_of(0).gpus)


def remark(rows: Mapping[str, Row]) -> str:
    """Where the published figures contradict one another."""
    stated, needed, carried = rows[STATED].published, rows[NEEDED].published, rows[CARRIED]
    return (
        f"The published figures do not add up: the {stated:,.0f} MW stated for that summer carry "
        f"{stated / needed * ALL_GPUS:,.0f} H100 at the {needed:,.0f} MW that {ALL_GPUS:,} need, yet all were said to "
        f"be online on {CLAIMED_ON}. So the dates are simulated with power no limit, and with the stated power alone "
        f"{carried.simulated:,.0f} [{carried.low:,.0f}-{carried.high:,.0f}] are online that day. Online: racked and "
        f"under power."
    )


COLOSSUS = Case(
    name="colossus",
    title="xAI's Colossus: 100,000 H100 from April to September 2024",
    scenario="xai_colossus_2024",
    parts=(Part(dates, (*QUICK, *NO_LIMIT)), Part(megawatts, QUICK)),
    claims=CLAIMS,
    sources="Epoch AI's timeline (days from 2024-04-24), the company, the press of 2024",
    remark=remark,
)
