"""Networks of tasks that build the halls of a drawn site: any order of declaration, crews, equipment, redesigns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
Durations = Callable[[int, str], st.SearchStrategy[Any]]
KINDS = ("permit", "site", "shell", "electrical", "mechanical", "test", "other")


@st.composite
def perhaps_built(
    draw: st.DrawFn, site: Document, day: Callable[[int], date], days: int, durations: Durations
) -> Document:
    """Half of the time the site as it is; else built."""
    return draw(built(site, day, days, durations)) if draw(st.booleans()) else site


@st.composite
def built(draw: st.DrawFn, site: Document, day: Callable[[int], date], days: int, durations: Durations) -> Document:
    """The site with a network of tasks, which builds its halls but for the first."""
    start = draw(st.integers(-40, max(days - 20, 0)))
    crews = [
        {"name": f"crew-{k}", "teams": draw(st.sampled_from((1, 1, 2)))}
        for k in range(draw(st.sampled_from((1, 2, 0))))
    ]
    equipment = [draw(_equipment(k, day, start, durations)) for k in range(draw(st.integers(0, 2)))]
    gear = [row["name"] for row in equipment]
    tasks: list[Document] = []
    for _ in range(draw(st.integers(1, 8))):
        tasks.append(draw(_task(f"task-{len(tasks)}", [*(task["name"] for task in tasks), *gear], crews, durations)))
    names = [*(task["name"] for task in tasks), *gear]
    first, *others = site["halls"]
    halls = [first, *(draw(_hall(hall, names, gear, crews, durations)) for hall in others)]
    if len(halls) == 1:
        for row in equipment:
            row.setdefault("load", "1 MW")
    redesigns, instead = draw(_redesigns(tasks, day, start, days, crews, durations))
    network = {
        "start": day(start),
        "tasks": draw(st.permutations([*tasks, *instead])),
        "equipment": equipment,
        "crews": crews,
        "redesigns": redesigns,
    }
    return {**site, "halls": halls, "construction": network}


@st.composite
def _task(draw: st.DrawFn, name: str, before: list[str], crews: list[Document], durations: Durations) -> Document:
    task: Document = {
        "name": name,
        "kind": draw(st.sampled_from(KINDS)),
        "after": [other for other in before if draw(st.integers(0, 2)) == 0],
        "duration": draw(durations(20, "days")),
        "cost": draw(st.sampled_from(("0 USD", "1234.57 USD", "0.01 USD", "3.3 MUSD"))),
        "paid_at_start": draw(st.sampled_from((0.0, 1 / 3, 1.0))),
    }
    return {**task, **draw(_crew(crews))}


@st.composite
def _crew(draw: st.DrawFn, crews: list[Document]) -> Document:
    names = [crew["name"] for crew in crews]
    chosen = draw(st.sampled_from([*names, *names, None]))
    return {} if chosen is None else {"crew": chosen}


@st.composite
def _equipment(draw: st.DrawFn, number: int, day: Callable[[int], date], start: int, durations: Durations) -> Document:
    row: Document = {
        "name": f"gear-{number}",
        "ordered": day(start + draw(st.integers(-30, 10))),
        "lead_time": draw(durations(30, "days")),
        "unit_power": draw(st.sampled_from(("0.01 MW", "0.033 MW", "2 MW"))),
        "redundancy": draw(st.sampled_from(("N", "N+1", "2N"))),
        "unit_price": draw(st.sampled_from(("0 USD", "100.03 USD"))),
        "deposit": draw(st.sampled_from((0.0, 1 / 3, 1.0))),
    }
    return {**row, "load": draw(st.sampled_from(("0 MW", "0.1 MW")))} if draw(st.booleans()) else row


@st.composite
def _hall(
    draw: st.DrawFn, hall: Document, names: list[str], gear: list[str], crews: list[Document], durations: Durations
) -> Document:
    """A hall that waits for some of these, and for all the gear, whose size it gives."""
    after = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    test = {
        "duration": draw(durations(5, "days")),
        "pass_probability": draw(st.sampled_from((0.3, 0.7, 1.0))),
        "rework": draw(durations(5, "days")),
        **draw(_crew(crews)),
    }
    return {
        "name": hall["name"],
        "it_power": hall["it_power"],
        **{key: hall[key] for key in ("cooling", "rack_power", "retrofits") if key in hall},
        "after": [*after, *(name for name in gear if name not in after)],
        "test": test,
    }


@st.composite
def _redesigns(
    draw: st.DrawFn,
    tasks: list[Document],
    day: Callable[[int], date],
    start: int,
    days: int,
    crews: list[Document],
    durations: Durations,
) -> tuple[list[Document], list[Document]]:
    """Up to one change of plans, and perhaps a second that changes it again; and the tasks they bring."""
    if draw(st.integers(0, 2)) == 0:
        return [], []
    first = draw(st.integers(0, len(tasks) - 1))
    replaced = [task["name"] for task in tasks[first:] if task is tasks[first] or draw(st.booleans())]
    before = [task["name"] for task in tasks[:first]]
    strip = draw(_task("strip", before, crews, durations))
    refit = draw(_task("refit", [*before, "strip"], crews, durations))
    on = start + draw(st.integers(0, days))
    redesigns: list[Document] = [
        {"name": "redesign-0", "date": day(on), "replaces": {name: ["strip", "refit"] for name in replaced}}
    ]
    instead = [strip, refit]
    if draw(st.booleans()):
        later = day(on + draw(st.integers(1, 20)))
        redesigns.append({"name": "redesign-1", "date": later, "replaces": {"refit": ["last"]}})
        instead.append(draw(_task("last", before, crews, durations)))
    return redesigns, instead
