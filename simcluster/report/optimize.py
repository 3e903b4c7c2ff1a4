"""The folder of a search: every trial, the best or the front, and what they come to on replicas of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcluster.record.parts import INPUT
from simcluster.record.store import SCHEMA, write_json
from simcluster.report import style
from simcluster.report.figures_optimize import front_figure, progress_figure
from simcluster.report.folder import RESOLVED, SUMMARY
from simcluster.report.optimize_page import render_search
from simcluster.report.optimize_text import goals_of, search_text
from simcluster.report.rows import BOUNDED, flat, keyed, write_rows

if TYPE_CHECKING:
    from simcluster.model.goals import Goal
    from simcluster.study.goal_values import Values
    from simcluster.study.intervals import Estimate
    from simcluster.study.optimize import Checked, Search, Trial

SUMMARY_JSON = "summary.json"
CHECKED, AS_IT_IS = "checked", "as_it_is"


def write_search(folder: Path, search: Search, found: list[Trial], checked: list[Checked], command: str) -> None:
    """Write `trials.csv`, `front.csv`, a figure, `report.html`, the summary and the scenario; a function of the trials.

    `command` begins the command that runs a choice once, before its `--set`.
    """
    write_rows(folder / "trials.csv", *trial_rows(search, found))
    write_rows(folder / "front.csv", *front_rows(search, checked))
    write_json(folder / SUMMARY_JSON, search_values(search, found, checked))
    is_single = len(search.asked.goals) == 1
    name, draw = ("progress", progress_figure) if is_single else ("front", front_figure)
    svg = style.to_svg(draw(search, found))
    texts = {
        f"{name}.svg": svg,
        RESOLVED: search.resolved,
        SUMMARY: search_text(search, found, checked, command),
        "report.html": render_search(search, found, checked, command, (name, svg)),
    }
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")


def _head(search: Search, *endings: str) -> tuple[str, ...]:
    keys = (INPUT + decision.key for decision in search.asked.decisions)
    return ("number", *keys, *(f"{goal}{end}" for goal in goals_of(search) for end in endings))


def _decided(trial: Trial) -> tuple[str, ...]:
    return tuple(text.partition("=")[2] for text in trial.overrides)


def _bounded(values: Values, goals: Sequence[Goal]) -> Iterator[float | None]:
    for goal in goals:
        yield from flat(values.estimate(goal))


def trial_rows(search: Search, found: list[Trial]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """A row a trial: decisions, goals and limited outcomes with their intervals, and what stood against it."""
    front = {trial.number for trial in search.front(found)}
    goals, n = goals_of(search), search.asked.replicas
    rows = [
        (
            *(trial.number, *_decided(trial), *_bounded(trial.values, goals), n),
            *("yes" if yes else "no" for yes in (search.is_feasible(trial), trial.number in front)),
            trial.values.note or None,
        )
        for trial in found
    ]
    return (*_head(search, *BOUNDED), "n", "feasible", "on_front", "note"), rows


def front_rows(search: Search, checked: list[Checked]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """A row a choice: decisions, goals as searched and on further replicas, and the difference from as it is."""
    goals = goals_of(search)
    head = (*_head(search, "", *(f"_{CHECKED}{end}" for end in BOUNDED)), "n")
    differences = tuple(f"{outcome}_difference{end}" for outcome in search.asked.outcomes for end in BOUNDED)
    return (*head, *differences), [_front_row(search, goals, one) for one in checked]


def _front_row(search: Search, goals: list[Goal], one: Checked) -> tuple[Any, ...]:
    told: list[float | None] = []
    for goal in goals:
        told += [flat(one.trial.values.estimate(goal))[0], *flat(one.of(goal))]
    pairs = (one.against(outcome) for outcome in search.asked.outcomes)
    apart = (value for pair in pairs for value in flat(None if pair is None else pair.difference))
    return (one.trial.number, *_decided(one.trial), *told, search.asked.replicas, *apart)


def search_values(search: Search, found: list[Trial], checked: list[Checked]) -> dict[str, Any]:
    """The search as one JSON object; dates are ordinal days."""
    asked, goals = search.asked, goals_of(search)

    def told(values: Values) -> dict[str, Any]:
        return {str(goal): _keyed(values.estimate(goal)) for goal in goals}

    choices = [
        {
            "trial": one.trial.number,
            "set": list(one.trial.overrides),
            "searched": told(one.trial.values),
            CHECKED: told(one.values),
            "difference": {name: _difference(one, name) for name in asked.outcomes},
        }
        for one in checked
    ]
    return {
        "schema": SCHEMA,
        "scenario": search.scenario.name,
        "seed": search.scenario.seed,
        "maximise": list(asked.maximise),
        "minimise": list(asked.minimise),
        "under": list(asked.under),
        "replicas": asked.replicas,
        "trials": len(found),
        "feasible": sum(map(search.is_feasible, found)),
        AS_IT_IS: told(checked[0].as_it_is) if checked else None,
        "front": choices,
    }


def _difference(one: Checked, outcome: str) -> dict[str, Any] | None:
    pair = one.against(outcome)
    return None if pair is None else {**keyed(pair.difference), "n": pair.n}


def _keyed(estimate: Estimate | None) -> dict[str, float | None] | None:
    return None if estimate is None else keyed(estimate)
