"""Durations drawn by law and address, for what happens once in a while."""

from __future__ import annotations

from simcluster.core.rng import Luck
from simcluster.model.distributions import Law, draw


def duration(luck: Luck, quantity: str, entity: str, index: int, law: Law) -> float:
    """The duration, hours, of the index-th draw of a quantity of an entity."""
    return draw(law, luck.stream(quantity, entity).at(index))
