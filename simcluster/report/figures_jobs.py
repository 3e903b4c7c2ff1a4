"""Training jobs on a time line: waiting, running, interrupted, ready, promised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.record.events import Held, JobFinished, JobHeld, JobInterrupted, JobStarted, ModelReady
from simcluster.report import style
from simcluster.report.format import times
from simcluster.report.style import BLUE, GREEN, GREY, INK, ORANGE, SAND

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simcluster.study.result import Result

Floats = NDArray[np.float64]
BINS = 240
"""Stretches of the horizon over which interruptions are counted: a strip stays one path however many there are."""


@dataclass(frozen=True)
class Lane:
    """One job in hours since the start; None where it did not come to that."""

    title: str
    asked: float
    started: float | None
    done: float | None
    ready: float | None
    promised: float | None
    stalled: NDArray[np.bool_]
    interruptions: NDArray[np.int64]


@style.styled
def jobs(result: Result) -> Figure:
    """A lane a job; the strip above each bar counts its interruptions on one scale for all jobs."""
    rows = lanes(result)
    figure, (axes,) = style.panels(
        1.0 + 0.62 * max(len(rows), 1), (1,), right=0.97, left=style.row_margin([_short(row.title) for row in rows])
    )
    if not rows:
        style.empty(axes, "The scenario has no training jobs")
        return figure
    clock = result.scenario.clock
    peak = max(int(row.interruptions.max()) for row in rows)
    for k, row in enumerate(rows):
        _lane(axes, result, row, k, peak)
    axes.set_yticks(range(len(rows)), [_short(row.title) for row in rows])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(rows) - 0.35, -0.75)
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    style.date_axis(axes)
    latest = max([clock.horizon_hours, *(row.promised for row in rows if row.promised is not None)])
    axes.set_xlim(_at(result, 0.0), _at(result, latest + 0.01 * clock.horizon_hours))
    axes.axvline(_at(result, clock.horizon_hours), color=GREY, linewidth=0.8)
    _legend(figure)
    return figure


def lanes(result: Result) -> list[Lane]:
    """The jobs of a run in declared order."""
    scenario, log = result.scenario, result.log
    starts = _first(log.columns(JobStarted))
    ends = _first(log.columns(JobFinished))
    readies = _first(log.columns(ModelReady))
    held, struck = log.columns(JobHeld), log.columns(JobInterrupted)
    edges = np.linspace(0.0, scenario.clock.horizon_hours, BINS + 1)
    rows = []
    for k, job in enumerate(scenario.jobs):
        before = [ends.get(scenario.job_index[name], scenario.clock.horizon_hours) for name in job.after]
        stalls = (held["job"] == k) & (held["state"] == Held.STALLED)
        counts = np.histogram(struck["hour"][struck["job"] == k], edges)[0]
        rows.append(
            Lane(
                title=job.title or job.name,
                asked=max([0.0, scenario.clock.hours(job.earliest), *before]),
                started=starts.get(k),
                done=ends.get(k),
                ready=readies.get(k),
                promised=None if job.promised is None else scenario.clock.hours(job.promised),
                stalled=_mostly_within(held["since_hour"][stalls], held["hour"][stalls], edges),
                interruptions=counts.astype(np.int64),
            )
        )
    return rows


def _short(title: str) -> str:
    return style.shortened(title, 26)


def _first(columns: dict[str, Floats]) -> dict[int, float]:
    return dict(zip(columns["job"][::-1].tolist(), columns["hour"][::-1].tolist(), strict=True))


def _mostly_within(since: Floats, until: Floats, edges: Floats) -> NDArray[np.bool_]:
    """Bins more than half covered by disjoint stretches in order of time."""
    if not since.size:
        return np.zeros(len(edges) - 1, dtype=np.bool_)
    ends = np.column_stack((since, until)).ravel()
    covered = np.column_stack((np.zeros(since.size), until - since)).ravel().cumsum()
    share = np.diff(np.interp(edges, ends, covered)) / np.diff(edges)
    return np.asarray(share > 0.5, dtype=np.bool_)


def _at(result: Result, hour: float) -> float:
    """An hour as the days that matplotlib's date axes count."""
    from matplotlib.dates import date2num

    return float(date2num(result.scenario.clock.datetime(hour)))  # type: ignore[no-untyped-call]


def _bar(axes: Axes, result: Result, since: float, until: float, lane: int, color: str, height: float = 0.26) -> None:
    if until > since:
        axes.barh(lane, (until - since) / 24, left=_at(result, since), color=color, height=height, linewidth=0)


def _lane(axes: Axes, result: Result, row: Lane, lane: int, peak: int) -> None:
    horizon = result.scenario.clock.horizon_hours
    _bar(axes, result, row.asked, min(row.started if row.started is not None else horizon, horizon), lane, SAND)
    if row.started is not None:
        _running(axes, result, row, lane, peak)
    if row.promised is not None:
        axes.plot([_at(result, row.promised)], [lane], marker="|", markersize=19, markeredgewidth=2.2, color=INK)
    if row.ready is not None:
        axes.plot([_at(result, row.ready)], [lane], marker="D", markersize=7, color=GREEN, markeredgecolor="white")


def _running(axes: Axes, result: Result, row: Lane, lane: int, peak: int) -> None:
    assert row.started is not None
    horizon = result.scenario.clock.horizon_hours
    done = horizon if row.done is None else row.done
    _bar(axes, result, row.started, done, lane, BLUE)
    if row.ready is not None:
        _bar(axes, result, done, row.ready, lane, GREEN, height=0.06)
    edges = np.linspace(0.0, horizon, BINS + 1)
    for k, n in _runs(row.stalled):
        _bar(axes, result, max(edges[k], row.started), min(edges[k + n], done), lane, SAND)
    if peak and row.interruptions.any():
        used = np.flatnonzero(row.interruptions)
        span = slice(int(used[0]), int(used[-1]) + 1)
        top = lane - 0.17 - 0.3 * row.interruptions[span] / peak
        times_at = [_at(result, hour) for hour in edges[span.start : span.stop + 1]]
        axes.fill_between(times_at, lane - 0.17, [*top, top[-1]], step="post", color=ORANGE, linewidth=0)
    text = times(int(row.interruptions.sum()), "interruption")
    axes.annotate(
        text,
        (_at(result, row.started), lane + 0.15),
        xytext=(0, -1),
        textcoords="offset points",
        va="top",
        fontsize=8,
        color=GREY,
    )


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Begin and length of each run of true values."""
    steps = np.diff(np.concatenate(([0], flags.astype(np.int64), [0])))
    begins, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return [(int(a), int(b - a)) for a, b in zip(begins, ends, strict=True)]


def _legend(figure: Figure) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(color=SAND, label="waiting for its gang"),
        Patch(color=BLUE, label="training"),
        Patch(color=ORANGE, label="interruptions"),
        Line2D([], [], color=GREEN, marker="D", linewidth=1.5, label="post-training, ready"),
        Line2D([], [], color=INK, marker="|", markersize=12, markeredgewidth=2, linestyle="", label="promised"),
    ]
    figure.legend(handles=handles, loc="upper left", ncols=5, fontsize=8.5, handlelength=1.4, columnspacing=1.3)
