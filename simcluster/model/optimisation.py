"""What an optimisation is asked: a study file, the options of the command line, or both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Literal, TypeVar

from pydantic import Field, model_validator

from simcluster.model.decisions import Decision, DecisionError, read_decision
from simcluster.model.goals import Goal, GoalError, Limit, read_goal, read_limit
from simcluster.model.kind import Count, Located, Value, refuse

T = TypeVar("T")
MOST_OBJECTIVES = 2


class Optimisation(Value):
    """Decisions to make in a scenario, what to make of its outcomes, and how long to look.

    `base` is the scenario, a file or the name of a packaged one; `set` changes it as `--set` does. `replicas` are the
    runs of each of the `trials`, `seed` that of the runs and of the search, instead of the scenario's.
    """

    schema_version: Literal[1] = Field(default=1, alias="schema")
    base: str = Field(min_length=1)
    set: tuple[str, ...] = ()
    vary: tuple[str, ...] = Field(min_length=1)
    maximise: tuple[str, ...] = ()
    minimise: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    replicas: Count = 8
    trials: Count = 50
    seed: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _readable(self) -> Optimisation:
        problems: list[Located] = []
        decisions = _read("vary", self.vary, read_decision, problems)
        _read("under", self.under, read_limit, problems)
        for name in ("maximise", "minimise"):
            _read(name, getattr(self, name), read_goal, problems)
        keys = [decision.key for decision in decisions]
        if not problems:
            repeated = (k for k, key in enumerate(keys) if key in keys[:k])
            problems += [Located(("vary", k), f"{keys[k]} is decided twice", "vary a key once") for k in repeated]
        count = len(self.maximise) + len(self.minimise)
        if not 1 <= count <= MOST_OBJECTIVES:
            message = f"{count or 'no'} outcomes to maximise or minimise"
            problems.append(Located((), message, 'give one or two: maximise = ["npv_usd"], or --maximise npv_usd'))
        refuse(problems)
        return self

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """What is chosen."""
        return tuple(map(read_decision, self.vary))

    @cached_property
    def goals(self) -> tuple[Goal, ...]:
        """What is maximised, then what is minimised."""
        return tuple(map(read_goal, (*self.maximise, *self.minimise)))

    @property
    def signs(self) -> tuple[int, ...]:
        """1 for each goal that is maximised, -1 for each that is minimised."""
        return (1,) * len(self.maximise) + (-1,) * len(self.minimise)

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """What has to hold."""
        return tuple(map(read_limit, self.under))

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Every outcome that goals and limits are about."""
        wanted = (*self.goals, *(limit.goal for limit in self.limits))
        return tuple(dict.fromkeys(goal.outcome for goal in wanted))


def _read(name: str, texts: Sequence[str], read: Callable[[str], T], problems: list[Located]) -> list[T]:
    found = []
    for k, text in enumerate(texts):
        try:
            found.append(read(text))
        except (DecisionError, GoalError) as error:
            problems.append(Located((name, k), str(error), error.hint))
    return found
