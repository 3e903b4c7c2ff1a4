"""What a study of sensitivity varies: the inputs and alternatives of a scenario, alone or tied ones together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simcluster.model.copula import components
from simcluster.model.inputs import active
from simcluster.study.sample import Replica, scenario_of

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.inputs import Uncertainty
    from simcluster.model.scenario import Scenario
    from simcluster.study.plan import Numbers

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Factor:
    """Inputs or alternatives, by address, that a study draws together."""

    name: str
    addresses: tuple[str, ...]


def single_factors(document: Document, only: Sequence[str] | None = None) -> list[Factor]:
    """Each input and choice of structure by itself, in the order of the file; `only` those of some addresses."""
    return [Factor(name, (name,)) for name in _addresses(document.uncertainty) if only is None or name in only]


def independent_factors(document: Document, only: Sequence[str] | None = None) -> list[Factor]:
    """The same, but what shares a factor or is correlated is one, named by its inputs, so that all are independent."""
    said, singles = document.uncertainty, single_factors(document, only)
    at = {factor.name: k for k, factor in enumerate(singles)}
    shared: dict[str, list[int]] = {}
    for row in said.inputs:
        if row.common is not None and row.address in at:
            shared.setdefault(row.common, []).append(at[row.address])
    pairs = [pair for group in shared.values() for pair in combinations(group, 2)]
    pairs += [(at[tie.first], at[tie.second]) for tie in said.ties if tie.first in at and tie.second in at]
    groups = components(len(singles), pairs)
    first = {group[0]: group for group in groups}
    later = {k for group in groups for k in group[1:]}
    found = []
    for k, factor in enumerate(singles):
        names = tuple(singles[j].name for j in first.get(k, [k]))
        found += [] if k in later else [factor if len(names) == 1 else Factor(" + ".join(names), names)]
    return found


def _addresses(said: Uncertainty) -> list[str]:
    """All addresses: those that a run at central values meets in the order of the file, then those it does not."""
    met = active(said.template, central_of(said))
    return list(
        dict.fromkeys([*met, *(row.address for row in said.alternatives), *(row.address for row in said.inputs)])
    )


def central_of(said: Uncertainty) -> dict[str, Any]:
    """What a run without sampling takes: a value of each input and the number of each choice's option, by address."""
    return {row.address: row.central for row in said.inputs} | {row.address: row.central for row in said.alternatives}


def drawn_at(said: Uncertainty, at: Mapping[str, float]) -> dict[str, Any]:
    """Inputs and choices at probabilities by address; all others central."""
    found = central_of(said)
    found |= {row.address: row.values(np.array([at[row.address]]))[0] for row in said.inputs if row.address in at}
    for row in said.alternatives:
        if row.address in at:
            found[row.address] = row.indices(np.array([at[row.address]]))[0]
    return found


@dataclass(frozen=True)
class Points:
    """The plan of replicas that are given one by one, each with its inputs and its seed."""

    base: Scenario
    document: Document
    points: tuple[Replica, ...]

    @property
    def identity(self) -> str:
        """All points."""
        return "\n".join(f"{point.seed} {point.drawn}" for point in self.points)

    @property
    def group(self) -> tuple[int, int]:
        """There are no groups."""
        return 1, 1

    def seed_of(self, number: int) -> int:
        """The seed of a replica's luck."""
        return self.points[number].seed

    def inputs_of(self, number: int) -> dict[str, Any]:
        """Values as a file says them, and labels of alternatives."""
        return self.points[number].inputs

    def overrides_of(self, number: int) -> tuple[str, ...]:
        """Texts for `--set` that give a single run the same inputs."""
        return self.points[number].overrides

    def scenario_of(self, number: int) -> Scenario:
        """The scenario of a replica, checked.

        Raises:
            ScenarioError: its inputs cannot be used.
        """
        return scenario_of(self.base, self.document, self.points[number])

    def wholes_of(self, numbers: Numbers) -> Numbers | None:
        """Which replicas belong together is for the study to say."""
        return None
