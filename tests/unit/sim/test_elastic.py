"""Jobs that go on without a replica or on fewer nodes, struck at hours of the test's choosing."""

from collections.abc import Callable
from typing import Any

import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.events import Held, JobHeld, JobInterrupted, JobStarted, ReplicasChanged, SegmentEnded
from simcluster.sim.world import World

RESTART, REGROUP, REJOIN = 0.5, 0.25, 2.0
JOB = {
    "name": "run",
    "cluster": "k",
    "gpus": 32,
    "work": f"{100 * 3600 * 32 * 1e15 * 0.5!r} FLOP",
    "mfu": 0.5,
    "earliest": "2024-01-01",
    "checkpoint": {"kind": "fixed", "interval": "1 hour", "cost": "0 s"},
    "restart": "30 min",
}


def world_of(lab: Callable[..., Scenario], tolerance: dict[str, Any], *more: dict[str, Any]) -> World:
    """Four nodes that never fail of themselves, and a job on all of them, at its first hour."""
    world = World(lab(jobs=[{**JOB, "fault_tolerance": tolerance}, *more]), 1)
    world.begin()
    return world


def take_down(world: World, hour: float, back: float) -> None:
    """A node of the first job fails, is noticed at once, and returns."""
    ward, run = world.wards[0], world.runs[0]

    def fail() -> None:
        node = ward.fleet.members(0)[0] + ward.first_node
        ward.fleet.put_down(node)
        run.struck(hour, (node,), 0, 0.0)
        world.env.call_at(back, lambda: (ward.fleet.put_up(node), ward.queue.serve()))  # type: ignore[arg-type, return-value]

    world.env.call_at(hour, fail)


def segments(world: World) -> list[tuple[float, float, int, float, float]]:
    return [
        (row.since_hour, row.hour, row.nodes, row.useful_hours, row.slowed_hours)
        for row in world.log.rows(SegmentEnded)
        if row.job == 0
    ]


def test_a_shrinking_job_goes_on_at_once_and_grows_again(lab: Callable[..., Scenario]) -> None:
    world = world_of(lab, {"kind": "shrink", "step_nodes": 1})
    take_down(world, 2.0, 10.0)
    world.env.run(until=20.0)
    world.settle()
    grown = 10.0 + RESTART
    assert segments(world) == [
        (0.0, 2.0, 4, 2.0, 0.0),
        (2.0 + RESTART, 10.0, 3, pytest.approx(7.5), pytest.approx(0.0, abs=1e-12)),
        (grown, 20.0, 4, 20.0 - grown, 0.0),
    ]
    assert [row.node < 0 for row in world.log.rows(JobInterrupted)] == [False, True]


def test_a_job_that_grows_has_the_nodes_it_stopped_for(lab: Callable[..., Scenario]) -> None:
    """Another job waits for a gang of one; the node that comes back is spoken for."""
    other = {**JOB, "name": "other", "gpus": 8, "earliest": "2024-01-01"}
    world = world_of(lab, {"kind": "shrink", "step_nodes": 1}, other)
    take_down(world, 2.0, 10.0)
    world.env.run(until=20.0)
    world.settle()
    assert [row.job for row in world.log.rows(JobStarted)] == [0]
    assert segments(world)[-1][2] == 4


def test_a_replica_drops_out_and_rejoins_and_nothing_is_lost(lab: Callable[..., Scenario]) -> None:
    tolerance = {"kind": "by_replica", "replicas": 2, "regroup": "15 min", "rejoin": "2 hours"}
    world = world_of(lab, tolerance)
    take_down(world, 2.5, 10.0)
    world.env.run(until=20.0)
    world.settle()
    assert [(row.hour, row.replicas) for row in world.log.rows(ReplicasChanged)] == [(2.5, 1), (10.0 + REJOIN, 2)]
    assert world.log.count(JobInterrupted) == 0
    assert sum(row.lost_hours for row in world.log.rows(SegmentEnded)) == 0.0
    stalls = [(row.since_hour, row.hour) for row in world.log.rows(JobHeld) if row.state == Held.REGROUPING]
    assert stalls == [(2.5, 2.5 + REGROUP), (12.0, 12.0 + REGROUP)]
    work = sum(useful * nodes / 4 for _, _, nodes, useful, _ in segments(world))
    assert work == pytest.approx(2.5 + (12.0 - 2.75) / 2 + (20.0 - 12.25)), "half the speed with one of two replicas"
