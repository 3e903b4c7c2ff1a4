"""What a study of sensitivity found as a figure: a tornado, dots with intervals, or the plane of Morris."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simcluster.report import style
from simcluster.report.figures_rows import NAME, amounts, interval, rows_figure
from simcluster.report.varied import ends
from simcluster.study.screening import DUMMY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simcluster.study.intervals import Estimate
    from simcluster.study.sensitivity import Effect, Sensitivity

MOST = 30
"""Factors drawn in rows."""
MOST_NAMED = 12
"""Points of a plane that are named."""
COLOURS = (style.BLUE, style.ORANGE, style.GREEN)


def sensitivity_svg(found: Sensitivity) -> str:
    """The figure of an outcome as SVG; the same bytes for the same numbers."""
    draw = {"tornado": tornado_figure, "morris": plane_figure}.get(found.method, measures_figure)
    return style.to_svg(draw(found))


@style.styled
def tornado_figure(found: Sensitivity) -> Figure:
    """Bars from the outcome at central values to that at each end of a factor, the widest on top."""
    effects = found.effects[:MOST]
    figure, axes = rows_figure([_ends(effect) for effect in effects], 0.4)
    centre = 0.0 if found.base is None else found.base.value
    for row, effect in enumerate(effects):
        for measure, colour in (("at_low", style.BLUE), ("at_high", style.ORANGE)):
            estimate = effect.figures.get(measure)
            if estimate is not None:
                axes.barh(row, estimate.value, left=centre, height=0.6, color=colour, alpha=0.75)
                interval(axes, row, estimate, shift=centre)
    axes.axvline(centre, color=style.INK, linewidth=0.8)
    axes.set_title(f"{found.outcome}, n = {found.n:,} (blue: at low, orange: at high)")
    amounts(axes.xaxis, found.is_date)
    return figure


def _ends(effect: Effect) -> str:
    return f"{style.shortened(effect.factor, 34)}\n{style.shortened(ends(effect), 34)}"


@style.styled
def measures_figure(found: Sensitivity) -> Figure:
    """A dot a factor and measure with its interval, the strongest factor on top; a band is what nothing would do."""
    effects = found.effects[:MOST]
    figure, axes = rows_figure([style.shortened(effect.factor, NAME) for effect in effects], 0.4)
    step = 0.5 / len(found.measures)
    for k, (measure, colour) in enumerate(zip(found.measures, COLOURS, strict=False)):
        known = [(row, effect.figures[measure]) for row, effect in enumerate(effects) if measure in effect.figures]
        at = [row + (k - (len(found.measures) - 1) / 2) * step for row, _ in known]
        axes.plot([one.value for _, one in known], at, marker="o", linestyle="", color=colour, label=measure)
        for height, (_, one) in zip(at, known, strict=True):
            interval(axes, height, one, colour)
    nothing = nothing_of(found)
    if nothing is not None:
        axes.axvspan(0.0, nothing.high, color=style.PALE, alpha=0.5, linewidth=0, label=f"{found.by} of {DUMMY}")
    axes.axvline(0, color=style.INK, linewidth=0.8)
    axes.set_title(f"{found.outcome} by {found.method}, n = {found.n:,}")
    axes.legend(loc="lower right")
    amounts(axes.xaxis, is_date=False)
    return figure


def nothing_of(found: Sensitivity) -> Estimate | None:
    """The leading measure of the factor that no run knows; None where there is none."""
    return next((row.figures.get(found.by) for row in found.effects if row.factor == DUMMY), None)


@style.styled
def plane_figure(found: Sensitivity) -> Figure:
    """A cross a factor: mean size of its effects to the right, how they differ upwards, each with its interval."""
    figure, (axes,) = style.panels(4.2, (1,), right=0.62, left=0.1)
    figure.subplots_adjust(bottom=0.14)
    known = [effect for effect in found.effects if {"mu_star", "sigma"} <= effect.figures.keys()]
    for effect in known:
        _cross(axes, effect.figures["mu_star"], effect.figures["sigma"])
    reach = max((effect.figures["mu_star"].high for effect in known), default=1.0)
    axes.plot([0, reach], [0, reach], color=style.GREY, linewidth=0.8, linestyle="--")
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.set_ylim(bottom=0)
    for k, effect in enumerate(known[:MOST_NAMED], 1):
        at = effect.figures["mu_star"].value, effect.figures["sigma"].value
        axes.annotate(str(k), at, xytext=(5, 4), textcoords="offset points", color=style.BLUE, fontsize=9)
    names = [f"{k}  {style.shortened(effect.factor, 40)}" for k, effect in enumerate(known[:MOST_NAMED], 1)]
    figure.text(0.64, 0.9, "\n".join(names), va="top", fontsize=8, linespacing=1.6)
    axes.set_title(f"{found.outcome}: sigma (up) against mu* (right), n = {found.n:,}")
    amounts(axes.xaxis, is_date=False)
    amounts(axes.yaxis, is_date=False)
    return figure


def _cross(axes: Axes, across: Estimate, up: Estimate) -> None:
    axes.plot([across.value], [up.value], marker="o", linestyle="", color=style.BLUE)
    if np.isfinite(across.half_width):
        axes.plot([across.low, across.high], [up.value, up.value], color=style.BLUE, linewidth=1.0, alpha=0.6)
    if np.isfinite(up.half_width):
        axes.plot([across.value, across.value], [up.low, up.high], color=style.BLUE, linewidth=1.0, alpha=0.6)
