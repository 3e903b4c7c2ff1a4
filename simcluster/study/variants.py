"""Several plans of one luck, replica by replica: what differs between two variants follows from the variants alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simcluster.study.sweep import gather

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simcluster.model.scenario import Scenario
    from simcluster.record.ledger import Replica, Value
    from simcluster.study.crew import Crew
    from simcluster.study.plan import Numbers, Plan

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Variants:
    """The replicas of several plans in turn: number k V + v is replica k of plan v."""

    plans: tuple[Plan, ...]

    @property
    def identity(self) -> str:
        """Those of all plans."""
        return "\n".join(plan.identity for plan in self.plans)

    @property
    def group(self) -> tuple[int, int]:
        """Replicas of one plan are independent."""
        return 1, 1

    def seed_of(self, number: int) -> int:
        """The seed of a replica's luck, by its own plan."""
        plan, k = self._at(number)
        return plan.seed_of(k)

    def inputs_of(self, number: int) -> dict[str, Any]:
        """What its own plan draws for a replica."""
        plan, k = self._at(number)
        return plan.inputs_of(k)

    def overrides_of(self, number: int) -> tuple[str, ...]:
        """Texts for `--set`, by its own plan."""
        plan, k = self._at(number)
        return plan.overrides_of(k)

    def scenario_of(self, number: int) -> Scenario:
        """The scenario of a replica, checked, by its own plan."""
        plan, k = self._at(number)
        return plan.scenario_of(k)

    def wholes_of(self, numbers: Numbers) -> Numbers | None:
        """The replicas of one number, whatever their plan, have one luck."""
        return numbers // len(self.plans)

    def _at(self, number: int) -> tuple[Plan, int]:
        k, v = divmod(number, len(self.plans))
        return self.plans[v], k


@dataclass(frozen=True)
class Trials:
    """What came of one variant: its replicas by number from 0."""

    replicas: tuple[Replica, ...]

    @property
    def failed(self) -> tuple[Replica, ...]:
        """Those that raised an error."""
        return tuple(replica for replica in self.replicas if replica.outcomes is None)

    def outcome(self, name: str) -> Floats:
        """An outcome by replica, shape (n,), not a number where there is none; dates as ordinal days."""
        return np.array([number_of((replica.outcomes or {}).get(name)) for replica in self.replicas])

    def is_date(self, name: str) -> bool:
        """Whether an outcome is a date in any replica."""
        return any(isinstance((replica.outcomes or {}).get(name), str) for replica in self.replicas)


def number_of(value: Value) -> float:
    """A value as a number, a date in ISO 8601 as its ordinal day; not a number where it is neither."""
    if isinstance(value, str):
        try:
            return float(date.fromisoformat(value).toordinal())
        except ValueError:
            return np.nan
    return np.nan if value is None else float(value)


def trials(
    plans: Sequence[Plan], n: int, crew: Crew, tell: Callable[[], None] | None = None, first: int = 0
) -> list[Trials]:
    """N replicas of each plan by number from `first`, all run by one crew.

    Raises:
        WorkersDiedError: workers die without finishing anything.
    """
    many = len(plans)
    ran = gather(Variants(tuple(plans)), n * many, crew, tell, first * many)
    return [Trials(tuple(_by_its_plan(replica, many) for replica in ran[v::many])) for v in range(many)]


def _by_its_plan(replica: Replica, plans: int) -> Replica:
    from dataclasses import replace

    return replace(replica, number=replica.number // plans)
