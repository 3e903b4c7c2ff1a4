"""Retrofits of halls as planned and as done, in the rows of `record.construction`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcluster.record.as_planned import as_planned
from simcluster.record.events import HallOpened, RetrofitFinished, RetrofitStarted

if TYPE_CHECKING:
    from simcluster.model.retrofit import Retrofit
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog

Row = tuple[str | float | None, ...]
DEMAND = "nodes without a hall"
"""What a retrofit on demand waits for."""


def retrofit_name(hall: str, retrofit: str) -> str:
    """The name of a retrofit's row."""
    return f"{hall} retrofit {retrofit}"


def retrofit_rows(scenario: Scenario, log: EventLog, number: int) -> Iterator[Row]:
    """A row a retrofit of a site, hall by hall; hours since the start. Columns as in `record.construction`."""
    opened = {fact.hall: fact.hour for fact in log.rows(HallOpened) if fact.site == number}
    begun = {(fact.hall, fact.retrofit): fact.hour for fact in log.rows(RetrofitStarted) if fact.site == number}
    ended = {(fact.hall, fact.retrofit): fact.hour for fact in log.rows(RetrofitFinished) if fact.site == number}
    site = scenario.sites[number]
    for h, hall in enumerate(site.halls):
        if not hall.retrofits:
            continue
        plans = _planned(scenario, number, h)
        free, last = opened.get(h), f"hall {hall.name}"
        for k, row in enumerate(hall.retrofits):
            start, finish, name = begun.get((h, k)), ended.get((h, k)), retrofit_name(hall.name, row.name)
            state = "waiting" if start is None else "under way" if finish is None else "finished"
            waited, crew = "", None if start is None else 0.0
            if start is not None and free is not None:
                waited = _waited_for(scenario, row, start, free, last)
            yield site.name, name, "retrofit", state, *plans[k], None, start, finish, waited, crew, None, ""
            free, last = finish, name


def _waited_for(scenario: Scenario, row: Retrofit, start: float, free: float, last: str) -> str:
    """The hall or the retrofit before, if that held it up, else those who called for it, or nothing but its day."""
    if row.start is None:
        return DEMAND if start > free else last
    return last if free > scenario.clock.hours(row.start) else ""


def _planned(scenario: Scenario, number: int, hall: int) -> list[tuple[float | None, float | None]]:
    """Start and finish of each retrofit of a hall as planned; one on demand has no plan."""
    found: list[tuple[float | None, float | None]] = []
    free = _planned_hour(scenario, number, hall)
    for row in scenario.sites[number].halls[hall].retrofits:
        if row.start is None:
            found.append((None, None))
            continue
        start = max(scenario.clock.hours(row.start), free)
        free = start + row.duration.mean_hours
        found.append((start, free))
    return found


def _planned_hour(scenario: Scenario, number: int, hall: int) -> float:
    """The hour for which the hand-over of a hall is planned."""
    row = scenario.sites[number].halls[hall]
    if row.ready is not None:
        return scenario.clock.hours(row.ready)
    plan = as_planned(scenario, number)
    return plan.spans[plan.ends[row.name]].finish
