"""What a drawn scenario rents and contracts: halls, transit, upkeep, support and licences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
Day = Callable[[int], date]


@st.composite
def _steps(draw: st.DrawFn, day: Day, name: str, unit: str) -> list[Document]:
    """Levels that go up and down, before, in and after the run."""
    offsets = sorted(draw(st.sets(st.integers(-60, 150), min_size=1, max_size=3)))
    return [{"date": day(k), name: f"{draw(st.integers(0, 90)) / 7:.4f} {unit}"} for k in offsets]


@st.composite
def site_contracts(draw: st.DrawFn, day: Day) -> Document:
    """Each in one of three sites; a third of what is rented is rented by steps."""
    found: Document = {}
    if draw(st.integers(0, 2)) == 0:
        found["colocation"] = {"rent": "137.91 USD/kW/month"}
        if draw(st.integers(0, 2)) == 0:
            found["colocation"]["steps"] = draw(_steps(day, "it_power", "MW"))
    if draw(st.integers(0, 2)) == 0:
        found["transit"] = {"price": "83.37 USD/Gbps/month", "steps": draw(_steps(day, "bandwidth", "Gbps"))}
    if draw(st.integers(0, 2)) == 0:
        found["upkeep"] = draw(st.sampled_from((0.0, 0.0173, 1.0)))
    return found


@st.composite
def cluster_contracts(draw: st.DrawFn) -> Document:
    """Each in one of three clusters."""
    found: Document = {}
    if draw(st.integers(0, 2)) == 0:
        found["licences"] = "913.57 USD/GPU/year"
    if draw(st.integers(0, 2)) == 0:
        found["support"] = {"servers": draw(st.sampled_from((0.0, 0.0537))), "network": 0.0911}
    return found
