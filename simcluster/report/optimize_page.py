"""The page of a search: what was asked, how the trials went, what is chosen, and whether limits hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.model.overrides import value_at
from simcluster.report import format as fmt
from simcluster.report.cards import Card, Table
from simcluster.report.optimize_text import NOTHING_FEASIBLE, asked_text, goals_of, legend, repeated, trials_text
from simcluster.report.rows import amount, change, in_lines, in_words
from simcluster.report.study_page import INTERVALS, SOURCES, Origin, Page, Section, span, titled
from simcluster.report.sweep_text import day_of
from simcluster.report.uncertainty import short

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simcluster.model.goals import Goal, Limit
    from simcluster.study.goal_values import Values
    from simcluster.study.optimize import Checked, Search, Trial

FILES = "trials.csv, front.csv, summary.txt, summary.json, scenario.resolved.toml, study.sqlite"
OF_DOTS = "Dark dots are feasible trials, pale ones are not; figures are of the replicas of the search."


def render_search(
    search: Search, found: Sequence[Trial], checked: Sequence[Checked], command: str, figure: tuple[str, str]
) -> str:
    """The whole page as HTML; `figure` is its name and its SVG, `command` runs a choice once with its `--set`."""
    is_single = len(search.asked.goals) == 1
    name, svg = figure
    sentence = progress_sentence(search, found) if is_single else front_sentence(search, found)
    heading = "How the trials went" if is_single else "One goal against the other"
    sections = [Section(name, heading, sentence, svg)]
    if checked:
        chosen = best_table(search, checked[0]) if is_single else front_table(search, checked)
        notes = (
            f"{legend(search)}.",
            *([f"To run it once: {repeated(command, checked[0])}"] if len(checked) == 1 else []),
        )
        sections.append(Section("chosen", "What is chosen", table=chosen, caption="What is chosen", notes=notes))
    sections.append(_decisions(search, checked))
    if search.asked.limits:
        sections.append(_limits(search, checked))
    foot = Origin((search.asked.base,), search.asked.set).foot(
        search.scenario.seed, ("Beside this page", f"{FILES} and {name}.svg")
    )
    lead = f"{asked_text(search)[:1].upper()}{asked_text(search)[1:]}. {_outcome(search, checked)}"
    below = f"{span(search.scenario)}, {trials_text(search, found)}. {INTERVALS}"
    cards = _cards(search, found, checked[0]) if is_single and checked else ()
    return Page("Decisions", titled(search.scenario), lead, below, sections, cards, foot).render()


def _outcome(search: Search, checked: Sequence[Checked]) -> str:
    """What came of it in a sentence."""
    if not checked:
        return f"{NOTHING_FEASIBLE}."
    if len(search.asked.goals) > 1:
        return f"{fmt.times(len(checked), 'trial')} {'is' if len(checked) == 1 else 'are'} beaten by no other in both."
    return f"Best is {' and '.join(text.replace('=', ' = ', 1) for text in checked[0].trial.overrides)}."


def _form(goal: Goal, values: Values) -> Callable[[float], str]:
    return day_of if goal.outcome in values.dates else amount


def _cell(goal: Goal, values: Values) -> str:
    found = values.estimate(goal)
    return fmt.NOTHING if found is None else in_lines(found, _form(goal, values))


def _difference(one: Checked, goal: Goal) -> tuple[str, str]:
    """The mean difference from the scenario as it is over pairs, of dates in days, and n."""
    pair = one.against(goal.outcome)
    unit = " d" if goal.outcome in one.values.dates else ""
    return (fmt.NOTHING,) * 2 if pair is None else (in_lines(pair.difference, lambda x: change(x) + unit), str(pair.n))


def _cards(search: Search, found: Sequence[Trial], best: Checked) -> tuple[Card, ...]:
    goal, limits = search.asked.goals[0], search.asked.limits
    value, _, ends = _cell(goal, best.values).partition("\n")
    apart, _, around = _difference(best, goal)[0].partition("\n")
    held = sum(_holds(limit, best.values) for limit in limits)
    feasible = sum(map(search.is_feasible, found))
    n = search.asked.replicas
    cards = (
        Card(str(goal), value, f"{ends}, n = {n:,}" if ends else f"n = {n:,}"),
        Card(f"{goal.outcome} against as it is", apart, f"{around}, mean of pairs" if around else "mean of pairs"),
        Card("Trials", fmt.plain(len(found)), f"{feasible:,} of them feasible"),
    )
    kept = Card("Limits that hold", f"{held} of {len(limits)}", "on further replicas")
    return (*cards, kept) if limits else cards


def _holds(limit: Limit, values: Values) -> bool:
    one = values.estimate(limit.goal)
    return one is not None and limit.excess(one.value) <= 0


def progress_sentence(search: Search, found: Sequence[Trial]) -> str:
    """What the figure of one goal shows."""
    goal, sign = search.asked.goals[0], search.asked.signs[0]
    told = [(trial, trial.values.estimate(goal)) for trial in found if search.is_feasible(trial)]
    known = [(trial, estimate) for trial, estimate in told if estimate is not None]
    if not known:
        return f"No trial of {len(found):,} is feasible. {OF_DOTS}"
    best, estimate = max(known, key=lambda row: sign * row[1].value)
    first, from_there = known[0]
    return (
        f"The best feasible {goal} goes from {_form(goal, first.values)(from_there.value)} in trial {first.number} to "
        f"{in_words(estimate, _form(goal, best.values))}, n = {estimate.n:,}, in trial {best.number}, of "
        f"{fmt.times(len(found), 'trial')} of which {len(known):,} are feasible. The line is the best so far. {OF_DOTS}"
    )


def front_sentence(search: Search, found: Sequence[Trial]) -> str:
    """What the figure of two goals shows."""
    front = search.front(list(found))
    if not front:
        return f"No trial of {len(found):,} is feasible. {OF_DOTS}"
    ends = [
        " with ".join(f"{goal} {_told(goal, trial.values)}" for goal in search.asked.goals)
        for trial in (*front[:1], *front[1:][-1:])
    ]
    return (
        f"Of {fmt.times(len(found), 'trial')} {len(front):,} {'is' if len(front) == 1 else 'are'} on the front, from "
        f"{' to '.join(ends)}, n = {search.asked.replicas:,}. The line joins what no trial beats in both. {OF_DOTS}"
    )


def _told(goal: Goal, values: Values) -> str:
    found = values.estimate(goal)
    return fmt.NOTHING if found is None else in_words(found, _form(goal, values))


def best_table(search: Search, best: Checked) -> Table:
    """A row a goal or limited outcome: the scenario as it is, the choice, and the difference over pairs."""
    rows = [
        (str(goal), _cell(goal, best.as_it_is), _cell(goal, best.values), *_difference(best, goal))
        for goal in goals_of(search)
    ]
    return Table(("", "As it is", f"Trial {best.trial.number}", "Difference", "n"), tuple(rows))


def front_table(search: Search, checked: Sequence[Checked]) -> Table:
    """A row a choice, the scenario as it is first: goals, their differences over pairs, and the decisions."""
    asked = search.asked
    goals, blank = asked.goals, (fmt.NOTHING,) * len(asked.decisions)
    rows = [("as it is", *(text for goal in goals for text in (_cell(goal, checked[0].as_it_is), fmt.NOTHING)), *blank)]
    for one in checked:
        told = (text for goal in goals for text in (_cell(goal, one.values), _difference(one, goal)[0]))
        rows.append((str(one.trial.number), *told, *(text.partition("=")[2] for text in one.trial.overrides)))
    heads = (text for goal in goals for text in (str(goal), "difference"))
    return Table(("Trial", *heads, *(decision.key for decision in asked.decisions)), tuple(rows))


def _decisions(search: Search, checked: Sequence[Checked]) -> Section:
    """What was decided on: as the scenario has it, what was tried, and what is chosen where that is one trial."""
    values, rows = search.load(())[1].values, []
    chosen = [text.partition("=")[2] for text in checked[0].trial.overrides] if len(checked) == 1 else []
    for k, (decision, asked) in enumerate(zip(search.asked.decisions, search.asked.vary, strict=True)):
        present = value_at(values, decision.key, decision.key)
        has = "not said" if present is None else short(present)
        rows.append((decision.key, has, asked.partition("=")[2], *chosen[k : k + 1]))
    head = ("Decision", "In the scenario", "Tried", *(["Chosen"] if chosen else []))
    table = Table(head, tuple(rows))
    return Section("decisions", "What was decided on", table=table, caption="Decisions", kind=SOURCES)


def _limits(search: Search, checked: Sequence[Checked]) -> Section:
    """A row a limit, or a limit and choice: its outcome on further replicas, and whether it holds there."""
    rows = [
        (str(limit), str(one.trial.number), _cell(limit.goal, one.values), "yes" if _holds(limit, one.values) else "no")
        for limit in search.asked.limits
        for one in checked
    ]
    broken = sum(row[-1] == "no" for row in rows)
    told = "No trial keeps all limits." if not checked else "Every limit holds on further replicas."
    if broken:
        told = f"{fmt.times(broken, 'limit')} held in the search and {'does' if broken == 1 else 'do'} not hold here."
    table = Table(("Limit", "Trial", "On further replicas", "Holds"), tuple(rows))
    return Section("limits", "What had to hold", told, table=table, caption="Limits on further replicas")
