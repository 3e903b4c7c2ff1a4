"""An outcome against the values of the input that were tried, with the target and the answer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simcluster.report import style
from simcluster.report.figures_rows import amounts
from simcluster.report.solve import percentile_title, shown
from simcluster.report.uncertainty import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simcluster.study.solve import Solution

HEIGHT_INCHES = 3.8
MOST_TICKS = 5


@style.styled
def solution_figure(found: Solution) -> Figure:
    """Dots are the values tried with the intervals of the outcome; a dashed line is the target, a band the answer's."""
    figure, (axes,) = style.panels(HEIGHT_INCHES, (1,), right=0.96, left=0.12)
    figure.subplots_adjust(bottom=0.17)
    known = [trial for trial in found.trials if math.isfinite(trial.estimate.value)]
    at, level = [one.x for one in known], [one.estimate.value for one in known]
    axes.plot(at, level, color=style.BLUE, marker="o", markersize=4)
    for one in known:
        if math.isfinite(one.estimate.half_width):
            axes.plot([one.x, one.x], [one.estimate.low, one.estimate.high], color=style.BLUE, linewidth=1.2)
    axes.axhline(found.target.value, color=style.ORANGE, linestyle="--", linewidth=1.2)
    _answer(axes, found)
    title = percentile_title(found)
    axes.set_title(found.target.outcome + ("" if found.n == 1 else f" at {title}") + f", n = {found.n:,}")
    axes.set_xlabel(found.knob.key)
    _ticks(axes, found)
    amounts(axes.yaxis, found.target.is_date)
    return figure


def _answer(axes: Axes, found: Solution) -> None:
    """The value found as a line with its text, its interval as a band as far as it has ends."""
    left, right = axes.get_xlim()
    if not (math.isinf(found.low) and math.isinf(found.high)):
        axes.axvspan(max(found.low, left), min(found.high, right), color=style.PALE, alpha=0.5, linewidth=0)
    axes.axvline(found.value, color=style.INK, linewidth=1.0)
    axes.set_xlim(left, right)
    is_right = found.value > (left + right) / 2
    axes.annotate(
        shown(found.knob, found.value), (found.value, 0.98), xycoords=("data", "axes fraction"),
        xytext=(-6 if is_right else 6, 0), textcoords="offset points", ha="right" if is_right else "left", va="top",
    )  # fmt: skip


def _ticks(axes: Axes, found: Solution) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(nbins=MOST_TICKS, integer=found.knob.is_discrete))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: short(found.knob.written(x))))
