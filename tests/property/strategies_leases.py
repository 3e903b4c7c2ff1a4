"""Leases, drawn for the scenarios of `strategies.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
Day = Callable[[int], date]


@st.composite
def leases(draw: st.DrawFn, day: Day, days: int) -> list[Document]:
    """Up to three leases that stand alone, of which some are over in the run and some began before it."""
    return [draw(_lease(k, day, days)) for k in range(draw(st.sampled_from((0, 0, 1, 2, 3))))]


@st.composite
def _lease(draw: st.DrawFn, number: int, day: Day, days: int) -> Document:
    a_year = draw(st.integers(0, 3)) == 0
    since = draw(st.sampled_from((0, draw(st.integers(-29, days)))))
    return {
        "kind": draw(st.sampled_from(("finance", "operating"))),
        "name": f"lease-{number}",
        "asset_class": draw(st.sampled_from(("servers", "network", "buildings", "plant"))),
        "commences": day(since),
        "term": f"{draw(st.integers(1, 4)) * 12 if a_year else draw(st.integers(1, 40))} months",
        "payment": draw(st.sampled_from(("0.01 USD", "333.33 USD", "98765.43 USD"))),
        "per": "year" if a_year else "month",
        "escalation": draw(st.sampled_from((0.0, 0.03))),
        **draw(_paid()),
    }


@st.composite
def on_lease(draw: st.DrawFn) -> Document:
    """What an order says that is leased: the lessor pays, so that there is no deposit and nothing on terms."""
    return {"term": f"{draw(st.integers(1, 60))} months", **draw(_paid())}


@st.composite
def _paid(draw: st.DrawFn) -> Document:
    paid = draw(st.sampled_from(("in_advance", "in_arrears")))
    return {"rate": draw(st.sampled_from((0.0, 0.07, 0.1234))), "paid": paid}
