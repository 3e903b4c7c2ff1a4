"""Construction as it was: spans of what was done, from facts alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf
from typing import TYPE_CHECKING

from simcluster.record.as_planned import BEGIN, round_name
from simcluster.record.critical_path import Network, Span
from simcluster.record.events import (
    EquipmentDelivered,
    HallOpened,
    HallTested,
    TaskCancelled,
    TaskFinished,
    TaskStarted,
)

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog


def as_built(scenario: Scenario, log: EventLog, number: int) -> Network:
    """What was done at a site: tasks begun, equipment delivered, redesigns that cancelled something, tests and rework.

    The ends are the tests after which halls were handed over.
    """
    return _Site(scenario, log, number).network()


class _Site:
    """The facts of one site's construction by name."""

    def __init__(self, scenario: Scenario, log: EventLog, number: int) -> None:
        self._site, self._hours = scenario.sites[number], scenario.clock.hours
        network = self._site.construction
        assert network is not None
        self._plan, tasks = network, network.tasks
        self._started = {tasks[f.task].name: f.hour for f in log.rows(TaskStarted) if f.site == number}
        self._finished = {tasks[f.task].name: f.hour for f in log.rows(TaskFinished) if f.site == number}
        self._cancelled = {tasks[f.task].name: f.hour for f in log.rows(TaskCancelled) if f.site == number}
        self._delivered = {
            network.equipment[f.equipment].name: f.hour for f in log.rows(EquipmentDelivered) if f.site == number
        }
        self._tests = [f for f in log.rows(HallTested) if f.site == number]
        self._opened = {self._site.halls[f.hall].name for f in log.rows(HallOpened) if f.site == number}
        begin = self._hours(network.start)
        self._spans = {BEGIN: Span(BEGIN, begin, begin)}

    def network(self) -> Network:
        for row in self._plan.equipment:
            if row.name in self._delivered:
                self._spans[row.name] = Span(row.name, self._hours(row.ordered), self._delivered[row.name])
        for redesign in self._plan.redesigns:
            if self._cancelled.keys() & redesign.replaces.keys():
                hour = self._hours(redesign.date)
                self._spans[redesign.name] = Span(redesign.name, hour, hour)
        for name in self._started:
            self._add_task(name)
        return Network(self._spans, dict(self._add_tests()))

    def _ending(self, name: str) -> float:
        return self._finished.get(name, self._cancelled.get(name, inf))

    def _settled(self, names: Iterable[str]) -> Iterator[str]:
        """What these turned out to be: themselves, or if they were cancelled, what was done instead."""
        for name in names:
            if name in self._cancelled:
                yield from self._settled(self._plan.replaced_by[name])
            else:
                yield name

    def _ending_before(self, names: Iterable[str]) -> float:
        """The hour in which the last of these, which are all settled, ended."""
        at = {BEGIN: self._spans[BEGIN].finish, **self._delivered, **self._finished}
        at |= {redesign.name: self._hours(redesign.date) for redesign in self._plan.redesigns}
        return max(at[name] for name in names)

    def _add_task(self, name: str) -> None:
        after = [BEGIN, *self._settled(self._plan.task_of[name].after)]
        calls = [task for task in self._plan.stands_in_for.get(name, ()) if task in self._cancelled]
        if calls:  # the first redesign that needs it lets it begin
            after.append(min((self._plan.redesign_of[task] for task in calls), key=lambda row: row.date).name)
        crew, ready = self._plan.task_of[name].crew, self._ending_before(after)
        started, ending = self._started[name], self._ending(name)
        self._spans[name] = Span(name, started, ending, tuple(after), ready, crew)

    def _add_tests(self) -> Iterator[tuple[str, str]]:
        """Add tests, and rework between them; the halls handed over, each with its last test."""
        for test in self._tests:
            hall = self._site.halls[test.hall]
            name = round_name(hall.name, test.round)
            after: tuple[str, ...] = (BEGIN, *self._settled(hall.after or ()))
            if test.round:
                failed, rework = round_name(hall.name, test.round - 1), f"{hall.name} rework {test.round}"
                self._spans[rework] = Span(rework, self._spans[failed].finish, test.ready_hour, (failed,))
                after = (rework,)
            crew = hall.test.crew if hall.test is not None else None
            self._spans[name] = Span(name, test.started_hour, test.hour, after, test.ready_hour, crew)
            if test.passed and hall.name in self._opened:
                yield hall.name, name
