from dataclasses import replace
from math import inf
from typing import cast

import pytest
from pydantic import TypeAdapter

from simcluster.core.rng import Luck
from simcluster.model.checkpoints import FixedInterval, Young
from simcluster.model.distributions import Fixed
from simcluster.model.policies import Replacement, RestartAll, RestartBySize, RestartTime, Retry
from simcluster.model.procurement import Cluster
from simcluster.model.reliability import Cause, FailureProfile
from simcluster.record.events import Held, JobFinished, JobHeld, JobInterrupted, JobStarted, ModelReady, SegmentEnded
from simcluster.record.log import EventLog
from simcluster.sim.fleet import Fleet
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.plan import JobPlan
from simcluster.sim.queue import ClusterQueue
from simcluster.sim.tickets import Threat, Tickets
from simcluster.sim.training import TrainingRun
from simcluster.sim.wards import Ward

DETECTION = 0.125
YEAR_HOURS = 366 * 24.0
EVERY_TWO_HOURS = FixedInterval.model_validate({"interval": "2 hours", "cost": "15 min"})
NEVER = Young.model_validate({"cost": "15 min"})


def restart(text: str) -> RestartBySize:
    return TypeAdapter(RestartTime).validate_python(text)


PLAN = JobPlan(
    number=0,
    name="job",
    cluster=0,
    nodes=3,
    gpus_per_node=8,
    work_hours=5.0,
    checkpoint=EVERY_TWO_HOURS,
    mtbf_hours=inf,
    restart=restart("30 min"),
    restart_chance=0.0,
    tolerance=RestartAll(),
    replacement=Replacement(),
    retry=Retry(),
    own=(),
    standby_owner=1,
    earliest_hour=0.0,
    post_training=Fixed(duration=cast(float, "1 day")),
)


class Bench:
    """One job on a fleet of its own, struck at hours of the test's choosing."""

    def __init__(self, env: KernelEnvironment, log: EventLog, plan: JobPlan, nodes: int) -> None:
        self.env, self.log = env, log
        self.queue = ClusterQueue(Fleet(0, nodes))
        for node in range(nodes):
            self.queue.fleet.put_up(node)
        cluster = Cluster(name="k", site="s", server="v", failures="f")
        ward = Ward(0, cluster, FailureProfile(), self.queue, 0, nodes)
        self.run = TrainingRun(env, Luck(1), log, plan, ward)
        env.process(self.run.live([]))

    def strike(self, hour: float, back: float = inf) -> None:
        """A node of the gang fails at an hour and returns at another."""
        self.env.call_at(hour, lambda: self._strike(back))

    def _strike(self, back: float) -> None:
        node = self.queue.fleet.owner.index(0)
        assert self.queue.fleet.put_down(node) == 0
        if back < inf:
            self.env.call_at(back, lambda: self._return(node))
        self.run.struck(self.env.now, (node,), 4, DETECTION)

    def _return(self, node: int) -> None:
        self.queue.fleet.put_up(node)
        self.queue.serve()

    def segments(self) -> list[tuple[float, float, float, float, float]]:
        return [
            (s.since_hour, s.hour, s.useful_hours, s.checkpoint_hours, s.lost_hours)
            for s in self.log.rows(SegmentEnded)
        ]

    def held(self) -> list[tuple[float, float, int, int]]:
        return [(h.since_hour, h.hour, h.state, h.nodes) for h in self.log.rows(JobHeld)]


@pytest.mark.parametrize(("work", "checkpoints"), [(5.0, 2), (4.0, 1), (2.0, 0), (0.5, 0), (20.0, 9)])
def test_an_undisturbed_job_takes_its_work_and_its_checkpoints(
    env: KernelEnvironment, log: EventLog, work: float, checkpoints: int
) -> None:
    bench = Bench(env, log, replace(PLAN, work_hours=work, earliest_hour=7.0), 4)
    env.run()
    end = 7.0 + work + checkpoints * 0.25
    assert bench.segments() == [(7.0, end, work, checkpoints * 0.25, 0.0)]
    assert [(row.hour, row.nodes) for row in log.rows(JobStarted)] == [(7.0, 3)]
    assert [row.hour for row in log.rows(JobFinished)] == [end]
    assert [row.hour for row in log.rows(ModelReady)] == [end + 24]
    assert len(bench.queue.fleet.free) == 4


def test_a_job_that_never_saves_takes_its_work(env: KernelEnvironment, log: EventLog) -> None:
    bench = Bench(env, log, replace(PLAN, checkpoint=NEVER), 3)
    env.run()
    assert bench.segments() == [(0.0, 5.0, 5.0, 0.0, 0.0)]


def test_a_strike_loses_what_came_after_the_last_checkpoint(env: KernelEnvironment, log: EventLog) -> None:
    bench = Bench(env, log, PLAN, 4)
    bench.strike(3.0)
    env.run()
    restarted = 3.0 + 0.125 + 0.5
    assert bench.held() == [(3.0, 3.125, Held.DETECTING, 2), (3.125, restarted, Held.RESTARTING, 3)]
    assert bench.segments() == [(0.0, 3.0, 2.0, 0.25, 0.75), (restarted, restarted + 3.25, 3.0, 0.25, 0.0)]
    assert [(row.hour, row.cause) for row in log.rows(JobInterrupted)] == [(3.0, 4)]
    assert [row.useful_hours for row in log.rows(JobFinished)] == [5.0]


def test_a_strike_while_saving_loses_the_interval(env: KernelEnvironment, log: EventLog) -> None:
    bench = Bench(env, log, PLAN, 4)
    bench.strike(2.125)
    env.run()
    assert bench.segments()[0] == (0.0, 2.125, 0.0, 0.125, 2.0)


def test_a_strike_just_after_a_checkpoint_loses_nothing(env: KernelEnvironment, log: EventLog) -> None:
    bench = Bench(env, log, PLAN, 4)
    bench.strike(4.5)
    env.run()
    assert bench.segments()[0] == (0.0, 4.5, 4.0, 0.5, 0.0)


def test_without_a_spare_the_job_stalls_until_the_node_returns(env: KernelEnvironment, log: EventLog) -> None:
    bench = Bench(env, log, PLAN, 3)
    bench.strike(1.0, back=9.0)
    env.run()
    assert bench.held() == [
        (1.0, 1.125, Held.DETECTING, 2),
        (1.125, 9.0, Held.STALLED, 2),
        (9.0, 9.5, Held.RESTARTING, 3),
    ]
    assert bench.segments()[1][0] == 9.5


def test_a_strike_while_restarting_begins_again(env: KernelEnvironment, log: EventLog) -> None:
    bench = Bench(env, log, PLAN, 6)
    bench.strike(1.0)
    bench.strike(1.5)
    env.run()
    states = [(since, until, state) for since, until, state, _ in bench.held()]
    assert states == [
        (1.0, 1.125, Held.DETECTING),
        (1.125, 1.5, Held.RESTARTING),
        (1.5, 1.625, Held.DETECTING),
        (1.625, 2.125, Held.RESTARTING),
    ]
    assert log.count(JobInterrupted) == 2


def test_a_second_strike_while_detecting_is_noticed_with_the_first(env: KernelEnvironment, log: EventLog) -> None:
    bench = Bench(env, log, PLAN, 6)
    bench.strike(1.0)
    bench.strike(1.0625)
    env.run()
    assert bench.held() == [
        (1.0, 1.0625, Held.DETECTING, 2),
        (1.0625, 1.125, Held.DETECTING, 1),
        (1.125, 1.625, Held.RESTARTING, 3),
    ]
    assert log.count(JobInterrupted) == 1


def test_the_horizon_settles_the_open_stretch_without_a_loss(env: KernelEnvironment, log: EventLog) -> None:
    bench = Bench(env, log, PLAN, 3)
    env.run(until=3.0)
    bench.run.settle_at_horizon()
    assert bench.segments() == [(0.0, 3.0, 2.75, 0.25, 0.0)]
    assert log.count(JobFinished) == 0


def test_a_job_waits_for_its_whole_gang(env: KernelEnvironment, log: EventLog) -> None:
    bench = Bench(env, log, replace(PLAN, nodes=4), 4)
    bench.queue.fleet.put_down(0)
    env.call_at(6.0, lambda: bench._return(0))
    env.run()
    assert [row.hour for row in log.rows(JobStarted)] == [6.0]


def test_a_job_is_struck_by_its_own_causes_in_computing_hours(env: KernelEnvironment, log: EventLog) -> None:
    cause = Cause.model_validate({"name": "own", "scope": "job", "rate": "12 / day", "repair": "0 hours"})
    threat = Threat(2, cause, 0.5, Fixed(duration=cast(float, "7.5 min")))
    plan = replace(PLAN, own=(threat,), work_hours=50.0)
    bench = Bench(env, log, plan, 3)
    env.run()
    lives = Tickets(Luck(1), "job", "training", (threat,)).pages[0, 0].lives
    computed = [until - since for since, until, *_ in bench.segments()]
    assert len(computed) > 5
    assert computed[:-1] == pytest.approx(lives[: len(computed) - 1])
    assert {row.node for row in log.rows(JobInterrupted)} == {-1}
    assert {row.cause for row in log.rows(JobInterrupted)} == {2}


@pytest.mark.parametrize(("left", "done"), [(0.5, 1), (-0.5, 0)])
def test_a_job_that_ends_just_before_the_horizon_does(log: EventLog, left: float, done: int) -> None:
    env = KernelEnvironment(horizon=YEAR_HOURS)
    Bench(env, log, replace(PLAN, work_hours=YEAR_HOURS - left, checkpoint=NEVER), 3)
    env.run(until=YEAR_HOURS)
    assert log.count(JobFinished) == done
