"""Which nodes of each vintage were given up, and when."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from simcluster.record.events import Mended, NodesInService, RepairEnded

if TYPE_CHECKING:
    from simcluster.record.log import EventLog


def retired_nodes(log: EventLog) -> dict[int, Counter[float]]:
    """Nodes given up by hour, for each batch that entered service, by the position of its fact `NodesInService`."""
    entered, out = log.columns(NodesInService), log.columns(RepairEnded)
    gone = np.flatnonzero(out["outcome"] == Mended.RETIRED)
    by_node = np.argsort(entered["first_node"], kind="stable")
    batch = by_node[np.searchsorted(entered["first_node"][by_node], out["node"][gone], side="right") - 1]
    found: dict[int, Counter[float]] = {}
    for position, hour in zip(batch.tolist(), out["hour"][gone].tolist(), strict=True):
        found.setdefault(position, Counter())[hour] += 1
    return found
