"""A sweep over points for a terminal: a table of every outcome that was asked for, and what the tables can tell."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from simcluster.report import format as fmt
from simcluster.report.point_rows import leader_lines, level_precision, point_head, point_rows
from simcluster.report.rows import aligned

if TYPE_CHECKING:
    from simcluster.study.point_summary import AtPoints, PointSummary
    from simcluster.study.point_sweep import PointSweep

LEGEND = (
    "Mean with half its 95% interval (of dates in days), what 90% of the replicas span, and the difference from the "
    "first point, replica by replica: replica k has the same seed and draws at every point. Points cannot be told "
    "apart where the interval of their difference has 0 in it; the intervals behind one line hold together with 95%"
)
MOST_ROWS = 60
"""Points shown in a table on a terminal."""


def point_text(laid: PointSweep, summary: PointSummary, width: int = 100) -> str:
    """Head, a table an outcome, and a legend, with a newline at the end."""
    fold = textwrap.TextWrapper(width, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
    parts = ["\n".join(map(fold.fill, point_heads(laid, summary)))]
    for found in summary.told:
        lines = map(fold.fill, leader_lines(laid.asked, found))
        parts.append("\n".join([_table(laid, found), *lines]))
    parts.append(fold.fill(LEGEND))
    return "\n\n".join(parts) + "\n"


def point_heads(laid: PointSweep, summary: PointSummary) -> list[str]:
    """What was run, and what failed."""
    scenario, asked = laid.scenario, laid.asked
    span = f"{fmt.day(scenario.start)} to {fmt.day(scenario.end)}"
    counted = f"{fmt.times(len(laid.points), 'point')} of {fmt.times(asked.replicas, 'replica')}"
    lines = [f"{laid.title}: {span}, {counted}, seed {scenario.seed}"]
    if summary.failed:
        failed = fmt.times(summary.failed, "replica")
        lines.append(f"Failed: {failed} raised an error, counted in no figure; see errors.csv")
    return lines


def _table(laid: PointSweep, found: AtPoints) -> str:
    rows = point_rows(laid.asked, found)
    title = level_precision(found).titled(found.outcome)
    table = [title, aligned([point_head(laid.asked), *rows[:MOST_ROWS]])]
    if len(rows) > MOST_ROWS:
        table.append(f"and {len(rows) - MOST_ROWS:,} more in points.csv")
    return "\n".join(table)
