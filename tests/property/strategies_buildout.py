"""How nodes are bought and brought into service, drawn for the scenarios of `strategies.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
Durations = Callable[[int, str], st.SearchStrategy[Any]]
Day = Callable[[int], date]


@st.composite
def vendors(draw: st.DrawFn, durations: Durations, day: Day) -> list[Document]:
    """One vendor of lead times and two queues, one shared with rivals and one by allocation."""

    def days(most: int) -> list[date]:
        return [day(k) for k in sorted(draw(st.sets(st.integers(-80, 80), min_size=1, max_size=most)))]

    curve = [{"date": at, "lead_time": draw(durations(60, "days"))} for at in days(3)]
    made = [[{"date": at, "gpus_per_month": draw(st.sampled_from((20, 90, 400, 0)))} for at in days(3)] for _ in "ab"]
    rivals = [{"date": day(draw(st.integers(-80, 60))), "gpus": draw(st.integers(1, 90))} for _ in range(2)]
    shares = [{"date": at, "share": draw(st.sampled_from((1.0, 0.3, 0.0)))} for at in days(2)]
    return [
        {"kind": "lead_times", "name": "curve", "curve": curve},
        {"kind": "queue", "name": "shared", "capacity": made[0], "rivals": rivals},
        {
            "kind": "queue",
            "name": "allotted",
            "capacity": made[1],
            "allocation": shares,
            "transit": draw(durations(9, "days")),
        },
    ]


@st.composite
def slips(draw: st.DrawFn, durations: Durations, day: Day, servers: tuple[str, ...]) -> list[Document]:
    """Up to two products that come late."""
    return [
        {
            "name": f"slip-{k}",
            "server": draw(st.sampled_from(servers)),
            "since": day(draw(st.integers(-20, 60))),
            "delay": draw(durations(30, "days")),
        }
        for k in range(draw(st.integers(0, 2)))
    ]


@st.composite
def supplied(draw: st.DrawFn, durations: Durations, placed: date, deposit: float) -> Document:
    """What an order says of its supply, its delays, an option and a cancellation."""
    row: Document = {}
    vendor = draw(st.sampled_from((None, None, "curve", "shared", "allotted")))
    row |= {"lead_time": draw(durations(50, "days"))} if vendor is None else {"vendor": vendor}
    if vendor in (None, "curve"):
        row["lot_interval"] = f"{draw(st.integers(0, 20))} days"
    if draw(st.integers(0, 3)) == 0:
        row["lot_delay"] = draw(durations(15, "days"))
    if draw(st.booleans()):
        row["payment_terms"] = f"{draw(st.integers(1, 90))} days"
    last = placed
    if draw(st.integers(0, 2)) == 0:
        last = placed + timedelta(days=draw(st.integers(0, 20)))
        premium, probability = draw(st.sampled_from((0.0, 0.1, deposit))), draw(st.sampled_from((1.0, 0.5, 0.0)))
        row["option"] = {"premium": min(premium, deposit), "exercise": last, "probability": probability}
    if draw(st.integers(0, 3)) == 0:
        cancelled = last + timedelta(days=draw(st.integers(0, 60)))
        row["cancellation"] = {"date": cancelled, "fee": draw(st.sampled_from((0.0, 0.2, 1.0)))}
    return row


@st.composite
def accepted(draw: st.DrawFn, durations: Durations) -> Document:
    """What an order says of nodes that go back."""
    if draw(st.booleans()):
        return {}
    chances = st.sampled_from((0.7, 0.3, 0.0))
    return {"dead_on_arrival": draw(chances), "rejected": draw(chances), "replacement": draw(durations(10, "days"))}


@st.composite
def kits(
    draw: st.DrawFn, durations: Durations, day: Day, clusters: list[Document], nodes_of: Callable[[str], int]
) -> list[Document]:
    """An order or two of each item of each kit, of more or fewer shares than there are nodes."""
    rows: list[Document] = []
    for cluster in clusters:
        for item in cluster["kit"]:
            for _ in range(draw(st.integers(1, 2))):
                nodes = draw(st.integers(1, max(nodes_of(cluster["name"]), 1) + 2))
                row: Document = {
                    "name": f"kit-{len(rows)}",
                    "cluster": cluster["name"],
                    "item": item,
                    "gpus": 8 * nodes,
                    "price": "1234.56 USD",
                    "placed": day(draw(st.integers(-60, 20))),
                    "payment_terms": f"{draw(st.sampled_from((0, 25)))} days",
                    "deposit": draw(st.sampled_from((0.0, 1 / 3, 1.0))),
                    "lots": draw(st.integers(1, min(nodes, 3))),
                }
                bought = draw(supplied(durations, row["placed"], row["deposit"]))
                rows.append(row | {key: bought[key] for key in bought if key not in ("option", "cancellation")})
    return rows


@st.composite
def steps(draw: st.DrawFn, durations: Durations) -> Any:
    """A step of installation: a duration for all at once, or few lines and small batches."""
    hours = draw(durations(5, "days"))
    if draw(st.booleans()):
        return hours
    lines = {"lines": draw(st.integers(1, 2))} if draw(st.booleans()) else {}
    batch = {"batch": draw(st.integers(1, 3))} if draw(st.booleans()) else {}
    return {"duration": hours, **lines, **batch}


@st.composite
def installs(draw: st.DrawFn, durations: Durations) -> Any:
    """One step, or racking and cabling."""
    if draw(st.booleans()):
        return draw(steps(durations))
    both = [draw(steps(durations)) for _ in range(2)]
    named = [step if isinstance(step, dict) and "kind" not in step else {"duration": step} for step in both]
    return [{"name": name, **step} for name, step in zip(("rack", "cable"), named, strict=True)]
