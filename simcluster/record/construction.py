"""Construction as planned and as built: tasks, deliveries and tests, their slack and what they waited for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from simcluster.record.as_built import as_built
from simcluster.record.as_planned import as_planned, round_name
from simcluster.record.critical_path import Network
from simcluster.record.events import EquipmentOrdered, TaskCancelled
from simcluster.record.retrofits import retrofit_rows

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog

HOURS_PER_DAY = 24.0


def construction_frame(scenario: Scenario, log: EventLog) -> pd.DataFrame:
    """One row a task, lot of equipment, redesign that took place, test, rework and retrofit, as declared by site.

    Columns: `site`, `name`, `kind` (of a task; or equipment, redesign, test, rework, retrofit); `state` (waiting,
    under way, finished, cancelled, not needed); `planned_start`, `planned_finish`, `planned_slack_days` by mean
    durations with teams for all and without redesigns; `start`, `finish` as it was; `waited_for`, what it waited for
    last, and `crew_wait_days`, for how much of that it lacked a team; `slack_days`, how much later it could have ended
    with no hall handed over later; `critical_for`, the halls on whose critical path it lies, joined by ", ". Dates are
    datetime64; what does not apply is NaT, NaN or "".
    """
    import pandas as pd

    rows = [
        row
        for site in range(len(scenario.sites))
        for row in (*_rows(scenario, log, site), *retrofit_rows(scenario, log, site))
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    start = pd.Timestamp(scenario.start)
    for name in ("planned_start", "planned_finish", "start", "finish"):
        frame[name] = start + pd.to_timedelta(frame[name].astype(float), unit="h")
    return frame.astype({name: float for name in COLUMNS if name.endswith("_days")})


COLUMNS = (
    "site",
    "name",
    "kind",
    "state",
    "planned_start",
    "planned_finish",
    "planned_slack_days",
    "start",
    "finish",
    "waited_for",
    "crew_wait_days",
    "slack_days",
    "critical_for",
)


def _rows(scenario: Scenario, log: EventLog, number: int) -> Iterator[tuple[Any, ...]]:
    site = scenario.sites[number]
    if site.construction is None:
        return
    plan, built = as_planned(scenario, number), as_built(scenario, log, number)
    state = _states(scenario, log, number, built)
    critical = {hall: {span.name for span in built.critical_path(end)} for hall, end in built.ends.items()}
    for name, kind in _named(scenario, number, built):
        halls = ", ".join(hall for hall, path in critical.items() if name in path)
        yield (site.name, name, kind, state(name), *_planned(plan, name), *_actual(built, name), halls)


def _named(scenario: Scenario, number: int, built: Network) -> Iterator[tuple[str, str]]:
    """Name and kind of every row of a site."""
    site = scenario.sites[number]
    assert site.construction is not None
    yield from ((task.name, task.kind) for task in site.construction.tasks)
    yield from ((row.name, "equipment") for row in site.construction.equipment)
    yield from ((row.name, "redesign") for row in site.construction.redesigns if row.name in built.spans)
    for hall in site.halls:
        if hall.after is not None:
            tests = [name for name in built.spans if name.startswith(f"{hall.name} ")]
            yield from ((name, name.split()[1]) for name in tests or [round_name(hall.name, 0)])


def _states(scenario: Scenario, log: EventLog, number: int, built: Network) -> Any:
    network = scenario.sites[number].construction
    assert network is not None
    cancelled = {network.tasks[fact.task].name for fact in log.rows(TaskCancelled) if fact.site == number}
    ordered = {network.equipment[fact.equipment].name for fact in log.rows(EquipmentOrdered) if fact.site == number}

    def state(name: str) -> str:
        if name in cancelled:
            return "cancelled"
        if name in built.spans:
            return "finished" if isfinite(built.spans[name].finish) else "under way"
        replaced = network.stands_in_for.get(name, ())
        if replaced and not cancelled.intersection(replaced):
            return "not needed"
        return "under way" if name in ordered else "waiting"

    return state


def _planned(plan: Network, name: str) -> Iterable[float | None]:
    if name not in plan.spans:
        return None, None, None
    span = plan.spans[name]
    return span.start, span.finish, _days(plan.slack_hours.get(name))


def _actual(built: Network, name: str) -> Iterable[float | str | None]:
    if name not in built.spans:
        return None, None, "", None, None
    span, binding = built.spans[name], built.binding(name)
    waited = "" if binding is None else binding.name
    finish = None if span.finish == inf else span.finish
    return span.start, finish, waited, _days(span.waited_hours), _days(built.slack_hours.get(name))


def _days(hours: float | None) -> float | None:
    return None if hours is None else hours / HOURS_PER_DAY
