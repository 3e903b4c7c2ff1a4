"""What construction costs: milestones of tasks and equipment, and whose cost they become.

A task is paid in part when it starts and for the rest when it is finished, equipment on order and on delivery. What is
finished belongs to the halls that depend on it, in proportion to their MW, as plant or as the building; what no hall
depends on is an asset of its own. A task that a redesign cancels is paid for the work done, which is then worth
nothing: it is written off that day (abandoned construction in progress is expensed, not carried into what replaces it:
ASC 360-10-35-47).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from simcluster.core.money import between, cents, reached, whole
from simcluster.record.events import (
    EquipmentDelivered,
    EquipmentOrdered,
    HallOpened,
    TaskCancelled,
    TaskFinished,
    TaskStarted,
)

if TYPE_CHECKING:
    from simcluster.model.construction import Construction, Task
    from simcluster.model.depreciation import AssetClass
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog

Named = tuple[int, str]
"""A site's position and the name of a task, of equipment or of a hall."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something reached at an hour that costs so many cents: a payment, a loss, or an asset completed."""

    hour: float
    of: Named
    cents: int
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """What is paid for a thing between two shares of the halls that depend on it (see `core.money.between`)."""

    of: Named
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Completed(Milestone):
    """An asset completed, and what its cost is made of."""

    parts: tuple[Part, ...]
    asset_class: AssetClass


def class_of(scenario: Scenario, of: Named) -> AssetClass:
    """Whether a task, or equipment, is plant or part of the building."""
    network = scenario.sites[of[0]].construction
    assert network is not None
    return "plant" if network.is_plant(of[1]) else "buildings"


def part_text(asset_class: AssetClass, of: str) -> str:
    """What the books call a part of a thing that was built: the thing itself for the building, or its plant."""
    return f"plant of {of}" if asset_class == "plant" else of


def milestones(scenario: Scenario, log: EventLog) -> list[Milestone]:
    """Payments for tasks and equipment, tasks first."""
    return [*_of_tasks(scenario, log), *_of_equipment(scenario, log)]


def abandoned_milestones(scenario: Scenario, log: EventLog) -> list[Milestone]:
    """What was paid for each task that a redesign cancelled after it was begun, at the hour of the redesign."""
    paid = _paid(scenario, log)
    found = []
    for fact in log.rows(TaskCancelled):
        name = _task(scenario, fact.site, fact.task).name
        found.append(Milestone(fact.hour, (fact.site, name), paid[fact.site, name], f"abandoned: {name}"))
    return found


def completed(scenario: Scenario, log: EventLog) -> list[Completed]:
    """What came into service: each hall built, at its share of all that it depends on and that was completed by then.

    What of that is plant is an asset beside the building.
    What comes later for a hall that is open (its share of a provision for a redesign that never came) is an addition of
    its own hour, and what no hall depends on an asset of its own.
    """
    opened = {(fact.site, fact.hall): fact.hour for fact in log.rows(HallOpened)}
    built = {key: hour for key, hour in opened.items() if scenario.sites[key[0]].halls[key[1]].after is not None}
    parts: dict[tuple[int, int], list[Part]] = {key: [] for key in built}
    others, paid = [], _paid(scenario, log)

    def asset(hour: float, of: Named, made_of: Sequence[Part], text: str, name: AssetClass) -> Completed:
        cost = sum(between(paid[part.of], part.since, part.until) for part in made_of)
        return Completed(hour, of, cost, text, tuple(made_of), name)

    for done in _completed(scenario, log):
        site = scenario.sites[done.of[0]]
        halls = site.halls_after(done.of[1])
        if not halls:
            others.append(asset(done.hour, done.of, [Part(done.of, 0.0, 1.0)], done.of[1], class_of(scenario, done.of)))
            continue
        for hall, shares in zip(halls, pairwise(reached([site.halls[k].it_power for k in halls])), strict=True):
            key, part = (done.of[0], hall), Part(done.of, *shares)
            if key in built and done.hour <= built[key]:
                parts[key].append(part)
            elif key in built:
                text = f"{done.of[1]} for hall {site.halls[hall].name}"
                others.append(asset(done.hour, done.of, [part], text, class_of(scenario, done.of)))
    made = []
    for key, opening_hour in built.items():
        of = key[0], scenario.sites[key[0]].halls[key[1]].name
        for name, made_of in _by_class(scenario, parts[key]).items():
            made.append(asset(opening_hour, of, made_of, part_text(name, f"hall {of[1]}"), name))
    return [*made, *others]


def _by_class(scenario: Scenario, parts: Sequence[Part]) -> dict[AssetClass, list[Part]]:
    """Parts of the building, of which there may be none, and those of plant, if there are any."""
    found: dict[AssetClass, list[Part]] = {"buildings": []}
    for part in parts:
        found.setdefault(class_of(scenario, part.of), []).append(part)
    return found


def _paid(scenario: Scenario, log: EventLog) -> Counter[Named]:
    paid: Counter[Named] = Counter()
    for milestone in milestones(scenario, log):
        paid[milestone.of] += milestone.cents
    return paid


def _completed(scenario: Scenario, log: EventLog) -> Iterator[Milestone]:
    """The last milestone of each task finished and of all equipment delivered."""
    begun = log.count(TaskStarted) + log.count(TaskCancelled)
    yield from list(_of_tasks(scenario, log))[begun:]
    yield from list(_of_equipment(scenario, log))[log.count(EquipmentOrdered) :]


def _of_tasks(scenario: Scenario, log: EventLog) -> Iterator[Milestone]:
    """Starts, then cancellations, then ends."""
    for started in log.rows(TaskStarted):
        task = _task(scenario, started.site, started.task)
        yield Milestone(started.hour, (started.site, task.name), _at_start(task), f"start of {task.name}")
    for ended in log.rows(TaskCancelled):
        task = _task(scenario, ended.site, ended.task)
        due = whole((cents(task.cost) - _at_start(task)) * ended.progress)
        yield Milestone(ended.hour, (ended.site, task.name), due, f"work done on {task.name}")
    for finished in log.rows(TaskFinished):
        task = _task(scenario, finished.site, finished.task)
        rest = cents(task.cost) - _at_start(task)
        yield Milestone(finished.hour, (finished.site, task.name), rest, f"end of {task.name}")


def _of_equipment(scenario: Scenario, log: EventLog) -> Iterator[Milestone]:
    """Orders, then deliveries, at the price of the order."""
    rests: dict[tuple[int, int], int] = {}
    for placed in log.rows(EquipmentOrdered):
        row = _network(scenario, placed.site).equipment[placed.equipment]
        price = placed.units * cents(placed.unit_price_usd)
        deposit = whole(price * row.deposit)
        rests[placed.site, placed.equipment] = price - deposit
        text = f"{placed.units} units of {row.name} ordered"
        yield Milestone(placed.hour, (placed.site, row.name), deposit, text)
    for came in log.rows(EquipmentDelivered):
        row, rest = _network(scenario, came.site).equipment[came.equipment], rests[came.site, came.equipment]
        yield Milestone(came.hour, (came.site, row.name), rest, f"{came.units} units of {row.name} delivered")


def _at_start(task: Task) -> int:
    """What is due at the start, cents; never more than the cost."""
    return whole(cents(task.cost) * task.paid_at_start)


def _task(scenario: Scenario, site: int, task: int) -> Task:
    return _network(scenario, site).tasks[task]


def _network(scenario: Scenario, site: int) -> Construction:
    network = scenario.sites[site].construction
    assert network is not None
    return network
