"""The draws behind inputs: one uniform an input and replica, addressed by its key, tied by a Gaussian copula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simcluster.core.nets import Net
from simcluster.core.rng import SMALLEST, Stream
from simcluster.model.inputs import Input, Uncertainty
from simcluster.model.ties import groups
from simcluster.study.design import INDEPENDENT, Design, Numbers, Places

Array = NDArray[np.float64]
Sampler = Literal["random", "sobol"]
SAMPLERS: tuple[Sampler, ...] = ("random", "sobol")
FEWEST_RANDOMISATIONS = 8
INPUT, FACTOR = "input", "factor"
LARGEST = 1 - 2.0**-53


@dataclass(frozen=True, slots=True)
class Plan:
    """How a study draws: its seed, its sampler, and which replicas share what.

    With `sobol`, replicas belong to independent randomisations in turn, from whose means an interval follows; a random
    sample has one.

    Raises:
        ValueError: no such sampler, or fewer than 8 randomisations.
    """

    seed: int
    sampler: Sampler = "random"
    design: Design = INDEPENDENT
    randomisations: int = FEWEST_RANDOMISATIONS

    def __post_init__(self) -> None:
        """Refuse what has no honest interval."""
        if self.sampler not in SAMPLERS:
            raise ValueError(f"there is no sampler {self.sampler!r}; there are {', '.join(SAMPLERS)}")
        if self.randomisations < FEWEST_RANDOMISATIONS:
            raise ValueError(f"an interval needs {FEWEST_RANDOMISATIONS} randomisations or more")

    def places(self, numbers: Numbers) -> Places:
        """Where replicas stand."""
        return self.design.places(numbers, self.randomisations if self.sampler == "sobol" else 1)

    def wholes(self, numbers: Numbers) -> Numbers:
        """Which independent whole each replica belongs to: a randomisation, or a group of the design."""
        return self.places(numbers).randomisation if self.sampler == "sobol" else numbers // self.design.group

    def column(self, quantity: str, entity: str, places: Places, index: Numbers) -> Array:
        """Uniforms of one thing at the replicas' draws of it, shape (n,)."""
        if self.sampler == "random":
            return Stream(self.seed, quantity, entity).span(index)
        found = np.empty(len(index))
        for r in np.unique(places.randomisation):
            here = places.randomisation == r
            found[here] = Net(self.seed, f"{quantity}.sobol", f"{entity}\x00{r}").span(index[here])
        return found


def uniforms(uncertainty: Uncertainty, plan: Plan, numbers: Numbers) -> dict[str, Array]:
    """The probability at which each input and each choice of structure is drawn, by address, shape (n,).

    An input's own draw is addressed by its key, a shared factor's by the factor's name, a choice's by its key at the
    replicas' draws of structure. Nothing else bears on them, so further replicas, and inputs that are not tied to it,
    move no draw.
    """
    places = plan.places(numbers)
    found = {row.address: plan.column(INPUT, row.address, places, places.inputs) for row in uncertainty.inputs}
    found |= _tied(uncertainty, found, lambda name: plan.column(FACTOR, name, places, places.inputs))
    for row in uncertainty.alternatives:
        found[row.address] = plan.column(INPUT, row.address, places, places.structure)
    return found


def _tied(uncertainty: Uncertainty, own: dict[str, Array], factor: Callable[[str], Array]) -> dict[str, Array]:
    """The probabilities of inputs that share a factor or are correlated (see `model.copula`)."""
    from scipy.special import ndtr, ndtri

    correlated = groups(uncertainty.ties, uncertainty.inputs)
    scores = {}
    for group in correlated:
        lower = np.linalg.cholesky(group.matrix)
        residuals = np.array([ndtri(own[address]) for address in group.addresses])
        for k, address in enumerate(group.addresses):
            scores[address] = sum(float(lower[k, j]) * residuals[j] for j in range(k + 1))
    shared = {name: ndtri(factor(name)) for name in _factors(uncertainty.inputs)}
    for row in uncertainty.inputs:
        if row.common is not None:
            residual = scores.get(row.address)
            residual = ndtri(own[row.address]) if residual is None else residual
            scores[row.address] = row.loading * shared[row.common] + np.sqrt(1 - row.loading**2) * residual
    return {address: np.clip(ndtr(score), SMALLEST, LARGEST) for address, score in scores.items()}


def _factors(inputs: tuple[Input, ...]) -> list[str]:
    return list(dict.fromkeys(row.common for row in inputs if row.common is not None))
