"""A time line of construction: as planned and as built, what was critical, and what waited for a crew."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

from simcluster.report import style
from simcluster.report.construction import DAYS_PER_WEEK, HandOver, hand_overs
from simcluster.report.format import MINUS
from simcluster.report.style import BLUE, GREEN, GREY, INK, ORANGE, PALE, PURPLE, SAND

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simcluster.study.result import Result

KINDS: dict[str, tuple[str, str]] = {
    "permit": ("permit", PURPLE),
    "site": ("site work", "#7A5C3E"),
    "shell": ("shell", GREY),
    "electrical": ("electrical", ORANGE),
    "mechanical": ("mechanical", BLUE),
    "equipment": ("equipment on order", GREEN),
    "redesign": ("redesign", INK),
    "test": ("test", "#56B4E9"),
    "rework": ("rework", "#D55E8A"),
    "retrofit": ("retrofit", "#A6761D"),
    "other": ("other", "#9AA0A6"),
}
"""Label and colour of each kind of row."""
MOST_ROWS = 60
"""Rows drawn at most, over all sites; of more, those with least slack."""
ROW_INCHES = 0.235
LEGEND_COLUMNS = 6
MOST_LETTERS = 26
LATER = 0.25
"""How far beyond the run plans are drawn, as a share of what is drawn before its end."""


def drawn_rows(construction: pd.DataFrame) -> pd.DataFrame:
    """The rows that have a bar, at most `MOST_ROWS` of them, those with least slack, by site and start.

    Slack is as it was, by plan for what no hall was handed over after, and endless for what no hall waits for.
    """
    has_bar = construction["start"].notna() | construction["planned_start"].notna()
    rows = construction[has_bar]
    slack = rows["slack_days"].fillna(rows["planned_slack_days"]).fillna(float("inf"))
    rows = rows.loc[slack.sort_values(kind="stable").index[:MOST_ROWS].sort_values()]
    begin = rows["start"].fillna(rows["planned_start"])
    order = rows.assign(begin=begin, place=rows["site"].map({s: k for k, s in enumerate(rows["site"].unique())}))
    return order.sort_values(["place", "begin", "finish"], kind="stable").drop(columns=["begin", "place"])


@style.styled
def construction(result: Result) -> Figure:
    """A panel a site; a row has its plan above and what became of it below."""
    rows = drawn_rows(result.construction)
    sites = [(str(site), part) for site, part in rows.groupby("site", sort=False)]
    handles = _handles(rows)
    legend = 0.2 * -(-len(handles) // LEGEND_COLUMNS)
    inches = [ROW_INCHES * (len(part) + 0.6) for _, part in sites]
    height = sum(inches) + 0.42 * len(sites) + legend + 0.3
    figure, axes = style.panels(height, inches, right=0.855, left=style.row_margin([_short(n) for n in rows["name"]]))
    figure.subplots_adjust(top=1 - (legend + 0.4) / height, hspace=0.42 * len(sites) / sum(inches))
    since, until = _span(result, rows)
    for panel, (site, part) in zip(axes, sites, strict=True):
        panel.set_title(f"Construction at {site}" if len(sites) > 1 else "Construction")
        ends = [hall for hall in hand_overs(result.construction) if hall.site == site]
        _panel(panel, part, ends, _day(result.scenario.clock.datetime(result.scenario.clock.horizon_hours)))
        panel.set_xlim(since, until)
    style.date_axis(axes[-1])
    columns = -(-len(handles) // -(-len(handles) // LEGEND_COLUMNS))
    figure.legend(handles=handles, loc="upper left", ncols=columns, fontsize=8, handlelength=1.3, columnspacing=1.2)
    return figure


def _short(name: str) -> str:
    """The beginning and the end of a name that is long."""
    return name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 10]}…{name[-9:]}"


def _day(instant: Any) -> float:
    """An instant as the days that matplotlib's date axes count; not a number if it is not one."""
    from matplotlib.dates import date2num

    return float(date2num(instant)) if instant == instant else nan  # type: ignore[no-untyped-call]


def _span(result: Result, rows: pd.DataFrame) -> tuple[float, float]:
    """From the first start to the last end, plans beyond the run only so far."""
    clock = result.scenario.clock
    horizon = _day(clock.datetime(clock.horizon_hours))
    begins = [_day(when) for name in ("start", "planned_start") for when in rows[name]]
    ends = [_day(when) for name in ("finish", "planned_finish") for when in rows[name]]
    since = min(day for day in [*begins, _day(clock.datetime(0.0))] if isfinite(day))
    last = max(day for day in [*ends, since] if isfinite(day))
    running = bool((rows["start"].notna() & rows["finish"].isna()).any())
    until = min(max(last, horizon) if running else last, horizon + LATER * (horizon - since))
    room = 0.012 * (until - since)
    return since - room, until + room


def _panel(axes: Axes, rows: pd.DataFrame, ends: list[HandOver], horizon: float) -> None:
    handed = {_day(hall.finish): hall for hall in ends if isfinite(_day(hall.finish))}
    lines: Iterable[Any] = rows.itertuples()
    for k, row in enumerate(lines):
        _plan(axes, row, k)
        _built(axes, row, k, horizon)
        hall = handed.get(_day(row.finish))
        late = _late_days(row)
        if hall is not None and str(row.name).startswith(f"{hall.hall} test "):
            axes.plot([_day(row.finish)], [k + 0.08], marker="D", markersize=7, color=GREEN, markeredgecolor="white")
            late = hall.late_days
        _beside(axes, k, _weeks(late), _weeks(row.slack_days, signed=False))
    _beside(axes, -0.85, "late", "slack", color=GREY)
    axes.axvline(horizon, color=GREY, linewidth=0.8)
    axes.set_yticks(range(len(rows)), [_short(str(name)) for name in rows["name"]])
    for label, halls in zip(axes.get_yticklabels(), rows["critical_for"], strict=True):
        label.set_fontweight("bold" if halls else "normal")
    axes.tick_params(axis="y", length=0, labelsize=8.5)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")


def _plan(axes: Axes, row: Any, k: int) -> None:
    since, until = _day(row.planned_start), _day(row.planned_finish)
    if isfinite(since):
        axes.barh(k - 0.27, max(until - since, 0.0), left=since, height=0.14, color=PALE, linewidth=0)


def _built(axes: Axes, row: Any, k: int, horizon: float) -> None:
    """What was done, from its start to its end or to the end of the run; before it, the wait for a crew."""
    since, until = _day(row.start), _day(row.finish)
    if not isfinite(since):
        return
    color, middle = KINDS[row.kind][1], k + 0.08
    if row.kind == "redesign":
        axes.plot([since], [middle], marker="v", markersize=7, color=color, markeredgecolor="white")
        return
    if row.crew_wait_days > 0:
        axes.barh(middle, row.crew_wait_days, left=since - row.crew_wait_days, height=0.2, color=SAND, linewidth=0)
    ends = until if isfinite(until) else horizon
    look: dict[str, Any] = {"color": color, "linewidth": 0}
    if row.state == "cancelled":
        look = {"facecolor": "white", "edgecolor": color, "hatch": "//////", "linewidth": 0.8}
    elif row.critical_for:
        look = {"facecolor": color, "edgecolor": INK, "linewidth": 1.3}
    axes.barh(middle, max(ends - since, 0.0), left=since, height=0.42, **look)


def _late_days(row: Any) -> float:
    """Days from the planned end to the end."""
    return _day(row.finish) - _day(row.planned_finish) if row.state == "finished" else nan


def _weeks(days: float, signed: bool = True) -> str:
    if not isfinite(days):
        return ""
    weeks = round(days / DAYS_PER_WEEK)
    sign = MINUS if weeks < 0 else "+" if signed and weeks > 0 else ""
    return f"{sign}{abs(weeks)} wk"


def _beside(axes: Axes, k: float, late: str, slack: str, color: str = INK) -> None:
    """How late a row was and its slack, at the right."""
    for text, points in ((late, 40), (slack, 78)):
        axes.annotate(
            text, (1, k), xycoords=("axes fraction", "data"), xytext=(points, 0), textcoords="offset points",
            ha="right", va="center", fontsize=8, color=color, annotation_clip=False,
        )  # fmt: skip


def _handles(rows: pd.DataFrame) -> list[Any]:
    """The legend: only what is to be seen."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    mark: dict[str, Any] = {"linestyle": "", "markeredgecolor": "white", "markersize": 7}
    met = set(rows["kind"])
    handles: list[Any] = [
        Patch(color=color, label=label) for kind, (label, color) in KINDS.items() if kind in met and kind != "redesign"
    ]
    if rows["planned_start"].notna().any():
        handles.append(Patch(color=PALE, label="as planned"))
    if (rows["critical_for"] != "").any():
        handles.append(Patch(facecolor="white", edgecolor=INK, linewidth=1.3, label="on a critical path"))
        handles.append(Line2D([], [], marker="D", color=GREEN, label="hall handed over", **mark))
    if (rows["crew_wait_days"] > 0).any():
        handles.append(Patch(color=SAND, label="waiting for a crew"))
    if ((rows["state"] == "cancelled") & rows["start"].notna()).any():
        handles.append(Patch(facecolor="white", edgecolor=INK, hatch="//////", linewidth=0.8, label="abandoned"))
    if "redesign" in met:
        handles.append(Line2D([], [], marker="v", color=INK, label="redesign", **mark))
    return handles
