"""The construction of a site as a network of tasks: what waits for what, how long it takes, and what it costs."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from math import ceil
from typing import Annotated, Literal

from pydantic import Field

from simcluster.model.distributions import Duration
from simcluster.model.kind import Count, Fraction, Megawatts, Name, Usd, Value
from simcluster.model.power import NO_DELAY

TaskKind = Literal["permit", "site", "shell", "electrical", "mechanical", "test", "other"]
Redundancy = Literal["N", "N+1", "2N"]


class Task(Value):
    """Work that begins once all it waits for (`after`: tasks and equipment) is there and its crew has a team free.

    A permit is a task whose end is uncertain. `paid_at_start` of the cost is paid at the start, the rest at the end.
    """

    name: Name
    kind: TaskKind = "other"
    after: tuple[Name, ...] = ()
    duration: Duration
    crew: Name | None = None
    cost: Usd = 0.0
    paid_at_start: Fraction = 0.0

    @property
    def is_plant(self) -> bool:
        """Whether its cost is that of plant, which has a life of its own in the books, and not of the building."""
        return self.kind in ("electrical", "mechanical")


class Equipment(Value):
    """Units with a long lead time that arrive as one lot: transformers, switchgear, generators, chillers.

    N units of `unit_power` carry `load`, by default the peak facility MW of the halls that depend on them. `deposit` of
    the price is paid on the order, the rest on delivery.
    """

    name: Name
    ordered: date
    lead_time: Duration
    unit_power: Annotated[Megawatts, Field(gt=0)]
    load: Megawatts | None = None
    redundancy: Redundancy = "N"
    unit_price: Usd = 0.0
    deposit: Fraction = 0.0

    def units(self, load_mw: float) -> int:
        """Units to order for a load: N that carry it, one more (N+1), or twice as many (2N).

        A quotient that should come out whole does.
        """
        needed = ceil(load_mw / self.unit_power * (1 - 1e-9))
        return {"N": needed, "N+1": needed + 1, "2N": 2 * needed}[self.redundancy]


class Crew(Value):
    """Teams of one trade; tasks take them first come, first served, a team a task."""

    name: Name
    teams: Count


class Redesign(Value):
    """A change of plans on a day: each task that it names and that is not finished is cancelled.

    `replaces` gives the tasks that are done instead; what waited for the cancelled task waits for all of them. They are
    not done when everything they replace was finished in time.
    """

    name: Name
    date: date
    replaces: dict[Name, Annotated[tuple[Name, ...], Field(min_length=1)]] = Field(min_length=1)


class SystemsTest(Value):
    """The integrated systems test (IST) of a hall: repeated after rework until it is passed."""

    duration: Duration
    pass_probability: Annotated[Fraction, Field(ge=0.01)]
    rework: Duration = NO_DELAY
    crew: Name | None = None


class Construction(Value):
    """Tasks from a start on, the equipment they wait for, the crews that do them, and changes of plans."""

    start: date
    tasks: tuple[Task, ...] = Field(min_length=1)
    equipment: tuple[Equipment, ...] = ()
    crews: tuple[Crew, ...] = ()
    redesigns: tuple[Redesign, ...] = ()

    @cached_property
    def task_of(self) -> dict[str, Task]:
        """Each task by name."""
        return {task.name: task for task in self.tasks}

    @cached_property
    def equipment_of(self) -> dict[str, Equipment]:
        """Each lot of equipment by name."""
        return {row.name: row for row in self.equipment}

    def is_plant(self, name: str) -> bool:
        """Whether a task, or equipment, is electrical or mechanical plant: all equipment is."""
        return name in self.equipment_of or self.task_of[name].is_plant

    @cached_property
    def redesign_of(self) -> dict[str, Redesign]:
        """The redesign that may cancel a task, by the task's name."""
        return {name: redesign for redesign in self.redesigns for name in redesign.replaces}

    @cached_property
    def replaced_by(self) -> dict[str, tuple[str, ...]]:
        """The tasks done instead of one that is cancelled, by its name."""
        return {name: tasks for redesign in self.redesigns for name, tasks in redesign.replaces.items()}

    @cached_property
    def stands_in_for(self) -> dict[str, frozenset[str]]:
        """The tasks that a replacement may stand in for, by the replacement's name."""
        replacements = {task for tasks in self.replaced_by.values() for task in tasks}
        return {
            name: frozenset(task for task, instead in self.replaced_by.items() if name in instead)
            for name in replacements
        }

    def waits_for(self, name: str) -> tuple[str, ...]:
        """What must be there before a task, or equipment, is done with: what it is after, and what may replace it."""
        task = self.task_of.get(name)
        return (*task.after, *self.replaced_by.get(name, ())) if task else ()

    def upstream(self, names: Iterable[str]) -> frozenset[str]:
        """These tasks and equipment, and all that they wait for, directly or not."""
        seen: set[str] = set()
        frontier = list(names)
        while frontier:
            name = frontier.pop()
            if name not in seen:
                seen.add(name)
                frontier.extend(self.waits_for(name))
        return frozenset(seen)
