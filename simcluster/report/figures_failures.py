"""How often each cause of failure struck, beside the rate that was published for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simcluster.model.reliability import JOB_SCOPES
from simcluster.report import style
from simcluster.report.format import plain
from simcluster.report.style import BLUE, GREY, INK, PURPLE
from simcluster.study.reference import llama3

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simcluster.study.result import Result

MOST_CAUSES = 30
MARKER: dict[str, Any] = {"marker": "|", "markeredgewidth": 2.2, "color": INK, "linestyle": ""}
DOT: dict[str, Any] = {"marker": "o", "markersize": 6.5, "markeredgecolor": "white", "linestyle": ""}


@dataclass(frozen=True)
class Strikes:
    """A cause over all clusters: how often it struck in how many node-days, and Llama 3's rate if it is in its table.

    Of jobs: interruptions in the node-days that jobs held. Of nodes: failures in the node-days up.
    """

    label: str
    of_jobs: bool
    count: int
    node_days: float
    reference: float | None

    @property
    def rate(self) -> float:
        """Strikes per 1,000 node-days."""
        return 1000 * self.count / self.node_days


def strikes(result: Result) -> list[Strikes]:
    """The causes that anything was exposed to, the most frequent first; rows of one name are one cause."""
    published, found = llama3().causes, []
    frame = result.reliability.failures
    of_jobs = frame["scope"].isin(JOB_SCOPES)
    count = frame["count"].where(~of_jobs, frame["interruptions"])
    days = frame["node_days_up"].where(~of_jobs, frame["job_node_days"])
    rows = frame.assign(of_jobs=of_jobs, strikes=count, days=days)
    for (cause, is_of_jobs), same in rows[days > 0].groupby(["cause", "of_jobs"], sort=False):
        label = re.sub(r"\s*\([^)]*\)$", "", str(same["title"].iloc[0])) or str(cause).replace("_", " ")
        totals = int(same["strikes"].sum()), float(same["days"].sum())
        found.append(Strikes(label, bool(is_of_jobs), *totals, published.get(str(cause))))
    return sorted(found, key=lambda row: (-row.rate, -(row.reference or 0.0), row.label))


@style.styled
def failures(result: Result) -> Figure:
    """A dot a cause on a scale of powers of ten, and a mark where Llama 3's own rate is."""
    rows = strikes(result)[:MOST_CAUSES]
    names = [style.shortened(row.label, 32) for row in rows]
    figure, (axes,) = style.panels(0.95 + 0.215 * len(rows), (1,), right=0.84, left=style.row_margin(names))
    height = figure.get_figheight()
    figure.subplots_adjust(top=1 - 0.58 / height, bottom=0.32 / height)
    _scale(axes, [rate for row in rows for rate in (row.rate, row.reference) if rate])
    for k, row in enumerate(rows):
        if row.reference:
            axes.plot([row.reference], [k], markersize=13, **MARKER)
        if row.count:
            axes.plot([row.rate], [k], color=PURPLE if row.of_jobs else BLUE, **DOT)
        _beside(axes, (1, k), plain(row.count), _rate(row.rate))
    _beside(axes, (1, -1), "count", "rate", color=GREY)
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_title("Strikes per 1,000 node-days")
    _legend(figure, rows)
    return figure


def _scale(axes: Axes, rates: list[float]) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set_xscale("log")
    axes.set_xlim(min(rates, default=0.1) / 1.8, max(rates, default=1.0) * 1.8)
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", which="minor", length=0)
    axes.grid(True, axis="x")


def _beside(axes: Axes, place: tuple[float, float], count: str, rate: str, color: str = INK) -> None:
    """The count and the rate of a row, at the right."""
    for text, points in ((count, 46), (rate, 86)):
        axes.annotate(
            text, place, xycoords=("axes fraction", "data"), xytext=(points, 0), textcoords="offset points",
            ha="right", va="center", fontsize=8.5, color=color,
        )  # fmt: skip


def _rate(rate: float) -> str:
    """Two significant figures below 1: 1.34, 0.30, 0.018."""
    return plain(rate, 2) if rate >= 1 else f"{rate:#.2g}" if rate else "0"


def _legend(figure: Figure, rows: list[Strikes]) -> None:
    from matplotlib.lines import Line2D

    of_nodes = Line2D([], [], color=BLUE, label="nodes failed, per node-day up", **DOT)
    of_jobs = Line2D([], [], color=PURPLE, label="jobs interrupted, per node-day they held", **DOT)
    handles = [handle for handle, which in ((of_nodes, False), (of_jobs, True)) if which in {r.of_jobs for r in rows}]
    if any(row.reference for row in rows):
        handles.append(Line2D([], [], markersize=11, label="Llama 3 405B, as published", **MARKER))
    figure.legend(handles=handles, loc="upper left", ncols=3, fontsize=8.5, handlelength=1.2, columnspacing=1.4)
