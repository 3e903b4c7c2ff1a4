"""What the programme costs and who pays for it, by quarter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simcluster.report import style
from simcluster.report.format import ratio, scaled, significant
from simcluster.report.lines import by_quarter, line, quarters
from simcluster.report.style import BLUE, GREY, INK, ORANGE, PALE, EndLabel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simcluster.study.result import Result


@style.styled
def capex(result: Result) -> Figure:
    """Capex, the programme's and that of the rest of a company, over the programme's depreciation, by quarter."""
    figure, (above, below) = style.panels(4.6, (1.6, 1), right=0.83)
    names = quarters(result.company)
    programme, rest = line(result.company, "programme_capex"), line(result.company, "rest_capex")
    whose = "company" if result.scenario.company else "programme"
    if not names or programme is None:
        style.empty(above, "No quarter was simulated")
        style.empty(below, "")
        return figure
    above.bar(range(len(names)), programme, color=BLUE, width=0.75)
    labels = [EndLabel(programme[-1] / 2, f"programme {_amount(programme[-1])}", BLUE)]
    if rest is not None and result.scenario.company:
        above.bar(range(len(names)), rest, bottom=programme, color=PALE, width=0.75)
        labels.append(EndLabel(programme[-1] + rest[-1] / 2, f"rest {_amount(rest[-1])}", GREY))
    _money_axis(above, f"Capital expenditure of the {whose}")
    style.label_ends(above, labels)
    _depreciation(below, names, depreciation(result))
    _quarter_axis(below, names)
    return figure


def depreciation(result: Result) -> dict[str, float]:
    """Depreciation of the programme by quarter, USD."""
    found = by_quarter(result.offset, "depreciation")
    if found:
        return found
    values = line(result.statements, "depreciation")
    return dict(zip(quarters(result.statements), values or [], strict=False))


@style.styled
def offset(result: Result) -> Figure:
    """How far what advertising contributes covers the programme's costs, and the revenue that would cover them."""
    figure, (above, below) = style.panels(4.8, (1, 1.1), right=0.83)
    ratios = by_quarter(result.offset, "offset")
    names = list(ratios)
    if not names:
        style.empty(above, "No quarter was simulated")
        style.empty(below, "")
        return figure
    _ratio(above, [ratios[name] for name in names])
    required = by_quarter(result.offset, "required_revenue")
    attributed = by_quarter(result.offset, "attributed_advertising")
    lines = ((required, "required", ORANGE), (attributed, "attributed", BLUE))
    for values, _, color in lines:
        heights = [values.get(name, float("nan")) for name in names]
        below.plot(range(len(names)), heights, color=color, marker="o", markersize=4)
    _money_axis(below, "Advertising attributed to AI")
    ends = [(values[names[-1]], text, color) for values, text, color in lines if names[-1] in values]
    style.label_ends(below, [EndLabel(y, f"{text} {_amount(y)}", color) for y, text, color in ends if y == y])
    _quarter_axis(below, names)
    return figure


def _ratio(axes: Axes, values: Sequence[float]) -> None:
    axes.set_title("Offset: contribution of that advertising over the programme's costs")
    axes.axhline(1, color=INK, linewidth=1.2)
    axes.plot(range(len(values)), values, color=BLUE, marker="o", markersize=4)
    finite = [value for value in values if value == value]
    axes.set_ylim(min([0.0, *finite]), 1.15 * max([1.0, *finite]))
    style.number_axis(axes)
    labels = [EndLabel(1.0, "1: pays for itself", INK)]
    if values[-1] == values[-1]:
        labels.append(EndLabel(values[-1], f"offset {ratio(values[-1])}", BLUE))
    style.label_ends(axes, labels)


def _depreciation(axes: Axes, names: Sequence[str], values: Mapping[str, float]) -> None:
    heights = [values.get(name, 0.0) for name in names]
    axes.bar(range(len(names)), heights, color=ORANGE, width=0.75)
    _money_axis(axes, "Depreciation of the programme")
    style.label_ends(axes, [EndLabel(heights[-1], _amount(heights[-1]), ORANGE)])


def _amount(usd: float) -> str:
    """1.23 M or 250 k: with a unit, as on the axis."""
    return scaled(usd) if not 1e3 <= abs(usd) < 0.9995e6 else f"{significant(usd / 1e3)} k"


def _unit(axes: Axes) -> tuple[float, str]:
    """What ticks are divided by, and its name."""
    high = axes.get_ylim()[1]
    return (1e9, "bn") if high >= 1e9 else (1e6, "M") if high >= 1e6 else (1e3, "k")


def _money_axis(axes: Axes, title: str) -> None:
    scale, unit = _unit(axes)
    axes.set_title(f"{title}, {unit} USD a quarter")
    style.number_axis(axes, scale)


def _quarter_axis(axes: Axes, names: Sequence[str]) -> None:
    """A tick a quarter; the year stands under its first, and only every second quarter is written when many."""
    every = 1 if len(names) <= 14 else 2 if len(names) <= 26 else 4
    shown = [k for k in range(len(names)) if k % every == 0]
    headed = {k for k in shown if k == shown[0] or names[k].endswith("Q1")}
    text = [f"{names[k][4:]}\n{names[k][:4] if k in headed else ' '}" for k in shown]
    axes.set_xticks(shown, text)
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.get_figure(root=True).subplots_adjust(bottom=0.5 / axes.get_figure(root=True).get_figheight())  # type: ignore[union-attr]
