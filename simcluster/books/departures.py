"""Which nodes of each vintage left, when, and by which sale: those given up, and those sold."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcluster.record.events import Mended, NodesInService, NodesSold, RepairEnded

if TYPE_CHECKING:
    from simcluster.record.log import EventLog

NO_SALE = -1
"""The sale of what was given up, and of what stays."""


class Departure(NamedTuple):
    """When nodes left, and the position of the sale that took them."""

    hour: float
    sale: int = NO_SALE


def departed_nodes(log: EventLog) -> dict[int, Counter[Departure]]:
    """Nodes given up and sold, for each batch that entered service, by the position of its fact `NodesInService`."""
    entered, out = log.columns(NodesInService), log.columns(RepairEnded)
    by_node = np.argsort(entered["first_node"], kind="stable")
    firsts = entered["first_node"][by_node]

    def batch_of(nodes: NDArray[np.int64]) -> list[int]:
        found: list[int] = by_node[np.searchsorted(firsts, nodes, side="right") - 1].tolist()
        return found

    gone = np.flatnonzero(out["outcome"] == Mended.RETIRED)
    left: dict[int, Counter[Departure]] = {}
    for position, hour in zip(batch_of(out["node"][gone]), out["hour"][gone].tolist(), strict=True):
        left.setdefault(position, Counter())[Departure(hour)] += 1
    for fact in log.rows(NodesSold):
        nodes = np.arange(fact.first_node, fact.first_node + fact.nodes)
        for position in batch_of(nodes):
            left.setdefault(position, Counter())[Departure(fact.hour, fact.sale)] += 1
    return left
