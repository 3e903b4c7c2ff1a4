"""What Optuna would try next: a tree-structured Parzen estimator over the decisions, in memory and by seed.

Source: S. Watanabe, "Tree-structured Parzen estimator" (2023), arXiv 2304.11127.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.study import StudyDirection
from optuna.trial import TrialState

from simcluster.core.rng import seed_at
from simcluster.model.decisions import Choice

if TYPE_CHECKING:
    from simcluster.model.decisions import Decision
    from simcluster.study.optimize import Search, Trial

SEARCH = "optimize"
WORST = 1e3
"""What is told of a limit where there is no value at all: more than of any value."""

optuna.logging.set_verbosity(optuna.logging.WARNING)


@dataclass(frozen=True)
class Proposal:
    """Decisions to try: as Optuna knows them, and as `--set` texts."""

    trial: optuna.trial.Trial
    params: dict[str, Any]
    distributions: dict[str, BaseDistribution]
    overrides: tuple[str, ...]


class Proposer:
    """Asks for decisions and hears what came of them; the same seed and answers, the same proposals."""

    def __init__(self, search: Search) -> None:
        """Begin without any trial."""
        self._search = search
        self._distributions = distributions_of(search)
        seed = seed_at(search.scenario.seed, SEARCH, 0) % 2**32
        sampler = optuna.samplers.TPESampler(seed=seed)
        self._study = optuna.create_study(sampler=sampler, directions=directions_of(search))

    def ask(self, count: int) -> list[Proposal]:
        """So many proposals."""
        return [self._one() for _ in range(count)]

    def _one(self) -> Proposal:
        trial = self._study.ask(fixed_distributions=self._distributions)
        decisions = self._search.asked.decisions
        overrides = tuple(decision.override(trial.params[decision.key]) for decision in decisions)
        return Proposal(trial, trial.params, self._distributions, overrides)

    def tell(self, proposal: Proposal, trial: Trial) -> None:
        """Hear what came of a proposal."""
        values = values_told(self._search, trial)
        for name, excess in excesses_told(self._search, trial).items():
            proposal.trial.set_constraint(name, excess)
        state = TrialState.FAIL if values is None else TrialState.COMPLETE
        self._study.tell(proposal.trial, values, state)


def distributions_of(search: Search) -> dict[str, BaseDistribution]:
    """Each decision as Optuna knows it: steps are counted from the lower end."""
    return {decision.key: _distribution(decision) for decision in search.asked.decisions}


def _distribution(decision: Decision) -> BaseDistribution:
    if isinstance(decision, Choice):
        return CategoricalDistribution(decision.options)
    if decision.steps is None:
        return FloatDistribution(decision.low, decision.high)
    return IntDistribution(0, decision.steps)


def directions_of(search: Search) -> list[StudyDirection]:
    """The direction of each goal."""
    return [StudyDirection.MAXIMIZE if sign > 0 else StudyDirection.MINIMIZE for sign in search.asked.signs]


def values_told(search: Search, trial: Trial) -> list[float] | None:
    """The goals as they are; None where one has no value."""
    objectives = search.objectives(trial)
    if objectives is None:
        return None
    return [sign * value for sign, value in zip(search.asked.signs, objectives, strict=True)]


def excesses_told(search: Search, trial: Trial) -> dict[str, float]:
    """What Optuna hears of each limit by its text: 0 or less where it holds, more the further it is broken.

    By the logarithm, since Optuna adds them up: beside a limit of 0, whose excess is in the outcome's unit, the others
    would be nothing.
    """
    return {
        str(limit): min(excess, math.log1p(max(excess, 0.0)), WORST)
        for limit, excess in zip(search.asked.limits, search.excesses(trial), strict=True)
    }
