"""Networks of tasks on generated sites, against a plain reading of their facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import ceil
from typing import Any

from drawn import Drawn, hold
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Document, constructions, validated

from simcluster.core.money import cents, whole
from simcluster.model.construction import Construction
from simcluster.model.scenario import Scenario
from simcluster.record.as_built import as_built
from simcluster.record.as_planned import BEGIN, as_planned
from simcluster.record.events import (
    EquipmentDelivered,
    EquipmentOrdered,
    HallOpened,
    HallTested,
    TaskCancelled,
    TaskFinished,
    TaskStarted,
)
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate

EXAMPLES = 60
SPARE = {"N": lambda n: n, "N+1": lambda n: n + 1, "2N": lambda n: 2 * n}


def networks(scenario: Scenario) -> Iterator[tuple[int, Construction]]:
    for number, site in enumerate(scenario.sites):
        if site.construction is not None:
            yield number, site.construction


def by_task(log: EventLog, event: type, network: Construction, site: int) -> dict[str, Any]:
    return {network.tasks[fact.task].name: fact for fact in log.rows(event) if fact.site == site}


def settled_hours(log: EventLog, network: Construction, site: int) -> dict[str, float]:
    """When each task and lot of equipment was there for those that wait for it; what was not is left out."""
    finished, cancelled = (by_task(log, event, network, site) for event in (TaskFinished, TaskCancelled))
    arrived = {network.equipment[f.equipment].name: f.hour for f in log.rows(EquipmentDelivered) if f.site == site}

    def settled(name: str) -> float:
        if name in cancelled:
            instead = next(r.replaces[name] for r in network.redesigns if name in r.replaces)
            return max(settled(other) for other in instead)
        return arrived[name] if name in arrived else finished[name].hour if name in finished else float("inf")

    return {row.name: settled(row.name) for row in (*network.tasks, *network.equipment)}


def no_task_starts_before_what_it_waits_for_and_none_cancelled_ends(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    for site, network in networks(scenario):
        there = settled_hours(log, network, site)
        started, finished, cancelled = (
            by_task(log, event, network, site) for event in (TaskStarted, TaskFinished, TaskCancelled)
        )
        for task in network.tasks:
            if task.name in started:
                hour = started[task.name].hour
                assert hour >= max([scenario.clock.hours(network.start), *(there[name] for name in task.after)])
                if task.crew is None and task.name not in network.stands_in_for:
                    assert hour == max([scenario.clock.hours(network.start), *(there[name] for name in task.after)])
            stands_in_for = [name for name, instead in network.replaced_by.items() if task.name in instead]
            if stands_in_for and task.name in started:
                assert started[task.name].hour >= min(
                    cancelled[name].hour for name in stands_in_for if name in cancelled
                )
        assert not finished.keys() & cancelled.keys()
        for name, fact in cancelled.items():
            assert fact.hour == scenario.clock.hours(network.redesign_of[name].date)
            assert (fact.progress > 0) == (name in started)
            assert 0 <= fact.progress < 1


def crews_never_have_more_at_work_than_teams(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    for site, network in networks(scenario):
        changes: dict[str, list[tuple[float, int]]] = defaultdict(list)
        finished, cancelled = (by_task(log, event, network, site) for event in (TaskFinished, TaskCancelled))
        for name, fact in by_task(log, TaskStarted, network, site).items():
            end = finished.get(name) or cancelled.get(name)
            changes[network.task_of[name].crew or ""] += [(fact.hour, 1), (end.hour if end else float("inf"), -1)]
        for fact in log.rows(HallTested):
            test = scenario.sites[fact.site].halls[fact.hall].test
            if fact.site == site and test is not None:
                changes[test.crew or ""] += [(fact.started_hour, 1), (fact.hour, -1)]
        for crew in network.crews:
            busy, hours = 0, sorted({hour for hour, _ in changes[crew.name]})
            for hour in hours:
                busy += sum(change for when, change in changes[crew.name] if when == hour)
                assert busy <= crew.teams, (crew, hour)


def a_hall_opens_when_its_last_test_and_no_other_is_passed(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    opened = {(fact.site, fact.hall): fact.hour for fact in log.rows(HallOpened)}
    for site, network in networks(scenario):
        there, begin = settled_hours(log, network, site), scenario.clock.hours(network.start)
        for number, hall in enumerate(scenario.sites[site].halls):
            if hall.after is None:
                continue
            tests = [fact for fact in log.rows(HallTested) if (fact.site, fact.hall) == (site, number)]
            passed = [fact for fact in tests if fact.passed]
            assert [fact.round for fact in tests] == list(range(len(tests)))
            assert passed == tests[len(tests) - len(passed) :]
            assert [fact.hour for fact in passed] == [opened[key] for key in opened if key == (site, number)]
            if tests:
                assert tests[0].ready_hour == max(begin, *(there[name] for name in hall.after))
            assert all(one.hour <= other.ready_hour <= other.started_hour for one, other in pairwise(tests))


def as_many_units_are_ordered_as_the_path_needs(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    for fact in log.rows(EquipmentOrdered):
        site = scenario.sites[fact.site]
        assert site.construction is not None
        row = site.construction.equipment[fact.equipment]
        it_mw = sum(site.halls[k].it_power for k in site.halls_after(row.name))
        load = it_mw * site.pue_peak * site.provided_share if row.load is None else row.load
        needed = ceil(Fraction(load) / Fraction(row.unit_power) * (1 - Fraction(1, 10**9)))
        assert fact.units == SPARE[row.redundancy](needed)
        assert needed * row.unit_power >= load * (1 - 1e-8)
    for came in log.rows(EquipmentDelivered):
        (placed,) = (f for f in log.rows(EquipmentOrdered) if (f.site, f.equipment) == (came.site, came.equipment))
        assert placed.units == came.units
        assert placed.hour <= came.hour


def fixed(document: Document, data: st.DataObject) -> Document:
    """The document with teams for all, nothing redesigned, whole days for durations and every test passed."""
    document = deepcopy(document)
    for site in document["sites"]:
        network = site.get("construction")
        if network is None:
            continue
        network |= {"crews": [], "redesigns": []}
        for task in network["tasks"]:
            task["duration"] = f"{data.draw(st.integers(0, 15))} days"
            task.pop("crew", None)
        for row in network["equipment"]:
            row["lead_time"] = f"{data.draw(st.integers(0, 30))} days"
        for hall in site["halls"]:
            if "test" in hall:
                hall["test"] = {"duration": f"{data.draw(st.integers(0, 3))} days", "pass_probability": 1.0}
    return document


def longest_paths(scenario: Scenario, site: int, network: Construction) -> dict[str, float]:
    """The hour at which each task would be finished, by recursion over what it is after."""
    hours = scenario.clock.hours

    @cache
    def finish(name: str) -> float:
        if name in network.equipment_of:
            row = network.equipment_of[name]
            return hours(row.ordered) + row.lead_time.mean_hours
        task = network.task_of[name]
        begin = max([hours(network.start), *(finish(before) for before in task.after)])
        return begin + task.duration.mean_hours

    return {task.name: finish(task.name) for task in network.tasks} | {
        hall.name: max(hours(network.start), *(finish(name) for name in hall.after)) + hall.test.duration.mean_hours
        for hall in scenario.sites[site].halls
        if hall.after is not None and hall.test is not None
    }


@settings(max_examples=EXAMPLES)
@given(constructions(), st.data())
def test_with_teams_for_all_and_fixed_durations_the_finish_is_the_longest_path(
    document: Document, data: st.DataObject
) -> None:
    scenario = validated(fixed(document, data))
    log, horizon = simulate(scenario, scenario.seed), scenario.clock.horizon_hours
    for site, network in networks(scenario):
        longest = longest_paths(scenario, site, network)
        finished = {name: fact.hour for name, fact in by_task(log, TaskFinished, network, site).items()}
        assert finished == {name: hour for name, hour in longest.items() if name in network.task_of and hour < horizon}
        built, plan = as_built(scenario, log, site), as_planned(scenario, site)
        halls = {scenario.sites[site].halls[f.hall].name: f.hour for f in log.rows(HallOpened) if f.site == site}
        for hall, end in built.ends.items():
            path = built.critical_path(end)
            assert halls[hall] == longest[hall] == path[-1].finish
            assert sum(span.finish - span.start for span in path) == longest[hall] - path[0].start
            assert [span.name for span in plan.critical_path(end)] == [span.name for span in path]
        if len(built.ends) == len(plan.ends):
            assert built.slack_hours == plan.slack_hours


@settings(max_examples=EXAMPLES)
@given(constructions(), st.data())
def test_a_task_that_takes_its_slack_longer_delays_no_hall_and_a_day_more_delays_one(
    document: Document, data: st.DataObject
) -> None:
    document = fixed(document, data)
    scenario = validated(document)
    for site, network in networks(scenario):
        plan = as_planned(scenario, site)
        on_the_way = sorted(plan.slack_hours.keys() & network.task_of.keys())
        if not on_the_way:
            continue
        name = data.draw(st.sampled_from(on_the_way))
        before = {hall: plan.spans[end].finish for hall, end in plan.ends.items()}
        days = (network.task_of[name].duration.mean_hours + plan.slack_hours[name]) / 24
        for more, is_late in ((0, False), (1, True)):
            later = deepcopy(document)
            tasks = later["sites"][site]["construction"]["tasks"]
            next(task for task in tasks if task["name"] == name)["duration"] = f"{days + more} days"
            then = as_planned(validated(later), site)
            after = {hall: then.spans[end].finish for hall, end in then.ends.items()}
            assert any(after[hall] > before[hall] + 1e-6 for hall in before) == is_late


def the_critical_path_as_built_has_no_gap_and_no_slack(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    for site, network in networks(scenario):
        built = as_built(scenario, log, site)
        origins = {BEGIN, *network.equipment_of, *(redesign.name for redesign in network.redesigns)}
        for end in built.ends.values():
            path = built.critical_path(end)
            assert path[0].name in origins
            assert all(one.finish == other.start for one, other in pairwise(path))
            assert all(built.slack_hours[span.name] == 0 for span in path)
        assert all(slack >= 0 for slack in built.slack_hours.values())


def milestones_sum_to_the_cost_to_the_cent(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    journal = drawn.result.journal
    paid, lost, finished_cost = 0, 0, 0
    for site, network in networks(scenario):
        finished, cancelled = (by_task(log, event, network, site) for event in (TaskFinished, TaskCancelled))
        for name in by_task(log, TaskStarted, network, site):
            task = network.task_of[name]
            cost, start = cents(task.cost), whole(cents(task.cost) * task.paid_at_start)
            due = cost if name in finished else start
            if name in cancelled:
                due += whole((cost - start) * cancelled[name].progress)
                lost += due
            paid += due
            finished_cost += cost if name in finished else 0
        for fact in log.rows(EquipmentOrdered):
            if fact.site == site:
                row = network.equipment[fact.equipment]
                price = fact.units * cents(row.unit_price)
                came = any((f.site, f.equipment) == (site, fact.equipment) for f in log.rows(EquipmentDelivered))
                paid += price if came else whole(price * row.deposit)
                finished_cost += price if came else 0
    mine = [entry for entry in journal.entries if entry.text.startswith("construction at ")]
    moved = [posting.cents for entry in mine for posting in entry.postings if posting.account.under("assets:cip")]
    assert sum(amount for amount in moved if amount > 0) == paid
    assert -sum(amount for amount in moved if amount < 0) == lost
    assets = sum(asset.cost_cents for asset in journal.assets if isinstance(asset.priced, tuple))
    assert assets <= finished_cost
    opened = {(fact.site, fact.hall) for fact in log.rows(HallOpened)}
    built = {(s, h) for s, _ in networks(scenario) for h, hall in enumerate(scenario.sites[s].halls) if hall.after}
    if built <= opened:
        assert assets == finished_cost


@settings(max_examples=EXAMPLES)
@given(constructions(), st.data())
def test_tasks_keep_their_luck_in_any_order_in_the_file(document: Document, data: st.DataObject) -> None:
    shuffled = deepcopy(document)
    for site in shuffled["sites"]:
        if "construction" in site:
            for row in (network := site["construction"])["tasks"]:
                row.pop("crew", None)
            network["tasks"] = data.draw(st.permutations(network["tasks"]))
    straight = deepcopy(document)
    for site in straight["sites"]:
        for row in site.get("construction", {}).get("tasks", []):
            row.pop("crew", None)
    before, after = (_finishes(validated(one)) for one in (straight, shuffled))
    assert before == after


def _finishes(scenario: Scenario) -> dict[tuple[int, str], tuple[float, float]]:
    log = simulate(scenario, scenario.seed)
    return {
        (site, name): (fact.started_hour, fact.hour)
        for site, network in networks(scenario)
        for name, fact in by_task(log, TaskFinished, network, site).items()
    }


LAWS = (
    no_task_starts_before_what_it_waits_for_and_none_cancelled_ends,
    crews_never_have_more_at_work_than_teams,
    a_hall_opens_when_its_last_test_and_no_other_is_passed,
    as_many_units_are_ordered_as_the_path_needs,
    the_critical_path_as_built_has_no_gap_and_no_slack,
    milestones_sum_to_the_cost_to_the_cent,
)


@settings(max_examples=EXAMPLES)
@given(constructions().map(validated))
def test_every_law_of_construction_holds(scenario: Scenario) -> None:
    hold(LAWS, scenario)
