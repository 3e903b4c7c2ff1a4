"""The halls of a site in the run: room, what racks each takes now and will take, and retrofits that are called for."""

from __future__ import annotations

from collections import Counter, defaultdict

import simpy

from simcluster.model.scenario import Scenario
from simcluster.model.site import house, whole_nodes
from simcluster.sim.kernel import KernelEnvironment


class Halls:
    """Room by hall. While a retrofit is under way its hall takes nobody; what stands in it stays.

    `fitting` are the halls that take the racks of each cluster now, in declared order, open or not.
    """

    def __init__(self, env: KernelEnvironment, scenario: Scenario, number: int) -> None:
        site = scenario.sites[number]
        self._halls = site.halls
        clusters = range(len(scenario.clusters))
        at_home = [cluster.site == site.name for cluster in scenario.clusters]
        self._racks = [scenario.rack_of(k) if at_home[k] else None for k in clusters]
        self._it_kw = [scenario.server_of(k).nameplate_kw for k in clusters]
        self.room_kw = [0.0] * len(site.halls)
        self._coming_kw = [hall.it_power * 1000 for hall in site.halls]
        self._done = [0] * len(site.halls)
        self._under_way = [False] * len(site.halls)
        self._sure = [sum(row.start is not None for row in hall.retrofits) for hall in site.halls]
        changing = [k for k, hall in enumerate(site.halls) if hall.retrofits]
        self.opened = {hall: env.event() for hall in changing}
        self.called: dict[int, simpy.Event] = {
            hall: env.event() for hall in changing if self._sure[hall] < len(site.halls[hall].retrofits)
        }
        self.fitting: list[list[int]] = []
        self._standing: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._fit()

    def open(self, hall: int) -> None:
        """A hall was handed over."""
        self.room_kw[hall] += self._halls[hall].it_power * 1000
        self._coming_kw[hall] = 0.0
        if hall in self.opened:
            self.opened[hall].succeed()

    def close(self, hall: int) -> None:
        """A retrofit began."""
        self._under_way[hall] = True
        self._fit()

    def reopen(self, hall: int) -> None:
        """A retrofit was finished."""
        self._under_way[hall] = False
        self._done[hall] += 1
        self._fit()

    def occupy(self, purchase: int, cluster: int, nodes: int) -> None:
        """Nodes of the opening fleet stand in the halls, the first ones first."""
        room_kw = [self.room_kw[hall] for hall in self.fitting[cluster]]
        placed = house(room_kw, nodes, self._it_kw[cluster])
        for hall, left_kw, here in zip(self.fitting[cluster], room_kw, placed, strict=True):
            self.room_kw[hall] = left_kw
            self._standing[purchase][hall] += here

    def take(self, purchase: int, cluster: int, hall: int, nodes: int) -> None:
        """Nodes of a purchase take room in a hall."""
        self.room_kw[hall] -= nodes * self._it_kw[cluster]
        self._standing[purchase][hall] += nodes

    def vacate(self, purchase: int, cluster: int, nodes: int) -> list[tuple[int, int]]:
        """So many nodes of a purchase leave the halls that it took first; gives each with how many leave it."""
        left, standing = [], self._standing[purchase]
        for hall, there in standing.items():
            going = min(nodes, there)
            if going:
                standing[hall] -= going
                self.room_kw[hall] += going * self._it_kw[cluster]
                nodes -= going
                left.append((hall, going))
        return left

    def with_room(self, cluster: int, closed: set[int]) -> list[int]:
        """The halls that take a node of a cluster now, but for those that are closed."""
        it_kw = self._it_kw[cluster]
        return [h for h in self.fitting[cluster] if h not in closed and whole_nodes(self.room_kw[h], it_kw)]

    def call_for(self, cluster: int, nodes: int) -> None:
        """Have halls retrofitted on demand, in declared order, until there will be room for the nodes that wait."""
        rack = self._racks[cluster]
        if not nodes or not self.called or rack is None:
            return
        will = [hall for hall in range(len(self._halls)) if self._will_take(hall, cluster)]
        room = sum(self._nodes(hall, cluster) for hall in will)
        for hall, event in self.called.items():
            if nodes <= room:
                return
            helps = self._halls[hall].offers[-1].takes(rack) and self._nodes(hall, cluster) > 0
            if helps and hall not in will and not event.triggered:
                room += self._nodes(hall, cluster)
                self._sure[hall] += 1
                event.succeed()

    def _nodes(self, hall: int, cluster: int) -> int:
        """How many nodes the room of a hall would hold, handed over or not."""
        return whole_nodes(self.room_kw[hall] + self._coming_kw[hall], self._it_kw[cluster])

    def _will_take(self, hall: int, cluster: int) -> bool:
        """Whether a hall takes a cluster's racks now, or after a retrofit that has begun, was called or has a date."""
        rack, since = self._racks[cluster], self._done[hall] + self._under_way[hall]
        return rack is not None and any(
            offer.takes(rack) for offer in self._halls[hall].offers[since : self._sure[hall] + 1]
        )

    def _fit(self) -> None:
        offers = [hall.offers[done] for hall, done in zip(self._halls, self._done, strict=True)]
        self.fitting = [
            []
            if rack is None
            else [k for k, offer in enumerate(offers) if offer.takes(rack) and not self._under_way[k]]
            for rack in self._racks
        ]
