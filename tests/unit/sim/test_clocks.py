"""Oversubscribed power worked out by hand: nodes of 10 kW that draw 8 busy and 3 idle, at a PUE of 1."""

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np
import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.accounts import account_gpu_hours
from simcluster.record.draw import site_draw_mw
from simcluster.record.events import (
    BatteryChanged,
    ClocksChanged,
    JobFinished,
    JobInterrupted,
    JobStarted,
    NodesAdmitted,
    NodesInService,
    NodesQueued,
    NodesShed,
    SegmentEnded,
)
from simcluster.record.jobs import job_hours
from simcluster.record.levels import Levels
from simcluster.record.log import EventLog
from simcluster.record.states import STATES, GpuState
from simcluster.report.summary import summary_lines
from simcluster.sim.fleet import Fleet
from simcluster.sim.run import simulate
from simcluster.sim.training import TrainingRun
from simcluster.sim.world import World
from simcluster.study.run import run

WEEK = 168.0
FOR_EIGHT = 0.064
"""MW that carry eight busy nodes, or ten of which five idle."""
THROTTLE = {"kind": "throttle", "lowest_clock": 0.5}
JANUARY_10 = 9 * 24.0
FEBRUARY_20 = 50 * 24.0
AT_TEN = sqrt((64 - 10 * 3) / (10 * 5))
"""The clock at which ten busy nodes draw what eight do at full clocks: 30 + 50 c^2 = 64."""


def job(name: str, nodes: int, hours: float, earliest: str = "2024-01-01", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "cluster": "k",
        "gpus": 8 * nodes,
        "work": f"{8 * nodes * 1e15 * 0.4 * 3600 * hours:.15e} FLOP",
        "mfu": 0.4,
        "earliest": earliest,
        "checkpoint": {"kind": "fixed", "interval": "1 hour", "cost": "0 s"},
        "restart": "10 min",
        "post_training": "1 day",
        **more,
    }


@pytest.fixture
def site(lab_site: dict[str, Any]) -> dict[str, Any]:
    lab_site["power"][0]["phases"] = [{"date": "2023-01-01", "power": f"{FOR_EIGHT} MW"}]
    return {**lab_site, "pue_peak": 1.0, "admission": "measured", "over_cap": THROTTLE}


def fleet(nodes: int) -> list[dict[str, Any]]:
    return [{"name": "first", "cluster": "k", "gpus": 8 * nodes, "in_service": "2023-01-01"}]


def clocks(log: EventLog) -> list[tuple[float, float]]:
    return [(row.hour, row.clock) for row in log.rows(ClocksChanged)]


def test_a_meter_lets_nodes_in_as_it_shows_that_others_idle(lab: Callable[..., Scenario], site: dict[str, Any]) -> None:
    order = {"name": "o", "cluster": "k", "gpus": 40, "placed": "2024-01-02", "deposit": 0.1, "lead_time": "9 days"}
    scenario = lab(sites=[site], installed=fleet(5), orders=[order], jobs=[job("j", 5, 9000)])
    log = simulate(scenario, 1)
    came = 10 * 24.0
    # 40 kW were drawn for a week, so that three busy nodes more fit; once they have idled for a whole week the meter
    # shows 49 and one more comes in, and then 52.
    assert [(row.hour, row.nodes) for row in log.rows(NodesAdmitted)] == [(came, 3), (3 * WEEK, 1), (5 * WEEK, 1)]
    assert [(row.hour, row.waiting_power) for row in log.rows(NodesQueued)] == [
        (came, 2),
        (3 * WEEK, 1),
        (5 * WEEK, 0),
    ]
    assert sum(row.nodes for row in log.rows(NodesInService)) == 10
    assert clocks(log) == []
    provisioned = {**site, "admission": "provisioned", "over_cap": None}
    plain = simulate(lab(sites=[provisioned], installed=fleet(5), orders=[order], jobs=[job("j", 5, 9000)]), 1)
    assert [row.nodes for row in plain.rows(NodesAdmitted)] == [2], "64 / (10 x 0.9) are seven nodes"
    by_plate = {**site, "admission": "nameplate", "over_cap": None}
    plain = simulate(lab(sites=[by_plate], installed=fleet(5), orders=[order]), 1)
    assert [row.nodes for row in plain.rows(NodesAdmitted)] == [1], "64 / 10 are six nodes"


def test_what_opens_counts_as_busy_until_a_window_is_over(lab: Callable[..., Scenario], site: dict[str, Any]) -> None:
    order = {"name": "o", "cluster": "k", "gpus": 16, "placed": "2024-01-02", "deposit": 0.1, "lead_time": "1 day"}
    log = simulate(lab(sites=[site], installed=fleet(7), orders=[order]), 1)
    assert [(row.hour, row.nodes) for row in log.rows(NodesAdmitted)] == [(48.0, 1), (WEEK, 1)]


def test_clocks_go_down_to_what_fits_and_come_back_when_less_is_drawn(
    lab: Callable[..., Scenario], site: dict[str, Any]
) -> None:
    jobs = [job("long", 5, 9000), job("short", 5, 100, "2024-02-20")]
    scenario = lab(sites=[site], installed=fleet(10), jobs=jobs)
    log = simulate(scenario, 1)
    until = FEBRUARY_20 + 100 / AT_TEN
    assert [row.hour for row in log.rows(JobFinished)] == [pytest.approx(until, rel=1e-12)], "longer by 1 / c"
    assert [hour for hour, _ in clocks(log)] == [FEBRUARY_20, pytest.approx(until, rel=1e-12)]
    assert [clock for _, clock in clocks(log)] == [pytest.approx(AT_TEN, rel=1e-12), 1.0]
    assert log.count(JobInterrupted) == 0
    levels = Levels(scenario, log)
    during = (levels.hours >= FEBRUARY_20) & (levels.hours < until)
    for peak in (True, False):
        draw = site_draw_mw(scenario, levels, 0, peak)
        assert draw[during] == pytest.approx(FOR_EIGHT, rel=1e-12)
        assert draw[~during][1:-1] == pytest.approx(0.055)
    hours = account_gpu_hours(scenario, log, levels)
    throttled = 80 * (1 - AT_TEN) * 100 / AT_TEN
    assert hours.of(GpuState.THROTTLED) == pytest.approx(throttled)
    assert hours.of(GpuState.SLOWED) == 0.0
    wall = scenario.clock.horizon_hours
    assert hours.of(GpuState.PRODUCTIVE) == pytest.approx(40 * wall + 40 * 100 - throttled / 2)
    assert hours.hours.sum() == pytest.approx(80 * wall)
    long, short = job_hours(scenario, log)
    assert short.throttled == pytest.approx(100 / AT_TEN - 100)
    assert short.wall == pytest.approx(100 / AT_TEN)
    assert long.throttled == pytest.approx(short.throttled)
    assert long.useful_gpu_hours == pytest.approx(40 * wall - throttled / 2)


def test_clocks_come_back_when_a_turbine_arrives(lab: Callable[..., Scenario], site: dict[str, Any]) -> None:
    turbine = {
        "kind": "turbines",
        "name": "t",
        "price": "0.1 USD/kWh",
        "first": "2024-02-22",
        "units": 2,
        "unit_power": "0.008 MW",
        "days_apart": 1,
    }
    site["power"].append(turbine)
    log = simulate(lab(sites=[site], installed=fleet(10), jobs=[job("j", 10, 100, "2024-02-20")]), 1)
    with_one = sqrt((72 - 30) / 50)
    assert [hour for hour, _ in clocks(log)] == [FEBRUARY_20, FEBRUARY_20 + 48, FEBRUARY_20 + 72]
    assert [clock for _, clock in clocks(log)] == pytest.approx([AT_TEN, with_one, 1.0], rel=1e-12)
    done = 48 * AT_TEN + 24 * with_one
    assert [row.hour for row in log.rows(JobFinished)] == pytest.approx([FEBRUARY_20 + 72 + 100 - done], rel=1e-12)


@pytest.mark.parametrize(("exponent", "clock"), [(1.0, 0.68), (2.0, AT_TEN), (3.0, 0.68 ** (1 / 3))])
def test_the_exponent_says_how_far_clocks_go_down(
    lab: Callable[..., Scenario], site: dict[str, Any], exponent: float, clock: float
) -> None:
    site["over_cap"] = {**THROTTLE, "exponent": exponent}
    log = simulate(lab(sites=[site], installed=fleet(10), jobs=[job("j", 10, 9000)]), 1)
    assert clocks(log) == [(0.0, pytest.approx(clock, rel=1e-12))]


def test_background_load_serves_by_the_clock(lab: Callable[..., Scenario], site: dict[str, Any]) -> None:
    load = {"name": "b", "clusters": ["k"], "demand": [{"start": "2024-01-01", "gpus": 40}]}
    scenario = lab(sites=[site], installed=fleet(10), jobs=[job("j", 5, 100, "2024-02-20")], background=[load])
    log = simulate(scenario, 1)
    wall, throttled = scenario.clock.horizon_hours, 100 / AT_TEN
    hours = account_gpu_hours(scenario, log, Levels(scenario, log))
    assert hours.of(GpuState.SERVING) == pytest.approx(40 * (wall - throttled + 100))
    assert hours.of(GpuState.THROTTLED) == pytest.approx(80 * (throttled - 100))


def test_what_is_throttled_is_priced_as_an_hour_in_service(lab: Callable[..., Scenario], site: dict[str, Any]) -> None:
    result = run(lab(sites=[site], installed=fleet(10), jobs=[job("j", 10, 100)], end="2024-03-31"))
    out = result.outcomes
    hours = 80 * (100 / AT_TEN - 100)
    assert out["gpu_hours_throttled"] == pytest.approx(hours)
    assert out["lowest_clock"] == pytest.approx(AT_TEN)
    assert out["gpu_hours_unpowered"] == out["unpowered_usd"] == 0.0
    throttled = result.gpu_hours.hours[:, 0, STATES.index(GpuState.THROTTLED)]
    assert throttled.sum() == pytest.approx(hours)
    rates = result.costs.usd_per_gpu_hour[:, 0]
    assert rates.min() > 0
    assert out["throttled_usd"] == pytest.approx(float(throttled @ rates))
    (row,) = result.reliability.jobs.to_dict("records")
    assert row["throttled_hours"] == pytest.approx(100 / AT_TEN - 100)
    assert row["slowed_hours"] == pytest.approx(0.0, abs=1e-9)
    assert any(line.startswith("Short of power: throttled") for line in summary_lines(result))


def test_nodes_that_restart_draw_less_but_take_no_longer(
    lab: Callable[..., Scenario], site: dict[str, Any], lab_catalog: dict[str, Any]
) -> None:
    lab_catalog["servers"]["s"] |= {"restart_draw": 0.75, "checkpoint_draw": 0.2}
    cause = {"name": "c", "scope": "job", "rate": "0.5 / day", "repair": "0 hours", "detection": "1 hour"}
    lab_catalog["failures"] = {"f": {"causes": [cause]}}
    scenario = lab(sites=[site], installed=fleet(10), jobs=[job("j", 10, 9000)], catalog=lab_catalog)
    log = simulate(scenario, 1)
    restarting = sqrt(34 / 45)
    assert {round(clock, 9) for _, clock in clocks(log)} == {round(x, 9) for x in (AT_TEN, restarting, 1.0)}
    draw = site_draw_mw(scenario, Levels(scenario, log), 0, peak=True)
    assert {round(float(mw), 9) for mw in draw[:-1]} == {FOR_EIGHT, 0.03}
    ran = log.columns(SegmentEnded)
    speed = (ran["useful_hours"] + ran["lost_hours"]) / (ran["hour"] - ran["since_hour"])
    assert speed == pytest.approx(np.full(len(speed), AT_TEN))


def test_a_site_that_sheds_goes_dark_to_the_safe_side_and_tries_again_after_a_window(
    lab: Callable[..., Scenario], site: dict[str, Any]
) -> None:
    site["over_cap"] = {"kind": "shed"}
    scenario = lab(sites=[site], installed=fleet(10), jobs=[job("j", 10, 9000)], end="2024-01-20")
    for in_place in (True, False):
        log = simulate(scenario, 1, in_place)
        assert [(row.hour, row.first_node, row.nodes) for row in log.rows(NodesShed)] == [(0.0, 8, 2)]
        assert [(row.hour, row.cause) for row in log.rows(JobInterrupted)] == [
            (k * WEEK, scenario.shortage_cause) for k in range(3)
        ]
        assert clocks(log) == []
    hours = account_gpu_hours(scenario, log, Levels(scenario, log))
    assert hours.of(GpuState.UNPOWERED) == pytest.approx(16 * scenario.clock.horizon_hours)


def test_an_outage_over_the_meter_lets_all_come_back(lab: Callable[..., Scenario], site: dict[str, Any]) -> None:
    """Ten nodes are lit again after an outage, though eight busy ones are the most that the power carries."""
    site["over_cap"] = {"kind": "shed"}
    window = {"date": "2024-02-20", "duration": "4 hours", "power": "0.04 MW"}
    site["power"][0]["curtailments"] = [window]
    log = simulate(lab(sites=[site], installed=fleet(10), jobs=[job("j", 5, 9000)]), 1)
    assert [(row.hour, row.nodes) for row in log.rows(NodesShed)] == [(FEBRUARY_20, 7), (FEBRUARY_20 + 4, 0)]


def test_a_load_that_one_site_cannot_serve_draws_at_another(lab: Callable[..., Scenario], site: dict[str, Any]) -> None:
    """Five nodes of a load move to ten by a meter, of which five compute, when a job takes those that served it."""
    plain = {**site, "name": "there", "admission": "provisioned", "over_cap": None}
    cluster = {"server": "s", "failures": "f"}
    rows = {"in_service": "2023-01-01"}
    scenario = lab(
        sites=[plain, site],
        clusters=[{"name": "a", "site": "there", **cluster}, {"name": "k", "site": "here", **cluster}],
        installed=[
            {"name": "a", "cluster": "a", "gpus": 40, **rows},
            {"name": "k", "cluster": "k", "gpus": 80, **rows},
        ],
        jobs=[job("k", 5, 9000), job("a", 5, 100, "2024-02-20", cluster="a")],
        background=[{"name": "b", "clusters": ["a", "k"], "demand": [{"start": "2024-01-01", "gpus": 40}]}],
    )
    log = simulate(scenario, 1)
    assert clocks(log) == [(FEBRUARY_20, pytest.approx(AT_TEN, rel=1e-12)), (FEBRUARY_20 + 100, 1.0)]
    assert {row.site for row in log.rows(ClocksChanged)} == {1}


def test_burn_in_keeps_its_clocks(lab: Callable[..., Scenario], lab_site: dict[str, Any]) -> None:
    window = {"date": "2024-01-10", "duration": "10 hours", "power": f"{2.25 - 0.04} MW"}
    lab_site["power"][0]["curtailments"] = [window]
    lab_site["over_cap"] = THROTTLE
    order = {"name": "o", "cluster": "k", "gpus": 16, "placed": "2024-01-02", "deposit": 0.1, "lead_time": "6 days"}
    scenario = lab(sites=[lab_site], jobs=[job("j", 4, 9000)], orders=[order])
    log = simulate(scenario, 1)
    # Two nodes burn in at 8 kW each beside four at 3 + 5 c^2: 40 kW at c^2 = 12 / 20.
    assert clocks(log)[0] == (JANUARY_10, pytest.approx(sqrt(12 / 20), rel=1e-9))
    levels = Levels(scenario, log)
    during = (levels.hours >= JANUARY_10) & (levels.hours < JANUARY_10 + 10)
    assert site_draw_mw(scenario, levels, 0)[during] == pytest.approx(0.04, rel=1e-9)


@pytest.mark.parametrize(("lowest", "clock", "lit"), [(0.5, sqrt(8 / 20), 4), (0.8, 1.0, 3)])
def test_a_curtailment_is_ridden_out_at_low_clocks_and_what_does_not_fit_is_shed(
    lab: Callable[..., Scenario], lab_site: dict[str, Any], lowest: float, clock: float, lit: int
) -> None:
    window = {"date": "2024-01-10", "duration": "10 hours", "power": "2.23 MW"}
    lab_site["power"][0]["curtailments"] = [window]
    lab_site["over_cap"] = {"kind": "throttle", "lowest_clock": lowest}
    scenario = lab(sites=[lab_site], jobs=[job("j", 4, 9000)])
    log = simulate(scenario, 1)
    back = JANUARY_10 + 10
    if lit == 4:
        assert clocks(log) == [(JANUARY_10, pytest.approx(clock, rel=1e-9)), (back, 1.0)]
        assert log.count(NodesShed) == log.count(JobInterrupted) == 0
    else:
        shed = [(row.hour, row.first_node, row.nodes) for row in log.rows(NodesShed)]
        assert shed == [(JANUARY_10, 3, 1), (back, 4, 0)], "at the lowest clock a node draws 3 + 5 x 0.64 = 6.2 kW"
        assert clocks(log) == []
    assert log.count(JobStarted) == 1


def test_sites_without_a_meter_pay_nothing_for_it(lab: Callable[..., Scenario], lab_site: dict[str, Any]) -> None:
    """Where nothing can go over the cap, fleets, jobs and failures are those of a site that knows of no clocks."""
    shed = {**lab_site, "over_cap": {"kind": "shed"}, "admission": "provisioned"}
    for here in (lab_site, {**lab_site, "over_cap": THROTTLE}, {**lab_site, "admission": "nameplate"}, shed):
        world = World(lab(sites=[here], jobs=[job("j", 4, 9000)]), 1)
        assert [type(ward.fleet) for ward in world.wards] == [Fleet]
        assert [type(run) for run in world.runs] == [TrainingRun]
        assert world.governors == {}
        assert list(world.calendar.short_ways) == [0]


def test_a_battery_gives_what_is_drawn_before_clocks_go_down(
    lab: Callable[..., Scenario], lab_site: dict[str, Any]
) -> None:
    window = {"date": "2024-01-10", "duration": "10 hours", "power": "2.23 MW"}
    lab_site["power"][0]["curtailments"] = [window]
    lab_site["over_cap"] = THROTTLE
    lab_site["battery"] = {"power": "0.012 MW", "energy": "0.036 MWh"}
    log = simulate(lab(sites=[lab_site], jobs=[job("j", 4, 9000)]), 1)
    empty, back = JANUARY_10 + 3, JANUARY_10 + 10
    assert clocks(log) == [(empty, pytest.approx(sqrt(8 / 20), rel=1e-9)), (back, 1.0)]
    batteries = [(row.hour, row.discharging_mw, row.charging_mw) for row in log.rows(BatteryChanged)]
    assert [row[0] for row in batteries] == pytest.approx([JANUARY_10, empty, back, back + 3])
    assert [row[1] for row in batteries] == pytest.approx([0.012, 0, 0, 0])
    assert [row[2] for row in batteries] == pytest.approx([0, 0, 0.012, 0])
