"""Figures of named rows: a bar, or dots with their intervals, a row."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from simcluster.report import style
from simcluster.report.rows import amount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

    from simcluster.study.intervals import Estimate

ROOM_INCHES = 0.9
"""Height of a figure beside its rows."""
NAME = 44
"""Most characters of a row's name."""


def rows_figure(names: Sequence[str], row_inches: float, right: float = 0.96) -> tuple[Figure, Axes]:
    """A figure with a row a name, the first on top; a name may have lines of its own."""
    longest = [line for name in names for line in name.split("\n")]
    figure, (axes,) = style.panels(ROOM_INCHES + row_inches * len(names), (1,), right, style.row_margin(longest))
    height = figure.get_figheight()
    figure.subplots_adjust(top=1 - 0.5 / height, bottom=0.4 / height)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    return figure, axes


def interval(axes: Axes, row: float, estimate: Estimate, colour: str = style.INK, shift: float = 0.0) -> None:
    """The interval of an estimate as a line in a row, moved by `shift`; nothing where it has an open end."""
    if np.isfinite(estimate.half_width):
        axes.plot([shift + estimate.low, shift + estimate.high], [row, row], color=colour, linewidth=1.2)


def amounts(axis: Axis, is_date: bool) -> None:
    """Ticks as amounts (1.2 M), or of ordinal days as dates."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    def told(value: float, _: int) -> str:
        return date.fromordinal(max(round(value), 1)).isoformat() if is_date else amount(value)

    axis.set_major_locator(MaxNLocator(nbins=5, integer=is_date))
    axis.set_major_formatter(FuncFormatter(told))
