"""Decisions chosen by trial: each trial runs the same replicas, so that two trials differ by their decisions alone.

Trials are asked for in rounds of a fixed size and told in order, so that what is tried depends on the seed alone: not
on workers, nor on how often the search was broken off. A search that goes on asks for the same trials once more and
takes from its store what is known of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from simcluster.core.problems import ScenarioError
from simcluster.study.goal_values import Values, values_of
from simcluster.study.pairs import paired
from simcluster.study.pareto import front_of
from simcluster.study.sweep_frame import plan_of
from simcluster.study.variants import trials

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.goals import Goal
    from simcluster.model.optimisation import Optimisation
    from simcluster.model.scenario import Scenario
    from simcluster.study.crew import Crew
    from simcluster.study.intervals import Estimate
    from simcluster.study.pairs import Pair
    from simcluster.study.plan import Plan
    from simcluster.study.proposals import Proposal

Overrides = tuple[str, ...]
Loader = Callable[[Overrides], tuple["Scenario", "Document"]]
"""Reads the scenario with further `--set` texts; raises ScenarioError."""
Tell = Callable[[], None]
ROUND = 5
"""Trials asked for together: fewer learn more from one another, more keep more workers busy."""


@dataclass(frozen=True)
class Trial:
    """Decisions as `--set` texts, and what their replicas say."""

    number: int
    overrides: Overrides
    values: Values


@dataclass(frozen=True)
class Search:
    """What is asked of a scenario, read as it is; `resolved` is it written out, `version` the program's."""

    asked: Optimisation
    scenario: Scenario
    resolved: str
    load: Loader
    version: str

    @cached_property
    def digest(self) -> str:
        """Eight hex digits that name the search: all but how many trials."""
        asked = self.asked.model_dump_json(exclude={"base", "trials", "seed"})
        told = f"optimize\n{self.version}\n{self.scenario.seed}\n{asked}\n{self.resolved}"
        return hashlib.sha256(told.encode()).hexdigest()[:8]

    def objectives(self, trial: Trial) -> tuple[float, ...] | None:
        """The goals of a trial, each so that greater is better; None where one has no value."""
        found = [trial.values.estimate(goal) for goal in self.asked.goals]
        if any(one is None for one in found):
            return None
        return tuple(sign * one.value for sign, one in zip(self.asked.signs, found, strict=True) if one is not None)

    def excesses(self, trial: Trial) -> tuple[float, ...]:
        """By how much each limit is broken; 0 or less where it holds, infinite where it has no value."""
        found = ((limit, trial.values.estimate(limit.goal)) for limit in self.asked.limits)
        return tuple(float("inf") if one is None else limit.excess(one.value) for limit, one in found)

    def is_feasible(self, trial: Trial) -> bool:
        """Whether a trial has its goals, and every limit holds."""
        return self.objectives(trial) is not None and all(excess <= 0 for excess in self.excesses(trial))

    def front(self, found: list[Trial]) -> list[Trial]:
        """The feasible trials that none beats: one of one goal, the best first goal first."""
        known = [(trial, self.objectives(trial)) for trial in found if self.is_feasible(trial)]
        points = [point for _, point in known if point is not None]
        return [known[k][0] for k in front_of(points)]


class Store(Protocol):
    """Where trials are written down as they end."""

    def known(self) -> list[Trial]:
        """Those written down, by number."""

    def add(self, trial: Trial, proposal: Proposal) -> None:
        """Write one down."""


class OtherTrialsError(Exception):
    """The trials written down are not those that this search would make."""


def seek(search: Search, store: Store, crew: Crew, tell: Tell | None = None) -> list[Trial]:
    """Make the trials asked for, all that the store lacks, and write each down as its round ends.

    `tell` is called after each trial.

    Raises:
        OtherTrialsError: the store has trials of another search or of another version of Optuna.
        WorkersDiedError: workers die without finishing anything.
        ImportError: Optuna is not installed.
    """
    from simcluster.study.proposals import Proposer

    written = store.known()
    found: list[Trial] = []
    known = {trial.overrides: trial.values for trial in written}
    proposer = Proposer(search)
    while len(found) < search.asked.trials:
        proposals = proposer.ask(min(ROUND, search.asked.trials - len(found)))
        known |= _run(search, [one.overrides for one in proposals if one.overrides not in known], crew)
        for proposal in proposals:
            trial = Trial(len(found), proposal.overrides, known[proposal.overrides])
            _write(store, written, trial, proposal)
            proposer.tell(proposal, trial)
            found.append(trial)
            if tell:
                tell()
    return found


def _write(store: Store, written: list[Trial], trial: Trial, proposal: Proposal) -> None:
    if trial.number >= len(written):
        store.add(trial, proposal)
    elif written[trial.number].overrides != trial.overrides:
        what = f"trial {trial.number} was written down with {' '.join(written[trial.number].overrides)}"
        raise OtherTrialsError(f"{what}, which this version of Optuna would not try; begin anew in another --out")


def _run(search: Search, wanted: list[Overrides], crew: Crew) -> dict[Overrides, Values]:
    """What decisions never tried before come to; those that make no scenario come to nothing, with a note."""
    found: dict[Overrides, Values] = {}
    plans: dict[Overrides, Plan] = {}
    for overrides in wanted:
        try:
            plans[overrides] = plan_of(*search.load(overrides))
        except ScenarioError as error:
            found[overrides] = Values({}, note=f"no scenario: {error.problems[0].message}")
    ran = trials(list(plans.values()), search.asked.replicas, crew) if plans else []
    return found | {key: values_of(one, search.asked.outcomes) for key, one in zip(plans, ran, strict=True)}


@dataclass(frozen=True)
class Checked:
    """A trial on other replicas than it was chosen by: its own values, and those of the scenario as it is."""

    trial: Trial
    values: Values
    as_it_is: Values

    def of(self, goal: Goal) -> Estimate | None:
        """The goal on these replicas."""
        return self.values.estimate(goal)

    def against(self, outcome: str) -> Pair | None:
        """An outcome of the scenario as it is and of this trial, replica by replica; None where no pair has both."""
        first, second = self.as_it_is.of.get(outcome), self.values.of.get(outcome)
        return None if first is None or second is None else paired(first, second)


def check_again(search: Search, chosen: list[Trial], crew: Crew) -> list[Checked]:
    """Trials and the scenario as it is on as many further replicas, which did not take part in the choice.

    The best of many trials is in part the luckiest, so its own interval would promise too much.

    Raises:
        WorkersDiedError: workers die without finishing anything.
    """
    plans = [plan_of(*search.load(overrides)) for overrides in ((), *(trial.overrides for trial in chosen))]
    n = search.asked.replicas
    first, *others = (values_of(one, search.asked.outcomes) for one in trials(plans, n, crew, first=n))
    return [Checked(trial, values, first) for trial, values in zip(chosen, others, strict=True)]
