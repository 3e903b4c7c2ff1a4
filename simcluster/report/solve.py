"""What must be true, as text and as values: the value found, its interval, and the values tried."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

from simcluster.report import format as fmt
from simcluster.report.rows import aligned, keyed

if TYPE_CHECKING:
    from simcluster.study.knob import Knob
    from simcluster.study.solve import NotBracketedError, Solution, Trial
    from simcluster.study.target import Target

FIGURES = 6


def solution_text(found: Solution) -> str:
    """The answer and the table of trials for a terminal, with a newline at the end."""
    knob = found.knob
    lines = [answer(found), interval_of(found), f"to within {knob.within}; {_now(knob)}", "", _table(found)]
    if found.against:
        lines.append(not_monotone(found))
    return "\n".join(lines) + "\n"


def answer(found: Solution) -> str:
    """`finance.wacc = 0.1 gives npv_usd = 0 at P20`."""
    return f"{found.knob.key} = {shown(found.knob, found.value)} gives {goal(found)}"


def not_monotone(found: Solution) -> str:
    """Between which values the outcome goes against its course."""
    pairs = ", ".join(f"{shown(found.knob, one.x)} and {shown(found.knob, other.x)}" for one, other in found.against)
    return f"Not monotone: the outcome goes the other way between {pairs}; other values may reach it too."


def interval_of(found: Solution) -> str:
    """The interval of the value with n, or why there is none."""
    if found.n == 1:
        return "one run, so without an interval (-n gives one)"
    low, high = (fmt.NOTHING if math.isinf(x) else shown(found.knob, x) for x in (found.low, found.high))
    return f"95% interval: {low} to {high}, n = {found.n}{_open(found)}"


def _open(found: Solution) -> str:
    """Why the interval has an open end."""
    if not (math.isinf(found.low) or math.isinf(found.high)):
        return ""
    estimate = found.bracket[0].estimate
    if math.isinf(estimate.low) or math.isinf(estimate.high):
        return f"; so few replicas do not bound {percentile_of(found.target)} on both sides"
    return "; an open end lies beyond the range"


def _now(knob: Knob) -> str:
    return f"the scenario says {present(knob)}"


def present(knob: Knob) -> str:
    """What the scenario says of the input."""
    return str(knob.present) if _is_single(knob.present) else "no single value"


def _is_single(value: Any) -> bool:
    return isinstance(value, str | int | float | date)


def _table(found: Solution) -> str:
    head = (found.knob.key, percentile_title(found), "95% from", "to", "n")
    rows = [(shown(found.knob, trial.x), *_cells(found.target, trial), str(trial.estimate.n)) for trial in found.trials]
    return aligned([head, *rows])


def percentile_title(found: Solution) -> str:
    """What is told of each value tried: the outcome of a single run, else its percentile."""
    return "outcome" if found.n == 1 else percentile_of(found.target)


def _cells(target: Target, trial: Trial) -> tuple[str, ...]:
    estimate = trial.estimate
    return tuple(outcome_text(target, value) for value in (estimate.value, estimate.low, estimate.high))


def outcome_text(target: Target, value: float) -> str:
    """A value of the outcome, a dash where it is infinite."""
    if math.isinf(value):
        return fmt.NOTHING
    return date.fromordinal(round(value)).isoformat() if target.is_date else fmt.significant(value, FIGURES)


def goal(found: Solution) -> str:
    """`npv_usd = 0 at P20`."""
    target = found.target
    return f"{target.outcome} = {outcome_text(target, target.value)}{_at_percentile(target, found.n)}"


def _at_percentile(target: Target, n: int) -> str:
    """Nothing for a single run."""
    return "" if n == 1 else f" at {percentile_of(target)}"


def percentile_of(target: Target) -> str:
    """P20."""
    return f"P{target.percent:g}"


def shown(knob: Knob, x: float) -> str:
    """A value with six figures, more only where the step is finer."""
    if knob.is_discrete:
        return knob.shown(x)
    figures = max(FIGURES, math.ceil(math.log10(max(abs(x), knob.step) / knob.step)) + 1)
    return knob.shown(float(f"{x:.{figures - 1}e}"))


def not_bracketed_text(error: NotBracketedError) -> str:
    """What the outcome is at both ends of the range, and what to do."""
    knob, target = error.knob, error.target
    told = " and ".join(f"{outcome_text(target, end.estimate.value)} at {shown(knob, end.x)}" for end in error.ends)
    at_percentile = _at_percentile(target, error.ends[0].estimate.n)
    ends = f"{target.outcome}{at_percentile} is {told} of {knob.key}"
    hint = "hint: give other ends with --between LOW:HIGH; between these it may also turn and reach the target twice"
    return f"Error: {ends}, both on one side of {outcome_text(target, target.value)}\n    {hint}"


def solution_values(found: Solution) -> dict[str, Any]:
    """All of it as one object; dates in ISO 8601, None for an end that was not found."""
    knob, target = found.knob, found.target
    return {
        "vary": knob.key,
        "outcome": target.outcome,
        "target": plain(target, target.value),
        "percentile": target.percent,
        "value": written(knob, found.value),
        "low": written(knob, found.low),
        "high": written(knob, found.high),
        "n": found.n,
        "within": knob.within,
        "present": _iso(knob.present) if _is_single(knob.present) else None,
        "trials": [_trial_values(found, trial) for trial in found.trials],
        "not_monotone_between": [[written(knob, trial.x) for trial in pair] for pair in found.against],
    }


def _trial_values(found: Solution, trial: Trial) -> dict[str, Any]:
    told: dict[str, Any] = keyed(trial.estimate)
    told = {name: plain(found.target, value) for name, value in told.items()}
    value = told.pop("value")
    return {
        "value": written(found.knob, trial.x),
        "outcome": value,
        **told,
        "n": trial.estimate.n,
        "without": trial.without,
    }


def plain(target: Target, value: float | None) -> float | str | None:
    """A value of the outcome for a file: a date in ISO 8601."""
    return date.fromordinal(round(value)).isoformat() if target.is_date and value is not None else value


def written(knob: Knob, x: float | None) -> Any:
    """A value of the input for a file; None where it is infinite."""
    return None if x is None or math.isinf(x) else _iso(knob.written(x))


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
