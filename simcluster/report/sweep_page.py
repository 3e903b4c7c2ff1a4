"""The report of a sweep: one HTML file that needs nothing but a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.report import figures_sweep
from simcluster.report import format as fmt
from simcluster.report.cards import Card, Table
from simcluster.report.study_page import INTERVALS, Origin, Page, Section, failures_section, span, titled
from simcluster.report.style import to_svg
from simcluster.report.sweep_text import HEADLINES, day_of, most_of, told
from simcluster.study.sweep_columns import Kind
from simcluster.study.sweep_ties import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simcluster.record.ledger import Replica
    from simcluster.study.controls import Controlled
    from simcluster.study.fans import Fan
    from simcluster.study.intervals import Estimate
    from simcluster.study.reproduce import Command
    from simcluster.study.sweep import Sweep
    from simcluster.study.sweep_summary import Spread, Summary

OF_GROUPS = "Percentiles and chances on this page are of one replica a group. variance.csv has the intervals."
NOT_BY_THE_END = (
    "A date that did not come by the end counts as later than all, and a margin to a promise then as less than all."
)
GAIN = (
    "The control is the job's efficiency in closed form; gain: so many times the replicas would be as narrow without."
)
FILES = "replicas.csv, summary.csv, summary.txt, summary.json, scenario.resolved.toml, figures and series"
SAID = {
    "fans": (
        "Over time",
        "The line is the median of the replicas at each date, and the bands hold half and nine in ten of them.",
    ),
    "histograms": (
        "How outcomes spread",
        "Replicas by outcome; the line is the median. What is the same in all replicas is left out.",
    ),
}
"""Heading and sentence by name of figure."""
TABLES = {
    "chances": ("Chances", "Probabilities with their intervals", "From so many of n replicas."),
    "variance": (
        "Luck or ignorance",
        "What the variance of each outcome comes from",
        f"Luck is what would remain if all inputs were known; more knowledge takes the rest away. {OF_GROUPS}",
    ),
    "controls": (
        "Means told more narrowly",
        "Means without and with a control variate",
        f"The mean, moved by slope times how far the control is from its expectation in these replicas. {GAIN}",
    ),
    "outcomes": (
        "Outcomes",
        "Mean and percentiles of each outcome, with their intervals",
        f"Below each figure its interval; a dash where n is too small to bound it. {NOT_BY_THE_END}",
    ),
}
"""Heading, caption and note by name of table."""


def sweep_figures(summary: Summary, fans: dict[str, Fan]) -> dict[str, str]:
    """The figures that have something to show, as SVG by name; the same bytes for the same replicas."""
    drawn = {}
    if figures_sweep.drawn_fans(fans):
        drawn["fans"] = to_svg(figures_sweep.fans(fans))
    if figures_sweep.drawn_histograms(summary):
        drawn["histograms"] = to_svg(figures_sweep.histograms(summary))
    return drawn


def render_sweep(
    sweep: Sweep,
    summary: Summary,
    controls: dict[str, Controlled],
    drawn: dict[str, str],
    failures: Iterable[Replica],
    command: Command,
) -> str:
    """The whole report as HTML."""
    scenario, n, failed = sweep.scenario, summary.replicas, summary.failed
    repeated = ((str(row.number), row.error or "", command(row)) for row in failures)
    sections = [
        *_tabled("chances", chances_table(summary)),
        *(Section(name, *SAID[name], svg) for name, svg in drawn.items()),
        *_tabled("variance", splits_table(summary)),
        *_tabled("controls", controls_table(controls)),
        *_tabled("outcomes", outcomes_table(summary)),
        *failures_section(failed, n + failed, "replica", repeated, "errors.csv has all"),
    ]
    inputs = len(summary.columns.inputs)
    drew = f" and {fmt.times(inputs, 'input')} drawn" if inputs else ""
    of = f"{span(scenario)}, {n:,} replicas of seed {scenario.seed}, each with a seed of its own{drew}. {INTERVALS}"
    foot = Origin((scenario.name,)).foot(scenario.seed, ("Beside this page", FILES))
    lead = scenario.description or ""
    return Page("Sweep", titled(scenario), lead, of, sections, headline_cards(summary), foot).render()


def _tabled(name: str, table: Table) -> list[Section]:
    """A section of a table alone; none without rows."""
    heading, caption, note = TABLES[name]
    return [Section(name, heading, table=table, caption=caption, notes=(note,))] if table.rows else []


def headline_cards(summary: Summary) -> list[Card]:
    """The median of each headline, and below it what nine in ten replicas span."""
    known = [(headline, spread) for headline in HEADLINES if (spread := told(summary, headline)) is not None]
    return [
        Card(
            f"{headline.label}, median",
            headline.form(spread.percentiles[50].value),
            f"{headline.what}; p5 to p95 {most_of(spread, headline.form)}".removeprefix("; "),
        )
        for headline, spread in known
    ]


def chances_table(summary: Summary) -> Table:
    """Each event with its probability, interval, and counts."""
    rows = []
    for chance in summary.chances.values():
        share = chance.share
        told = (fmt.percent(share.value), f"{fmt.percent(share.low)} to {fmt.percent(share.high)}")
        rows.append((chance.event, *told, fmt.plain(chance.hits), fmt.plain(chance.n)))
    return Table(("Event", "Probability", "Interval", "Replicas", "n"), tuple(rows))


def splits_table(summary: Summary) -> Table:
    """What each outcome's variance comes from, in percent of the sum, for outcomes that vary."""
    rows = []
    for name, split in summary.splits.items():
        if all(fmt.is_number(share.value) for share in split.shares.values()):
            shares = (_share(split.shares.get(part, UNKNOWN)) for part in ("luck", "inputs", "structure"))
            rows.append((name, *shares, fmt.plain(split.groups)))
    return Table(("Outcome", "Luck", "Inputs", "Structure", "Groups"), tuple(rows))


def _share(estimate: Estimate) -> str:
    value, low, high = (fmt.percent(x, 0) for x in (estimate.value, estimate.low, estimate.high))
    return value if value == fmt.NOTHING else f"{value}\n{low} to {high}"


def controls_table(controls: dict[str, Controlled]) -> Table:
    """The means that a job's efficiency in closed form narrows, without and with it."""
    rows = []
    for name, one in controls.items():
        told = (_bounded(one.plain), _bounded(one.controlled), fmt.significant(one.slope), fmt.significant(one.gain))
        rows.append((name, *told, fmt.plain(one.plain.n)))
    return Table(("Outcome", "Mean", "Controlled", "Slope", "Gain", "n"), tuple(rows))


def _bounded(estimate: Estimate) -> str:
    value, low, high = (fmt.significant(x, 4) for x in (estimate.value, estimate.low, estimate.high))
    return f"{value}\n{low} to {high}"


def outcomes_table(summary: Summary) -> Table:
    """Each outcome with mean and percentiles, and below each figure its interval."""
    rows = []
    for spread in summary.spreads.values():
        estimates = (spread.mean, *spread.percentiles.values())
        told = (_cell(spread, estimate) for estimate in estimates)
        rows.append((spread.outcome, f"{spread.n:,}", *told, fmt.significant(spread.sd)))
    percentiles = (f"p{percent}" for percent in next(iter(summary.spreads.values())).percentiles) if rows else ()
    return Table(("Outcome", "n", "Mean", *percentiles, "SD"), tuple(rows))


def _cell(spread: Spread, estimate: Estimate) -> str:
    value, low, high = (_written(spread.kind, number) for number in (estimate.value, estimate.low, estimate.high))
    if value == fmt.NOTHING and spread.kind is not Kind.NUMBER and spread.n and spread.without:
        value = "not by the end"
    return value if value == low == high else f"{value}\n{low} to {high}"


def _written(kind: Kind, value: float) -> str:
    if kind is Kind.DATE:
        return day_of(value)
    return fmt.scaled(value) if abs(value) >= 1e6 else fmt.significant(value)
