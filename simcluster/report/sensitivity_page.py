"""The page of a study of sensitivity: a figure and a table an outcome, what the method means, and what was varied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcluster.report import format as fmt
from simcluster.report.captions_sensitivity import sensitivity_sentence
from simcluster.report.cards import Table
from simcluster.report.rows import amount, change, in_lines
from simcluster.report.sensitivity import NOTES, TITLES, UNITS, counted
from simcluster.report.study_page import INTERVALS, SOURCES, TAG, Origin, Page, Section, failures_section, span, titled
from simcluster.report.varied import ASSUMPTION, Varied, ends, varied_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simcluster.model.scenario import Scenario
    from simcluster.study.sensitivity import Effect, Failure, Sensitivity

MEANS = {
    "tornado": (
        "A tornado shows how far the outcome moves when one input alone goes from its low to its high end, all else as "
        "expected. It says nothing of inputs that matter only together."
    ),
    "sobol": (
        "Sobol's indices share out the variance of the outcome among inputs and luck: what knowing one of them would "
        "take away. A total above the first index means that it acts together with others."
    ),
    "morris": (
        "Morris's method moves one input at a time from many starting points and takes the mean size of what it does. "
        "It tells in few runs which inputs matter, not how much of the variance is theirs."
    ),
    "pawn": (
        "PAWN compares the whole distribution of the outcome with that when an input is nearly known: 0 is no "
        "difference, 1 all. What stands no further than the dummy cannot be told from an input without effect."
    ),
}
"""What each method means, in two sentences."""
FILES = "sensitivity.txt, sensitivity.csv, sensitivity.json and each figure as OUTCOME.svg"


@dataclass(frozen=True)
class Study:
    """What the page says beside the figures: what was asked, what was varied, and how a failed run is repeated."""

    origin: Origin
    varied: Varied
    command: Callable[[Failure], str]


def render_sensitivity(scenario: Scenario, found: Sequence[Sensitivity], study: Study, drawn: dict[str, str]) -> str:
    """The whole page as HTML; `drawn` has the figures by outcome."""
    one = found[0]
    inputs = varied_table(one, study.varied)
    assumed = sum(row[-1].endswith(f"\n{ASSUMPTION}") for row in inputs.rows)
    told = (
        f"{fmt.times(len(inputs.rows), 'input')} {'was' if len(inputs.rows) == 1 else 'were'} varied; "
        f"{assumed} of them {'is an assumption' if assumed == 1 else 'are assumptions'}, without a source."
    )
    repeated = ((f"seed {row.seed}", row.error, study.command(row)) for row in one.failed)
    sections = [
        *(_outcome(each, drawn.get(each.outcome, "")) for each in found),
        Section("inputs", "What was varied", told, table=inputs, caption="Inputs", second=TAG, kind=SOURCES),
        *failures_section(len(one.failed), one.runs, "run", repeated),
    ]
    below = f"{span(scenario)}, {fmt.times(one.runs, 'run')} by {one.method}, n = {counted(one)}. {INTERVALS}"
    foot = study.origin.foot(scenario.seed, ("Method", one.method), ("Beside this page", FILES))
    return Page("Sensitivity", titled(scenario), MEANS[one.method], below, sections, foot=foot).render()


def _outcome(found: Sensitivity, svg: str) -> Section:
    lacking = f"{found.without:,} more {UNITS[found.method][1]} lack the outcome; figures are of those that have it."
    notes = (*([lacking] if found.without else []), NOTES[found.method])
    table, caption = effects_table(found), f"Factors of {found.outcome} with their intervals"
    return Section(found.outcome, found.outcome, sensitivity_sentence(found), svg, table, caption, notes)


def effects_table(found: Sensitivity) -> Table:
    """A row a factor, the strongest first: each measure, its interval below it, and n."""
    is_tornado = found.method == "tornado"
    titles = (TITLES.get(measure, measure) for measure in found.measures)
    rows = []
    for effect in found.effects:
        over = (ends(effect),) if is_tornado else ()
        rows.append((effect.factor, *over, *_cells(found, effect), fmt.plain(effect.n)))
    return Table(("Factor", *(["From low to high"] if is_tornado else []), *titles, "n"), tuple(rows))


def _cells(found: Sensitivity, effect: Effect) -> tuple[str, ...]:
    form = change if found.method == "tornado" else amount
    unit = " d" if found.is_date and found.method in ("tornado", "morris") else ""
    figures = (effect.figures.get(measure) for measure in found.measures)
    return tuple(fmt.NOTHING if one is None else in_lines(one, lambda x: form(x) + unit) for one in figures)
