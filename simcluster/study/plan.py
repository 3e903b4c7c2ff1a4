"""What differs from replica to replica of a sweep: always the luck, and whatever a plan draws besides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simcluster.core.rng import seed_at
from simcluster.study.sample import LUCK

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario

Numbers = NDArray[np.int64]


class Plan(Protocol):
    """Replicas by number from 0. A number's replica never depends on how many there are; a plan pickles small."""

    @property
    def identity(self) -> str:
        """A text that tells this plan from any other of the same scenario."""

    @property
    def group(self) -> tuple[int, int]:
        """Draws of inputs in a group that shares structure, and replicas with each; (1, 1) without groups."""

    def seed_of(self, number: int) -> int:
        """The seed of a replica's luck."""

    def inputs_of(self, number: int) -> dict[str, Any]:
        """The values drawn for a replica by key path, as a scenario file would say them."""

    def overrides_of(self, number: int) -> tuple[str, ...]:
        """Texts for `--set` that give a single run the same inputs."""

    def scenario_of(self, number: int) -> Scenario:
        """The scenario of a replica, checked.

        Raises:
            ScenarioError: what was drawn is no scenario.
        """

    def wholes_of(self, numbers: Numbers) -> Numbers | None:
        """The independent whole that each replica belongs to; None where each is one by itself."""


@dataclass(frozen=True)
class LuckAlone:
    """Every replica is the same scenario; only its luck is its own."""

    scenario: Scenario

    @property
    def identity(self) -> str:
        """Luck and nothing else."""
        return f"luck {self.scenario.seed}"

    @property
    def group(self) -> tuple[int, int]:
        """None."""
        return 1, 1

    def seed_of(self, number: int) -> int:
        """The seed of a replica's luck."""
        return seed_at(self.scenario.seed, LUCK, number)

    def inputs_of(self, number: int) -> dict[str, Any]:
        """None."""
        return {}

    def overrides_of(self, number: int) -> tuple[str, ...]:
        """None."""
        return ()

    def scenario_of(self, number: int) -> Scenario:
        """The scenario."""
        return self.scenario

    def wholes_of(self, numbers: Numbers) -> Numbers | None:
        """All are independent."""
        return None
