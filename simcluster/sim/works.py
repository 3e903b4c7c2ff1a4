"""The works of one site: tasks, deliveries and tests, a SimPy process each."""

from __future__ import annotations

import sys
from collections.abc import Generator
from itertools import count

import simpy

from simcluster.core.rng import Luck
from simcluster.model.construction import Equipment, Task
from simcluster.model.scenario import Scenario
from simcluster.model.site import Hall
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
from simcluster.sim.draws import duration

Process = Generator[simpy.Event, None, None]


class Works:
    """Builds the halls of one site in an environment of its own, whose clock begins with the first thing done.

    Nothing else in a run bears on construction, and it may have begun years before the run, where the run's own clock
    has no hours. A task is settled once it is finished, or cancelled and all its replacements are settled.
    """

    def __init__(self, luck: Luck, log: EventLog, scenario: Scenario, number: int) -> None:
        self._luck, self._log, self._number = luck, log, number
        self._site = scenario.sites[number]
        network = self._site.construction
        assert network is not None
        self._network, hours = network, scenario.clock.hours
        self._ordered = [hours(row.ordered) for row in network.equipment]
        self._begin = min([hours(network.start), *self._ordered])
        self._env = env = simpy.Environment(initial_time=self._begin)
        self._start = env.timeout(hours(network.start) - self._begin)
        self._crews = {crew.name: simpy.Resource(env, crew.teams) for crew in network.crews}
        self._settled = {name: env.event() for name in (*network.task_of, *network.equipment_of)}
        self._needed = {name: env.event() for name in network.stands_in_for}
        self._redesign_hour = {name: hours(redesign.date) for name, redesign in network.redesign_of.items()}
        self._redesigned = {name: env.timeout(hour - self._begin) for name, hour in self._redesign_hour.items()}
        self.opened: list[tuple[float, int]] = []
        """Halls handed over: the hour, and the position of the hall."""

    def unfold(self, until: float) -> None:
        """Build up to an hour; may be called once."""
        env = self._env
        for number, row in enumerate(self._network.equipment):
            env.process(self._deliver(number, row))
        for number, task in enumerate(self._network.tasks):
            env.process(self._carry_out(number, task))
        for number, hall in enumerate(self._site.halls):
            if hall.after is not None:
                env.process(self._hand_over(number, hall, hall.after))
        if self._begin < until:
            env.run(until=until)

    def _draw(self, quantity: str, name: str) -> tuple[Luck, str, str]:
        return self._luck, f"construction.{quantity}", f"{self._site.name}/{name}"

    def _team(self, crew: str | None) -> simpy.resources.resource.Request:
        """Ask for a team; work without a crew never waits for one."""
        teams = self._crews[crew] if crew is not None else simpy.Resource(self._env, sys.maxsize)
        return teams.request()

    def _deliver(self, number: int, row: Equipment) -> Process:
        units = self._site.units_of(row)
        yield self._env.timeout(self._ordered[number] - self._begin)
        self._log.add(EquipmentOrdered(self._env.now, self._number, number, units, row.unit_price))
        yield self._env.timeout(duration(*self._draw("lead_time", row.name), 0, row.lead_time))
        self._log.add(EquipmentDelivered(self._env.now, self._number, number, units))
        self._settled[row.name].succeed()

    def _carry_out(self, number: int, task: Task) -> Process:
        env, name = self._env, task.name
        if name in self._needed:
            yield self._needed[name]
        yield self._or_redesign(name, env.all_of([self._start, *(self._settled[other] for other in task.after)]))
        if self._is_redesigned(name):
            self._cancel(number, task, env.now, 0.0)
            return
        with self._team(task.crew) as team:
            yield self._or_redesign(name, team)
            if self._is_redesigned(name):
                self._cancel(number, task, env.now, 0.0)
            else:
                yield from self._work(number, task)

    def _work(self, number: int, task: Task) -> Process:
        """Do a task that may begin now, up to its end or to the redesign that cancels it."""
        begun, hours = self._env.now, duration(*self._draw("duration", task.name), 0, task.duration)
        self._log.add(TaskStarted(begun, self._number, number))
        # What ends in the hour of the redesign is finished: both times are known, so no order of events decides.
        if begun + hours <= self._redesign_hour.get(task.name, float("inf")):
            yield self._env.timeout(hours)
            self._log.add(TaskFinished(self._env.now, self._number, number, begun))
            self._settled[task.name].succeed()
        else:
            yield self._redesigned[task.name]
            self._cancel(number, task, begun, (self._env.now - begun) / hours)

    def _or_redesign(self, name: str, event: simpy.Event) -> simpy.Event:
        return event | self._redesigned[name] if name in self._redesigned else event

    def _is_redesigned(self, name: str) -> bool:
        return name in self._redesign_hour and self._env.now >= self._redesign_hour[name]

    def _cancel(self, number: int, task: Task, begun: float, progress: float) -> None:
        self._log.add(TaskCancelled(self._env.now, self._number, number, begun, progress))
        instead = self._network.replaced_by[task.name]
        for name in instead:
            if not self._needed[name].triggered:
                self._needed[name].succeed()
        self._env.process(self._replace(task.name, instead))

    def _replace(self, name: str, instead: tuple[str, ...]) -> Process:
        yield self._env.all_of([self._settled[other] for other in instead])
        self._settled[name].succeed()

    def _hand_over(self, number: int, hall: Hall, after: tuple[str, ...]) -> Process:
        """Test a hall until it passes, with rework in between, and hand it over."""
        assert hall.test is not None
        test, env = hall.test, self._env
        yield env.all_of([self._start, *(self._settled[name] for name in after)])
        for k in count():
            ready = env.now
            with self._team(test.crew) as team:
                yield team
                begun = env.now
                yield env.timeout(duration(*self._draw("test", hall.name), k, test.duration))
            luck, quantity, entity = self._draw("passed", hall.name)
            passed = luck.stream(quantity, entity).at(k) < test.pass_probability
            self._log.add(HallTested(env.now, self._number, number, k, ready, begun, int(passed)))
            if passed:
                break
            yield env.timeout(duration(*self._draw("rework", hall.name), k, test.rework))
        self._log.add(HallOpened(env.now, self._number, number, hall.it_power))
        self.opened.append((env.now, number))
