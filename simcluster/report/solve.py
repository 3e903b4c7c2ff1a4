"""What must be true, as text and as values: the value found, its interval, and the values tried."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import TYPE_CHECKING, Any

from simcluster.report import format as fmt
from simcluster.report.rows import BOUNDED, aligned, flat, keyed, write_rows

if TYPE_CHECKING:
    from pathlib import Path

    from simcluster.study.knob import Knob
    from simcluster.study.solve import NotBracketedError, Solution, Trial
    from simcluster.study.target import Target

FIGURES = 6


def solution_text(found: Solution) -> str:
    """The answer and the table of trials for a terminal, with a newline at the end."""
    knob = found.knob
    lines = [
        f"{knob.key} = {_shown(knob, found.value)} gives {_goal(found)}",
        _interval(found),
        f"to within {knob.within}; {_now(knob)}",
        "",
        _table(found),
    ]
    if found.against:
        pairs = ", ".join(f"{_shown(knob, one.x)} and {_shown(knob, other.x)}" for one, other in found.against)
        lines.append(f"Not monotone: the outcome goes the other way between {pairs}; other values may reach it too.")
    return "\n".join(lines) + "\n"


def _interval(found: Solution) -> str:
    if found.n == 1:
        return "one run, so without an interval (-n gives one)"
    low, high = (fmt.NOTHING if math.isinf(x) else _shown(found.knob, x) for x in (found.low, found.high))
    return f"95% interval: {low} to {high}, n = {found.n}{_open(found)}"


def _open(found: Solution) -> str:
    """Why the interval has an open end."""
    if not (math.isinf(found.low) or math.isinf(found.high)):
        return ""
    estimate = found.bracket[0].estimate
    if math.isinf(estimate.low) or math.isinf(estimate.high):
        return f"; so few replicas do not bound {_percentile(found.target)} on both sides"
    return "; an open end lies beyond the range"


def _now(knob: Knob) -> str:
    return "the scenario says no single value" if not _is_single(knob.present) else f"the scenario says {knob.present}"


def _is_single(value: Any) -> bool:
    return isinstance(value, str | int | float | date)


def _table(found: Solution) -> str:
    head = (found.knob.key, "outcome" if found.n == 1 else _percentile(found.target), "95% from", "to", "n")
    rows = [
        (_shown(found.knob, trial.x), *_cells(found.target, trial), str(trial.estimate.n)) for trial in found.trials
    ]
    return aligned([head, *rows])


def _cells(target: Target, trial: Trial) -> tuple[str, ...]:
    estimate = trial.estimate
    return tuple(_outcome(target, value) for value in (estimate.value, estimate.low, estimate.high))


def _outcome(target: Target, value: float) -> str:
    if math.isinf(value):
        return fmt.NOTHING
    return date.fromordinal(round(value)).isoformat() if target.is_date else fmt.significant(value, FIGURES)


def _goal(found: Solution) -> str:
    target = found.target
    return f"{target.outcome} = {_outcome(target, target.value)}{_at_percentile(target, found.n)}"


def _at_percentile(target: Target, n: int) -> str:
    """Nothing for a single run."""
    return "" if n == 1 else f" at {_percentile(target)}"


def _percentile(target: Target) -> str:
    return f"P{target.percent:g}"


def _shown(knob: Knob, x: float) -> str:
    """A value with six figures, more only where the step is finer."""
    if knob.is_discrete:
        return knob.shown(x)
    figures = max(FIGURES, math.ceil(math.log10(max(abs(x), knob.step) / knob.step)) + 1)
    return knob.shown(float(f"{x:.{figures - 1}e}"))


def not_bracketed_text(error: NotBracketedError) -> str:
    """What the outcome is at both ends of the range, and what to do."""
    knob, target = error.knob, error.target
    told = " and ".join(f"{_outcome(target, end.estimate.value)} at {_shown(knob, end.x)}" for end in error.ends)
    at_percentile = _at_percentile(target, error.ends[0].estimate.n)
    ends = f"{target.outcome}{at_percentile} is {told} of {knob.key}"
    hint = "hint: give other ends with --between LOW:HIGH; between these it may also turn and reach the target twice"
    return f"Error: {ends}, both on one side of {_outcome(target, target.value)}\n    {hint}"


def solution_values(found: Solution) -> dict[str, Any]:
    """All of it as one object; dates in ISO 8601, None for an end that was not found."""
    knob, target = found.knob, found.target
    return {
        "vary": knob.key,
        "outcome": target.outcome,
        "target": _plain(target, target.value),
        "percentile": target.percent,
        "value": _written(knob, found.value),
        "low": _written(knob, found.low),
        "high": _written(knob, found.high),
        "n": found.n,
        "within": knob.within,
        "present": _iso(knob.present) if _is_single(knob.present) else None,
        "trials": [_trial_values(found, trial) for trial in found.trials],
        "not_monotone_between": [[_written(knob, trial.x) for trial in pair] for pair in found.against],
    }


def _trial_values(found: Solution, trial: Trial) -> dict[str, Any]:
    told: dict[str, Any] = keyed(trial.estimate)
    told = {name: _plain(found.target, value) for name, value in told.items()}
    value = told.pop("value")
    return {
        "value": _written(found.knob, trial.x),
        "outcome": value,
        **told,
        "n": trial.estimate.n,
        "without": trial.without,
    }


def _plain(target: Target, value: float | None) -> float | str | None:
    return date.fromordinal(round(value)).isoformat() if target.is_date and value is not None else value


def _written(knob: Knob, x: float | None) -> Any:
    return None if x is None or math.isinf(x) else _iso(knob.written(x))


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def write_solution(folder: Path, found: Solution) -> None:
    """`solution.txt`, `solution.json` and `trials.csv`: a row a value tried, the outcome with its interval."""
    (folder / "solution.txt").write_text(solution_text(found), encoding="utf-8")
    told = json.dumps(solution_values(found), indent=2, ensure_ascii=False)
    (folder / "solution.json").write_text(told + "\n", encoding="utf-8")
    head = ("value", *(f"outcome{ending}" for ending in BOUNDED), "n", "without")
    rows = [
        (
            _written(found.knob, trial.x),
            *(_plain(found.target, value) for value in flat(trial.estimate)),
            trial.estimate.n,
            trial.without,
        )
        for trial in found.trials
    ]
    write_rows(folder / "trials.csv", head, rows)
