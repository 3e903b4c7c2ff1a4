"""Draws by law and address, for what happens once in a while."""

from __future__ import annotations

import numpy as np

from simcluster.core.rng import Luck
from simcluster.model.distributions import Fixed, Law, draw


def duration(luck: Luck, quantity: str, entity: str, index: int, law: Law) -> float:
    """The duration, hours, of the index-th draw of a quantity of an entity; what is fixed needs no draw."""
    if isinstance(law, Fixed):
        return law.duration
    return draw(law, luck.stream(quantity, entity).at(index))


def share(luck: Luck, quantity: str, entity: str, index: int, nodes: int, chance: float) -> int:
    """How many of so many nodes are struck, each with a chance: binomial, by inversion of one uniform."""
    if not nodes or not chance:
        return 0
    from scipy.special import bdtr

    at_most = bdtr(np.arange(nodes), nodes, chance)
    return int(np.searchsorted(at_most, luck.stream(quantity, entity).at(index)))
