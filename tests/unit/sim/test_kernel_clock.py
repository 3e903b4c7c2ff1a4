import random
from collections.abc import Generator
from functools import partial

import pytest
import simpy

from simcluster.sim.agenda import Agenda
from simcluster.sim.kernel import Alarm, KernelEnvironment


def ran(env: KernelEnvironment, hours: list[float]) -> list[float]:
    """The hours at which entries of these hours are run."""
    heard: list[float] = []
    deed = env.enlist(lambda *_: heard.append(env.now))
    for number, hour in enumerate(hours):
        env.plan(hour, number, deed)
    env.run()
    return heard


@pytest.mark.parametrize("in_place", [True, False])
def test_entries_run_in_order_of_time_at_their_hour_to_the_last_bit(in_place: bool) -> None:
    hours = [random.Random(k).uniform(0, 2000) for k in range(500)]  # noqa: S311
    assert ran(KernelEnvironment(in_place), hours) == sorted(hours)


@pytest.mark.parametrize("in_place", [True, False])
def test_entries_of_one_hour_go_by_number_deed_and_detail_after_what_simpy_has_queued(in_place: bool) -> None:
    env = KernelEnvironment(in_place)
    heard: list[object] = []
    first, second = (env.enlist(partial(lambda name, *row: heard.append((name, *row)), name)) for name in "ab")
    for row in ((7, second, 0), (7, first, 1), (3, second, 5), (7, first, 0)):
        env.plan(2.0, *row)
    env.call_at(2.0, lambda: heard.append("simpy"))
    env.run()
    assert heard == ["simpy", ("b", 2.0, 3, 5), ("a", 2.0, 7, 0), ("a", 2.0, 7, 1), ("b", 2.0, 7, 0)]


def test_an_entry_may_plan_the_next_and_entries_and_processes_take_turns() -> None:
    env = KernelEnvironment()
    heard: list[tuple[str, float]] = []

    def again(hour: float, number: int, detail: int) -> None:
        heard.append(("entry", hour))
        if hour < 100:
            env.plan(hour + 30.0, number, deed)

    def process() -> Generator[simpy.Event, None, None]:
        for _ in range(3):
            yield env.timeout(40.0)
            heard.append(("process", env.now))

    deed = env.enlist(again)
    env.plan(10.0, 0, deed)
    env.process(process())
    env.run()
    entries = [("entry", hour) for hour in (10.0, 40.0, 70.0, 100.0)]
    assert heard == sorted(
        [*entries, *(("process", hour) for hour in (40.0, 80.0, 120.0))], key=lambda x: (x[1], -len(x[0]))
    )


def test_entries_wake_nothing_of_simpys() -> None:
    env = KernelEnvironment()
    deed = env.enlist(lambda *_: None)
    for number in range(1000):
        env.plan(float(number), number, deed)
    assert env._queue == []
    env.run(until=5000.0)
    assert env.entries_run == 1000


def test_what_lies_beyond_the_horizon_is_dropped() -> None:
    env = KernelEnvironment(horizon=50.0)
    assert ran(env, [49.0, 50.0, 51.0]) == [49.0]


def test_call_at_stands_at_the_hour_to_the_last_bit(env: KernelEnvironment) -> None:
    now, hour = 1016.7777777777778, 7034.1
    hours = [hour + k / 7 for k in range(1000)]
    assert any(now + (h - now) != h for h in hours), "the numbers do not show the rounding"
    env.run(until=now)
    heard: list[float] = []
    for h in hours:
        env.call_at(h, lambda: heard.append(env.now))
    env.run()
    assert heard == hours


def test_call_at_an_hour_gone_by_is_now(env: KernelEnvironment) -> None:
    env.run(until=3.0)
    heard: list[float] = []
    env.call_at(1.0, lambda: heard.append(env.now))
    env.run()
    assert heard == [3.0]


def rung(env: KernelEnvironment, targets: list[tuple[float, float]]) -> list[float]:
    """When an alarm rings that is set to a target at each of the hours given."""
    heard: list[float] = []
    alarm = Alarm(env, lambda: heard.append(env.now))
    for at, target in targets:
        env.call_at(at, lambda target=target: alarm.set(target))  # type: ignore[misc]
    env.run()
    return heard


def test_an_alarm_rings_once_at_its_last_target(env: KernelEnvironment) -> None:
    assert rung(env, [(0.0, 5.0)]) == [5.0]


def test_an_alarm_moved_later_rings_later_only(env: KernelEnvironment) -> None:
    assert rung(env, [(0.0, 5.0), (1.0, 7.0), (2.0, 9.0)]) == [9.0]


def test_an_alarm_moved_earlier_rings_earlier_only(env: KernelEnvironment) -> None:
    assert rung(env, [(0.0, 5.0), (1.0, 3.0)]) == [3.0]


def test_an_alarm_put_off_for_ever_is_silent_and_may_be_set_again(env: KernelEnvironment) -> None:
    assert rung(env, [(0.0, 5.0), (1.0, float("inf"))]) == []
    now = env.now
    assert rung(env, [(now, now + 5), (now + 1, float("inf")), (now + 2, now + 8)]) == [now + 8]


def test_an_alarm_set_from_its_own_action_rings_again(env: KernelEnvironment) -> None:
    heard: list[float] = []

    def action() -> None:
        heard.append(env.now)
        if len(heard) < 3:
            alarm.set(env.now + 2)

    alarm = Alarm(env, action)
    alarm.set(9.0)
    alarm.set(1.0)
    env.run()
    assert heard == [1.0, 3.0, 5.0]


def test_moving_an_alarm_later_queues_nothing(env: KernelEnvironment) -> None:
    alarm = Alarm(env, lambda: None)
    alarm.set(1.0)
    for hour in range(2, 100):
        alarm.set(float(hour))
    assert len(env._agenda) == 1
    assert env._queue == []


def test_a_window_stays_closed_while_something_may_come_before_it() -> None:
    agenda = Agenda()
    agenda.push(2160.0, 0, 0)
    assert not agenda.has_next(before=0.0)
    for number in range(1000):
        agenda.push(1000.0 + number % 7, number, 0)
    assert len(agenda.near) == 0, "sorted later, at once"
    assert agenda.has_next(before=1e9)
    assert agenda.near[0] == (1000.0, 0, 0, 0)
