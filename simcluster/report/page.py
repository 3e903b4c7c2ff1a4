"""The report: one HTML file that needs nothing but a browser."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import TYPE_CHECKING

from simcluster.report import figures_buildout, figures_hours, figures_jobs, figures_money
from simcluster.report.captions import captions
from simcluster.report.cards import cards, guidance_table, models_table, statement_tables
from simcluster.report.style import to_svg
from simcluster.report.tables import groups, provenance_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simcluster.model.document import Document
    from simcluster.study.result import Result

FIGURES: dict[str, tuple[str, Callable[[Result], Figure]]] = {
    "buildout": ("The buildout", figures_buildout.buildout),
    "gpu_hours": ("Where the GPU-hours went", figures_hours.gpu_hours),
    "jobs": ("The models", figures_jobs.jobs),
    "capex": ("What it costs", figures_money.capex),
    "offset": ("Who pays", figures_money.offset),
}
"""Heading and drawing function by name of figure, in the order of the page."""


def figures(result: Result) -> dict[str, str]:
    """Every figure as SVG text, by name; the same bytes for the same result."""
    return {name: to_svg(draw(result)) for name, (_, draw) in FIGURES.items()}


def render(result: Result, document: Document, drawn: dict[str, str] | None = None) -> str:
    """The whole report as HTML; `drawn` are figures already made for this result."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    source = files("simcluster.report").joinpath("templates", "report.html.j2").read_text(encoding="utf-8")
    drawn = figures(result) if drawn is None else drawn
    said = captions(result)
    rows = provenance_rows(document)
    return environment.from_string(source).render(
        scenario=result.scenario,
        seed=result.seed,
        cards=cards(result),
        figures=[(name, FIGURES[name][0], svg, said[name]) for name, svg in drawn.items()],
        models=models_table(result),
        statements=[("Programme", statement_tables(result.statements)), ("Company", statement_tables(result.company))],
        guidance=guidance_table(result),
        groups=groups(rows),
        numbers=len(rows),
        assumptions=sum(row.is_assumption for row in rows),
    )
