"""The page of a comparison of one run each: the machines side by side, and their ratios to the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.report.cards import Table
from simcluster.report.compare import NOT_IN_IT, OF_LUCK, by_group, cell, label, peak_notes, ratio
from simcluster.report.figures_compare import compared_rows, ratios_figure
from simcluster.report.study_page import Page, Section
from simcluster.report.style import to_svg

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.report.study_page import Origin
    from simcluster.study.compare import Comparison

KIND = "Comparison"
FILES = "comparison.txt, comparison.csv, comparison.json and ratios.svg"


def ratios_svg(found: Comparison) -> str:
    """The figure as SVG; empty where no row has a ratio."""
    return to_svg(ratios_figure(found)) if compared_rows(found) else ""


def render_comparison(found: Comparison, origin: Origin, drawn: str) -> str:
    """The whole page as HTML; `drawn` is the figure of the ratios."""
    columns = found.columns
    names = [column.name for column in columns]
    seeds = ", ".join(dict.fromkeys(str(column.seed) for column in columns))
    notes = tuple(peak_notes(found.precision, found.lacking))
    caption = f"{against(names)}, a row a quantity"
    sections = [Section("table", "Side by side", table=side_by_side(found), caption=caption, notes=notes)]
    if drawn:
        sections.insert(0, Section("ratios", "Ratios", ratios_sentence(found), drawn))
    scenarios = [column.scenario for column in columns]
    foot = origin.foot(seeds, peaks_at(found.precision), ("Beside this page", FILES))
    return Page(KIND, against(names), OF_LUCK, told_of(names, scenarios), sections, foot=foot).render()


def against(names: list[str]) -> str:
    """What is compared with what."""
    first, *others = names
    return f"{' and '.join(others)} against {first}"


def told_of(names: list[str], scenarios: list[Scenario]) -> str:
    """What each name stands for, and what is simulated."""
    told = (
        f"{name}: {f'{one.title}, ' if one.title else ''}{one.start} to {one.end}"
        for name, one in zip(names, scenarios, strict=True)
    )
    return f"{'; '.join(told)}."


def peaks_at(precision: str) -> tuple[str, str]:
    """The precision, for the foot of a page."""
    return "Precision", f"{precision.upper()}, dense, of the matrix units. {NOT_IN_IT}"


def side_by_side(found: Comparison) -> Table:
    """A column a scenario, with the ratio to the first below the value."""
    rows: list[tuple[str, ...]] = []
    for group, members in by_group(found.rows, found.precision):
        rows.append((group,))
        for row in members:
            told = zip(row.values, row.ratios, found.columns, strict=True)
            cells = ((cell(row, value, column), ratio(over)) for value, over, column in told)
            rows.append((label(row.quantity).strip(), *("\n".join(filter(None, pair)) for pair in cells)))
    return Table(("", *(column.name for column in found.columns)), tuple(rows))


def ratios_sentence(found: Comparison) -> str:
    """What the figure shows: of each scenario the quantities with the largest and the smallest ratio."""
    first, rows, told = found.columns[0].name, compared_rows(found), []
    for k, column in enumerate(found.columns[1:], 1):
        known = [(row.ratios[k], row.quantity.title.strip()) for row in rows if row.ratios[k]]
        if known:
            most, least = max(known), min(known)
            told.append(f"{column.name} in {most[1]} ({ratio(most[0])}) and {least[1]} ({ratio(least[0])})")
    return (
        f"Ratios to {first} are largest and smallest for {'; '.join(told)}. Dots are ratios of one run each, so they "
        "have no interval, on a logarithmic axis; right of the line is more than in the first."
    )
