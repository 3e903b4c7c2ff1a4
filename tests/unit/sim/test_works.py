"""Networks of tasks in the lab scenario, every hour worked out by hand. The run starts on 2024-01-01."""

from collections.abc import Callable
from typing import Any

import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.events import (
    EquipmentDelivered,
    EquipmentOrdered,
    HallOpened,
    HallTested,
    NodesAdmitted,
    TaskCancelled,
    TaskFinished,
    TaskStarted,
)
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate

DAY = 24.0
Build = Callable[..., EventLog]


def task(name: str, days: float, *after: str, **keys: Any) -> dict[str, Any]:
    return {"name": name, "duration": f"{days} days", "after": list(after), **keys}


@pytest.fixture
def build(lab: Callable[..., Scenario], lab_site: dict[str, Any]) -> Build:
    """Simulate the lab with halls of 1 MW (name to what each waits for) built by a network of tasks."""

    def simulated(
        tasks: list[dict[str, Any]],
        halls: dict[str, list[str]],
        test: dict[str, Any] | None = None,
        start: str = "2024-01-01",
        seed: int = 1,
        **network: Any,
    ) -> EventLog:
        test = test or {"duration": "1 day", "pass_probability": 1.0}
        built = [{"name": name, "it_power": "1 MW", "after": after, "test": test} for name, after in halls.items()]
        construction = {"start": start, "tasks": tasks, **network}
        halls_there = [lab_site["halls"][0] | {"name": "standing"}, *built]
        site = {**lab_site, "halls": halls_there, "construction": construction}
        return simulate(lab(sites=[site]), seed)

    return simulated


def spans(log: EventLog) -> list[tuple[int, float, float]]:
    """Task, day begun, day finished."""
    return [(row.task, row.started_hour / DAY, row.hour / DAY) for row in log.rows(TaskFinished)]


def opened(log: EventLog) -> list[tuple[int, float]]:
    return [(row.hall, row.hour / DAY) for row in log.rows(HallOpened) if row.hall]


def test_a_task_begins_when_the_last_it_waits_for_is_finished(build: Build) -> None:
    tasks = [task("fit", 5, "shell", "permit"), task("shell", 10), task("permit", 20, kind="permit")]
    log = build(tasks, {"h": ["fit"]})
    assert spans(log) == [(1, 0, 10), (2, 0, 20), (0, 20, 25)]
    assert [row.hour / DAY for row in log.rows(TaskStarted)] == [0, 0, 20]
    assert opened(log) == [(1, 26)]


def test_halls_are_handed_over_one_by_one_and_admit_nodes(build: Build) -> None:
    tasks = [task("shell", 10), task("fit-1", 5, "shell"), task("fit-2", 5, "fit-1")]
    assert opened(build(tasks, {"one": ["fit-1"], "two": ["fit-2"]})) == [(1, 16), (2, 21)]


def test_nodes_wait_for_the_hall_that_is_built(lab: Callable[..., Scenario], lab_site: dict[str, Any]) -> None:
    hall = {"name": "h", "it_power": "1 MW", "after": ["t"], "test": {"duration": "1 day", "pass_probability": 1.0}}
    lab_site["halls"][0]["it_power"] = "40 kW"
    lab_site["halls"][1] = hall
    construction = {"start": "2024-02-01", "tasks": [task("t", 9)]}
    order = {
        "name": "o",
        "cluster": "k",
        "gpus": 80,
        "placed": "2024-01-01",
        "deposit": 0.1,
        "lead_time": "1 day",
    }
    log = simulate(lab(sites=[{**lab_site, "construction": construction}], orders=[order]), 1)
    (admitted,) = log.rows(NodesAdmitted)
    assert (admitted.hour, admitted.hall, admitted.nodes) == (41 * DAY, 1, 10)


def test_a_crew_serves_first_come_first_served(build: Build) -> None:
    tasks = [task("late", 2, "slow", crew="c"), task("slow", 3), task("a", 10, crew="c"), task("b", 4, crew="c")]
    log = build(tasks, {"h": ["late", "a", "b"]}, crews=[{"name": "c", "teams": 1}])
    assert spans(log) == [(1, 0, 3), (2, 0, 10), (3, 10, 14), (0, 14, 16)]
    two = build(tasks, {"h": ["late", "a", "b"]}, crews=[{"name": "c", "teams": 2}])
    assert spans(two) == [(1, 0, 3), (3, 0, 4), (0, 4, 6), (2, 0, 10)]


def test_tests_take_the_crew_that_is_given_and_free_it_for_the_rework(build: Build) -> None:
    test = {"duration": "4 days", "pass_probability": 1.0, "crew": "ist"}
    log = build([task("t", 1)], {"a": ["t"], "b": ["t"]}, test, crews=[{"name": "ist", "teams": 1}])
    assert opened(log) == [(1, 5), (2, 9)]
    facts = [(row.hall, row.ready_hour / DAY, row.started_hour / DAY) for row in log.rows(HallTested)]
    assert facts == [(1, 1, 1), (2, 1, 5)]


def test_equipment_comes_as_one_lot_of_as_many_units_as_its_path_needs(build: Build) -> None:
    rows = [
        {"name": name, "ordered": "2023-12-01", "lead_time": "40 days", "unit_power": "0.3 MW", "redundancy": name}
        for name in ("N", "N+1", "2N")
    ]
    rows = [{**row, "name": f"e{k}", "unit_price": "5 kUSD"} for k, row in enumerate(rows)]
    log = build([task("t", 1, "e0", "e1", "e2")], {"h": ["t"]}, equipment=rows)
    assert [row.units for row in log.rows(EquipmentOrdered)] == [4, 5, 8], "1 MW x 0.9 x 1.25 is 1.125 facility MW"
    assert {(row.hour / DAY, row.unit_price_usd) for row in log.rows(EquipmentOrdered)} == {(-31, 5000.0)}
    assert [(row.hour / DAY, row.units) for row in log.rows(EquipmentDelivered)] == [(9, 4), (9, 5), (9, 8)]
    assert spans(log) == [(0, 9, 10)]


def test_what_was_built_before_the_start_has_negative_hours_and_opens_at_hour_0(build: Build) -> None:
    tasks = [task("t", 30), task("u", 100, "t")]
    log = build(tasks, {"h": ["t"], "k": ["u"]}, start="2023-11-01")
    assert spans(log) == [(0, -61, -31), (1, -31, 69)]
    assert opened(log) == [(1, -30), (2, 70)]
    hours = [row.hour for row in log.rows(HallOpened)]
    assert hours == sorted(hours)


def test_a_failed_test_is_repeated_after_rework(build: Build) -> None:
    test = {"duration": "2 days", "pass_probability": 0.3, "rework": "3 days"}
    rounds = set()
    for seed in range(20):
        log = build([task("t", 1)], {"h": ["t"]}, test, seed=seed)
        facts = list(log.rows(HallTested))
        assert [row.passed for row in facts] == [0] * (len(facts) - 1) + [1]
        assert [row.round for row in facts] == list(range(len(facts)))
        assert [row.started_hour / DAY for row in facts] == [1 + 5 * k for k in range(len(facts))]
        assert opened(log) == [(1, 3 + 5 * (len(facts) - 1))]
        rounds.add(len(facts))
    assert {1, 2, 3} <= rounds


REDESIGN = {"name": "liquid", "date": "2024-01-16", "replaces": {"fit": ["strip", "refit"]}}
REPLACED = [task("shell", 10), task("fit", 20, "shell"), task("strip", 3), task("refit", 8, "strip", "shell")]


def test_a_redesign_cancels_what_is_not_finished_and_is_waited_for_instead(build: Build) -> None:
    log = build(REPLACED, {"h": ["fit"]}, redesigns=[REDESIGN])
    (cancelled,) = log.rows(TaskCancelled)
    assert (cancelled.hour / DAY, cancelled.task, cancelled.started_hour / DAY) == (15, 1, 10)
    assert cancelled.progress == pytest.approx(5 / 20)
    assert spans(log) == [(0, 0, 10), (2, 15, 18), (3, 18, 26)]
    assert opened(log) == [(1, 27)]


def test_what_ends_on_the_day_of_the_redesign_is_finished_and_what_would_begin_is_not_begun(build: Build) -> None:
    just = build([task("shell", 10), task("fit", 5, "shell"), *REPLACED[2:]], {"h": ["fit"]}, redesigns=[REDESIGN])
    assert just.count(TaskCancelled) == 0
    assert opened(just) == [(1, 16)]
    assert {row.task for row in just.rows(TaskStarted)} == {0, 1}, "what would replace it is not done"
    never = build([task("shell", 15), task("fit", 5, "shell"), *REPLACED[2:]], {"h": ["fit"]}, redesigns=[REDESIGN])
    (cancelled,) = never.rows(TaskCancelled)
    assert (cancelled.started_hour, cancelled.hour, cancelled.progress) == (15 * DAY, 15 * DAY, 0.0)


def test_a_task_that_waits_for_a_team_or_works_with_one_gives_it_back_when_cancelled(build: Build) -> None:
    tasks = [task("fit", 20, crew="c"), task("more", 20, crew="c"), task("other", 4, "shell", crew="c")]
    tasks += [task("shell", 12), task("less", 1)]
    redesign = {"name": "r", "date": "2024-01-16", "replaces": {"fit": ["less"], "more": ["less"]}}
    log = build(tasks, {"h": ["fit", "more", "other"]}, crews=[{"name": "c", "teams": 1}], redesigns=[redesign])
    assert [(row.task, row.progress) for row in log.rows(TaskCancelled)] == [(0, 0.75), (1, 0.0)]
    assert spans(log) == [(3, 0, 12), (4, 15, 16), (2, 15, 19)]


def test_a_replacement_may_be_replaced(build: Build) -> None:
    second = {"name": "again", "date": "2024-01-18", "replaces": {"refit": ["last"]}}
    log = build([*REPLACED, task("last", 5, "shell")], {"h": ["fit"]}, redesigns=[REDESIGN, second])
    assert [(row.task, row.hour / DAY, row.progress) for row in log.rows(TaskCancelled)] == [
        (1, 15, 0.25),
        (3, 17, 0.0),
    ]
    assert opened(log) == [(1, 23)]


def test_the_horizon_cuts_construction_off(build: Build) -> None:
    log = build([task("t", 300), task("u", 100, "t")], {"h": ["u"]})
    assert spans(log) == [(0, 0, 300)]
    assert log.count(TaskStarted) == 2
    assert opened(log) == []
    later = build([task("t", 1)], {"h": ["t"]}, start="2025-06-01")
    assert later.total == build([task("t", 1)], {"h": ["t"]}, start="2026-06-01").total


def test_an_edit_elsewhere_moves_no_draw(build: Build) -> None:
    law = {"kind": "exponential", "mean": "20 days"}
    tasks = [{"name": name, "duration": law} for name in ("a", "b")]
    alone = {row.task: row.hour for row in build(tasks, {"h": ["a"]}).rows(TaskFinished)}
    more = build([*tasks, task("c", 3)], {"h": ["a"], "k": ["c"]}).rows(TaskFinished)
    assert alone.items() <= {row.task: row.hour for row in more}.items()
