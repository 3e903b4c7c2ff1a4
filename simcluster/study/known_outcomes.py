"""Names of outcomes that no run has, found before a study runs, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from simcluster.study.chunk import run_replica
from simcluster.study.sampled import Sampled

if TYPE_CHECKING:
    from simcluster.study.plan import Plan

MOST = 3
"""Names told that have the unknown one in them."""


def known_outcomes(plan: Plan) -> list[str] | None:
    """The outcomes of every replica of a plan, told by running the first.

    None where that one fails, or where alternatives (`one_of`) may give others other outcomes.
    """
    if differ(plan):
        return None
    outcomes = run_replica(plan, 0).outcomes
    return None if outcomes is None else list(outcomes)


def differ(plan: Plan) -> bool:
    """Whether alternatives may give some replicas outcomes that others do not have."""
    return isinstance(plan, Sampled) and bool(plan.document.uncertainty.alternatives)


def hint_of(name: str, known: Iterable[str]) -> str:
    """What was probably meant by the name of an outcome that there is not."""
    names = list(known)
    close = get_close_matches(name, names, 1) or [one for one in names if name in one][:MOST]
    return f"did you mean {' or '.join(map(repr, close))}?" if close else "outcomes.json of a run lists them"
