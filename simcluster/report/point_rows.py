"""The tables of a sweep over points: the same cells in text and on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.report import format as fmt
from simcluster.report.point_axes import axes_of, cells_of, said
from simcluster.report.precision import Precision, precision_of
from simcluster.study.point_summary import Leader, leader
from simcluster.study.sweep_columns import Kind

if TYPE_CHECKING:
    from simcluster.model.experiment import Experiment
    from simcluster.study.pairs import Pair
    from simcluster.study.point_summary import AtPoints
    from simcluster.study.sweep_summary import Spread

HALF = "± 95%"
MOST_RIVALS = 3
"""Rivals of a leader that are named."""


def level_precision(found: AtPoints) -> Precision:
    """How the values of an outcome are written."""
    means = (spread.mean for spread in found.spreads)
    middles = (spread.percentiles[50] for spread in found.spreads)
    is_date = found.kind is Kind.DATE
    return precision_of([*means, *middles] if is_date else means, is_date)


def point_head(asked: Experiment) -> tuple[str, ...]:
    """What the columns of a table are called."""
    axes = tuple(axis.label for axis in axes_of(asked))
    return (*axes, "mean", HALF, "p5 to p95", "from the first", HALF, "n")


def point_rows(asked: Experiment, found: AtPoints) -> list[tuple[str, ...]]:
    """A row a point: mean and half its interval, what 90% of the replicas span, and the difference by pairs."""
    level = level_precision(found)
    rows = []
    for point, spread, pair in zip(asked.points, found.spreads, (None, *found.differences), strict=True):
        rows.append((*cells_of(asked, point), *_level(level, spread), *_difference(level, pair), fmt.plain(spread.n)))
    return rows


def _difference(level: Precision, pair: Pair | None) -> tuple[str, str]:
    """Each with decimals of its own: some pairs say a hundred times more than others."""
    if pair is None:
        return fmt.NOTHING, fmt.NOTHING
    precision = precision_of([pair.difference], like=level)
    return precision.change(pair.difference.value), precision.width(pair.difference.half_width)


def _level(precision: Precision, spread: Spread) -> tuple[str, str, str]:
    low, high = (spread.percentiles[percent].value for percent in (5, 95))
    mean = precision.level(spread.mean.value)
    if mean == fmt.NOTHING and spread.n and spread.without:
        mean = f"not by the end in {spread.without:,}" if spread.kind is not Kind.NUMBER else mean
    return mean, precision.width(spread.mean.half_width), f"{precision.level(low)} to {precision.level(high)}"


def leader_lines(asked: Experiment, found: AtPoints) -> list[str]:
    """The highest and the lowest point, or the latest and the earliest, and from which they cannot be told."""
    names = ("Latest", "Earliest") if found.kind is Kind.DATE else ("Highest", "Lowest")
    lines = []
    for name, sign in zip(names, (1, -1), strict=True):
        first = leader(found, sign)
        if first is not None:
            lines.append(f"{name}: {_led(asked, found, first)}")
    return lines


def _led(asked: Experiment, found: AtPoints, first: Leader) -> str:
    spread, precision = found.spreads[first.point], level_precision(found)
    unit = " days" if precision.is_date else f" {precision.unit}".rstrip()
    half = precision.width(spread.mean.half_width)
    text = f"{said(asked, asked.points[first.point])} at {precision.level(spread.mean.value)} ± {half}{unit}, "
    rivals = [said(asked, asked.points[rival]) for rival in first.rivals]
    if not rivals:
        text += "told apart from every other point"
    elif len(rivals) == len(asked.points) - first.unranked - 1 > MOST_RIVALS:
        text += "which cannot be told from any other point"
    elif len(rivals) > MOST_RIVALS:
        text += f"which cannot be told from {len(rivals):,} others, such as {rivals[0]}"
    else:
        text += f"which cannot be told from {'; '.join(rivals)}"
    left = f"; {fmt.times(first.unranked, 'point')} without a mean left out" if first.unranked else ""
    return text + left
