"""What is added to SimPy's engine: an agenda whose entries run in place, between two of SimPy's events.

An entry of the agenda costs a place in a list and a call, where an event of SimPy's costs several objects. Healthy
nodes cost nothing at all, and no failure, repair or timer of a job wakes a process.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from math import inf
from typing import Protocol, cast

import simpy
from simpy.events import EventPriority

from simcluster.sim.agenda import Agenda

Deed = Callable[[float, int, int], None]
"""Called with an entry's hour, number and detail; the clock stands at the hour."""


class Plan(Protocol):
    """How an entry comes on the agenda."""

    def __call__(self, hour: float, number: int, deed: int, detail: int = 0) -> None:
        """Have a deed done at an hour."""


AFTER_ALL = cast("EventPriority", 2)
"""A priority behind SimPy's own two: at one hour, what SimPy has queued goes before what is on the agenda."""


class KernelEnvironment(simpy.Environment):
    """A SimPy environment with an agenda.

    `plan(hour, number, deed, detail=0)` has a deed done at an hour, which is not before now and, for any use,
    before the `horizon`. `in_place` off makes each entry an event of SimPy's as well, to show that nothing changes
    but the time it takes.
    """

    def __init__(self, in_place: bool = True, horizon: float = inf) -> None:
        super().__init__()
        self.in_place = in_place
        self.horizon = horizon
        self._agenda = Agenda(horizon)
        self._deeds: list[Deed] = []
        self.plan: Plan = self._agenda.push if in_place else self._plan_and_knock

    @property
    def entries_run(self) -> int:
        """How many entries of the agenda have been run."""
        return self._agenda.entries_run

    def enlist(self, deed: Deed) -> int:
        """The number by which entries name a deed."""
        self._deeds.append(deed)
        return len(self._deeds) - 1

    def step(self) -> None:
        """Run what is on the agenda before SimPy's next event, then that event."""
        if self.in_place:
            self._run_agenda()
        super().step()

    def _run_agenda(self) -> None:
        queue, agenda, deeds = self._queue, self._agenda, self._deeds
        while agenda.has_next(queue[0][0] if queue else inf):
            for hour, number, deed, detail in islice(agenda.near, agenda.at, None):
                if queue and queue[0][0] <= hour:
                    return
                agenda.at += 1
                self._now = hour
                deeds[deed](hour, number, detail)

    def _plan_and_knock(self, hour: float, number: int, deed: int, detail: int = 0) -> None:
        """Have SimPy call for the first entry of the agenda at the hour of each entry."""
        self._agenda.push(hour, number, deed, detail)
        if hour >= self.horizon:
            return
        event = simpy.Event(self)
        event.callbacks = [self._run_first]
        event._ok, event._value = True, None
        self.schedule(event, priority=AFTER_ALL, delay=max(hour - self._now, 0.0))

    def _run_first(self, _: simpy.Event) -> None:
        agenda = self._agenda
        agenda.has_next()
        hour, number, deed, detail = agenda.near[agenda.at]
        agenda.at += 1
        self._now = hour
        self._deeds[deed](hour, number, detail)

    def call_at(self, hour: float, action: Callable[[], None]) -> None:
        """Run `action` at an hour (now, if it has passed), as an event of SimPy's.

        The clock then stands at `hour` to the last bit: now + (hour - now) may be one rounding away from it.
        """
        hour = max(hour, self.now)

        def ring(_: simpy.Event) -> None:
            self._now = hour
            action()

        timeout = self.timeout(hour - self.now)
        assert timeout.callbacks is not None
        timeout.callbacks.append(ring)


class Alarm:
    """Calls `action` at its target hour. A target moved later costs nothing until the earlier entry comes up."""

    __slots__ = ("_action", "_armed", "_deed", "_env", "target")

    def __init__(self, env: KernelEnvironment, action: Callable[[], None]) -> None:
        self._env = env
        self._action = action
        self._armed = inf
        self._deed = env.enlist(self._expire)
        self.target = inf

    def set(self, hour: float) -> None:
        """Ring at `hour` instead of any earlier target; infinity means never."""
        self.target = hour
        if hour < self._armed:
            self._armed = hour
            self._env.plan(hour, -1, self._deed)

    def _expire(self, hour: float, _number: int, _detail: int) -> None:
        if hour == self._armed:
            self._armed = inf
        if self.target <= hour:
            self.target = inf
            self._action()
        elif self.target < self._armed:
            self.set(self.target)
