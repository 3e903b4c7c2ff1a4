"""Trials of a search: how the best got better, or two goals against each other with their front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.report import style
from simcluster.report.style import BLUE, GREY, PALE
from simcluster.report.sweep_text import day_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

    from simcluster.model.goals import Goal
    from simcluster.study.optimize import Search, Trial

HEIGHT_INCHES = 3.6
MARK = 18.0


@style.styled
def progress_figure(search: Search, found: list[Trial]) -> Figure:
    """One goal by trial, and the best feasible one so far as a line."""
    figure, (axes,) = style.panels(HEIGHT_INCHES, [1.0], right=0.97, left=0.12)
    sign, told = search.asked.signs[0], _points(search, found)
    feasible = [trial.number for trial in found if search.is_feasible(trial)]
    _marks(axes, [(number, point[0]) for number, point in told.items()], feasible, list(told))
    best, line = None, []
    for number in feasible:
        value = told[number][0]
        best = value if best is None else max(best, value, key=lambda x: sign * x)
        line.append((number, best))
    if line:
        axes.step(*zip(*line, strict=True), where="post", color=BLUE)
    _ticks(axes.yaxis, search.asked.goals[0], found)
    axes.set_title(f"{search.asked.goals[0]} by trial, and the best so far")
    return figure


@style.styled
def front_figure(search: Search, found: list[Trial]) -> Figure:
    """Two goals of every trial, those that no other beats joined by steps."""
    figure, (axes,) = style.panels(HEIGHT_INCHES + 0.4, [1.0], right=0.97, left=0.12)
    figure.subplots_adjust(bottom=0.14)
    told = _points(search, found)
    feasible = [trial.number for trial in found if search.is_feasible(trial)]
    _marks(axes, [(point[0], point[1]) for point in told.values()], feasible, list(told))
    front = [told[trial.number] for trial in search.front(found)]
    if front:
        axes.plot(*zip(*front, strict=True), color=BLUE, marker="o", drawstyle="steps-post")
    for axis, goal in zip((axes.xaxis, axes.yaxis), search.asked.goals, strict=True):
        _ticks(axis, goal, found)
    axes.set_title(f"{search.asked.goals[1]} (up) against {search.asked.goals[0]} (right), with the front")
    return figure


def _ticks(axis: Axis, goal: Goal, found: list[Trial]) -> None:
    """Ticks written out in full, of dates as days."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    is_date = any(goal.outcome in trial.values.dates for trial in found)
    axis.set_major_locator(MaxNLocator(nbins=5, integer=is_date))
    axis.set_major_formatter(FuncFormatter(lambda x, _: day_of(x) if is_date else f"{x:,.10g}"))


def _points(search: Search, found: list[Trial]) -> dict[int, tuple[float, ...]]:
    """The goals of the trials that have them, as they are, by number."""
    told = ((trial.number, search.objectives(trial)) for trial in found)
    signs = search.asked.signs
    return {
        number: tuple(sign * value for sign, value in zip(signs, point, strict=True))
        for number, point in told
        if point is not None
    }


def _marks(axes: Axes, places: list[tuple[float, float]], feasible: list[int], numbers: list[int]) -> None:
    """Feasible trials dark, others pale."""
    within = set(feasible)
    for color, wanted in ((PALE, False), (GREY, True)):
        chosen = [place for number, place in zip(numbers, places, strict=True) if (number in within) is wanted]
        if chosen:
            x, y = zip(*chosen, strict=True)
            axes.scatter(x, y, s=MARK, color=color, label="feasible" if wanted else "not feasible")
    if places:
        axes.legend(loc="best")
