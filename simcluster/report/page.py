"""The report: one HTML file that needs nothing but a browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcluster.report import (
    figures_buildout,
    figures_construction,
    figures_failures,
    figures_hours,
    figures_jobs,
    figures_money,
    figures_power,
    figures_recovery,
)
from simcluster.report.captions import captions
from simcluster.report.cards import cards, guidance_table, models_table, statement_tables
from simcluster.report.html import page
from simcluster.report.paths import paths_table
from simcluster.report.recovery import clusters_table, jobs_table
from simcluster.report.style import to_svg
from simcluster.report.tables import groups, provenance_rows
from simcluster.report.yardsticks import formula_assumptions, yardsticks_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from simcluster.model.document import Document
    from simcluster.study.result import Result

FIGURES: dict[str, tuple[str, Callable[[Result], Figure]]] = {
    "buildout": ("The buildout", figures_buildout.buildout),
    "power": ("Power that runs short", figures_power.power),
    "construction": ("How the halls were built", figures_construction.construction),
    "gpu_hours": ("Where the GPU-hours went", figures_hours.gpu_hours),
    "jobs": ("The models", figures_jobs.jobs),
    "job_hours": ("What the time of each job was spent on", figures_recovery.job_hours),
    "failures": ("How often each cause struck", figures_failures.failures),
    "capex": ("What it costs", figures_money.capex),
    "offset": ("Who pays", figures_money.offset),
}
"""Heading and drawing function by name of figure, in the order of the page."""
RECOVERY = ("job_hours", "failures")
"""Figures of the section on failures and recovery; the others are sections of their own."""


def figures(result: Result) -> dict[str, str]:
    """Every figure that has something to show as SVG text, by name; the same bytes for the same result."""
    empty = {
        "power": not result.scenario.may_run_short,
        "construction": figures_construction.drawn_rows(result.construction).empty,
        "jobs": not result.scenario.jobs,
        "job_hours": figures_recovery.ran(result).empty,
        "failures": not figures_failures.strikes(result),
        "offset": not result.scenario.revenue.earns,
    }
    return {name: to_svg(draw(result)) for name, (_, draw) in FIGURES.items() if not empty.get(name)}


@dataclass(frozen=True)
class Section:
    """A part of the page: its anchor, its heading, and figures with a name, a heading (or none), SVG and a sentence."""

    name: str
    heading: str
    figures: list[tuple[str, str, str, str]]


def _sections(result: Result, drawn: dict[str, str]) -> list[Section]:
    said, found = captions(result), []
    for name, svg in drawn.items():
        heading = FIGURES[name][0]
        if name not in RECOVERY:
            found.append(Section(name, heading, [(name, "", svg, said[name])]))
            continue
        if not found or found[-1].name != "recovery":
            found.append(Section("recovery", "Failures and recovery", []))
        found[-1].figures.append((name, heading, svg, said[name]))
    return found


def _entities(result: Result) -> list[tuple[str, pd.DataFrame]]:
    """Whose statements there are."""
    company = [("Company", result.company)] if result.scenario.company else []
    return [("Programme", result.statements), *company]


def render(result: Result, document: Document, drawn: dict[str, str] | None = None) -> str:
    """The whole report as HTML; `drawn` are figures already made for this result."""
    drawn = figures(result) if drawn is None else drawn
    rows = provenance_rows(document)
    return page(
        "report.html.j2",
        scenario=result.scenario,
        seed=result.seed,
        cards=cards(result),
        sections=_sections(result, drawn),
        models=models_table(result),
        paths=paths_table(result),
        jobs=jobs_table(result),
        clusters=clusters_table(result),
        yardsticks=yardsticks_table(result),
        assumed=formula_assumptions(),
        statements=[(who, statement_tables(frame)) for who, frame in _entities(result)],
        guidance=guidance_table(result),
        groups=groups(rows),
        numbers=len(rows),
        assumptions=sum(row.is_assumption for row in rows),
    )
