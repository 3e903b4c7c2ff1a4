"""What differs from replica to replica of a sweep: always the luck, and whatever a plan draws besides."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario

_UNUSED_BITS = 64 - 53
"""Seeds have 53 bits, so that a spreadsheet and JSON keep them whole."""


class Plan(Protocol):
    """Replicas by number from 0. A number's replica never depends on how many there are; a plan pickles small."""

    @property
    def identity(self) -> str:
        """A text that tells this plan from any other of the same scenario."""

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


def replica_seed(seed: int, number: int) -> int:
    """The seed of one replica, addressed by the seed of the sweep and its number; 53 bits."""
    address = f"{seed}\x00sweep.replica\x00{number}".encode()
    return int.from_bytes(blake2b(address, digest_size=8).digest(), "little") >> _UNUSED_BITS


@dataclass(frozen=True)
class LuckAlone:
    """Every replica is the same scenario; only its luck is its own."""

    scenario: Scenario

    @property
    def identity(self) -> str:
        """Luck and nothing else."""
        return f"luck {self.scenario.seed}"

    def seed_of(self, number: int) -> int:
        """The seed of a replica's luck."""
        return replica_seed(self.scenario.seed, number)

    def inputs_of(self, number: int) -> dict[str, Any]:
        """None."""
        return {}

    def overrides_of(self, number: int) -> tuple[str, ...]:
        """None."""
        return ()

    def scenario_of(self, number: int) -> Scenario:
        """The scenario."""
        return self.scenario
