"""Construction as planned: earliest times by mean durations, with teams for all and nothing redesigned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.record.critical_path import Network, Span

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario

BEGIN = "start of construction"
"""The span of no length after which every task comes; with spaces, so that no task has its name."""


def round_name(hall: str, number: int) -> str:
    """The name of a hall's test by its round, from 0."""
    return f"{hall} test {number + 1}"


def as_planned(scenario: Scenario, number: int) -> Network:
    """The forward pass of the critical path method over a site's network; every test is passed at once."""
    site, hours = scenario.sites[number], scenario.clock.hours
    network = site.construction
    assert network is not None
    begin = hours(network.start)
    spans = {BEGIN: Span(BEGIN, begin, begin)}
    for row in network.equipment:
        ordered = hours(row.ordered)
        spans[row.name] = Span(row.name, ordered, ordered + row.lead_time.mean_hours)

    def plan(name: str, after: tuple[str, ...], mean_hours: float) -> None:
        for before in after:
            if before not in spans:
                plan(before, network.task_of[before].after, network.task_of[before].duration.mean_hours)
        ready = max(spans[before].finish for before in (BEGIN, *after))
        spans[name] = Span(name, ready, ready + mean_hours, (BEGIN, *after))

    for task in network.tasks:
        if task.name not in spans and task.name not in network.stands_in_for:
            plan(task.name, task.after, task.duration.mean_hours)
    ends = {}
    for hall in site.halls:
        if hall.after is not None and hall.test is not None:
            ends[hall.name] = round_name(hall.name, 0)
            plan(ends[hall.name], hall.after, hall.test.duration.mean_hours)
    return Network(spans, ends)
