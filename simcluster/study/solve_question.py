"""What `solve` is asked, and the replicas of each value tried, which a ledger keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from simcluster import __version__
from simcluster.model.load import load
from simcluster.model.resolved import resolved_toml
from simcluster.study.knob import Knob, knob_of
from simcluster.study.plan import LuckAlone, Plan
from simcluster.study.reproduce import Command, reproduction
from simcluster.study.sweep import Sweep
from simcluster.study.sweep_frame import plan_of
from simcluster.study.target import Target, target_of
from simcluster.study.variants import Trials

if TYPE_CHECKING:
    from pathlib import Path

    from simcluster.model.scenario import Scenario
    from simcluster.record.ledger import Ledger, Replica


@dataclass(frozen=True)
class Single(LuckAlone):
    """The scenario's own run, with its own seed."""

    def seed_of(self, number: int) -> int:
        """The scenario's."""
        return self.scenario.seed


@dataclass(frozen=True)
class Question:
    """At which value of the knob has the scenario the target, by `n` replicas? `resolved` is it written out."""

    path: str | Path
    overrides: tuple[str, ...]
    seed: int | None
    scenario: Scenario
    resolved: str
    knob: Knob
    target: Target
    n: int

    @cached_property
    def digest(self) -> str:
        """Eight hex digits that name the replicas: scenario and values that may be tried, whatever is looked for.

        More replicas, or another target, take those there are. The single run is no replica of others.
        """
        knob = self.knob
        values = f"{knob.key} {knob.override(0)} {knob.override(knob.steps)} {knob.steps} {self.n == 1}"
        told = f"solve\n{__version__}\n{self.scenario.seed}\n{values}\n{self.resolved}"
        return hashlib.sha256(told.encode()).hexdigest()[:8]

    def sweep_at(self, place: int) -> Sweep:
        """The replicas of the value at a place of the knob.

        Raises:
            ScenarioError: the value makes no scenario.
        """
        override = self.knob.override(place)
        scenario, document = load(self.path, (*self.overrides, override), self.seed)
        plan: Plan = Single(scenario) if self.n == 1 else plan_of(scenario, document)
        return Sweep(scenario, override, plan, self.n, __version__)

    def command_at(self, place: int, plan: Plan) -> Command:
        """What repeats a replica of the value at a place."""
        return reproduction(str(self.path), (*self.overrides, self.knob.override(place)), plan)


def question_of(
    path: str | Path,
    vary: str,
    target: str,
    between: str | None,
    within: str | None,
    replicas: int,
    seed: int | None,
    overrides: Iterable[str],
) -> Question:
    """What the texts of the command line ask.

    Raises:
        ScenarioError: the scenario, the key or the target is wrong.
    """
    overrides = tuple(overrides)
    scenario, document = load(path, overrides, seed)
    knob = knob_of(document, vary, between, within)
    return Question(path, overrides, seed, scenario, resolved_toml(document), knob, target_of(target), replicas)


@dataclass(frozen=True)
class Shelf:
    """The replicas of one value in the ledger of all: number k V + v is replica k of the value at place v of V."""

    ledger: Ledger
    places: int
    place: int

    def gaps(self, replicas: int) -> list[range]:
        """The numbers below `replicas` of which there is no outcome."""
        have = {replica.number for replica in self._of(self.ledger.replicas(replicas * self.places))}
        return [range(k, k + 1) for k in range(replicas) if k not in have]

    def add(self, replica: Replica) -> None:
        """Write a replica down, without its series, which no solution needs."""
        self.ledger.add(replace(replica, number=replica.number * self.places + self.place, series={}))

    def trials(self, replicas: int) -> Trials:
        """The first replicas by number, those that failed among them."""
        below = replicas * self.places
        found = [*self._of(self.ledger.replicas(below)), *self._of(self.ledger.failures(below))]
        return Trials(tuple(sorted(found, key=lambda replica: replica.number)))

    def _of(self, replicas: Iterable[Replica]) -> list[Replica]:
        return [
            replace(replica, number=replica.number // self.places)
            for replica in replicas
            if replica.number % self.places == self.place
        ]
