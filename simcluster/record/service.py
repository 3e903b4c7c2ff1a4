"""Node-hours in service, until nodes are sold: up, failed, in maintenance, given up; by cluster and profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simcluster.record.events import PLANNED, Mended

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Service:
    """Nodes that entered service, and their node-hours until they were sold or the horizon; axes (cluster, profile).

    Profiles are those of the batches, in the order of `Scenario.profiles`. entered = up + failed + maintenance +
    retired. Up are the powered hours in which the clock of causes runs; a node is failed from its failure to its
    return, retired from the hour it was given up. `first_hour`, by cluster, is when its first node entered (infinite if
    none did).
    """

    nodes: Floats
    entered: Floats
    failed: Floats
    maintenance: Floats
    retired: Floats
    first_hour: Floats

    @property
    def up(self) -> Floats:
        """Node-hours in service and up."""
        return self.entered - self.failed - self.maintenance - self.retired


def service_of(scenario: Scenario, entered: Columns, out: Columns, sold: Columns) -> Service:
    """The node-hours of a run from the facts `NodesInService`, `RepairEnded` and `NodesSold`."""
    horizon, names = scenario.clock.horizon_hours, list(scenario.profiles)
    shape = (len(scenario.clusters), len(names))
    row_profile = _profiles(scenario, entered, names)
    row_group = entered["cluster"] * shape[1] + row_profile
    by_node = np.argsort(entered["first_node"], kind="stable")

    def groups_of(nodes: Ints) -> Ints:
        batch = np.searchsorted(entered["first_node"][by_node], nodes, side="right") - 1
        groups: Ints = row_group[by_node][batch]
        return groups

    group = groups_of(out["node"])
    planned, given_up = out["cause"] == PLANNED, out["outcome"] == Mended.RETIRED
    spent = out["hour"] - out["failed_hour"]

    def total(groups: Ints, weights: NDArray[Any]) -> Floats:
        sums = np.bincount(groups, weights, minlength=shape[0] * shape[1])
        return sums.astype(np.float64).reshape(shape)

    first = np.full(shape[0], np.inf)
    np.minimum.at(first, entered["cluster"], entered["hour"])
    return Service(
        nodes=total(row_group, entered["nodes"]),
        entered=total(row_group, entered["nodes"] * (horizon - entered["hour"]))
        - total(groups_of(sold["first_node"]), sold["nodes"] * (horizon - sold["hour"])),
        failed=total(group[~planned], spent[~planned]),
        maintenance=total(group[planned], spent[planned]),
        retired=total(group[given_up], horizon - out["hour"][given_up]),
        first_hour=first,
    )


def _profiles(scenario: Scenario, entered: Columns, names: list[str]) -> Ints:
    """The profile of each batch that entered service, by position in `names`."""
    number = {name: k for k, name in enumerate(names)}
    ordered = [number[scenario.profile_of(row)] for row in scenario.orders]
    installed = [number[scenario.profile_of(row)] for row in scenario.installed]
    pairs = zip(entered["order"].tolist(), entered["installed"].tolist(), strict=True)
    return np.array([ordered[a] if a >= 0 else installed[b] for a, b in pairs], dtype=np.int64)
