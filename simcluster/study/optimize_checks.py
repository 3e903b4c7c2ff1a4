"""What would come to nothing, found before a search: ends that are no scenario, idle decisions, unknown outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcluster.core.problems import Problem, ScenarioError, dotted
from simcluster.study.chunk import run_replica
from simcluster.study.known_outcomes import differ, hint_of
from simcluster.study.sweep_frame import plan_of

if TYPE_CHECKING:
    from simcluster.core.problems import KeyPath
    from simcluster.model.document import Document
    from simcluster.model.goals import Goal
    from simcluster.model.optimisation import Optimisation
    from simcluster.study.optimize import Search
    from simcluster.study.plan import Plan


def refuse_nonsense(search: Search, document: Document) -> None:
    """Try each decision at its ends, all else as it is, and look for each outcome in one run.

    Raises:
        ScenarioError: with every problem, each where the study or an option says it; or that single run fails.
    """
    problems = list(_of_ends(search, document))
    if not problems:
        problems = [*_of_effects(search, document), *_of_outcomes(search, document)]
    if problems:
        raise ScenarioError(problems)


def _of_ends(search: Search, document: Document) -> Iterator[Problem]:
    for k, decision in enumerate(search.asked.decisions):
        told = set()
        for override in decision.ends:
            try:
                search.load((override,))
            except ScenarioError as error:
                for problem in error.problems:
                    message = f"{override} is no scenario: {dotted(problem.path)}: {problem.message}"
                    if (problem.path, problem.message) not in told:
                        yield document.problem(message, ("vary", k), problem.hint)
                    told.add((problem.path, problem.message))


def _of_effects(search: Search, document: Document) -> Iterator[Problem]:
    """Decisions that leave every replica as it is, such as of the value that only a run without sampling takes."""
    for k, decision in enumerate(search.asked.decisions):
        first, *others = (plan_of(*search.load((override,))) for override in decision.ends)
        if not any(_differ(first, other, number) for other in others for number in range(search.asked.replicas)):
            hint = "what is uncertain is drawn for each replica; decide it itself, by its values or labels"
            yield document.problem(f"{decision.key} changes no replica", ("vary", k), hint)


def _differ(one: Plan, other: Plan, number: int) -> bool:
    try:
        return one.scenario_of(number) != other.scenario_of(number)
    except ScenarioError:
        return True


def _of_outcomes(search: Search, document: Document) -> Iterator[Problem]:
    plan = plan_of(*search.load(()))
    ran = run_replica(plan, 0)
    if ran.outcomes is None:
        raise ScenarioError([Problem(f"a run of the scenario as it is fails: {ran.error}", file=search.scenario.name)])
    for path, goal in () if differ(plan) else _goals(search.asked):
        if goal.outcome not in ran.outcomes:
            hint = hint_of(goal.outcome, ran.outcomes)
            yield document.problem(f"the scenario has no outcome {goal.outcome!r}", path, hint)


def _goals(asked: Optimisation) -> Iterator[tuple[KeyPath, Goal]]:
    many = len(asked.maximise)
    for k, goal in enumerate(asked.goals):
        yield (("maximise", k) if k < many else ("minimise", k - many)), goal
    for k, limit in enumerate(asked.limits):
        yield ("under", k), limit.goal
