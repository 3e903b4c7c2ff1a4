"""Retrofits of halls, and servers that not every hall cools, drawn for the scenarios of `strategies.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
Durations = Callable[[int, str], st.SearchStrategy[Any]]


@st.composite
def varied(draw: st.DrawFn, durations: Durations, day: Callable[[int], date], ready: int) -> Document:
    """What racks a hall takes, any or not those of all servers, and its retrofits."""
    fits = draw(st.sampled_from(({}, {}, {"cooling": "liquid"}, {"cooling": "air"}, {"rack_power": "12 kW"})))
    return {**fits, **draw(retrofits(durations, day, ready))}


@st.composite
def narrow(draw: st.DrawFn, durations: Durations) -> Document:
    """A hall that takes next to nothing until nodes call for it."""
    row = {"name": "called", "trigger": "on_demand", "duration": draw(durations(20, "days")), "cost": "2 MUSD/MW"}
    return {"rack_power": "5 kW", "retrofits": [{**row, "cooling": "any", "rack_power": "99 kW"}]}


def called_for(document: Document) -> Document:
    """The document with all halls but the first of each site taking next to nothing until nodes call for them.

    They stand soon and are large, so that whoever finds no room in the first calls for one.
    """
    row = {"name": "called", "trigger": "on_demand", "duration": "9 days", "cost": "2 MUSD/MW"}
    for site in document["sites"]:
        for hall in site["halls"][1:]:
            hall.pop("cooling", None)
            hall["rack_power"] = "5 kW"
            hall["retrofits"] = [{**row, "cooling": "any", "rack_power": "99 kW"}]
            hall["it_power"] = "2 MW"
    return document


@st.composite
def retrofits(draw: st.DrawFn, durations: Durations, day: Callable[[int], date], ready: int) -> Document:
    """Up to two retrofits on days from that of a hall on, and perhaps one on demand; no key where there is none."""
    dated, called = draw(st.sampled_from(((0, False), (0, True), (0, True), (1, False), (2, True))))
    days = sorted(draw(st.sets(st.integers(max(ready, 0), max(ready, 0) + 60), min_size=dated, max_size=dated)))
    rows = [draw(_retrofit(f"dated-{k}", {"start": day(at)}, durations)) for k, at in enumerate(days)]
    if called:
        rows.append(draw(_retrofit("called", {"trigger": "on_demand"}, durations)))
    return {"retrofits": rows} if rows else {}


@st.composite
def _retrofit(draw: st.DrawFn, name: str, begins: Document, durations: Durations) -> Document:
    anything = {"cooling": "any", "rack_power": "99 kW"}
    change = st.sampled_from((anything, anything, {"rack_power": "25 kW"}, {"cooling": "liquid"}))
    cost = draw(st.sampled_from(("0 USD/MW", "1.23456789 MUSD/MW")))
    plant = draw(st.sampled_from(({}, {"plant_share": 0.77})))
    return {"name": name, **begins, "duration": draw(durations(20, "days")), "cost": cost, **plant, **draw(change)}


@st.composite
def cooled(draw: st.DrawFn, servers: Document) -> Document:
    """The servers, each cooled in one way or in any."""
    return {name: {**row, "cooling": draw(st.sampled_from(("any", "air", "liquid")))} for name, row in servers.items()}
