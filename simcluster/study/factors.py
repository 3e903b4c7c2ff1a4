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
from simcluster.model.ties import correlations
from simcluster.study.sample import Replica, scenario_of

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.inputs import Uncertainty
    from simcluster.model.scenario import Scenario
    from simcluster.study.plan import Numbers

Floats = NDArray[np.float64]
ROUNDING = 1e-9
TOGETHER = " + "
"""What stands between the names, and between the ends, of inputs that are one factor."""


@dataclass(frozen=True)
class Factor:
    """Inputs or alternatives, by address, that a study draws or moves together.

    `scores` say how far each goes with the factor where a study moves it (see `at`).
    """

    name: str
    addresses: tuple[str, ...]
    scores: tuple[float, ...] = (1.0,)

    def at(self, p: float) -> dict[str, float]:
        """The probability at which each input stands when the factor is at probability p.

        Of tied inputs the factor is the first principal component of their normal scores, and each goes to its median
        given that: with z the factor's score, input i has s_i z, s_i the correlation of the two. Inputs wholly tied to
        one shared factor so go with it all the way.
        """
        from scipy.special import ndtr, ndtri

        found = (p if score == 1 else float(ndtr(score * ndtri(p))) for score in self.scores)
        return dict(zip(self.addresses, found, strict=True))


def single_factors(document: Document, only: Sequence[str] | None = None) -> list[Factor]:
    """Each input and choice of structure by itself, in the order of the file; `only` those of some addresses."""
    return [Factor(name, (name,)) for name in _addresses(document.uncertainty) if only is None or name in only]


def independent_factors(document: Document, only: Sequence[str] | None = None) -> list[Factor]:
    """The same, but what shares a factor or is correlated is one, named by its inputs, so that all are independent."""
    said, singles = document.uncertainty, single_factors(document, only)
    at = {factor.name: k for k, factor in enumerate(singles)}
    shared: dict[str, list[int]] = {}
    for row in said.inputs:
        if row.common is not None and row.loading and row.address in at:
            shared.setdefault(row.common, []).append(at[row.address])
    pairs = [pair for group in shared.values() for pair in combinations(group, 2)]
    pairs += [(at[tie.first], at[tie.second]) for tie in said.ties if tie.rank and {tie.first, tie.second} <= set(at)]
    groups = components(len(singles), pairs)
    first = {group[0]: group for group in groups}
    later = {k for group in groups for k in group[1:]}
    found = []
    for k, factor in enumerate(singles):
        names = tuple(singles[j].name for j in first.get(k, [k]))
        found += [] if k in later else [factor if len(names) == 1 else _tied(said, names)]
    return found


def _tied(said: Uncertainty, names: tuple[str, ...]) -> Factor:
    """Inputs as one factor, moved by their first principal component, which raises the first of them.

    Where components are equally strong the first in numpy's order is taken.

    Source: I. Jolliffe, Principal Component Analysis (2002), section 2.3.
    """
    by_address = {row.address: row for row in said.inputs}
    sizes, axes = np.linalg.eigh(correlations(said.ties, [by_address[name] for name in names]))
    scores = axes[:, -1] * np.sqrt(sizes[-1])
    rises = scores[np.flatnonzero(np.abs(scores) > ROUNDING)[0]] > 0
    whole = np.where(np.abs(np.abs(scores) - 1) < ROUNDING, np.sign(scores), scores)
    return Factor(TOGETHER.join(names), names, tuple((whole if rises else -whole).tolist()))


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
