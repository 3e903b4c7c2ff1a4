"""Shortages of power worked out by hand: nodes of 10 kW that draw 8 busy, at a PUE of 1."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.accounts import account_gpu_hours
from simcluster.record.draw import site_draw_mw
from simcluster.record.energy import dispatch_mw, meter
from simcluster.record.events import (
    BatteryChanged,
    BurnInStarted,
    JobInterrupted,
    JobStarted,
    NodesInService,
    NodesShed,
    RepairEnded,
    SupplyChanged,
)
from simcluster.record.levels import Levels
from simcluster.record.log import EventLog
from simcluster.record.states import GpuState
from simcluster.sim.run import simulate

DAY = 24.0
BUSY_MW = 0.008
JANUARY_10 = 9 * DAY


def window(hours: float, mw: float, day: str = "2024-01-10", hour: float = 0.0) -> dict[str, Any]:
    return {"date": day, "hour": hour, "duration": f"{hours} hours", "power": f"{mw} MW"}


def job(nodes: int) -> dict[str, Any]:
    return {
        "name": "j",
        "cluster": "k",
        "gpus": 8 * nodes,
        "work": "1e27 FLOP",
        "mfu": 0.4,
        "earliest": "2024-01-01",
        "checkpoint": {"kind": "fixed", "interval": "1 hour", "cost": "0 s"},
        "restart": "10 min",
        "post_training": "1 day",
    }


@pytest.fixture
def short(lab: Callable[..., Scenario], lab_site: dict[str, Any]) -> Callable[..., Scenario]:
    """Four nodes in one job (so 32 kW when busy), with windows on the only source."""

    def build(windows: list[dict[str, Any]], site: dict[str, Any] | None = None, **tables: Any) -> Scenario:
        lab_site["power"][0]["curtailments"] = windows
        lab_site.update(site or {})
        return lab(**{"sites": [lab_site], "jobs": [job(4)], **tables})

    return build


def shed(log: EventLog) -> list[tuple[float, int, int]]:
    return [(row.hour, row.first_node, row.nodes) for row in log.rows(NodesShed)]


def test_without_a_shortage_nothing_happens(short: Callable[..., Scenario]) -> None:
    log = simulate(short([window(48, 2.25 - 4 * BUSY_MW)]), 1)
    assert log.count(SupplyChanged) == 3
    assert shed(log) == []
    assert log.count(JobInterrupted) == 0
    plain = simulate(short([]), 1)
    for event in (JobStarted, NodesInService, RepairEnded):
        assert [*log.rows(event)] == [*plain.rows(event)]


def test_nodes_are_shed_when_the_battery_is_empty_and_back_when_power_is(short: Callable[..., Scenario]) -> None:
    battery = {"power": "1 MW", "energy": "0.08 MWh", "round_trip": 0.8}
    scenario = short([window(10, 2.25)], {"battery": battery})
    log = simulate(scenario, 1)
    empty, back = JANUARY_10 + 0.08 / (4 * BUSY_MW), JANUARY_10 + 10
    assert shed(log) == [(empty, 0, 4), (back, 4, 0)]
    assert [(row.hour, row.cause) for row in log.rows(JobInterrupted)] == [(empty, scenario.shortage_cause)]
    assert {(row.failed_hour, row.hour) for row in log.rows(RepairEnded)} == {(empty, back)}
    batteries = [(row.hour, row.discharging_mw, row.charging_mw, row.stored_mwh) for row in log.rows(BatteryChanged)]
    full = back + 0.08 / (0.8 * 1.0)
    assert [row[0] for row in batteries] == pytest.approx([JANUARY_10, empty, back, full], abs=1e-12)
    assert [row[1] for row in batteries] == pytest.approx([4 * BUSY_MW, 0, 0, 0])
    assert [row[2] for row in batteries] == pytest.approx([0, 0, 1.0, 0])
    assert [row[3] for row in batteries] == [0.08, 0.0, 0.0, 0.08]

    levels = Levels(scenario, log)
    hours = account_gpu_hours(scenario, log, levels)
    assert hours.of(GpuState.UNPOWERED) == pytest.approx((back - empty) * 32)
    draw = site_draw_mw(scenario, levels, 0)
    dark = (levels.hours >= empty) & (levels.hours < back)
    assert dark.any()
    assert np.all(draw[dark] == 0.0)
    assert np.all(draw[(levels.hours > 0) & ~dark] > 0.0)
    given = meter(scenario, log, levels).source_mwh[0].sum()
    horizon = scenario.clock.horizon_hours
    computed = 4 * BUSY_MW * (horizon - (back - JANUARY_10))
    assert given == pytest.approx(computed + 0.08 / 0.8, rel=1e-9)


def test_what_exceeds_the_battery_at_once_is_shed_at_once_the_last_nodes_first(short: Callable[..., Scenario]) -> None:
    battery = {"power": f"{2 * BUSY_MW} MW", "energy": "0.032 MWh"}
    scenario = short([window(10, 2.25)], {"battery": battery}, jobs=[])
    log = simulate(scenario, 1)
    empty, back = JANUARY_10 + 0.032 / (2 * BUSY_MW), JANUARY_10 + 10
    assert shed(log) == [(JANUARY_10, 2, 2), (empty, 0, 4), (back, 4, 0)]


def test_power_that_comes_back_in_part_goes_to_the_first_nodes(short: Callable[..., Scenario]) -> None:
    windows = [window(10, 1.25), window(6, 1.0 - BUSY_MW), window(4, BUSY_MW)]
    log = simulate(short(windows, jobs=[]), 1)
    assert shed(log)[-3:] == [(JANUARY_10, 0, 4), (JANUARY_10 + 4, 1, 3), (JANUARY_10 + 6, 4, 0)]


@pytest.mark.parametrize(("policy", "first"), [("newest_first", 1), ("declared_order", 0)])
def test_clusters_are_shed_by_policy(
    lab: Callable[..., Scenario], lab_site: dict[str, Any], policy: str, first: int
) -> None:
    lab_site["power"][0]["curtailments"] = [window(5, 2.25 - 4 * BUSY_MW)]
    cluster = {"site": "here", "server": "s", "failures": "f"}
    rows = [{"name": name, "cluster": name, "gpus": 32, "in_service": "2023-01-01"} for name in ("a", "b")]
    scenario = lab(
        sites=[{**lab_site, "shedding": policy}],
        clusters=[{"name": name, **cluster} for name in ("a", "b")],
        installed=rows,
    )
    log = simulate(scenario, 1)
    assert [(row.hour, row.cluster, row.nodes) for row in log.rows(NodesShed)] == [
        (JANUARY_10, first, 4),
        (JANUARY_10 + 5, first, 0),
    ]


def test_burn_in_stands_still_while_power_is_short(short: Callable[..., Scenario]) -> None:
    order = {
        "name": "o",
        "cluster": "k",
        "gpus": 16,
        "placed": "2024-01-02",
        "deposit": 0.1,
        "lead_time": "6 days",
    }
    scenario = short([window(10, 2.25)], jobs=[], orders=[order])
    log = simulate(scenario, 1)
    (burning,) = log.rows(BurnInStarted)
    assert burning.hour == 8 * DAY
    *_, entered = log.rows(NodesInService)
    assert entered.hour == pytest.approx(burning.hour + 2 * DAY + 10)
    assert [(row.hour, row.nodes, row.burning) for row in log.rows(NodesShed)] == [
        (JANUARY_10, 4, 2),
        (JANUARY_10 + 10, 0, 0),
    ]
    levels = Levels(scenario, log)
    hours = account_gpu_hours(scenario, log, levels)
    assert hours.of(GpuState.UNPOWERED) == pytest.approx(10 * 32)
    assert hours.of(GpuState.BURN_IN_HALTED) == pytest.approx(10 * 16)
    assert hours.of(GpuState.BURN_IN) == pytest.approx(2 * DAY * 16)
    dark = (levels.hours >= JANUARY_10) & (levels.hours < JANUARY_10 + 10)
    assert np.all(site_draw_mw(scenario, levels, 0)[dark] == 0.0)
    (given,) = dispatch_mw(scenario, log, levels, 0, site_draw_mw(scenario, levels, 0))
    assert np.all(given[dark] == 0.0)


def test_outages_are_addressed_by_source_and_number(lab: Callable[..., Scenario], lab_site: dict[str, Any]) -> None:
    outage = {"name": "utility", "rate": "0.05 / day", "duration": "3 hours"}
    lab_site["power"][0]["outages"] = [outage]
    log = simulate(lab(sites=[lab_site]), 1)
    outages = [row for row in log.rows(SupplyChanged) if row.outages]
    assert 8 <= len(outages) <= 32, "18 are expected in a year"
    assert {row.available_mw for row in outages} == {0.0}
    other = {**outage, "name": "other", "rate": "0.01 / day"}
    lab_site["power"][0]["outages"] = [outage, other]
    both = simulate(lab(sites=[lab_site]), 1)
    begun = {row.hour for row in outages}
    assert begun <= {row.hour for row in both.rows(SupplyChanged)}


def test_a_failure_not_yet_noticed_draws_nothing_in_the_dark(
    lab: Callable[..., Scenario], lab_site: dict[str, Any], lab_catalog: dict[str, Any]
) -> None:
    cause = {"name": "c", "scope": "node", "rate": "0.2 / day", "detection": "3 days", "repair": "1 hour"}
    lab_catalog["failures"] = {"f": {"causes": [cause]}}
    lab_site["power"][0]["curtailments"] = [window(10, 2.25)]
    scenario = lab(sites=[lab_site], catalog=lab_catalog, end="2024-01-20")
    for in_place in (True, False):
        log = simulate(scenario, 1, in_place)
        levels = Levels(scenario, log)
        begun = [row for row in log.rows(RepairEnded) if row.failed_hour < JANUARY_10 < row.detected_hour]
        assert begun, "no failure is unnoticed when the power goes: the test shows nothing"
        dark = (levels.hours >= JANUARY_10) & (levels.hours < JANUARY_10 + 10)
        assert site_draw_mw(scenario, levels, 0)[dark] == pytest.approx(0.0, abs=1e-12)
        hours = account_gpu_hours(scenario, log, levels)
        assert hours.hours.sum() == pytest.approx(32 * scenario.clock.horizon_hours)
