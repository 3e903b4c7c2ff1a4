"""How an outcome answers to the factors of an experiment: lines, dots, a heat map, or main effects."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from simcluster.report import format as fmt
from simcluster.report import style
from simcluster.report.figures_rows import NAME, rows_figure
from simcluster.report.point_axes import Axis, axes_of
from simcluster.report.point_rows import level_precision
from simcluster.study.point_summary import main_effect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simcluster.model.experiment import Experiment
    from simcluster.report.precision import Precision
    from simcluster.study.intervals import Estimate
    from simcluster.study.point_summary import AtPoints

Series = list[tuple[str, list["Estimate"]]]
"""A label and an estimate a level of the axis, line by line."""
COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.PURPLE)
MOST_LINES = len(COLOURS)
MOST_TICKS = 10
HEIGHT_INCHES = 3.5
ROW_INCHES = 0.3
PANELS_ABREAST = 3
CELLS_WRITTEN = 12
"""Columns of a heat map up to which a cell has its number in it."""


def response_svg(asked: Experiment, found: AtPoints) -> str | None:
    """The figure of an outcome as SVG; None where nothing varies, or no point has a mean."""
    axes = axes_of(asked)
    shape = tuple(len(axis.texts) for axis in axes)
    varied = [k for k, length in enumerate(shape) if length > 1]
    if not varied or not any(math.isfinite(spread.mean.value) for spread in found.spreads):
        return None
    if len(varied) > 2:
        effects = [(axes[k], main_effect(found, shape, k)) for k in varied]
        return style.to_svg(effects_figure(found, effects))
    first, *others = (axes[k] for k in varied)
    means = np.empty([len(axes[k].texts) for k in varied], dtype=object)
    means.flat[:] = [spread.mean for spread in found.spreads]
    if not others:
        return style.to_svg(_one(found, first, [("", list(means))]))
    return style.to_svg(_two(found, first, others[0], means))


def _two(found: AtPoints, first: Axis, second: Axis, means: np.ndarray) -> Figure:
    """Lines of what has few levels over the other, or a heat map where both have many."""
    ways = [(first, second, means.T), (second, first, means)]
    few = [way for way in ways if len(way[1].texts) <= MOST_LINES]
    if not few:
        return heat_figure(found, first, second, means)
    across, lines, table = next((way for way in few if way[0].places is not None), few[0])
    names = [f"{lines.label} {text}" if lines.key else text for text in lines.texts]
    return _one(found, across, [(name, list(row)) for name, row in zip(names, table, strict=True)])


def _one(found: AtPoints, across: Axis, series: Series) -> Figure:
    return lines_figure(found, across, series) if across.places is not None else dots_figure(found, across, series)


@style.styled
def lines_figure(found: AtPoints, across: Axis, series: Series) -> Figure:
    """Means over a factor with their intervals; of a single line also what 90% of the replicas span."""
    assert across.places is not None
    longest = max(len(name) for name, _ in series)
    right = 0.97 - 0.0085 * longest
    figure, (axes,) = style.panels(HEIGHT_INCHES, [1.0], right=right, left=0.11)
    figure.subplots_adjust(bottom=0.52 / HEIGHT_INCHES)
    precision = level_precision(found)
    _factor_axis(axes, across)
    if len(series) == 1:
        _span(axes, found, across.places, precision)
    for (_, estimates), colour in zip(series, COLOURS, strict=False):
        _line(axes, across.places, estimates, precision, colour)
    _value_axis(axes, precision)
    axes.set_title(_titled(found, precision))
    labels = [
        style.EndLabel(y, name, colour)
        for (name, estimates), colour in zip(series, COLOURS, strict=False)
        if name and math.isfinite(y := estimates[int(np.argmax(across.places))].value / precision.scale)
    ]
    if labels:
        style.label_ends(axes, labels)
    return figure


@style.styled
def dots_figure(found: AtPoints, down: Axis, series: Series) -> Figure:
    """A row a level with its mean and interval, in each row a dot a line; the first level on top.

    Beside a single line stands the difference of each level from the first, by pairs.
    """
    lines, precision = len(series), level_precision(found)
    names = [style.shortened(text, NAME) for text in down.texts]
    figure, axes = rows_figure(names, ROW_INCHES * (1 if lines == 1 else 0.35 + 0.4 * lines))
    for k, ((name, estimates), colour) in enumerate(zip(series, COLOURS, strict=False)):
        places = np.arange(len(names)) + 0.16 * (k - (lines - 1) / 2)
        x, spans = _scaled(estimates, precision)
        axes.errorbar(x, places, xerr=spans, fmt="o", color=colour, label=name, capsize=3, markersize=5)
    _number_ticks(axes, "x", precision)
    axes.set_title(_titled(found, precision), pad=6 if lines == 1 else 22)
    if lines == 1:
        _beside(axes, found, precision)
    else:
        figure.subplots_adjust(top=1 - 0.62 / figure.get_figheight())
        axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=lines, borderaxespad=0.1)
    return figure


def _beside(axes: Axes, found: AtPoints, precision: Precision) -> None:
    """Differences from the first point in the right part of a figure of rows, of dates in days."""
    pairs = [(row, pair.difference) for row, pair in enumerate(found.differences, 1) if pair is not None]
    if not pairs:
        return
    figure, place = axes.figure, axes.get_position()
    middle = place.x0 + 0.56 * place.width
    axes.set_position((place.x0, place.y0, middle - 0.03 - place.x0, place.height))
    right = figure.add_axes((middle + 0.02, place.y0, place.x1 - middle - 0.02, place.height), sharey=axes)
    x, spans = _scaled([difference for _, difference in pairs], precision)
    right.errorbar(x, [row for row, _ in pairs], xerr=spans, fmt="o", color=style.ORANGE, capsize=3, markersize=5)
    right.axvline(0, color=style.GREY, linewidth=1)
    right.grid(visible=True, axis="x")
    right.grid(visible=False, axis="y")
    right.tick_params(labelleft=False)
    _number_ticks(right, "x", replace(precision, is_date=False))
    right.set_title("from the first, days" if precision.is_date else "from the first")


@style.styled
def heat_figure(found: AtPoints, down: Axis, across: Axis, means: np.ndarray) -> Figure:
    """The means of two factors as shades, evenly spaced by level, the first level below and at the left."""
    from matplotlib.colors import LinearSegmentedColormap

    precision = level_precision(found)
    table = np.array([[one.value / precision.scale for one in row] for row in means])
    height = max(ROW_INCHES * len(down.texts), 1.6) + 1.0
    texts = [style.shortened(text, 18) for text in down.texts]
    figure, (axes,) = style.panels(height, [1.0], right=0.97, left=style.row_margin(texts) + 0.03)
    figure.subplots_adjust(bottom=0.52 / height)
    shades = LinearSegmentedColormap.from_list("shades", ["#EDF4F9", style.BLUE])
    axes.pcolormesh(table, cmap=shades, edgecolors="white", linewidth=1)
    low, high = float(np.nanmin(table)), float(np.nanmax(table))
    if len(across.texts) <= CELLS_WRITTEN:
        for (row, column), x in np.ndenumerate(table):
            is_dark = (x - low) > 0.55 * (high - low)
            colour = "white" if is_dark else style.INK
            written = precision.level(x * precision.scale)
            axes.text(column + 0.5, row + 0.5, written, ha="center", va="center", color=colour, fontsize=8)
    every = -(-len(across.texts) // MOST_TICKS)
    kept = range(0, len(across.texts), every)
    axes.set_xticks([k + 0.5 for k in kept], [style.shortened(across.texts[k], 12) for k in kept])
    axes.set_yticks([k + 0.5 for k in range(len(texts))], texts)
    axes.set_xlabel(across.label)
    axes.set_ylabel(down.label)
    axes.grid(visible=False)
    pale, dark = (precision.level(x * precision.scale) for x in (low, high))
    axes.set_title(f"{_titled(found, precision)}: {pale} (pale) to {dark} (dark)")
    return figure


@style.styled
def effects_figure(found: AtPoints, effects: Sequence[tuple[Axis, list[Estimate]]]) -> Figure:
    """A panel a factor: the mean at each of its levels over all levels of the others."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = -(-len(effects) // PANELS_ABREAST)
    height = 2.6 * rows + 0.4
    figure = Figure(figsize=(style.WIDTH_INCHES, height))
    FigureCanvasAgg(figure)
    panels = figure.subplots(rows, min(len(effects), PANELS_ABREAST), sharey=True, squeeze=False).ravel()
    figure.subplots_adjust(left=0.1, right=0.98, top=1 - 0.36 / height, bottom=0.55 / height, hspace=0.5, wspace=0.1)
    precision = level_precision(found)
    for axes, (axis, estimates) in zip(panels, effects, strict=False):
        places = axis.places or tuple(range(len(axis.texts)))
        _factor_axis(axes, axis, MOST_TICKS // 2)
        _line(axes, places, estimates, precision, style.BLUE, joined=axis.places is not None)
    _value_axis(panels[0], precision)
    panels[0].set_title(f"{_titled(found, precision)}: mean over the other factors")
    for axes in panels[len(effects) :]:
        axes.set_axis_off()
    return figure


def _titled(found: AtPoints, precision: Precision) -> str:
    return precision.titled(found.outcome)


def _scaled(estimates: Sequence[Estimate], precision: Precision) -> tuple[list[float], np.ndarray]:
    """Values, and how far their intervals reach below and above, shape (2, n); no reach where there is no end."""
    values = [one.value / precision.scale for one in estimates]
    halves = [one.half_width / precision.scale if math.isfinite(one.half_width) else 0.0 for one in estimates]
    return values, np.array([halves, halves])


def _line(
    axes: Axes, places: Sequence[float], estimates: Sequence[Estimate], precision: Precision, colour: str,
    joined: bool = True,
) -> None:  # fmt: skip
    order = np.argsort(places)
    y, spans = _scaled([estimates[k] for k in order], precision)
    mark = "-o" if joined else "o"
    axes.errorbar(np.array(places)[order], y, yerr=spans, fmt=mark, color=colour, capsize=3, markersize=4)


def _span(axes: Axes, found: AtPoints, places: Sequence[float], precision: Precision) -> None:
    order = np.argsort(places)
    spreads = [found.spreads[k].percentiles for k in order]
    low, high = ([one[percent].value / precision.scale for one in spreads] for percent in (5, 95))
    if np.isfinite([low, high]).all():
        axes.fill_between(np.array(places)[order], low, high, color=style.BLUE, alpha=0.15, linewidth=0)


def _factor_axis(axes: Axes, axis: Axis, most: int = MOST_TICKS) -> None:
    """A tick a level, by its place or else by its number; at most so many, of dates half."""
    from matplotlib.ticker import NullFormatter, NullLocator

    if axis.places is None:
        axes.set_xticks(range(len(axis.texts)), [style.shortened(text, 12) for text in axis.texts])
        axes.set_xlim(-0.5, len(axis.texts) - 0.5)
    else:
        if axis.is_by_ratio:
            axes.set_xscale("log")
            axes.xaxis.set_minor_locator(NullLocator())
            axes.xaxis.set_minor_formatter(NullFormatter())
        every = -(-len(axis.places) // (most // 2 if axis.is_date else most))
        kept = sorted(range(len(axis.places)), key=lambda k: axis.places[k])[::every]  # type: ignore[index]
        texts = [axis.texts[k] if axis.is_date else f"{axis.places[k]:,.6g}" for k in kept]
        axes.set_xticks([axis.places[k] for k in kept], texts)
    axes.set_xlabel(axis.titled)


def _value_axis(axes: Axes, precision: Precision) -> None:
    _number_ticks(axes, "y", precision)


def _number_ticks(axes: Axes, which: str, precision: Precision) -> None:
    """Ticks with as many decimals as tell them apart; of dates as days. They begin where the values do."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.yaxis if which == "y" else axes.xaxis
    low, high = axes.get_ylim() if which == "y" else axes.get_xlim()
    locator = MaxNLocator(nbins=4 if precision.is_date else 5, steps=[1, 2, 5, 10], integer=precision.is_date)
    axis.set_major_locator(locator)
    first, second, *_ = locator.tick_values(low, high)
    digits = max(0, math.ceil(-math.log10(second - first) - 1e-9))
    axis.set_major_formatter(
        FuncFormatter(lambda x, _: precision.level(x) if precision.is_date else fmt.plain(x, digits))
    )
