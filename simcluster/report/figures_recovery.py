"""What the wall of each job was spent on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simcluster.record.reliability_jobs import PARTS
from simcluster.report import style
from simcluster.report.format import days, percent, times
from simcluster.report.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, SAND

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simcluster.study.result import Result

SPENT_ON: dict[str, tuple[str, str]] = {
    "useful": ("useful", BLUE),
    "checkpoint": ("writing checkpoints", GREEN),
    "lost": ("work lost and redone", ORANGE),
    "slowed": ("slowed, or short of nodes", "#E3A173"),
    "throttled": ("throttled for want of power", "#B5651D"),
    "detecting": ("interruption not yet noticed", GREY),
    "selecting": ("selecting hosts", "#C3A3C1"),
    "waiting": ("waiting for nodes or storage", SAND),
    "restarting": ("restarting", PURPLE),
    "regrouping": ("regrouping replicas", "#56B4E9"),
    "backing_off": ("backing off after a failed restart", INK),
}
"""Label and colour of what a job's wall is spent on, in the order of `PARTS`."""
NOTHING = 1e-9
"""A share that is what rounding leaves."""
LEGEND_COLUMNS = 4
LEGEND_ROW_INCHES = 0.2


def ran(result: Result) -> pd.DataFrame:
    """The jobs that started, in declared order."""
    jobs = result.reliability.jobs
    return jobs[jobs["wall_hours"] > 0]


def shares(jobs: pd.DataFrame) -> pd.DataFrame:
    """Each job's wall by what it was spent on, as fractions; columns as `PARTS`, a row a job."""
    spent = jobs[[f"{part}_hours" for part in PARTS]].set_axis(list(PARTS), axis=1)
    return spent.div(jobs["wall_hours"], axis=0)


@style.styled
def job_hours(result: Result) -> Figure:
    """A bar a job: its wall by what it was spent on, and what was not useful once more on a scale of its own."""
    jobs = ran(result)
    spent = shares(jobs)
    present = [part for part in PARTS if part == "useful" or (spent[part] > NOTHING).any()]
    legend = LEGEND_ROW_INCHES * -(-len(present) // LEGEND_COLUMNS)
    titles = {job.name: style.shortened(job.title or job.name, 26) for job in result.scenario.jobs}
    names = [titles[name] for name in jobs["job"]]
    figure, (whole, rest) = _side_by_side(0.75 + legend + 0.36 * len(jobs), legend, style.row_margin(names))
    _stack(whole, spent, present)
    _stack(rest, spent, [part for part in present if part != "useful"])
    for k, (useful, wall) in enumerate(zip(spent["useful"], jobs["wall_hours"], strict=True)):
        whole.text(0.02, k, percent(useful), color="white", va="center", fontsize=9, weight="bold")
        _beside(rest, k, days(wall / 24) if wall >= 48 else times(wall, "hour"))
    _beside(rest, -1, "wall", color=GREY)
    whole.set_yticks(range(len(jobs)), names)
    whole.set_title("Share of the wall")
    rest.set_title("What was not useful, enlarged")
    whole.set_xlim(0, 1.001)
    rest.set_xlim(0, 1.02 * max(float(1 - spent["useful"].min()), 1e-3))
    for axes in (whole, rest):
        _percent_axis(axes, 2 if axes is whole else 5)
        axes.tick_params(axis="y", length=0)
        axes.grid(True, axis="x")
        axes.grid(False, axis="y")
        axes.set_ylim(len(jobs) - 0.4, -0.6)
    _legend(figure, present)
    return figure


def _side_by_side(height: float, legend: float, left: float) -> tuple[Figure, list[Axes]]:
    """Two panels below a legend so many inches high; rows are named at the left and their walls stand at the right."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(style.WIDTH_INCHES, height))
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, 2, sharey=True, width_ratios=[1, 1.6])
    top, bottom = 1 - (0.42 + legend) / height, 0.3 / height
    figure.subplots_adjust(left=left, right=0.91, top=top, bottom=bottom, wspace=0.2)
    return figure, list(axes)


def _stack(axes: Axes, spent: pd.DataFrame, parts: Sequence[str]) -> None:
    left = 0.0 * spent["useful"]
    for part in parts:
        axes.barh(range(len(spent)), spent[part], left=left, color=SPENT_ON[part][1], height=0.64, linewidth=0)
        left = left + spent[part]


def _beside(axes: Axes, row: float, text: str, color: str = INK) -> None:
    axes.annotate(
        text, (1, row), xycoords=("axes fraction", "data"), xytext=(50, 0), textcoords="offset points",
        ha="right", va="center", fontsize=8.5, color=color, annotation_clip=False,
    )  # fmt: skip


def _percent_axis(axes: Axes, steps: int) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(nbins=steps, steps=[1, 2, 5, 10]))
    first, second, *_ = axes.get_xticks()
    digits = 0 if second - first > 0.0099 else 1 if second - first > 0.00099 else 2
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.{digits}f}%"))


def _legend(figure: Figure, present: Sequence[str]) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(color=SPENT_ON[part][1], label=SPENT_ON[part][0]) for part in present]
    figure.legend(
        handles=handles,
        loc="upper left",
        ncols=LEGEND_COLUMNS,
        fontsize=8.5,
        handlelength=1.2,
        columnspacing=1.4,
    )
