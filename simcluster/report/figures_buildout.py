"""The buildout: GPUs ordered, delivered, powered and in service over the facility megawatts that let them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.record.binding import CONSTRAINTS
from simcluster.report import style
from simcluster.report.format import megawatts, scaled
from simcluster.report.style import BLUE, GREEN, GREY, INK, ORANGE, PALE, PURPLE, SAND, EndLabel

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simcluster.study.result import Result

GPUS = (
    ("ordered", "ordered", GREY),
    ("delivered", "delivered", ORANGE),
    ("admitted", "powered", GREEN),
    ("in_service", "in service", BLUE),
)
BOUND_BY = {"hall": GREY, "power": ORANGE, "network": PURPLE, "crew": GREEN, "supply": PALE, "budget": INK}
"""Colours of the constraints."""
POWER = (
    ("energized_mw", "energised", INK),
    ("admitted_mw", "admitted", GREEN),
    ("drawn_mw", "drawn", BLUE),
)


@style.styled
def buildout(result: Result) -> Figure:
    """GPUs and facility MW by day, all sites summed; the waiting between delivery and power is shaded."""
    figure, (above, ribbon, below) = style.panels(5.9, (1.25, 0.07, 1), right=0.79)
    columns = [name for name, _, _ in GPUS + POWER]
    sold = "sold" in result.daily and bool(result.daily["sold"].any())
    total = here_by_day(result.daily)[columns]
    if total.empty:
        style.empty(above, "No day was simulated")
        return figure
    _gpus(above, total, _largest(result.daily), "less sold" if sold else "")
    _ribbon(ribbon, result, total)
    _power(below, total)
    style.date_axis(below)
    if len(total) > 1:
        below.set_xlim(total.index[0], total.index[-1])
    return figure


def here_by_day(daily: pd.DataFrame) -> pd.DataFrame:
    """Levels of all sites together by day; what was sold counts as delivered no longer."""
    total = daily.groupby("date", sort=True).sum(numeric_only=True)
    return total.assign(delivered=total["delivered"] - total["sold"]) if "sold" in total else total


def _largest(daily: pd.DataFrame) -> tuple[str, pd.Series[float]] | None:
    """The site with the most GPUs ordered by the end, if there are several, and its GPUs in service by day."""
    ordered = daily.groupby("site", sort=True)["ordered"].last()
    if len(ordered) < 2:
        return None
    name = str(ordered.idxmax())
    return name, daily[daily["site"] == name].set_index("date")["in_service"]


def _gpus(axes: Axes, total: pd.DataFrame, largest: tuple[str, pd.Series[float]] | None, less: str) -> None:
    labels = []
    axes.fill_between(total.index, total["admitted"], total["delivered"], color=SAND, linewidth=0, step="post")
    for name, text, color in GPUS:
        dashes = (4, 2) if name == "ordered" else (None, None)
        axes.step(total.index, total[name], color=color, where="post", dashes=dashes)
        told = f"{text} {less}" if less and name == "delivered" else text
        labels.append(EndLabel(float(total[name].iloc[-1]), f"{told} {scaled(float(total[name].iloc[-1]))}", color))
    if largest is not None:
        name, series = largest
        axes.step(series.index, series, color=BLUE, where="post", linewidth=1, alpha=0.75)
        labels.append(EndLabel(float(series.iloc[-1]), f"{_short(name)} {scaled(float(series.iloc[-1]))}", BLUE))
    scale, unit = _unit(axes.get_ylim()[1])
    style.number_axis(axes, scale)
    waited = bool((total["delivered"] > total["admitted"]).any())
    axes.set_title(f"GPUs{unit}" + (" (shaded: waiting for a hall or power)" if waited else ""))
    style.label_ends(axes, labels)


def _unit(highest: float) -> tuple[float, str]:
    """What ticks are divided by, and how the title says so."""
    return (1e6, ", millions") if highest >= 1e6 else (1e3, ", thousands") if highest >= 2e4 else (1.0, "")


def _ribbon(axes: Axes, result: Result, total: pd.DataFrame) -> None:
    """What bound the build on each day, all sites together, as a strip of colour."""
    from matplotlib.patches import Patch

    bound = result.binding.of_all
    axes.set_title("What bound the build")
    axes.set_yticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    met = []
    for k, name in enumerate(CONSTRAINTS):
        days = (bound == k)[: len(total)]
        if days.any():
            axes.fill_between(total.index, 0.0, 1.0, where=days, color=BOUND_BY[name], linewidth=0, step="post")
            met.append(Patch(color=BOUND_BY[name], label=name))
    axes.set_ylim(0.0, 1.0)
    if met:
        axes.legend(
            handles=met,
            loc="center left",
            bbox_to_anchor=(1.0, 0.5),
            ncols=2,
            fontsize=8,
            handlelength=0.9,
            columnspacing=0.9,
            frameon=False,
        )


def _power(axes: Axes, total: pd.DataFrame) -> None:
    axes.set_title("Facility power, MW")
    labels = []
    axes.fill_between(total.index, total["energized_mw"], color="#EEF1F4", linewidth=0, step="post")
    for name, text, color in POWER:
        axes.step(total.index, total[name], color=color, where="post", linewidth=2.4 if name == "energized_mw" else 1.6)
        labels.append(EndLabel(float(total[name].iloc[-1]), f"{text} {megawatts(float(total[name].iloc[-1]))}", color))
    style.number_axis(axes)
    style.label_ends(axes, labels)


def _short(name: str) -> str:
    return style.shortened(name, 11)
