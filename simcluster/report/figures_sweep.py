"""Fans over time and histograms of a sweep."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from simcluster.report import style
from simcluster.report.format import significant
from simcluster.report.style import BLUE, GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simcluster.study.fans import Fan
    from simcluster.study.sweep_summary import Spread, Summary


class Shown(NamedTuple):
    """How a quantity is drawn: its title with the unit, and what it is divided by."""

    title: str
    scale: float = 1.0


FANS = {
    "gpus_in_service": Shown("GPUs in service"),
    "drawn_mw": Shown("Facility power drawn, MW, mean of each month"),
    "capex_programme_usd": Shown("Programme capex so far, M USD", 1e6),
    "offset": Shown("Offset of each quarter: contribution over costs"),
}
HISTOGRAMS = {
    "npv_usd": Shown("NPV, M USD", 1e6),
    "offset_last_quarter": Shown("Offset in the last quarter"),
    "capex_programme_usd": Shown("Programme capex, M USD", 1e6),
    "usd_per_gpu_hour": Shown("USD a GPU-hour in service"),
    "useful_share": Shown("Useful share of GPU-hours"),
    "failures": Shown("Failures"),
    "gpus_in_service_end": Shown("GPUs in service at the end"),
    "peak_drawn_mw": Shown("Peak draw, MW"),
}
PANEL_INCHES = 1.75


def drawn_fans(found: dict[str, Fan]) -> list[tuple[Shown, Fan]]:
    """Those that are not nothing throughout in all replicas."""
    known = [(shown, found[name]) for name, shown in FANS.items() if name in found]
    return [(shown, fan) for shown, fan in known if any(value for line in fan.percentiles.values() for value in line)]


@style.styled
def fans(found: dict[str, Fan]) -> Figure:
    """A panel a line: the median, and what half and nine in ten of the replicas span."""
    known = drawn_fans(found)
    figure, panels = style.panels(PANEL_INCHES * len(known) + 0.4, [1.0] * len(known), right=0.87)
    for axes, (shown, fan) in zip(panels, known, strict=True):
        _fan(axes, shown, fan)
    style.date_axis(panels[-1])
    return figure


def _fan(axes: Axes, shown: Shown, fan: Fan) -> None:
    frame = fan.frame()
    dates = frame["date"].to_numpy()
    for low, high, shade in ((5, 95, 0.18), (25, 75, 0.38)):
        axes.fill_between(
            dates, frame[f"p{low}"] / shown.scale, frame[f"p{high}"] / shown.scale, color=BLUE, alpha=shade, linewidth=0
        )
    axes.plot(dates, frame["p50"] / shown.scale, color=BLUE)
    axes.set_title(shown.title)
    style.number_axis(axes)
    last = {percent: line[-1].value for percent, line in fan.percentiles.items()}
    labels = [
        style.EndLabel(value / shown.scale, f"p{percent} {significant(value / shown.scale)}", colour)
        for percent, colour in ((95, GREY), (50, BLUE), (5, GREY))
        if math.isfinite(value := last[percent])
    ]
    style.label_ends(axes, labels)


def drawn_histograms(summary: Summary) -> list[tuple[Shown, Spread]]:
    """The main outcomes that differ between replicas."""
    known = [(shown, summary.spreads[name]) for name, shown in HISTOGRAMS.items() if name in summary.spreads]
    return [(shown, spread) for shown, spread in known if spread.histogram is not None]


@style.styled
def histograms(summary: Summary) -> Figure:
    """How many replicas fell where, with the median as a line; two panels a row."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    known = drawn_histograms(summary)
    rows = -(-len(known) // 2)
    height = 2.0 * rows + 0.3
    figure = Figure(figsize=(style.WIDTH_INCHES, height))
    FigureCanvasAgg(figure)
    panels = figure.subplots(rows, 2, squeeze=False).ravel()
    figure.subplots_adjust(left=0.07, right=0.97, top=1 - 0.3 / height, bottom=0.3 / height, hspace=0.55, wspace=0.16)
    for axes, (shown, spread) in zip(panels, known, strict=False):
        _histogram(axes, shown, spread)
    for axes in panels[len(known) :]:
        axes.set_axis_off()
    return figure


def _histogram(axes: Axes, shown: Shown, spread: Spread) -> None:
    assert spread.histogram is not None
    edges = [edge / shown.scale for edge in spread.histogram.edges]
    axes.stairs(spread.histogram.counts, edges, fill=True, color=BLUE, alpha=0.55)
    median = spread.percentiles[50].value
    if math.isfinite(median):
        axes.axvline(median / shown.scale, color=BLUE)
    axes.set_title(shown.title)
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="x", nbins=5)
