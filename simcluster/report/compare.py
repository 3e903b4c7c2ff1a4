"""A comparison as text: who takes part, a table by groups, and what to keep in mind."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

from simcluster.report import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from simcluster.model.hardware import Precision
    from simcluster.study.compare import Column, Comparison, Row
    from simcluster.study.compare_paired import PairedRow
    from simcluster.study.compare_rows import Quantity, Value

R = TypeVar("R", "Row", "PairedRow")
WIDTH = 100
GAP = 2
COUNTS = ("GPUs", "H100")
"""Units of whole numbers."""
NOT_IN_IT = "What Linpack or training reaches of them is not in it."
OF_LUCK = (
    "One run each. Luck is shared only where things have the same names: two versions of one scenario share it, "
    "different scenarios differ by luck too."
)


def comparison_text(comparison: Comparison, width: int = WIDTH) -> str:
    """The whole comparison for a terminal so wide, with a newline at the end."""
    parts = [heads(comparison, width), _table(comparison, width), notes(comparison, width)]
    return "\n\n".join(parts) + "\n"


def heads(comparison: Comparison, width: int = WIDTH) -> str:
    """A line a column: name, title, what is simulated and with which seed."""
    lines = []
    for column in comparison.columns:
        scenario = column.scenario
        title = f"{scenario.title}, " if scenario.title else ""
        text = f"{column.name}: {title}{scenario.start} to {scenario.end}, seed {column.seed}"
        lines.append(folded(text, width))
    return "\n".join(lines)


def notes(comparison: Comparison, width: int = WIDTH) -> str:
    """What the figures hold and what they do not."""
    said = [*peak_notes(comparison.precision, comparison.lacking), OF_LUCK]
    return "\n".join(folded(text, width) for text in said)


def peak_notes(precision: Precision, lacking: Mapping[str, Sequence[str]]) -> list[str]:
    """What peaks are, and which GPUs have none, by scenario."""
    name = precision.upper()
    said = [f"Peaks are dense {name} of the matrix units, of all GPUs that have entered service. {NOT_IN_IT}"]
    said += [f"{column}: no {name} peak is known of {', '.join(types)}." for column, types in lacking.items()]
    return said


def folded(text: str, width: int) -> str:
    """A text in lines of at most so many characters, all but the first indented."""
    return textwrap.fill(text, width, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)


def _table(comparison: Comparison, width: int) -> str:
    columns = comparison.columns
    labels = [label(row.quantity) for row in comparison.rows]
    cells = [[cell(row, row.values[k], column) for k, column in enumerate(columns)] for row in comparison.rows]
    ratios = [[ratio(value) for value in row.ratios] for row in comparison.rows]
    widest, tail = ([max(map(len, column)) for column in zip(*lines, strict=True)] for lines in (cells, ratios))
    stub = max(map(len, labels)) + GAP
    room = (width - stub) // len(columns) - GAP - max(tail)
    names = _short([column.name for column in columns], max(room, *widest))
    wide = [max(len(name), there) for name, there in zip(names, widest, strict=True)]
    lines = [_line("", names, [""] * len(names), stub, wide, tail)]
    told = iter(zip(labels, cells, ratios, strict=True))
    for group, rows in by_group(comparison.rows, comparison.precision):
        lines += [group, *(_line(*next(told), stub, wide, tail) for _ in rows)]
    return "\n".join(lines)


def by_group(rows: Iterable[R], precision: Precision) -> Iterator[tuple[str, list[R]]]:
    """Rows of a comparison under the headings of their groups, that of computing with the precision."""
    for group, members in groupby(rows, key=lambda row: row.quantity.group):
        yield (f"{group} at {precision.upper()}" if group == "Compute" else group), list(members)


def _line(text: str, values: list[str], ratios: list[str], stub: int, wide: list[int], tail: list[int]) -> str:
    """A label and for each column a value and a ratio, all flush right."""
    out = text.ljust(stub)
    for k, (value, told) in enumerate(zip(values, ratios, strict=True)):
        out += (GAP if k else 0) * " " + value.rjust(wide[k]) + (f" {told.rjust(tail[k])}" if tail[k] else "")
    return out.rstrip()


def _short(names: list[str], most: int) -> list[str]:
    """Names of at most so many characters, cut in the middle; numbered where that makes two the same."""
    cut = [_cut(name, most) for name in names]
    if len(set(cut)) == len(cut):
        return cut
    return [f"{k} {_cut(name, most - 2)}" for k, name in enumerate(names, 1)]


def _cut(name: str, most: int) -> str:
    head = most // 2
    return name if len(name) <= most else f"{name[:head]}…{name[head + 1 - most :]}"


def label(quantity: Quantity) -> str:
    """What a row is called, indented below its group, and its unit unless that says it already."""
    told = quantity.unit in ("", "share", "date", *COUNTS) or " per " in quantity.unit
    return f"  {quantity.title}" + ("" if told else f", {quantity.unit}")


def cell(row: Row, value: Value, column: Column) -> str:
    """A value as it is read: counts whole, shares in percent, the rest to three significant figures."""
    if row.quantity.unit == "date":
        return "at the start" if value == column.scenario.start.isoformat() else str(value or fmt.NOTHING)
    if value is None or isinstance(value, str):
        return value or fmt.NOTHING
    if row.quantity.unit == "share":
        return fmt.percent(value, 2 if row.quantity.name == "availability" else 1)
    return fmt.plain(value) if row.quantity.unit in COUNTS else fmt.significant(value)


def ratio(value: float | None) -> str:
    """×0.28; nothing where there is none."""
    return "" if value is None else f"×{fmt.significant(value, 2)}"


def comparison_values(comparison: Comparison) -> dict[str, Any]:
    """The comparison as one JSON object."""
    names = [column.name for column in comparison.columns]
    return {
        "precision": comparison.precision,
        "scenarios": [
            {
                "name": column.name,
                "title": column.scenario.title,
                "start": column.scenario.start.isoformat(),
                "end": column.scenario.end.isoformat(),
                "seed": column.seed,
            }
            for column in comparison.columns
        ],
        "rows": [
            {
                "group": row.quantity.group,
                "quantity": row.quantity.name,
                "unit": row.quantity.unit,
                "values": dict(zip(names, row.values, strict=True)),
                "ratios_to_first": dict(zip(names[1:], row.ratios[1:], strict=True)),
            }
            for row in comparison.rows
        ],
        "no_peak_known": {name: list(types) for name, types in comparison.lacking.items()},
    }
