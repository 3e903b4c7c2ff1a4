"""How a single run says that values of it are uncertain: one line of the summary, and bands in the table of sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simcluster.model.inputs import Alternatives, Input
from simcluster.report.format import times

if TYPE_CHECKING:
    from simcluster.core.problems import KeyPath
    from simcluster.model.document import Document

THOUSANDS = 10_000
"""From there on whole numbers are written in groups of three."""


def uncertainty_line(document: Document) -> str:
    """How many inputs a run took at their central values; empty if none is uncertain."""
    said = document.uncertainty
    if not said:
        return ""
    parts = [_inputs(len(said.inputs), sum(found.is_given for found in said.inputs))] if said.inputs else []
    if said.alternatives:
        chosen = [f"{found.address} {found.labels[found.central]}" for found in said.alternatives]
        parts.append(f"{times(len(chosen), 'choice')} of structure as {', '.join(chosen)}")
    return f"Uncertain: {'; '.join(parts)}; one run shows none of their spread"


def _inputs(count: int, given: int) -> str:
    many = "" if count == 1 else "s"
    whose = "its" if count == 1 else "their"
    where = {0: f"{whose} median{many}", count: f"{whose} given central value{many}"}
    mixed = f"their medians, {given} of them at given central values"
    return f"{times(count, 'uncertain input')} at {where.get(given, mixed)}"


def written_value(document: Document, path: KeyPath, value: Any) -> str:
    """A value as written; of an uncertain one the central value and the band from the 5th to the 95th percentile."""
    found = document.uncertainty.at.get(path)
    if isinstance(found, Input):
        low, high = found.band
        return f"{short(found.central)} (uncertain: {short(low)} to {short(high)} in 90%)"
    written = str(value) if not isinstance(value, int) or abs(value) < THOUSANDS else f"{value:,}"
    return f"{written} (one of {', '.join(found.labels)})" if isinstance(found, Alternatives) else written


def short(value: Any) -> str:
    """A value, with its unit if it has one, to four significant digits; a label or a date as it is."""
    if isinstance(value, float):
        return f"{value:.4g}"
    number, _, unit = value.partition(" ") if isinstance(value, str) else ("", "", "")
    try:
        return f"{float(number):.4g} {unit}".strip()
    except ValueError:
        return str(value)
