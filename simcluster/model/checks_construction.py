"""Checks of a site's construction: names that resolve, no circle, changes of plans that hold together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from simcluster.model.checks_names import used_twice
from simcluster.model.construction import Construction
from simcluster.model.kind import Located

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.model.site import Hall, Site

Path = tuple[str | int, ...]
TABLES = ("tasks", "equipment", "redesigns")


def problems_of_construction(scenario: Scenario) -> Iterator[Located]:
    """Every inconsistency of the sites' networks; circles and loads are looked for once the names resolve."""
    for number, site in enumerate(scenario.sites):
        at: Path = ("sites", number)
        if site.construction is None:
            for k, hall in enumerate(site.halls):
                if hall.after is not None:
                    message = f"hall {hall.name!r} waits for tasks, but site {site.name!r} has no construction"
                    yield Located((*at, "halls", k, "after"), message, "add construction, or give the hall ready")
            continue
        wrong = [*_names(site, site.construction, at), *_redesigns(site.construction, (*at, "construction"))]
        yield from wrong
        if not wrong:
            yield from _circles(site.construction, (*at, "construction", "tasks"))
            yield from _loads(site, site.construction, (*at, "construction", "equipment"))


def _names(site: Site, network: Construction, at: Path) -> Iterator[Located]:
    here: Path = (*at, "construction")
    yield from used_twice(network, here, TABLES, "tasks, equipment and redesigns share their names")
    yield from used_twice(network, here, ("crews",))
    for k, task in enumerate(network.tasks):
        yield from _after(network, task.name, task.after, (*here, "tasks", k, "after"))
        yield from _crew(network, task.crew, (*here, "tasks", k, "crew"))
    for k, hall in enumerate(site.halls):
        yield from _hall(network, hall, (*at, "halls", k))


def _hall(network: Construction, hall: Hall, at: Path) -> Iterator[Located]:
    yield from _after(network, None, hall.after or (), (*at, "after"))
    if hall.test is not None:
        yield from _crew(network, hall.test.crew, (*at, "test", "crew"))


def _after(network: Construction, task: str | None, names: tuple[str, ...], at: Path) -> Iterator[Located]:
    """What a task (or a hall, without a name) waits for must exist, and be sure to be done."""
    known = [*network.task_of, *network.equipment_of]
    for k, name in enumerate(names):
        if name not in known:
            yield _unknown("task or equipment", name, known, (*at, k))
        elif replaced := network.stands_in_for.get(name):
            mine = network.stands_in_for.get(task, frozenset()) if task is not None else frozenset()
            if not mine or not mine <= replaced:
                message = f"{name!r} is done only if {', '.join(map(repr, sorted(replaced)))} is cancelled"
                yield Located((*at, k), message, "wait for the task that it replaces; its replacements count for it")


def _crew(network: Construction, crew: str | None, at: Path) -> Iterator[Located]:
    known = [row.name for row in network.crews]
    if crew is not None and crew not in known:
        yield _unknown("crew", crew, known, at)


def _unknown(what: str, name: str, known: list[str], at: Path) -> Located:
    close = get_close_matches(name, known, 1)
    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(sorted(known)) or 'none'}"
    return Located(at, f"there is no {what} {name!r}", hint)


def _redesigns(network: Construction, at: Path) -> Iterator[Located]:
    known = list(network.task_of)
    counts = Counter(name for redesign in network.redesigns for name in redesign.replaces)
    for k, redesign in enumerate(network.redesigns):
        here: Path = (*at, "redesigns", k)
        if redesign.date < network.start:
            message = f"redesign {redesign.name!r} comes before the start of construction"
            yield Located((*here, "date"), message, "leave out what was never begun")
        for name, instead in redesign.replaces.items():
            where: Path = (*here, "replaces", name)
            if name not in known:
                yield _unknown("task", name, known, where)
            if counts[name] > 1:
                yield Located(where, f"task {name!r} is replaced {counts[name]} times", "replace its replacement")
            for j, task in enumerate(instead):
                if task not in known:
                    yield _unknown("task", task, known, (*where, j))
                    continue
                later = network.redesign_of.get(task)
                if later is not None and later.date <= redesign.date:
                    message = f"{task!r} is itself replaced by redesign {later.name!r}, which is not later"
                    yield Located((*where, j), message, "date that redesign later")


def _circles(network: Construction, at: Path) -> Iterator[Located]:
    """A task that waits for itself, with the shortest way round, at each task on a circle."""
    for k, task in enumerate(network.tasks):
        circle = _way_back(network, task.name)
        if circle:
            message = f"task {task.name!r} waits for itself: {' after '.join(circle)}"
            yield Located((*at, k, "after"), message, "take the circle out of after, or of what replaces it")


def _way_back(network: Construction, name: str) -> list[str]:
    """The shortest way from a task over what it waits for back to it, or nothing."""
    ways = [[name]]
    seen: set[str] = set()
    for way in ways:  # grows as it is walked: breadth first
        for earlier in network.waits_for(way[-1]):
            if earlier == name:
                return [*way, name]
            if earlier not in seen:
                seen.add(earlier)
                ways.append([*way, earlier])
    return []


def _loads(site: Site, network: Construction, at: Path) -> Iterator[Located]:
    for k, row in enumerate(network.equipment):
        if row.load is None and not site.halls_after(row.name):
            message = f"equipment {row.name!r} has no load, and no hall depends on it"
            yield Located((*at, k), message, "give load, or name it in after of a task or hall")
