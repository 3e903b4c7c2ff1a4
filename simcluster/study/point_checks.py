"""What would come to nothing, found before any point is run: points that are no scenario, outcomes of no run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from simcluster.core.problems import Problem, ScenarioError, dotted
from simcluster.model.factor import Range
from simcluster.study.known_outcomes import hint_of, known_outcomes
from simcluster.study.sweep_frame import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simcluster.core.problems import KeyPath
    from simcluster.model.document import Document
    from simcluster.model.experiment import Experiment, Point
    from simcluster.model.scenario import Scenario
    from simcluster.study.plan import Plan
    from simcluster.study.point_sweep import PointSweep

Loader = Callable[[tuple[str, ...]], tuple["Scenario", "Document"]]
"""Reads the scenario with further `--set` texts; raises ScenarioError."""


def checked_plans(asked: Experiment, document: Document, load: Loader) -> tuple[Plan, ...]:
    """The plan of each point.

    Raises:
        ScenarioError: with every problem of every point, each where the study says what leads to it.
    """
    plans: list[Plan] = []
    found: dict[tuple[KeyPath, str, str | None], tuple[Problem, list[Point]]] = {}
    for point in asked.points:
        try:
            plans.append(plan_of(*load(point.overrides)))
        except ScenarioError as error:
            for problem in dict.fromkeys(error.problems):
                key = problem.path, problem.message, problem.file
                found.setdefault(key, (problem, []))[1].append(point)
    if found:
        raise ScenarioError([told for one in found.values() for told in _told(asked, document, *one)])
    return tuple(plans)


def _told(asked: Experiment, document: Document, problem: Problem, points: list[Point]) -> Iterator[Problem]:
    """A problem of some points: once, at the value that all of them have and no other has, or else at each of them."""
    said = f"is no scenario: {dotted(problem.path)}: {problem.message}"
    for key, override in zip(points[0].settings, points[0].overrides, strict=True):
        alike = [point for point in asked.points if override in point.overrides]
        if problem.file == f"--set {override}" or points == alike:
            yield document.problem(f"{override} {said}", _place(asked, points[0], key), problem.hint)
            return
    for point in points:
        at: KeyPath = ("points", _row(asked, point)) if point.name else ("factors",)
        yield document.problem(f"{point} {said}", at, problem.hint)


def _place(asked: Experiment, point: Point, key: str) -> KeyPath:
    """Where the study says what a point sets."""
    if key not in asked.factors:
        return "points", _row(asked, point), "set", key
    values = asked.factors[key]
    return ("factors", key) if isinstance(values, Range) else ("factors", key, values.index(point.settings[key]))


def _row(asked: Experiment, point: Point) -> int:
    return [row.name for row in asked.listed].index(point.name)


def refuse_unknown_outcomes(laid: PointSweep, document: Document) -> None:
    """Run the first point once and look for each outcome; where that can tell nothing, nothing is refused.

    Raises:
        ScenarioError: with every outcome, or pattern, that the run does not have.
    """
    known = known_outcomes(laid.plans[0])
    if known is None:
        return
    problems = []
    for k, wanted in enumerate(laid.asked.outcomes):
        if not matching([wanted], known):
            message = f"a run of the first point has no outcome {wanted!r}"
            problems.append(document.problem(message, ("outcomes", k), hint_of(wanted, known)))
    if problems:
        raise ScenarioError(problems)


def matching(patterns: Iterable[str], known: Iterable[str]) -> list[str]:
    """The names that patterns fit, each once, in the order of the patterns."""
    names = list(known)
    return list(dict.fromkeys(name for pattern in patterns for name in names if fnmatchcase(name, pattern)))
