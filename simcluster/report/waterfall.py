"""A waterfall from one scenario to another: a table with bars, a figure, and rows of a file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from simcluster.report import format as fmt
from simcluster.report import style
from simcluster.report.compare import folded
from simcluster.report.figures_rows import NAME, amounts, interval, rows_figure
from simcluster.report.rows import BOUNDED, aligned, amount, change, changed, flat, keyed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simcluster.study.waterfall import Waterfall

BAR = 40
"""Characters of a bar from the lowest level to the highest."""
ORDER = (
    "A part at a time is taken from B, the luck the same: forward in the order of the file, reverse from the last to "
    "the first. Each adds up to the whole. Where they differ the parts interact: what one gives depends on the order."
)
ALL_ORDERS = "All orders: a part's mean over every order (Shapley)."
DATES = "Differences of dates are in days."
HEAD = ("", "forward", "± 95%", "reverse", "± 95%", "all orders", "± 95%")
WAYS = ("forward", "reverse", "shapley")


def waterfall_text(found: Waterfall, width: int = 100) -> str:
    """The table and what to keep in mind, without a newline at the end."""
    many = found.steps and found.steps[0].shapley is not None
    head = f"Where the difference of {found.outcome} comes from, over {fmt.times(found.n, 'pair')}"
    if found.without:
        head += f" ({found.without:,} more lack it)"
    if not found.steps:
        return f"{head}: nowhere, since both say the same"
    columns = len(HEAD) if many else len(HEAD) - 2
    rows: list[tuple[str, ...]] = [HEAD[:columns], ("  A", waterfall_level(found, found.first.value))]
    for step in found.steps:
        ways = [way for way in (step.forward, step.reverse, step.shapley) if way is not None]
        rows.append((f"  {step.title}", *(text for way in ways for text in changed(way))))
    rows.append(("  B", waterfall_level(found, found.second.value)))
    rows.append(("  B − A", *changed(found.difference)))
    notes = [ORDER + (f" {ALL_ORDERS}" if many else ""), DATES if found.is_date else ""]
    told = [folded(note, width) for note in notes if note]
    return "\n".join([head, aligned(rows), "", aligned(_bars(found)), "", *told])


def waterfall_level(found: Waterfall, value: float) -> str:
    """The outcome itself as it is read."""
    return date.fromordinal(round(value)).isoformat() if found.is_date else amount(value)


def levels(found: Waterfall) -> list[tuple[float, float]]:
    """From where to where each bar goes, forward: the first scenario's from its level, steps, the second's."""
    at, bars = found.first.value, []
    for step in found.steps:
        bars.append((at, at + step.forward.value))
        at += step.forward.value
    return bars


def _bars(found: Waterfall) -> list[tuple[str, str]]:
    """A bar for each step, from the level before it to the one after."""
    bars = levels(found)
    ends = [end for bar in bars for end in bar]
    low, high = min(ends, default=0.0), max(ends, default=0.0)
    drawn = []
    for step, bar in zip(found.steps, bars, strict=True):
        first, last = (round((end - low) / (high - low) * BAR) if high > low else 0 for end in sorted(bar))
        first = min(first, BAR - 1)
        length = max(last - first, 1)
        drawn.append((f"  {step.title}", f"{' ' * first}{'█' * length}{' ' * (BAR - first - length)}"))
    return drawn


def waterfall_rows(found: Waterfall) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Head and rows of a CSV file: A, each step in order, B; a date is an ordinal day."""
    head = ("part", *(f"{way}{end}" for way in WAYS for end in BOUNDED), "n")
    steps = ((step.title, *(x for way in WAYS for x in flat(getattr(step, way))), found.n) for step in found.steps)
    first, last = ((name, *flat(at), *[None] * 6, found.n) for name, at in (("A", found.first), ("B", found.second)))
    return head, [first, *steps, last]


def waterfall_values(found: Waterfall) -> dict[str, Any]:
    """The waterfall for JSON."""
    return {
        "outcome": found.outcome,
        "n": found.n,
        "without": found.without,
        "first": keyed(found.first),
        "second": keyed(found.second),
        "difference": keyed(found.difference),
        "steps": [{"part": step.title, **{way: keyed(getattr(step, way)) for way in WAYS}} for step in found.steps],
    }


def waterfall_svg(found: Waterfall) -> str:
    """The figure as SVG; the same bytes for the same numbers."""
    return style.to_svg(waterfall_figure(found))


@style.styled
def waterfall_figure(found: Waterfall) -> Figure:
    """A bar a step, from the level before it to the one after, with its interval, and a mark for the reverse order."""
    names = ["A", *(style.shortened(step.title, NAME) for step in found.steps), "B"]
    figure, axes = rows_figure(names, 0.3, right=0.86)
    for row, estimate in ((0, found.first), (len(names) - 1, found.second)):
        axes.plot([estimate.value], [row], marker="D", markersize=6, color=style.INK, linestyle="")
        _beside(axes, row, waterfall_level(found, estimate.value))
    for row, (step, (before, after)) in enumerate(zip(found.steps, levels(found), strict=True), 1):
        color = style.GREEN if after >= before else style.ORANGE
        axes.barh(row, after - before, left=before, height=0.6, color=color, alpha=0.75)
        axes.plot([after, after], [row + 0.3, row + 0.7], color=style.GREY, linewidth=0.8)
        interval(axes, row, step.forward, shift=before)
        axes.plot([before + step.reverse.value], [row], marker="|", markersize=11, color=style.PURPLE, linestyle="")
        _beside(axes, row, change(step.forward.value))
    axes.use_sticky_edges = False
    axes.margins(x=0.03)
    axes.set_title(f"{found.outcome}: from A to B, n = {found.n:,} (purple: in the reverse order)")
    amounts(axes.xaxis, found.is_date)
    return figure


def _beside(axes: Axes, row: int, text: str) -> None:
    axes.annotate(
        text, (1, row), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points",
        va="center", fontsize=9, annotation_clip=False,
    )  # fmt: skip
