"""Power that runs short: what the sources can give over what is drawn, and a strip of outages and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.record.draw import site_draw_mw
from simcluster.record.levels import Levels
from simcluster.record.shortage import Shortage, account_shortage
from simcluster.record.spread import means
from simcluster.report import style
from simcluster.report.format import energy, gpu_hours, megawatts, plain, scaled, times
from simcluster.report.style import BLUE, GREEN, INK, ORANGE, PURPLE, SAND, EndLabel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simcluster.study.result import Result

Floats = NDArray[np.float64]
BINS = 420
"""Stretches into which the run is cut: however many the outages, a figure has no more marks."""
MOST_SITES = 4
LEAST_MARK = 0.3
"""The height of the smallest mark in a lane, as a share of the highest."""
SHARES, FAINTEST = (0.0, 0.05, 0.2, 0.5, 1.0), 0.4
"""Classes of the share of a stretch in which power was short, and how faint the shade of the first is."""
MW_INCHES, LANE_INCHES, TITLE_INCHES = 1.75, 0.19, 0.36


@dataclass(frozen=True)
class Lane:
    """A level that is marked wherever it is above zero, and its sum in words."""

    name: str
    level: Floats
    color: str
    said: str


def sites_short(result: Result) -> list[int]:
    """The sites that may run short, by number."""
    return [k for k, site in enumerate(result.scenario.sites) if site.may_run_short]


def lanes(result: Result, site: int, short: Shortage) -> list[Lane]:
    """What can happen at a site."""
    place, found = result.scenario.sites[site], []
    if any(source.outages for source in place.power):
        found.append(Lane("outages", short.in_outage, INK, _times(short, short.in_outage)))
    if any(source.curtailments for source in place.power):
        found.append(Lane("curtailed", short.curtailed, PURPLE, _times(short, short.curtailed)))
    if place.battery is not None:
        said = f"{times(short.times_of(short.discharging), 'time')}, {stored(short.integral_of(short.discharging))}"
        found.append(Lane("battery gives", short.discharging, GREEN, said))
    lost = gpu_hours(short.integral_of(short.shed)).replace("GPU-hours", "GPU-h")
    found.append(Lane("GPUs shed", short.shed, ORANGE, f"{times(short.times_of(short.shed), 'time')}, {lost}"))
    return found


def stored(mwh: float) -> str:
    """Energy as a battery counts it: 2.7 MWh, 456 MWh, 1.2 GWh."""
    return f"{plain(mwh, 2 if mwh < 1 else 1)} MWh" if mwh < 10 else energy(mwh)


def _times(short: Shortage, level: Floats) -> str:
    return f"{times(short.times_of(level), 'time')}, {scaled(short.hours_of(level))} hours"


@style.styled
def power(result: Result) -> Figure:
    """For each site that may run short, MW over time above a strip that marks outages, battery and shedding."""
    sites = sites_short(result)[:MOST_SITES]
    shorts = {site: account_shortage(result.scenario, result.log, site) for site in sites}
    strips = [lanes(result, site, shorts[site]) for site in sites]
    figure, axes = _panels(strips)
    levels, edges = Levels(result.scenario, result.log), _edges(result)
    for k, site in enumerate(sites):
        drawn = means(levels.hours, site_draw_mw(result.scenario, levels, site), edges)
        _megawatts(axes[2 * k], result, shorts[site], drawn, edges)
        axes[2 * k].set_title(_title(result, site))
        _strip(axes[2 * k + 1], result, shorts[site], strips[k], edges)
    style.date_axis(axes[-1])
    axes[-1].set_xlim(*_dates(result, edges[[0, -1]]).tolist())
    return figure


def _panels(strips: list[list[Lane]]) -> tuple[Figure, list[Axes]]:
    """For each site megawatts, and close below them its strip."""
    inches = [size for strip in strips for size in (MW_INCHES, LANE_INCHES * len(strip))]
    gaps = [gap for _ in strips for gap in (TITLE_INCHES, 0.1)]
    height = sum(inches) + sum(gaps) + 0.36
    figure, axes = style.panels(height, inches)
    top = height
    for panel, size, gap in zip(axes, inches, gaps, strict=True):
        top -= gap + size
        panel.set_position((0.115, top / height, 0.655, size / height))
    for panel in axes[:-1]:
        panel.tick_params(axis="x", length=0)
    return figure, axes


def _title(result: Result, site: int) -> str:
    name = f" at {result.scenario.sites[site].name}" if len(result.scenario.sites) > 1 else ""
    return f"Facility power{name}, MW (shaded: energised, but not to be had)"


def _edges(result: Result) -> Floats:
    """Bins of equal length over the run."""
    return np.linspace(0.0, result.scenario.clock.horizon_hours, BINS + 1)


def _dates(result: Result, hours: Floats) -> Floats:
    """Hours as the days that matplotlib's date axes count."""
    from matplotlib.dates import date2num

    return float(date2num(result.scenario.clock.datetime(0.0))) + hours / 24  # type: ignore[no-untyped-call]


def _megawatts(axes: Axes, result: Result, short: Shortage, drawn: Floats, edges: Floats) -> None:
    """Energised, the least that the sources could give in each bin, and the mean draw."""
    at = _dates(result, edges)
    energized, available = short.extremes(short.energized, edges)[1], short.extremes(short.available, edges)[0]
    share = short.means((short.energized > short.available).astype(np.float64), edges)
    for low, high in pairwise(SHARES):
        lacks = np.where((share > low) & (share <= high), available, energized)
        _boxes(axes, at, lacks, energized, SAND, max(high, FAINTEST))
    rows = ((energized, "energised", INK, 2.0), (drawn, "drawn (mean)", BLUE, 1.4))
    for values, _, color, width in rows:
        axes.stairs(values, at, baseline=None, color=color, linewidth=width)
    axes.set_ylim(0, 1.06 * max(float(energized.max()), float(drawn.max()), 1e-9))
    style.number_axis(axes)
    style.label_ends(axes, [EndLabel(float(v[-1]), f"{text} {megawatts(float(v[-1]))}", c) for v, text, c, _ in rows])


def _boxes(axes: Axes, at: Floats, low: Floats, high: Floats, color: str, alpha: float = 1.0) -> None:
    """Boxes from `low` to `high` over each bin that has any height, one over neighbours that are alike."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    change = np.flatnonzero((np.diff(low) != 0) | (np.diff(high) != 0)) + 1
    first = np.concatenate([[0], change])
    left, right = at[first], at[np.concatenate([change, [len(low)]])]
    low, high = low[first], high[first]
    some = high > low
    corners = np.stack([[left, right, right, left, left], [low, low, high, high, low]], axis=-1)[:, some]
    if some.any():
        codes = np.tile([Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY], int(some.sum()))
        path = Path(corners.transpose(1, 0, 2).reshape(-1, 2), codes)
        axes.add_patch(PathPatch(path, color=color, alpha=alpha, linewidth=0))


def _strip(axes: Axes, result: Result, short: Shortage, strip: list[Lane], edges: Floats) -> None:
    """A lane for each; a mark is as high as the mean over its stretch is against the highest one."""
    at = _dates(result, edges)
    for k, lane in enumerate(strip):
        mean = short.means(lane.level, edges)
        share = mean / max(float(mean.max()), 1e-12)
        height = np.where(mean > 0, LEAST_MARK + (1 - LEAST_MARK) * share, 0.0) * 0.8
        foot = len(strip) - 1 - k
        _boxes(axes, at, np.full(len(height), float(foot)), foot + height, lane.color)
        axes.annotate(
            lane.said, (1, foot + 0.4), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points",
            color=lane.color, va="center", fontsize=8.5, annotation_clip=False,
        )  # fmt: skip
    axes.set_yticks([len(strip) - 1 - k + 0.4 for k in range(len(strip))], [lane.name for lane in strip])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.15, len(strip))
    axes.grid(False)
    axes.spines["left"].set_visible(False)
