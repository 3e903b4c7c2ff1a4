"""Goals and limits from text."""

from datetime import date

import pytest

from simcluster.model.goals import Goal, GoalError, read_goal, read_limit


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("npv_usd", Goal("npv_usd")),
        ("npv_usd@mean", Goal("npv_usd")),
        (" jobs.flagship.ready @ P80 ", Goal("jobs.flagship.ready", 80)),
        ("npv_usd@p2.5", Goal("npv_usd", 2.5)),
    ],
)
def test_a_goal_is_a_mean_or_a_percentile(text: str, goal: Goal) -> None:
    assert read_goal(text) == goal
    assert read_goal(str(goal)) == goal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("capex_programme_usd<=12 MUSD", 12e6),
        ("capex_programme_usd <= 12e6", 12e6),
        ("usd_per_gpu_hour <= 2.5", 2.5),
        ("jobs.run.lost_hours<=2 days", 48),
        ("peak_drawn_mw <= 1 GW", 1000),
        ("useful_share>=90%", 0.9),
        ("npv_usd@P20>=-3e6", -3e6),
        ("jobs.flagship.ready@P80<=2024-12-31", date(2024, 12, 31).toordinal()),
    ],
)
def test_a_limit_has_its_value_in_the_unit_of_the_outcome(text: str, value: float) -> None:
    assert read_limit(text).value == pytest.approx(value)


def test_the_excess_is_in_parts_of_the_limit_and_signed() -> None:
    below, above = read_limit("a<=4"), read_limit("a>=4")
    assert [below.excess(x) for x in (3, 4, 6)] == [-0.25, 0, 0.5]
    assert [above.excess(x) for x in (3, 4, 6)] == [0.25, 0, -0.5]
    assert read_limit("a<=0").excess(2) == 2
    ready = read_limit("jobs.a.ready<=2024-01-01")
    assert ready.excess(date(2025, 1, 1).toordinal()) == pytest.approx(366 / 365.25)


@pytest.mark.parametrize("text", ["", "a b", "a@", "a@P", "a@P0", "a@P100", "a@Q20"])
def test_what_is_no_goal_is_refused(text: str) -> None:
    with pytest.raises(GoalError):
        read_goal(text)


@pytest.mark.parametrize("text", ["a", "a<1", "a=1", "a<=", "a<=x", "a_usd<=3 MW", "<=3"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(GoalError):
        read_limit(text)
