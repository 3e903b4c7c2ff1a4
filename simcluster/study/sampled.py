"""The plan of a sweep in which what is uncertain is drawn anew for each replica."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simcluster.core.rng import seed_at
from simcluster.study.sample import LUCK, Replica, replicas, scenario_of

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario
    from simcluster.study.draws import Plan as Draws
    from simcluster.study.plan import Numbers


@dataclass(frozen=True)
class Sampled:
    """Replicas of a scenario and its document, as `load` gave them, with inputs drawn as `draws` says."""

    base: Scenario
    document: Document
    draws: Draws

    @property
    def identity(self) -> str:
        """Seed, sampler and design."""
        draws = self.draws
        sampler = f"sobol {draws.randomisations}" if draws.sampler == "sobol" else draws.sampler
        return f"{sampler} {draws.seed} {draws.design.inputs} {draws.design.lucks}"

    @property
    def group(self) -> tuple[int, int]:
        """Those of the design."""
        return self.draws.design.inputs, self.draws.design.lucks

    def seed_of(self, number: int) -> int:
        """The seed of a replica's luck."""
        return seed_at(self.draws.seed, LUCK, number)

    def inputs_of(self, number: int) -> dict[str, Any]:
        """What is drawn for a replica: values as a file says them, and labels of alternatives."""
        return self._replica(number).inputs

    def overrides_of(self, number: int) -> tuple[str, ...]:
        """Texts for `--set` that give a single run the same inputs."""
        return self._replica(number).overrides

    def scenario_of(self, number: int) -> Scenario:
        """The scenario of a replica, checked.

        Raises:
            ScenarioError: a drawn value cannot be used.
        """
        return scenario_of(self.base, self.document, self._replica(number))

    def wholes_of(self, numbers: Numbers) -> Numbers | None:
        """The randomisation or group of each replica; None where replicas are independent."""
        wholes = self.draws.wholes(np.asarray(numbers, dtype=np.int64))
        return None if self.draws.sampler == "random" and self.draws.design.group == 1 else wholes

    def _replica(self, number: int) -> Replica:
        (found,) = replicas(self.document, self.draws, [number])
        return found
