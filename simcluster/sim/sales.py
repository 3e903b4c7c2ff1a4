"""Nodes sold or decommissioned: taken from the day of the sale on as they are free, so that no job is interrupted.

A node that a job holds, that is out or in repair, or not yet in service, goes when it is free. A job that has begun and
waits for a node comes before a sale, and a sale before jobs that wait for their gang and before standbys. The room and
power of what went are given back in the same hour, once everything else of that moment has happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from simcluster.model.scenario import Scenario
from simcluster.record.events import NodesSold
from simcluster.record.log import EventLog
from simcluster.sim.campus import Campus
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.lots import Lot
from simcluster.sim.shedding import Shedding
from simcluster.sim.wards import Ward


@dataclass(slots=True)
class Claim:
    """A sale whose day has come: the lots it takes nodes of, and how many it is still to get."""

    sale: int
    lots: list[Lot]
    nodes: int


class Sales:
    """The sales of a run. `sheddings` are those of the sites that may run short of power."""

    def __init__(
        self,
        env: KernelEnvironment,
        log: EventLog,
        scenario: Scenario,
        wards: Sequence[Ward],
        campuses: Sequence[Campus],
        sheddings: Mapping[int, Shedding],
    ) -> None:
        self._env, self._log, self._scenario = env, log, scenario
        self._wards, self._campuses, self._sheddings = wards, campuses, sheddings
        self._claims: dict[int, list[Claim]] = {}
        self._open_at, self._tell_at = (env.enlist(deed) for deed in (self._open, self._tell))

    def plan(self) -> None:
        """Plan the day of each sale."""
        for number, sale in enumerate(self._scenario.sales):
            self._env.plan(self._scenario.clock.hours(sale.date), number, self._open_at)

    def _open(self, _hour: float, number: int, _: int) -> None:
        """The day of a sale has come."""
        scenario, sale = self._scenario, self._scenario.sales[number]
        ward = self._wards[scenario.cluster_of_sale(sale)]
        lots = [lot for lot in ward.lots if sale.takes(scenario.purchases[lot.number])]
        claim = Claim(number, lots, scenario.nodes(ward.name, sale.gpus))
        self._claims.setdefault(ward.number, []).append(claim)
        ward.queue.sell = lambda: self._sell(ward)
        ward.queue.serve()

    def _sell(self, ward: Ward) -> None:
        """Hand over what is free, to sales in the order of their days."""
        claims = self._claims[ward.number]
        for claim in claims:
            for lot in claim.lots:
                free = _free_of(ward, lot)[: claim.nodes]
                claim.nodes -= len(free)
                if free:
                    self._hand_over(ward, claim.sale, lot, free)
        claims[:] = [claim for claim in claims if claim.nodes]
        if not claims:
            ward.queue.sell = None

    def _hand_over(self, ward: Ward, sale: int, lot: Lot, nodes: list[int]) -> None:
        hour, site = self._env.now, self._scenario.site_index[ward.site]
        for node in nodes:
            lot.pause(node - lot.first_node, hour)
            ward.take_out(node)
        ward.sold += len(nodes)
        if site in self._sheddings:
            self._sheddings[site].leave(ward, nodes)
        rest = nodes
        for hall, count in self._campuses[site].give_back(lot.number, ward.number, len(nodes)):
            for first, length in _runs(rest[:count]):
                self._log.add(NodesSold(hour, sale, ward.number, site, hall, first, length))
            rest = rest[count:]
        self._env.plan(hour, site, self._tell_at)

    def _tell(self, _hour: float, site: int, _: int) -> None:
        """Nodes have left a site: it has power and room for others."""
        if site in self._sheddings:
            self._sheddings[site].decide()
        self._campuses[site].admit()


def _free_of(ward: Ward, lot: Lot) -> list[int]:
    """The free nodes of a lot, in order of number."""
    first, last = lot.first_node, lot.first_node + lot.size
    nodes = (place + ward.first_node for place in ward.fleet.free)
    return sorted(node for node in nodes if first <= node < last)


def _runs(nodes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Numbers in order as stretches without a gap: the first, and how many."""
    for _, stretch in groupby(enumerate(nodes), key=lambda each: each[1] - each[0]):
        numbers = [node for _, node in stretch]
        yield numbers[0], len(numbers)
