"""The page of what must be true: the answer in a sentence, the values tried as a figure and as a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simcluster.report import format as fmt
from simcluster.report.cards import Card, Table
from simcluster.report.figures_solve import solution_figure
from simcluster.report.rows import in_lines
from simcluster.report.solve import (
    answer,
    goal,
    interval_of,
    not_monotone,
    outcome_text,
    percentile_title,
    present,
    shown,
)
from simcluster.report.study_page import INTERVALS, Page, Section, span, titled
from simcluster.report.style import to_svg

if TYPE_CHECKING:
    from simcluster.report.study_page import Origin
    from simcluster.study.solve import Solution
    from simcluster.study.target import Target

FILES = "solution.txt, solution.json, trials.csv and solution.svg"
OF_TRIALS = (
    "Every value tried has the same replicas: their seeds and the draws of all else that is uncertain. The answer lies "
    "on a line between the two neighbours around the target; of whole numbers and dates it is the nearer one."
)
NOTES = (
    OF_TRIALS,
    "n: replicas that have the outcome. A date that did not come by the end counts as later than all that did.",
)


def solution_svg(found: Solution) -> str:
    """The figure as SVG; the same bytes for the same trials."""
    return to_svg(solution_figure(found))


def render_solution(found: Solution, origin: Origin, drawn: str) -> str:
    """The whole page as HTML; `drawn` is the figure."""
    scenario, knob = found.scenario, found.knob
    tried = fmt.times(len(found.trials), "value")
    sections = [
        Section("trials", f"{found.target.outcome} by {knob.key}", solution_sentence(found), drawn),
        Section("table", "Values tried", table=trials_table(found), caption=f"{tried} with the outcome", notes=NOTES),
    ]
    cards = (
        Card(knob.key, shown(knob, found.value), interval_of(found)),
        Card("What must be true", goal(found), "the target"),
        Card("The scenario says", present(knob), f"of {knob.key}"),
        Card("Tried", tried, f"of {fmt.times(found.n, 'replica')}, to within {knob.within}"),
    )
    below = f"{span(scenario)}, {fmt.times(found.n, 'replica')} of each value. {INTERVALS if found.n > 1 else ''}"
    foot = origin.foot(scenario.seed, ("Varied", knob.key), ("Beside this page", FILES))
    lead = f"{answer(found)}; {interval_of(found)}."
    return Page("What must be true", titled(scenario), lead, below.rstrip(), sections, cards, foot).render()


def solution_sentence(found: Solution) -> str:
    """What the figure shows."""
    first, last = found.trials[0], found.trials[-1]
    ends = " to ".join(
        f"{_level(found.target, one.estimate.value)} at {shown(found.knob, one.x)}" for one in (first, last)
    )
    with_lines = "" if found.n == 1 else ", lines their 95% intervals"
    target, tried = found.target, fmt.times(len(found.trials), "value")
    text = (
        f"{target.outcome} goes from {ends} and reaches {outcome_text(target, target.value)} at "
        f"{shown(found.knob, found.value)}; {interval_of(found)}. Dots are the {tried} tried{with_lines}; the dashed "
        "line is the target, the upright line the answer"
    )
    text += "." if found.n == 1 else " and the band its interval."
    return f"{text} {not_monotone(found)}" if found.against else text


def _level(target: Target, value: float) -> str:
    return "none by the end" if math.isinf(value) else outcome_text(target, value)


def trials_table(found: Solution) -> Table:
    """A row a value tried: the outcome, its interval below it, and the replicas that have it."""
    rows = []
    for one in found.trials:
        told = in_lines(one.estimate, lambda x: outcome_text(found.target, x))
        rows.append((shown(found.knob, one.x), told, fmt.plain(one.estimate.n), fmt.plain(one.without)))
    title = percentile_title(found)
    return Table((found.knob.key, f"{found.target.outcome}, {title}", "n", "Without"), tuple(rows))
