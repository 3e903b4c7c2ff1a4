"""One look for every figure, and SVG text that is the same for the same numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from io import StringIO
from typing import TYPE_CHECKING, Any, ParamSpec

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")

INK = "#222222"
BLUE = "#0072B2"
ORANGE = "#C25100"
GREEN = "#00785A"
PURPLE = "#8A4B86"
GREY = "#6B6B6B"
PALE = "#C9CED3"
SAND = "#F2C877"
"""Okabe and Ito's palette, darkened where a line's colour is also the colour of its label (contrast 4.5:1 on white)."""

WIDTH_INCHES = 8.0
FONTS = "'DejaVu Sans', Verdana, system-ui, sans-serif"
RC: Any = {
    "svg.hashsalt": "simcluster",
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#E3E5E8",
    "grid.linewidth": 0.8,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "butt",
    "legend.frameon": False,
    "figure.facecolor": "white",
}

_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
_PROLOG = re.compile(r"\A.*?(?=<svg)", re.DOTALL)
_PATH = re.compile(r'(?<= d=")[^"]*')
_FRACTION = re.compile(r"(\.\d\d)\d+")
_ID = re.compile(r' id="([^"]*)"')
_REFERENCE = re.compile(r"#([\w-]+)")


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw a figure in the house style; global matplotlib settings stay as they were."""

    @wraps(draw)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> Figure:
        import matplotlib

        with matplotlib.rc_context(RC):
            return draw(*args, **kwargs)

    return wrapped


def panels(
    height_inches: float, ratios: Sequence[float], right: float = 0.82, left: float = 0.09
) -> tuple[Figure, list[Axes]]:
    """A figure of stacked panels that share their x axis, with room at the right for the labels of lines."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_INCHES, height_inches))
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(ratios), 1, sharex=True, squeeze=False, height_ratios=list(ratios))[:, 0]
    top, bottom = 1 - 0.32 / height_inches, 0.36 / height_inches
    figure.subplots_adjust(left=left, right=right, top=top, bottom=bottom, hspace=0.24)
    return figure, list(axes)


def date_axis(axes: Axes) -> None:
    """Ticks at quarters or years, written short."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))  # type: ignore[no-untyped-call]


def number_axis(axes: Axes, scale: float = 1.0) -> None:
    """Ticks divided by `scale`, with as many decimals as tell them apart, from zero unless something is negative."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    low, high = axes.get_ylim()
    if low > -0.06 * high:
        axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    first, second, *_ = axes.get_yticks() / scale
    digits = max(0, math.ceil(-math.log10(second - first) - 1e-9))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / scale:,.{digits}f}"))


@dataclass(frozen=True)
class EndLabel:
    """Text to stand at the right end of a line, at height `y` in data units."""

    y: float
    text: str
    color: str


def label_ends(axes: Axes, labels: Sequence[EndLabel], gap: float = 13.0) -> None:
    """Write labels outside the right edge, pushed apart to `gap` points where lines end together, the first on top."""
    low, high = axes.get_ylim()
    height_points = axes.get_window_extent().height * 72 / axes.get_figure(root=True).dpi  # type: ignore[union-attr]
    falling = sorted(labels, key=lambda label: -label.y)
    ordered = falling[::-1]
    heights = [(label.y - low) / (high - low) * height_points for label in ordered]
    for k in range(1, len(heights)):
        heights[k] = max(heights[k], heights[k - 1] + gap)
    ceiling = height_points + gap / 2
    for k in reversed(range(len(heights))):
        heights[k] = min(heights[k], ceiling)
        ceiling = heights[k] - gap
    for label, points in zip(ordered, heights, strict=True):
        axes.annotate(
            label.text, (1, 0), xycoords="axes fraction", xytext=(6, points), textcoords="offset points",
            color=label.color, va="center", fontsize=9, annotation_clip=False,
        )  # fmt: skip


def shortened(text: str, most: int) -> str:
    """A text cut to so many characters, the last an ellipsis if any is left out."""
    return text if len(text) <= most else text[: most - 1] + "…"


def row_margin(names: Sequence[str]) -> float:
    """Room at the left for the longest name of a row, as a fraction of the figure's width."""
    return 0.03 + 0.0105 * max([8, *map(len, names)])


def empty(axes: Axes, text: str) -> None:
    """Say that there is nothing to draw."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=GREY)


def to_svg(figure: Figure) -> str:
    """A figure as an `<svg>` element: no date, prolog, unused id or needless digit; equal bytes for equal figures."""
    import matplotlib

    out = StringIO()
    with matplotlib.rc_context(RC):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    figure.clear()
    text = _METADATA.sub("", _PROLOG.sub("", out.getvalue()))
    text = _PATH.sub(lambda path: _FRACTION.sub(r"\1", path[0]).replace("\n", ""), text)
    used = set(_REFERENCE.findall(text))
    text = _ID.sub(lambda found: found[0] if found[1] in used else "", text)
    return text.replace("'DejaVu Sans'", FONTS).strip() + "\n"
