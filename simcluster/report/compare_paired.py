"""A comparison over many replicas as text and as values: means, differences with intervals, what pairing gained."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

from simcluster.report import format as fmt
from simcluster.report.compare import COUNTS, by_group, folded, label, peak_notes
from simcluster.report.rows import aligned, keyed
from simcluster.report.waterfall import waterfall_text, waterfall_values

if TYPE_CHECKING:
    from simcluster.study.compare_paired import PairedComparison, PairedRow
    from simcluster.study.compare_rows import Quantity
    from simcluster.study.pairs import Pair
    from simcluster.study.waterfall import Waterfall

HEAD = ("", "A", "B", "B − A", "± 95%", "n", "gain")
PAIRED = (
    "Means over replicas, and the mean of B − A with half the width of its 95% interval. Replica k has one seed in all "
    "and inputs of one key are drawn alike; n counts the pairs in which both have a value. Gain: the variance of the "
    "difference of unpaired runs over that of the paired: how many times as many unpaired runs would say as much."
)
ESTIMATES = ("first", "second", "difference", "median")


def paired_text(found: PairedComparison, explained: Waterfall | None, width: int = 100) -> str:
    """The whole comparison for a terminal, with a newline at the end."""
    parts = [_heads(found, width)]
    for position, name in enumerate(found.names[1:]):
        parts.append(f"A is {found.names[0]}, B is {name}\n{_table(found, position)}")
    if explained is not None:
        parts.append(waterfall_text(explained, width))
    notes = [*peak_notes(found.precision, found.lacking), PAIRED]
    parts.append("\n".join(folded(text, width) for text in notes))
    return "\n\n".join(parts) + "\n"


def _heads(found: PairedComparison, width: int) -> str:
    lines = [
        f"{name}: {f'{scenario.title}, ' if scenario.title else ''}{scenario.start} to {scenario.end}"
        for name, scenario in zip(found.names, found.scenarios, strict=True)
    ]
    failures = [f"{name}: {fmt.times(len(failed), 'replica')} failed" for name, failed in found.failed.items()]
    told = f"{fmt.times(found.n, 'replica')} of each, of seed {found.seed}"
    return "\n".join(folded(line, width) for line in [*lines, told, *failures])


def _table(found: PairedComparison, position: int) -> str:
    rows: list[tuple[str, ...]] = [HEAD]
    for group, members in by_group(found.rows, found.precision):
        rows += [(group,), *((label(row.quantity), *_cells(row, position)) for row in members)]
    return aligned(rows)


def _cells(row: PairedRow, position: int) -> tuple[str, ...]:
    pair, quantity = row.pairs[position], row.quantity
    if pair is None:
        return (fmt.NOTHING,)
    means = (level(quantity, value) for value in (pair.first.value, pair.second.value))
    change, half = (change_of(quantity, value) for value in (pair.difference.value, pair.difference.half_width))
    return (*means, change, half, fmt.plain(pair.n), gain(pair.gain))


def level(quantity: Quantity, value: float) -> str:
    """A mean as it is read."""
    if quantity.unit == "date":
        return date.fromordinal(round(value)).isoformat()
    if quantity.unit == "share":
        return fmt.percent(value, 2 if quantity.name == "availability" else 1)
    return fmt.plain(value) if quantity.unit in COUNTS and value == round(value) else fmt.significant(value)


def change_of(quantity: Quantity, value: float) -> str:
    """A difference: in days of dates, in percentage points of shares."""
    if not math.isfinite(value):
        return fmt.NOTHING
    if quantity.unit == "date":
        return f"{fmt.significant(value, 2)} d"
    if quantity.unit == "share":
        return f"{fmt.significant(100 * value, 2)} pp"
    return fmt.significant(value)


def gain(value: float | None) -> str:
    """×13; nothing where no outcome varies."""
    if value is None:
        return fmt.NOTHING
    return "×∞" if math.isinf(value) else f"×{fmt.significant(value, 2)}"


def _told(pair: Pair | None) -> dict[str, Any] | None:
    if pair is None:
        return None
    counts = {"n": pair.n, "without": pair.without, "gain": fmt.number(pair.gain)}
    return {name: keyed(getattr(pair, name)) for name in ESTIMATES} | counts


def paired_values(found: PairedComparison, explained: Waterfall | None) -> dict[str, Any]:
    """The comparison as one JSON object; dates are ordinal days, and ends that so few replicas cannot give are null."""
    others = found.names[1:]
    return {
        "precision": found.precision,
        "seed": found.seed,
        "replicas": found.n,
        "scenarios": [
            {"name": name, "title": one.title, "start": one.start.isoformat(), "end": one.end.isoformat()}
            for name, one in zip(found.names, found.scenarios, strict=True)
        ],
        "failed": {name: [replica.number for replica in failed] for name, failed in found.failed.items()},
        "rows": [
            {
                "group": row.quantity.group,
                "quantity": row.quantity.name,
                "unit": row.quantity.unit,
                "against_first": {name: _told(pair) for name, pair in zip(others, row.pairs, strict=True)},
            }
            for row in found.rows
        ],
        "outcomes": {
            name: {other: _told(pair) for other, pair in zip(others, row, strict=True)}
            for name, row in found.outcomes.items()
        },
        "waterfall": None if explained is None else waterfall_values(explained),
        "no_peak_known": {name: list(types) for name, types in found.lacking.items()},
    }
