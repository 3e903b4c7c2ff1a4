"""A site in the run: room in halls, energised power, shares of kits, and the delivered nodes that wait for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from simcluster.core.calendar import Clock
from simcluster.model.scenario import Scenario
from simcluster.model.site import whole_nodes
from simcluster.record.events import NodesAdmitted, NodesQueued
from simcluster.record.log import EventLog
from simcluster.sim.admission import Headroom
from simcluster.sim.halls import Halls
from simcluster.sim.kernel import KernelEnvironment


class Lack(IntEnum):
    """What holds a delivered node, in the order of the levels of `NodesQueued`."""

    HALL = 0
    POWER = 1
    NETWORK = 2


@dataclass(slots=True)
class Consignment:
    """Delivered nodes of one order that wait."""

    order: int
    cluster: int
    nodes: int


Install = Callable[[Consignment, int], None]
"""Called with a consignment and how many of its nodes were admitted."""


class Campus:
    """One site. Nodes are admitted first come, first served, while hall, cap and kit allow.

    What lacks room or power keeps those behind it from the same halls, or the same power; what lacks its kit holds up
    nobody. The power that is left is told by `headroom`.
    """

    def __init__(
        self,
        env: KernelEnvironment,
        log: EventLog,
        scenario: Scenario,
        number: int,
        install: Install,
        headroom: Headroom,
    ) -> None:
        self.site = scenario.sites[number]
        self.number = number
        self.clock: Clock = scenario.clock
        self._env = env
        self._log = log
        self._install = install
        self._kits = [list(cluster.kit) for cluster in scenario.clusters]
        self._it_kw = [scenario.server_of(k).nameplate_kw for k in range(len(scenario.clusters))]
        self.halls = Halls(env, scenario, number)
        self._first_order = len(scenario.installed)
        self._headroom = headroom
        self._shares: Counter[tuple[int, str]] = Counter()
        self._queue: list[Consignment] = []
        self._queued: dict[int, tuple[int, ...]] = {}

    def open_hall(self, hall: int) -> None:
        """A hall was handed over."""
        self.halls.open(hall)
        self.admit()

    def close_hall(self, hall: int) -> None:
        """A retrofit of a hall began."""
        self.halls.close(hall)
        self.admit()

    def reopen_hall(self, hall: int) -> None:
        """A retrofit of a hall was finished."""
        self.halls.reopen(hall)
        self.admit()

    def energise(self, facility_mw: float) -> None:
        """A source added power."""
        self._headroom.energise(facility_mw)
        self.admit()

    def supply(self, cluster: int, item: str, nodes: int) -> None:
        """Shares of a kit arrived."""
        self._shares[cluster, item] += nodes
        self.admit()

    def occupy(self, installed: int, cluster: int, nodes: int) -> None:
        """Nodes of the opening fleet stand in the halls and on the power of the start."""
        self.halls.occupy(installed, cluster, nodes)
        self._headroom.take(cluster, nodes)

    def give_back(self, purchase: int, cluster: int, nodes: int) -> list[tuple[int, int]]:
        """Nodes of a purchase were sold: their room and power are free; gives halls with how many stood in each.

        Their shares of the kit go with them. Call `admit` for those that wait.
        """
        self._headroom.take(cluster, -nodes)
        return self.halls.vacate(purchase, cluster, nodes)

    def receive(self, order: int, cluster: int, nodes: int) -> None:
        """Nodes were delivered."""
        self._queue.append(Consignment(order, cluster, nodes))
        self.admit()

    def admit(self) -> None:
        """Let in what there is room, power and kit for."""
        closed: set[int] = set()
        powered = True
        levels: dict[int, list[int]] = {cluster: [0] * len(Lack) for cluster in self._queued}
        waiting = []
        for consignment in self._queue:
            lack = self._admit_all(consignment, closed, powered)
            if lack is None:
                continue
            waiting.append(consignment)
            levels.setdefault(consignment.cluster, [0] * len(Lack))[lack] += consignment.nodes
            if lack is Lack.HALL:
                closed.update(self.halls.fitting[consignment.cluster])
            powered = powered and lack is not Lack.POWER
        self._queue = waiting
        self._note(levels)
        for cluster, level in levels.items():
            self.halls.call_for(cluster, level[Lack.HALL])

    def _admit_all(self, consignment: Consignment, closed: set[int], powered: bool) -> Lack | None:
        """Admit what there is room, power and kit for, a hall at a time; what the rest lacks."""
        cluster, it_kw = consignment.cluster, self._it_kw[consignment.cluster]
        while consignment.nodes:
            halls = self.halls.with_room(cluster, closed)
            if not halls:
                return Lack.HALL
            shares = min((self._shares[cluster, item] for item in self._kits[cluster]), default=consignment.nodes)
            if not shares:
                return Lack.NETWORK
            power = self._headroom.room(cluster) if powered else 0
            if not power:
                return Lack.POWER
            room = whole_nodes(self.halls.room_kw[halls[0]], it_kw)
            self._take(consignment, halls[0], min(consignment.nodes, room, shares, power))
        return None

    def _take(self, consignment: Consignment, hall: int, nodes: int) -> None:
        cluster = consignment.cluster
        self.halls.take(self._first_order + consignment.order, cluster, hall, nodes)
        self._headroom.take(cluster, nodes)
        for item in self._kits[cluster]:
            self._shares[cluster, item] -= nodes
        consignment.nodes -= nodes
        self._log.add(NodesAdmitted(self._env.now, consignment.order, cluster, self.number, hall, nodes))
        self._install(consignment, nodes)

    def _note(self, levels: dict[int, list[int]]) -> None:
        """Record how many nodes of each cluster wait, and for what."""
        for cluster, level in levels.items():
            if self._queued.get(cluster, (0,) * len(Lack)) != tuple(level):
                self._log.add(NodesQueued(self._env.now, cluster, *level))
        self._queued = {cluster: tuple(level) for cluster, level in levels.items()}
