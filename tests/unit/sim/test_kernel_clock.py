from simcluster.sim.kernel import Alarm, KernelEnvironment


def test_advance_moves_the_clock_only_while_nothing_is_due(env: KernelEnvironment) -> None:
    env.timeout(5.0)
    assert env.advance(4.5)
    assert env.now == 4.5
    assert not env.advance(5.0), "what is due at the hour itself goes first"
    assert not env.advance(6.0)
    assert env.now == 4.5
    env.step()
    assert env.now == 5.0
    assert env.advance(1e9)


def test_advance_never_moves_when_it_is_off() -> None:
    env = KernelEnvironment(in_place=False)
    assert not env.advance(1.0)
    assert env.now == 0.0


def test_call_at_stands_at_the_hour_to_the_last_bit(env: KernelEnvironment) -> None:
    now, hour = 1016.7777777777778, 7034.1
    hours = [hour + k / 7 for k in range(1000)]
    assert any(now + (h - now) != h for h in hours), "the numbers do not show the rounding"
    env.advance(now)
    heard: list[float] = []
    for h in hours:
        env.call_at(h, lambda: heard.append(env.now))
    env.run()
    assert heard == hours


def test_call_at_an_hour_gone_by_is_now(env: KernelEnvironment) -> None:
    env.advance(3.0)
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
    queued = len(env._queue)
    for hour in range(2, 100):
        alarm.set(float(hour))
    assert len(env._queue) == queued == 1
