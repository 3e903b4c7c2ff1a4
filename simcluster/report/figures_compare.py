"""Scenarios against the first: ratios of single runs, and relative differences of many with their intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simcluster.report import style
from simcluster.report.compare import label
from simcluster.report.figures_rows import NAME, interval, rows_figure
from simcluster.study.intervals import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simcluster.study.compare import Comparison, Row
    from simcluster.study.compare_paired import PairedComparison
    from simcluster.study.compare_rows import Quantity

COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.PURPLE, style.GREY)
FAR = 3.0
"""A relative difference beyond which the axis is logarithmic outside of one whole."""


def compared_rows(found: Comparison) -> list[Row]:
    """The rows of which some scenario has a ratio to the first above 0."""
    return [row for row in found.rows if any(ratio is not None and ratio > 0 for ratio in row.ratios)]


@style.styled
def ratios_figure(found: Comparison) -> Figure:
    """A dot a quantity and scenario at its ratio to the first, on a logarithmic axis."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    rows = compared_rows(found)
    figure, axes = rows_figure([_named(row.quantity) for row in rows], 0.26)
    for k, column in enumerate(found.columns[1:]):
        told = [(row.ratios[k + 1], height) for height, row in enumerate(rows)]
        known = [(ratio, height) for ratio, height in told if ratio is not None and ratio > 0]
        at, heights = zip(*known, strict=True) if known else ((), ())
        axes.plot(at, heights, marker="o", linestyle="", color=COLOURS[k % len(COLOURS)], label=column.name)
    axes.set_xscale("log")
    axes.axvline(1.0, color=style.INK, linewidth=0.8)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"×{x:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_title(f"Ratios to {style.shortened(found.columns[0].name, NAME // 2)}")
    if len(found.columns) > 2:
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=len(found.columns) - 1)
    return figure


def relative_differences(found: PairedComparison, position: int) -> list[tuple[Quantity, Estimate]]:
    """Differences over the size of the first scenario's mean, of the quantities of which a ratio says something.

    `position` counts the scenarios from the second. Those that are the same in every pair are left out.
    """
    told = []
    for row in found.rows:
        pair = row.pairs[position]
        if pair is None or not row.quantity.compared or pair.first.value == 0:
            continue
        apart, size = pair.difference, abs(pair.first.value)
        if apart.value or 0 < apart.half_width < math.inf:
            low, high = apart.low / size, apart.high / size
            told.append((row.quantity, Estimate(apart.value / size, low, high, apart.n, apart.confidence)))
    return told


@style.styled
def differences_figure(found: PairedComparison, position: int) -> Figure:
    """A dot a quantity at its relative difference, with its interval."""
    told = relative_differences(found, position)
    figure, axes = rows_figure([_named(quantity) for quantity, _ in told], 0.28)
    for row, (_, estimate) in enumerate(told):
        axes.plot([estimate.value], [row], marker="o", linestyle="", color=style.BLUE)
        interval(axes, row, estimate, style.BLUE)
    axes.axvline(0.0, color=style.INK, linewidth=0.8)
    _percentages(axes, max(abs(estimate.value) for _, estimate in told))
    names = (style.shortened(name, NAME // 2) for name in (found.names[position + 1], found.names[0]))
    axes.set_title("{} less {}, in percent of the latter".format(*names))
    return figure


def _percentages(axes: Axes, furthest: float) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    if furthest > FAR:
        axes.set_xscale("symlog", linthresh=1.0)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:+,.6g}%".replace("-", "−")))


def _named(quantity: Quantity) -> str:
    return style.shortened(label(quantity).strip(), NAME)
