"""The report of a sweep over points: one HTML file that needs nothing but a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.report import format as fmt
from simcluster.report.cards import Table
from simcluster.report.figures_points import response_svg
from simcluster.report.point_axes import axes_of
from simcluster.report.point_rows import leader_lines, level_precision, point_head, point_rows
from simcluster.report.point_text import LEGEND
from simcluster.report.study_page import INTERVALS, SOURCES, Origin, Page, Section, failures_section, span, titled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simcluster.model.experiment import Experiment
    from simcluster.record.ledger import Replica
    from simcluster.study.point_summary import AtPoints, PointSummary
    from simcluster.study.point_sweep import PointSweep
    from simcluster.study.reproduce import Command

OF_LUCK = (
    "Replica k has the same seed and the same draws at every point, so that two points differ by what is set alone."
)
OF_FIGURES = "In figures, bars are 95% intervals, and a band is what 90% of the replicas span."


def point_figures(asked: Experiment, summary: PointSummary) -> dict[str, str]:
    """The figure of each outcome that has one, as SVG by outcome; the same bytes for the same replicas."""
    drawn = {found.outcome: response_svg(asked, found) for found in summary.told}
    return {name: svg for name, svg in drawn.items() if svg is not None}


def render_points(
    laid: PointSweep, summary: PointSummary, drawn: dict[str, str], failures: Iterable[Replica], command: Command
) -> str:
    """The whole report as HTML."""
    scenario, asked, points = laid.scenario, laid.asked, len(laid.points)
    sections = [
        *_varied(asked),
        *(_outcome(asked, found, drawn.get(found.outcome, ""), k == 0) for k, found in enumerate(summary.told)),
        *_failures(laid, summary, failures, command),
    ]
    inputs = len(summary.columns.inputs)
    drew = f", {fmt.times(inputs, 'input')} drawn" if inputs else ""
    of = f"{span(scenario)}, {fmt.times(asked.replicas, 'replica')} a point of seed {scenario.seed}{drew}. {OF_LUCK}"
    lead = f"{titled(scenario)}, at {fmt.times(points, 'point')}."
    foot = Origin((scenario.name,), asked.set).foot(scenario.seed)
    return Page("Study", laid.title, lead, f"{of} {INTERVALS}", sections, foot=foot).render()


def _varied(asked: Experiment) -> list[Section]:
    """What varies: what each point of a list sets, and the levels of each factor."""
    sets = [
        (row.name, key, str(value)) for row in asked.listed for key, value in (row.set or {"–": "as it is"}).items()
    ]
    levels = [(axis.key, f"{len(axis.texts):,}", ", ".join(axis.texts)) for axis in axes_of(asked) if axis.key]
    tables = {
        "points": ("The points", Table(("Point", "Sets", "To"), tuple(sets))),
        "factors": (
            "What varies" if not sets else "What varies at each",
            Table(("Factor", "Levels", "Values"), tuple(levels)),
        ),
    }
    return [
        Section(name, heading, table=table, caption=heading, kind=SOURCES)
        for name, (heading, table) in tables.items()
        if table.rows
    ]


def _outcome(asked: Experiment, found: AtPoints, svg: str, is_first: bool) -> Section:
    """Where it is highest and lowest, the figure and the table, and of the first also what they mean."""
    heading = level_precision(found).titled(found.outcome)
    sentence = " ".join(f"{line}." for line in leader_lines(asked, found))
    table = Table(point_head(asked), tuple(point_rows(asked, found)))
    notes = (f"{LEGEND}.", OF_FIGURES) if is_first else ()
    return Section(found.outcome, heading, sentence, svg, table, f"{heading} at each point", notes)


def _failures(laid: PointSweep, summary: PointSummary, failures: Iterable[Replica], command: Command) -> list[Section]:
    rows = (
        (f"{k} at {point}", one.error or "", command(one)) for one in failures for point, k in [laid.at(one.number)]
    )
    runs = summary.replicas + summary.failed
    return failures_section(summary.failed, runs, "replica", rows, "errors.csv has all")
