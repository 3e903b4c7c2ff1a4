"""Replicas of which only prices change are simulated once: their facts stay, and the books are kept anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simcluster.model.overrides import key_names
from simcluster.sim.run import simulate
from simcluster.study.chunk import run_replica
from simcluster.study.run import settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcluster.model.scenario import Scenario
    from simcluster.record.ledger import Replica
    from simcluster.record.log import EventLog
    from simcluster.study.plan import Plan
    from simcluster.study.result import Result

FINANCIAL = ("revenue", "company", "finance")
"""Tables of a scenario that the simulation does not read; a law of the tests holds that they change no fact."""


def is_financial(key: str) -> bool:
    """Whether a key, as `--set` takes it, stands in a table that changes no fact."""
    return (key_names(key) or [""])[0] in FINANCIAL


@dataclass
class Repricing:
    """The facts of replicas by number, kept in this process from the first plan on."""

    logs: dict[int, EventLog] = field(default_factory=dict)

    def replica(self, plan: Plan, number: int) -> Replica:
        """A replica of a plan that differs from those before by financial keys alone."""
        return run_replica(plan, number, self._settled(number))

    def _settled(self, number: int) -> Callable[[Scenario, int], Result]:
        def settled(scenario: Scenario, seed: int) -> Result:
            if number not in self.logs:
                self.logs[number] = simulate(scenario, seed)
            return settle(scenario, seed, self.logs[number])

        return settled
