"""A search in some lines: the best decisions or the front, on replicas that took no part in the choice."""

from __future__ import annotations

import shlex
import textwrap
from typing import TYPE_CHECKING

from simcluster.report import format as fmt
from simcluster.report.rows import aligned, amount, changed
from simcluster.report.sweep_text import day_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcluster.model.goals import Goal
    from simcluster.study.goal_values import Values
    from simcluster.study.optimize import Checked, Search, Trial
    from simcluster.study.pairs import Pair

NOTHING_FEASIBLE = "No trial is feasible: more --trials, wider ranges or a looser limit"


def search_text(search: Search, found: list[Trial], checked: list[Checked], command: str, width: int = 100) -> str:
    """What was asked, what came of it, and a newline at the end; `command` runs a choice with its `--set`."""
    fold = textwrap.TextWrapper(width, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
    parts = [fold.fill(line) for line in _heads(search, found)]
    if not checked:
        return "\n".join([*parts, fold.fill(NOTHING_FEASIBLE)]) + "\n"
    parts += _best(search, checked[0]) if len(search.asked.goals) == 1 else _front(search, checked)
    parts.append(fold.fill(legend(search)))
    if len(checked) == 1:
        parts.append(repeated(command, checked[0]))
    return "\n".join(parts) + "\n"


def _heads(search: Search, found: Sequence[Trial]) -> list[str]:
    return [f"{search.scenario.title or search.scenario.name}: {asked_text(search)}", trials_text(search, found)]


def asked_text(search: Search) -> str:
    """`maximise npv_usd@P20, under capex_programme_usd <= 12 MUSD`."""
    asked = search.asked
    wanted = zip(asked.signs, asked.goals, strict=True)
    told = " and ".join(f"{'maximise' if sign > 0 else 'minimise'} {goal}" for sign, goal in wanted)
    return told + (f", under {' and '.join(map(str, asked.limits))}" if asked.limits else "")


def trials_text(search: Search, found: Sequence[Trial]) -> str:
    """`50 trials of 8 replicas, seed 1; 40 feasible`."""
    feasible = sum(map(search.is_feasible, found))
    without = sum(search.objectives(trial) is None for trial in found)
    many = f"{fmt.times(len(found), 'trial')} of {fmt.times(search.asked.replicas, 'replica')}"
    told = f"{many}, seed {search.scenario.seed}; {feasible:,} feasible"
    return told + (f", {without:,} without a value (trials.csv says why)" if without else "")


def goals_of(search: Search) -> list[Goal]:
    """The goals and what is limited, each once."""
    return list(dict.fromkeys([*search.asked.goals, *(limit.goal for limit in search.asked.limits)]))


def _best(search: Search, best: Checked) -> list[str]:
    rows: list[tuple[str, ...]] = [("", "as it is", "best", "difference", "± 95%", "n")]
    for goal in goals_of(search):
        pair = best.against(goal.outcome)
        apart = (fmt.NOTHING,) * 3 if pair is None else (*_apart(best, goal, pair), fmt.plain(pair.n))
        estimates = (bounded(goal, values) for values in (best.as_it_is, best.values))
        rows.append((str(goal), *estimates, *apart))
    decided = [f"  {text.replace('=', ' = ', 1)}" for text in best.trial.overrides]
    return [f"Best: trial {best.trial.number}", *decided, aligned(rows), *_broken(search, best)]


def _apart(best: Checked, goal: Goal, pair: Pair) -> tuple[str, ...]:
    """The difference and half the width of its interval; of dates in days."""
    unit = " d" if goal.outcome in best.values.dates else ""
    return tuple(text if text == fmt.NOTHING else f"{text}{unit}" for text in changed(pair.difference))


def _broken(search: Search, best: Checked) -> list[str]:
    """Limits that held where the choice was made and do not on further replicas."""
    found = ((limit, best.values.estimate(limit.goal)) for limit in search.asked.limits)
    broken = [str(limit) for limit, one in found if one is None or limit.excess(one.value) > 0]
    return [f"On further replicas this does not hold: {text}" for text in broken]


def _front(search: Search, checked: list[Checked]) -> list[str]:
    keys = [decision.key for decision in search.asked.decisions]
    goals = search.asked.goals
    rows: list[tuple[str, ...]] = [("trial", *map(str, goals), *keys)]
    rows.append(("as it is", *(bounded(goal, checked[0].as_it_is) for goal in goals)))
    for one in checked:
        values = (text.partition("=")[2] for text in one.trial.overrides)
        rows.append((str(one.trial.number), *(bounded(goal, one.values) for goal in goals), *values))
    return [f"Front: {fmt.times(len(checked), 'trial')} that no other beats in both", aligned(rows)]


def repeated(command: str, one: Checked) -> str:
    """The command that runs a choice once."""
    return f"{command} {shlex.join(part for text in one.trial.overrides for part in ('--set', text))}"


def legend(search: Search) -> str:
    """What figures of a choice rest on."""
    n = search.asked.replicas
    told = f"Figures are of {n:,} further replicas, which took no part in the choice, with 95% intervals"
    if len(search.asked.goals) == 1:
        return f"{told}; a difference is the mean over pairs of one luck"
    return f"{told}; front.csv has the differences from the scenario as it is"


def bounded(goal: Goal, values: Values) -> str:
    """1.2 M (1.1 M to 1.3 M); a dash where there is no value."""
    found = values.estimate(goal)
    if found is None:
        return fmt.NOTHING
    form = day_of if goal.outcome in values.dates else amount
    return f"{form(found.value)} ({form(found.low)} to {form(found.high)})"
