"""GPU-hours, levels, energy and timeline of the small scenario against sums over its facts, one by one."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours, account_gpu_hours, gpu_hours_frame
from simcluster.record.energy import energized_mw, meter
from simcluster.record.events import (
    PLANNED,
    BackgroundChanged,
    BurnInStarted,
    Held,
    InstallEnded,
    InstallStarted,
    JobFinished,
    JobHeld,
    JobStarted,
    LotDelivered,
    Mended,
    NodesAdmitted,
    NodesInService,
    NodesQueued,
    NodesReplaced,
    NodesReturned,
    PowerEnergized,
    RepairEnded,
    SegmentEnded,
    StandbysChanged,
)
from simcluster.record.jobs import job_hours
from simcluster.record.levels import Levels
from simcluster.record.log import EventLog
from simcluster.record.states import STATES, GpuState
from simcluster.record.timeline import daily

GPUS = 8
COMPUTING = (GpuState.PRODUCTIVE, GpuState.CHECKPOINTING, GpuState.LOST_WORK, GpuState.SLOWED, GpuState.RESTARTING)
BUSY = (GpuState.BURN_IN, GpuState.SERVING, *COMPUTING)
IDLING = (GpuState.IDLE, GpuState.STANDBY, GpuState.STALLED, GpuState.DETECTING)


@pytest.fixture(scope="module")
def gpu_hours(small: Scenario, small_log: EventLog, small_levels: Levels) -> GpuHours:
    return account_gpu_hours(small, small_log, small_levels)


def by_month(gpu_hours: GpuHours, state: GpuState) -> np.ndarray:
    """GPU-hours of a state in the one cluster."""
    return gpu_hours.hours[:, 0, STATES.index(state)]


def nodes_at(log: EventLog, hour: float) -> dict[str, int]:
    """Nodes free, busy and idling at an instant at which nothing changes, by looking at every fact."""
    held = [row for row in log.rows(JobHeld) if row.since_hour < hour < row.hour]
    computing = sum(row.nodes for row in log.rows(SegmentEnded) if row.since_hour < hour < row.hour)
    out = [row for row in log.rows(RepairEnded) if row.failed_hour < hour]
    failed = [row for row in out if row.hour > hour or row.outcome == Mended.RETIRED]
    levels = {row.job: row.nodes for row in log.rows(StandbysChanged) if row.hour < hour}
    standbys = sum(levels.values())
    entered = [row for row in log.rows(NodesInService) if row.hour < hour]
    burning = sum(row.nodes for row in log.rows(BurnInStarted) if row.hour < hour)
    burning -= sum(row.nodes for row in entered if row.order >= 0)
    burning -= sum(row.nodes for row in log.rows(NodesReturned) if row.hour < hour and row.installed)
    restarting = sum(row.nodes for row in held if row.state == Held.RESTARTING)
    in_service = sum(row.nodes for row in entered)
    waiting = sum(row.nodes for row in held) - restarting
    return {
        "free": in_service - len(failed) - computing - restarting - waiting - standbys,
        "busy": burning + computing + restarting,
        "idling": waiting + standbys + sum(row.detected_hour > hour for row in failed),
        "standbys": standbys,
    }


def test_levels_are_those_of_the_facts(small_log: EventLog, small_levels: Levels) -> None:
    hours = small_levels.hours
    picked = np.linspace(0, len(hours) - 2, 150).astype(int)
    for k in picked:
        middle = (hours[k] + hours[k + 1]) / 2
        got = {name: int(getattr(small_levels, name)(0)[k]) for name in ("free", "busy", "idling", "standbys")}
        assert got == nodes_at(small_log, middle), middle
        wanted = [row.gpus for row in small_log.rows(BackgroundChanged) if row.hour < middle][-1]
        assert small_levels.serving_gpus[0][k] == min(wanted, got["free"] * GPUS)


def overlap(since: float, until: float, edges: tuple[float, ...]) -> np.ndarray:
    return np.array([max(0.0, min(until, b) - max(since, a)) for a, b in pairwise(edges)])


def add_moves(out: dict[GpuState, np.ndarray], log: EventLog, scenario: Scenario) -> None:
    """Nodes of orders from admission to service, and those that go back."""
    edges, horizon = scenario.clock.month_edges, scenario.clock.horizon_hours

    def move(rows: list[Any], left: GpuState | None, reached: GpuState | None) -> None:
        for row in rows:
            for state, sign in ((left, -1), (reached, 1)):
                if state is not None:
                    out[state] += sign * overlap(row.hour, horizon, edges) * row.nodes

    gate, fitted = ([row for row in log.rows(NodesReturned) if row.installed == k] for k in (0, 1))
    came, come = ([row for row in log.rows(NodesReplaced) if row.installed == k] for k in (0, 1))
    move([*log.rows(NodesAdmitted)], None, GpuState.WAITING_CREW)
    move([*log.rows(InstallStarted)], GpuState.WAITING_CREW, GpuState.INSTALLING)
    move([*log.rows(InstallEnded)], GpuState.INSTALLING, GpuState.WAITING_CREW)
    move([*log.rows(BurnInStarted)], GpuState.WAITING_CREW, GpuState.BURN_IN)
    move([row for row in log.rows(NodesInService) if row.order >= 0], GpuState.BURN_IN, None)
    move(fitted, GpuState.BURN_IN, GpuState.RETURNED)
    move(come, GpuState.RETURNED, GpuState.WAITING_CREW)
    move(gate, None, GpuState.RETURNED)
    move(came, GpuState.RETURNED, None)


def brute_gpu_hours(scenario: Scenario, log: EventLog) -> dict[GpuState, np.ndarray]:
    edges, horizon = scenario.clock.month_edges, scenario.clock.horizon_hours
    out = {state: np.zeros(len(edges) - 1) for state in STATES}
    for row in log.rows(SegmentEnded):
        share = overlap(row.since_hour, row.hour, edges) * row.nodes / (row.hour - row.since_hour)
        out[GpuState.PRODUCTIVE] += share * row.useful_hours
        out[GpuState.CHECKPOINTING] += share * row.checkpoint_hours
        out[GpuState.LOST_WORK] += share * row.lost_hours
        out[GpuState.SLOWED] += share * row.slowed_hours
    names = {Held.DETECTING: GpuState.DETECTING, Held.RESTARTING: GpuState.RESTARTING}
    names |= {Held.STALLED: GpuState.STALLED, Held.SELECTING: GpuState.STALLED}
    for held in log.rows(JobHeld):
        out[names[Held(held.state)]] += overlap(held.since_hour, held.hour, edges) * held.nodes
    for failed in log.rows(RepairEnded):
        if failed.cause == PLANNED:
            out[GpuState.MAINTENANCE] += overlap(failed.failed_hour, failed.hour, edges)
            continue
        out[GpuState.DETECTING] += overlap(failed.failed_hour, failed.detected_hour, edges)
        out[GpuState.REPAIRING] += overlap(failed.detected_hour, failed.automatic_hour, edges)
        out[GpuState.WAITING_REPAIR] += overlap(failed.automatic_hour, failed.repair_hour, edges)
        out[GpuState.REPAIRING] += overlap(failed.repair_hour, failed.mended_hour, edges)
        out[GpuState.WAITING_REPAIR] += overlap(failed.mended_hour, failed.hour, edges)
        if failed.outcome == Mended.RETIRED:
            out[GpuState.RETIRED] += overlap(failed.hour, horizon, edges)
    standbys = [*log.rows(StandbysChanged)]
    for job in {row.job for row in standbys}:
        levels = [row for row in standbys if row.job == job]
        for row, after in zip(levels, [*[row.hour for row in levels[1:]], horizon], strict=True):
            out[GpuState.STANDBY] += overlap(row.hour, after, edges) * row.nodes
    steps = [*log.rows(NodesQueued)]
    for row, after in zip(steps, [*[row.hour for row in steps[1:]], horizon], strict=True):
        out[GpuState.WAITING_HALL] += overlap(row.hour, after, edges) * row.waiting_hall
        out[GpuState.WAITING_POWER] += overlap(row.hour, after, edges) * row.waiting_power
        out[GpuState.WAITING_NETWORK] += overlap(row.hour, after, edges) * row.waiting_network
    add_moves(out, log, scenario)
    return {state: hours * GPUS for state, hours in out.items()}


NOT_IN_A_SMALL_RUN = (
    GpuState.IDLE,
    GpuState.SERVING,
    GpuState.UNPOWERED,
    GpuState.BURN_IN_HALTED,
    GpuState.THROTTLED,
)


def test_gpu_hours_are_those_of_the_facts(small: Scenario, small_log: EventLog, gpu_hours: GpuHours) -> None:
    expected = brute_gpu_hours(small, small_log)
    for state in STATES:
        if state not in NOT_IN_A_SMALL_RUN:
            assert by_month(gpu_hours, state) == pytest.approx(expected[state], abs=1e-6), state
            assert expected[state].sum() > 0, f"{state} never happens: the test shows nothing"


def test_every_gpu_hour_from_delivery_on_is_in_one_state(
    small: Scenario, small_log: EventLog, gpu_hours: GpuHours
) -> None:
    edges, horizon = small.clock.month_edges, small.clock.horizon_hours
    delivered = 10 * GPUS * np.diff(edges)
    for row in small_log.rows(LotDelivered):
        delivered = delivered + overlap(row.hour, horizon, edges) * row.nodes * GPUS
    assert gpu_hours.hours.sum(axis=(1, 2)) == pytest.approx(delivered)
    assert gpu_hours.hours.min() > -1e-6


def test_the_frame_holds_every_gpu_hour(small: Scenario, gpu_hours: GpuHours) -> None:
    frame = gpu_hours_frame(small, gpu_hours)
    assert frame["gpu_hours"].sum() == pytest.approx(gpu_hours.hours.sum())
    row = frame[(frame["month"] == "2024-03") & (frame["state"] == "productive")]
    assert row["cluster"].tolist() == ["train"]
    assert row["gpu_hours"].tolist() == [by_month(gpu_hours, GpuState.PRODUCTIVE)[2]]


def test_the_wall_of_a_job_is_accounted_for(small: Scenario, small_log: EventLog) -> None:
    hours = job_hours(small, small_log)
    started = {row.job: row.hour for row in small_log.rows(JobStarted)}
    finished = {row.job: row for row in small_log.rows(JobFinished)}
    assert started, "no job ran"
    for job, since in started.items():
        until = finished[job].hour if job in finished else small.clock.horizon_hours
        assert hours[job].wall == pytest.approx(until - since)
        assert hours[job].ettr == pytest.approx(hours[job].useful / (until - since))
        if job in finished:
            assert hours[job].useful == pytest.approx(finished[job].useful_hours)


def test_energy_is_draw_over_time(
    small: Scenario, small_log: EventLog, small_levels: Levels, gpu_hours: GpuHours
) -> None:
    server, site = small.server_of(0), small.sites[0]
    energy = meter(small, small_log, small_levels)
    busy = sum(by_month(gpu_hours, state) for state in BUSY)
    idle = sum(by_month(gpu_hours, state) for state in IDLING)
    kwh = server.nameplate_kw / GPUS * (server.busy_draw * busy + server.idle_draw * idle)
    assert energy.source_mwh[0].sum(axis=1) == pytest.approx(kwh * site.pue_average / 1000)
    assert 0 < energy.peak_mw <= 0.55


def test_power_is_energised_in_the_steps_of_the_facts(small_log: EventLog) -> None:
    first, second = small_log.rows(PowerEnergized)
    at = np.array([first.hour, second.hour - 1e-3, second.hour])
    assert energized_mw(small_log, at, 0).tolist() == pytest.approx([0.25, 0.25, 0.55])
    assert energized_mw(small_log, at, 0, 1).tolist() == [0.0, 0.0, 0.0]


def test_the_timeline_stands_at_the_end_of_each_day(small: Scenario, small_log: EventLog, small_levels: Levels) -> None:
    table = daily(small, small_log, small_levels)
    assert len(table) == 366
    assert (table["ordered"].diff().dropna() >= 0).all()
    for stage, event in (("in_service", NodesInService), ("delivered", LotDelivered)):
        for day in (0, 100, 200, 365):
            rows = [row for row in small_log.rows(event) if row.hour < (day + 1) * 24]
            opening = 0 if event is NodesInService else 80
            assert table[stage][day] == opening + sum(row.nodes for row in rows) * GPUS
    assert (table["drawn_mw"] <= table["admitted_mw"] + 1e-9).all()
    assert (table["admitted_mw"] <= table["energized_mw"] + 1e-9).all()
    in_training = sum(
        hours for state, hours in brute_gpu_hours(small, small_log).items() if state in (*COMPUTING, GpuState.STALLED)
    )
    assert table["training"].sum() * 24 == pytest.approx(in_training.sum(), rel=0.05)  # type: ignore[union-attr]
