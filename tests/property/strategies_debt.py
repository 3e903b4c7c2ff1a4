"""Debt of every kind on top of a drawn scenario: of before the start, drawn in the run, and by a delayed draw."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
KINDS = ("bullet", "level", "straight")
RATES = (0.0, 0.05, 0.13, 0.99)


@st.composite
def indebted(draw: st.DrawFn, plain: st.SearchStrategy[Document]) -> Document:
    """The document with debt, whose interest is mostly capitalised."""
    document = draw(plain)
    rows = [draw(_debt(document, k)) for k in range(draw(st.integers(1, 3)))]
    borrowing = {"debt": rows, "capitalise_interest": draw(st.sampled_from((True, True, False)))}
    return {**document, "finance": {**document["finance"], **borrowing}}


@st.composite
def _debt(draw: st.DrawFn, document: Document, number: int) -> Document:
    start, days = document["start"], (document["end"] - document["start"]).days
    kind = draw(st.sampled_from(KINDS))
    row: Document = {"name": f"debt-{number}", "rate": draw(st.sampled_from(RATES)), "repayment": kind}
    if draw(st.integers(0, 2)) == 0:
        draws = {"share": draw(st.sampled_from((0.1, 1 / 3, 1.0))), "limit": draw(st.sampled_from(("3 USD", "9 MUSD")))}
        since = start + timedelta(days=draw(st.integers(0, days)))
        until = since + timedelta(days=draw(st.integers(0, 100)))
        row["delayed"], least, term = {**draws, "since": since, "until": until}, 0, draw(st.integers(5, 40))
    else:
        offsets = sorted(draw(st.lists(st.integers(-400, days), min_size=1, max_size=3)))
        amounts = st.sampled_from(("0.01 USD", "1234567.89 USD", "40 MUSD"))
        row["drawn"] = [{"date": start + timedelta(days=k), "amount": draw(amounts)} for k in offsets]
        least = (max(offsets[-1], 0) - offsets[0]) // 28 + 1
        term = least + draw(st.sampled_from((0, 1, 12, 120)))
    if draw(st.booleans()):
        row["rate_changes"] = [
            {"date": start + timedelta(days=k), "rate": draw(st.sampled_from(RATES))} for k in (-100, 40)
        ]
    return {**row, "term": f"{term + 1} months", "grace": f"{draw(st.integers(0, term))} months"}
