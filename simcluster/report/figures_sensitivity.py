"""A tornado, and the measures of other methods with their intervals."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from simcluster.report import style
from simcluster.report.rows import amount

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simcluster.study.sensitivity import Effect, Sensitivity

MOST = 30
"""Factors drawn."""
COLOURS = (style.BLUE, style.ORANGE, style.GREEN)


def sensitivity_svg(found: Sensitivity) -> str:
    """The figure of an outcome as SVG; the same bytes for the same numbers."""
    return style.to_svg(tornado_figure(found) if found.method == "tornado" else measures_figure(found))


@style.styled
def tornado_figure(found: Sensitivity) -> Figure:
    """Bars from the outcome at central values to that at each end of a factor, the widest on top."""
    effects = found.effects[:MOST]
    figure, axes = _rows([_ends(effect) for effect in effects])
    centre = 0.0 if found.base is None else found.base.value
    for row, effect in enumerate(effects):
        for measure, colour in (("at_low", style.BLUE), ("at_high", style.ORANGE)):
            estimate = effect.figures.get(measure)
            if estimate is None:
                continue
            axes.barh(row, estimate.value, left=centre, height=0.6, color=colour, alpha=0.75)
            if np.isfinite(estimate.half_width):
                ends = [centre + estimate.low, centre + estimate.high]
                axes.plot(ends, [row, row], color=style.INK, linewidth=1.2)
    axes.axvline(centre, color=style.INK, linewidth=0.8)
    axes.set_title(f"{found.outcome}, n = {found.n:,} (blue: at low, orange: at high)")
    _amounts(axes, found.is_date)
    return figure


def _ends(effect: Effect) -> str:
    return f"{style.shortened(effect.factor, 34)}\n{style.shortened(f'{effect.low} to {effect.high}', 34)}"


@style.styled
def measures_figure(found: Sensitivity) -> Figure:
    """A dot a factor and measure with its interval, the strongest factor on top."""
    effects = found.effects[:MOST]
    figure, axes = _rows([style.shortened(effect.factor, 44) for effect in effects])
    step = 0.5 / len(found.measures)
    for k, (measure, colour) in enumerate(zip(found.measures, COLOURS, strict=False)):
        known = [(row, effect.figures[measure]) for row, effect in enumerate(effects) if measure in effect.figures]
        at = [row + (k - (len(found.measures) - 1) / 2) * step for row, _ in known]
        axes.plot([one.value for _, one in known], at, marker="o", linestyle="", color=colour, label=measure)
        for height, (_, one) in zip(at, known, strict=True):
            if np.isfinite(one.half_width):
                axes.plot([one.low, one.high], [height, height], color=colour, linewidth=1.2)
    axes.axvline(0, color=style.INK, linewidth=0.8)
    axes.set_title(f"{found.outcome} by {found.method}, n = {found.n:,}")
    axes.legend(loc="lower right")
    _amounts(axes, is_date=False)
    return figure


def _rows(names: list[str]) -> tuple[Figure, Axes]:
    longest = [line for name in names for line in name.split("\n")]
    figure, (axes,) = style.panels(0.9 + 0.4 * len(names), (1,), right=0.96, left=style.row_margin(longest))
    height = figure.get_figheight()
    figure.subplots_adjust(top=1 - 0.4 / height, bottom=0.4 / height)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    return figure, axes


def _amounts(axes: Axes, is_date: bool) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    def told(value: float, _: int) -> str:
        return date.fromordinal(max(round(value), 1)).isoformat() if is_date else amount(value)

    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.xaxis.set_major_formatter(FuncFormatter(told))
