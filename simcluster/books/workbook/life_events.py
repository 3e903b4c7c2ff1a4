"""What bends the line of a vintage, in order of date: changes of lives and impairments, and what each did to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from simcluster.books.impairments import is_struck
from simcluster.books.losses import depreciable_cents
from simcluster.books.register import Asset
from simcluster.core.calendar import HOURS_PER_YEAR
from simcluster.core.money import between
from simcluster.model.depreciation import Schedule

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """A change of lives or an impairment, by its position; one change more than declared stands empty at the end."""

    kind: Literal["change", "impairment"]
    row: int


def life_events(scenario: Scenario) -> list[LifeEvent]:
    """All of them; of one day, changes first."""
    changes, rows = scenario.finance.lives.changes, scenario.finance.impairments
    dated = [(change.date, 0, LifeEvent("change", k)) for k, change in enumerate(changes)]
    dated += [(row.date, 1, LifeEvent("impairment", k)) for k, row in enumerate(rows)]
    found = [event for _, _, event in sorted(dated, key=lambda row: row[:2])]
    return [*found, LifeEvent("change", len(changes))]


def schedules(scenario: Scenario, asset: Asset) -> Iterator[Schedule]:
    """How the vintage loses its value by its first life, and then with one event more each time."""
    lives, name = scenario.finance.lives, asset.asset_class
    changes: list[tuple[float, float]] = []
    write_downs: list[tuple[float, float]] = []
    term, residual = asset.term_ends - asset.in_service_hour, lives.residual.share(name)
    life = min(lives.years(name) * HOURS_PER_YEAR, term)
    yield Schedule(asset.in_service_hour, life)
    for event in life_events(scenario):
        if event.kind == "impairment":
            row = scenario.finance.impairments[event.row]
            if is_struck(scenario, asset, event.row):
                write_downs.append((scenario.clock.hours(row.date), row.share))
        elif event.row < len(lives.changes):
            change = lives.changes[event.row]
            if (new := lives.new_life(change, name)) is not None:
                changes.append((scenario.clock.hours(change.date), min(new * HOURS_PER_YEAR, term)))
        yield Schedule(asset.in_service_hour, life, changes, write_downs, residual)


def impaired_cents(scenario: Scenario, asset: Asset) -> list[int]:
    """What each impairment took of a vintage in the run, in declared order, cents."""
    found, known = [0] * len(scenario.finance.impairments), 0
    cost, until = depreciable_cents(scenario, asset), min(asset.retired_hour, scenario.clock.horizon_hours)
    for event, schedule in zip([None, *life_events(scenario)], schedules(scenario, asset), strict=True):
        if event is not None and len(schedule.impaired) > known:
            hour, before, after = schedule.impaired[-1]
            found[event.row] = between(cost, before, after) if 0 <= hour < until else 0
        known = len(schedule.impaired)
    return found
