"""A ward: one cluster as failures see it, with its nodes, its workshop, and what its nodes share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcluster.model.procurement import Cluster
from simcluster.model.reliability import FailureProfile
from simcluster.model.topology import Topology
from simcluster.sim.clockwork import Clockwork
from simcluster.sim.queue import ClusterQueue

if TYPE_CHECKING:
    from simcluster.sim.lots import Lot, Ticket
    from simcluster.sim.workshop import Workshop


@dataclass(slots=True, eq=False)
class Oddity:
    """What is wrong with a node that stays in service until noticed; `job` is the one whose state it corrupted."""

    node: int
    cause: int
    noticed: float
    ticket: Ticket
    speed: float = 1.0
    job: int = -1


class Ward:
    """One cluster's nodes, by number from `first_node` on; `dark` counts, by node, the outages it is in.

    `slow` holds stragglers, `tainted` nodes that corrupt silently; `sold` counts those that left for good.
    """

    __slots__ = (
        "clockwork",
        "cluster",
        "dark",
        "first_node",
        "fleet",
        "lots",
        "misdiagnoses",
        "name",
        "number",
        "profile",
        "queue",
        "site",
        "size",
        "slow",
        "sold",
        "tainted",
        "topology",
        "workshop",
    )

    def __init__(
        self, number: int, cluster: Cluster, profile: FailureProfile, queue: ClusterQueue, first_node: int, size: int
    ) -> None:
        self.number = number
        self.name, self.site = cluster.name, cluster.site
        self.cluster = cluster
        self.profile = profile
        self.queue, self.fleet = queue, queue.fleet
        self.first_node, self.size = first_node, size
        self.topology: Topology = cluster.topology
        self.misdiagnoses = cluster.repair.misdiagnosis
        self.clockwork: Clockwork | None = None
        self.workshop: Workshop
        self.lots: list[Lot] = []
        self.dark: dict[int, int] = {}
        self.slow: dict[int, Oddity] = {}
        self.tainted: dict[int, Oddity] = {}
        self.sold = 0

    @property
    def ages_busily(self) -> bool:
        """Whether nodes have a cause that ages in the hours a job computes on them."""
        return any(cause.clock == "busy" and cause.rate_per_hour is None for cause in self.profile.causes)

    def take_out(self, node: int) -> int:
        """A node goes out of service, and what was odd about it ends; returns who owned it."""
        self.slow.pop(node, None)
        self.tainted.pop(node, None)
        return self.fleet.put_down(node)

    def is_there(self, node: int) -> bool:
        """Whether a node is in service, be it up or in repair; one that goes the short way is not asked for."""
        return self.fleet.is_up(node) or node in self.workshop.cases

    def slowest(self, owner: int) -> float:
        """The speed of the slowest node of an owner."""
        return min((odd.speed for node, odd in self.slow.items() if self.fleet.owner_of(node) == owner), default=1.0)

    def first_tainted(self, owner: int, works: Callable[[int], bool]) -> Oddity | None:
        """Of the nodes of an owner that work and corrupt silently, the one that is found first."""
        ours = (odd for odd in self.tainted.values() if self.fleet.owner_of(odd.node) == owner and works(odd.node))
        return min(ours, key=lambda odd: (odd.noticed, odd.node), default=None)

    def lot_of(self, node: int) -> Lot:
        """The lot that holds a node."""
        return next(lot for lot in self.lots if lot.first_node <= node < lot.first_node + lot.size)

    def domain(self, scope: str, domain: int) -> range:
        """The nodes of a domain, by number."""
        nodes = self.topology.nodes_in(scope, self.size)
        first = self.first_node + domain * nodes
        return range(first, min(first + nodes, self.first_node + self.size))

    def domains(self, scope: str) -> int:
        """How many domains of a scope the cluster has."""
        return -(-self.size // self.topology.nodes_in(scope, self.size)) if self.size else 0
