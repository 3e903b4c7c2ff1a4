"""Rows of text in columns for a terminal, and rows of values in a CSV file."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcluster.report import format as fmt

if TYPE_CHECKING:
    from simcluster.study.intervals import Estimate

GAP = "  "
OPEN = f"{fmt.NOTHING} to {fmt.NOTHING}"
"""An interval of which so few replicas give neither end."""
NO_INTERVAL = "so few give no interval"
BOUNDED = ("", "_low", "_high")
"""Endings of the columns of an estimate."""


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows with the first column flush left and the others flush right; a row may be shorter than others."""
    widths = [max(map(len, column)) for column in zip_longest(*(row for row in rows if len(row) > 1), fillvalue="")]
    lines = []
    for row in rows:
        first = row[0].ljust(widths[0]) if len(row) > 1 else row[0]
        others = (text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=False))
        lines.append(GAP.join([first, *others]).rstrip())
    return "\n".join(lines)


def write_rows(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file (UTF-8, Unix line ends); None is an empty cell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(head)
        out.writerows(rows)


def flat(estimate: Estimate | None) -> tuple[float | None, float | None, float | None]:
    """Value, low and high; None where there is no estimate, and for an end that so few replicas cannot give."""
    if estimate is None:
        return None, None, None
    return fmt.number(estimate.value), fmt.number(estimate.low), fmt.number(estimate.high)


def keyed(estimate: Estimate | None) -> dict[str, float | None]:
    """The same as `value`, `low` and `high`."""
    return dict(zip(("value", "low", "high"), flat(estimate), strict=True))


def amount(value: float) -> str:
    """1.23 M or 0.00456; a dash where it is infinite."""
    x = fmt.number(value)
    return fmt.scaled(x) if x is not None and abs(x) >= 1e6 else fmt.significant(x)


def change(value: float) -> str:
    """A difference: +1.23 M."""
    text = amount(value)
    return f"+{text}" if value > 0 and text != fmt.NOTHING else text


def changed(estimate: Estimate) -> tuple[str, str]:
    """A difference, and half the width of its interval; a dash where that is infinite."""
    return change(estimate.value), amount(estimate.half_width)


def in_words(estimate: Estimate, form: Callable[[float], str] = amount) -> str:
    """`1.2 M (95% interval 1.1 M to 1.3 M)`, or that so few give no interval."""
    ends = _ends(estimate, form)
    return f"{form(estimate.value)} ({NO_INTERVAL if ends == OPEN else f'95% interval {ends}'})"


def in_lines(estimate: Estimate, form: Callable[[float], str] = amount) -> str:
    """The value, and on a second line its interval unless that is the value alone or open, for a cell of a page."""
    value, ends = form(estimate.value), _ends(estimate, form)
    return value if ends in (f"{value} to {value}", OPEN) else f"{value}\n{ends}"


def _ends(estimate: Estimate, form: Callable[[float], str]) -> str:
    """An end that so few replicas cannot give is a dash."""
    low, high = (form(end) if math.isfinite(end) else fmt.NOTHING for end in (estimate.low, estimate.high))
    return f"{low} to {high}"
