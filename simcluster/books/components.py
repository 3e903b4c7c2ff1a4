"""Components at suppliers: what the buyer sends to the maker of its servers, from its purchase to the lot's delivery.

They are judged by the lots that were delivered: what was bought for a lot that comes after the end of the run, or that
was cancelled, is not in the books, as no fact tells the day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.core.money import whole

if TYPE_CHECKING:
    from simcluster.books.register import UnitCost
    from simcluster.model.procurement import Order


def components_cents(row: Order, unit: UnitCost, nodes: int) -> int:
    """What the components of so many nodes cost: nodes x `whole`(server x share), cents; 0 where none are sent."""
    return 0 if row.components is None else whole(unit.servers * row.components.share) * nodes


def bought_hour(row: Order, placed_hour: float, delivered_hour: float) -> float:
    """When the components of a lot were bought: so long ahead of its delivery, but not before the order."""
    ahead = 0.0 if row.components is None else row.components.ahead
    return max(delivered_hour - ahead, placed_hour)
