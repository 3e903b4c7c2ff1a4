"""A site in the run: room in halls, energised power, and the delivered nodes that wait for both."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from simcluster.core.calendar import Clock
from simcluster.model.scenario import Scenario
from simcluster.model.site import house, whole_nodes
from simcluster.record.events import NodesAdmitted, NodesQueued
from simcluster.record.log import EventLog
from simcluster.sim.kernel import KernelEnvironment


@dataclass(slots=True)
class Consignment:
    """Delivered nodes of one order that wait; `first` is the position in the order of the first of them."""

    order: int
    cluster: int
    first: int
    nodes: int
    it_kw: float


Install = Callable[[Consignment, int], None]
"""Called with a consignment and how many of its first nodes were admitted."""


class Campus:
    """One site. Nodes are admitted first come, first served, while a hall has room and the cap holds.

    The cap binds on nameplate: admitted IT kW x provisioned fraction x peak PUE <= energised facility kW.
    """

    def __init__(
        self, env: KernelEnvironment, log: EventLog, scenario: Scenario, number: int, install: Install
    ) -> None:
        self.site = scenario.sites[number]
        self.number = number
        self.clock: Clock = scenario.clock
        self._env = env
        self._log = log
        self._install = install
        self._room_kw = [0.0] * len(self.site.halls)
        self._facility_per_it = self.site.provisioned_fraction * self.site.pue_peak
        self._power_kw = 0.0
        self._queue: deque[Consignment] = deque()
        self._queued: dict[int, tuple[int, int]] = {}

    def open_hall(self, hall: int) -> None:
        """A hall was handed over."""
        self._room_kw[hall] += self.site.halls[hall].it_power * 1000
        self._admit()

    def energise(self, facility_mw: float) -> None:
        """A source added power."""
        self._power_kw += facility_mw * 1000 / self._facility_per_it
        self._admit()

    def occupy(self, nodes: int, it_kw: float) -> None:
        """Nodes of the opening fleet stand in the halls and on the power of the start."""
        self._power_kw -= nodes * it_kw
        house(self._room_kw, nodes, it_kw)

    def receive(self, consignment: Consignment) -> None:
        """Nodes were delivered."""
        self._queue.append(consignment)
        self._admit()

    def _admit(self) -> None:
        while self._queue and (admitted := self._admit_some(self._queue[0])):
            head = self._queue[0]
            head.first += admitted
            head.nodes -= admitted
            if not head.nodes:
                self._queue.popleft()
        self._note_queue()

    def _admit_some(self, head: Consignment) -> int:
        """Admit what one hall and the power allow; how many."""
        hall = max(range(len(self._room_kw)), key=lambda h: (whole_nodes(self._room_kw[h], head.it_kw) > 0, -h))
        nodes = min(head.nodes, whole_nodes(self._room_kw[hall], head.it_kw), whole_nodes(self._power_kw, head.it_kw))
        if nodes > 0:
            self._room_kw[hall] -= nodes * head.it_kw
            self._power_kw -= nodes * head.it_kw
            fact = NodesAdmitted(self._env.now, head.order, head.cluster, self.number, hall, nodes)
            self._log.add(fact)
            self._install(head, nodes)
        return nodes

    def _note_queue(self) -> None:
        """Record how many nodes of each cluster wait, and for what: a hall where room is short, else power."""
        room = list(self._room_kw)
        levels = dict.fromkeys(self._queued, (0, 0))
        for waiting in self._queue:
            housed = sum(house(room, waiting.nodes, waiting.it_kw))
            for_hall, for_power = levels.get(waiting.cluster, (0, 0))
            levels[waiting.cluster] = (for_hall + waiting.nodes - housed, for_power + housed)
        for cluster, level in levels.items():
            if self._queued.get(cluster, (0, 0)) != level:
                self._log.add(NodesQueued(self._env.now, cluster, *level))
        self._queued = levels
