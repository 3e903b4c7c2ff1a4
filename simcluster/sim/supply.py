"""When the lots of an order are due: by its own lead time or its vendor, late by slips and delays of their own."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import accumulate
from math import inf

from simcluster.core.calendar import HOURS_PER_DAY, Clock
from simcluster.core.rng import Luck
from simcluster.model.distributions import draw
from simcluster.model.scenario import Scenario
from simcluster.model.supply import LeadTimes, VendorQueue
from simcluster.sim.clockwork import Clockwork
from simcluster.sim.draws import duration


@dataclass(frozen=True, slots=True)
class Due:
    """A lot and the hour at which it arrives, infinite if it never does."""

    hour: float
    lot: int
    nodes: int


class Production:
    """A vendor's queue in closed form: what it has promised, on the count of all it makes.

    An order of n GPUs placed at hour t is made between the counts max(promised, made(t)) and n more.
    """

    def __init__(self, vendor: VendorQueue, clock: Clock) -> None:
        rates = vendor.rates()
        self._made = Clockwork([clock.hours(day) for day, _ in rates], [rate for _, rate in rates])
        self._rivals = deque(sorted((clock.hours(rival.date), rival.gpus) for rival in vendor.rivals))
        self._promised = -inf
        self.transit = vendor.transit

    def join(self, hour: float, gpus: int) -> float:
        """Stand in the queue with an order, behind all that came by its hour; the count at which it is begun."""
        while self._rivals and self._rivals[0][0] <= hour:
            self._promise(*self._rivals.popleft())
        return self._promise(hour, gpus)

    def _promise(self, hour: float, gpus: int) -> float:
        begun = max(self._promised, self._made.read(hour))
        self._promised = begun + gpus
        return begun

    def hour(self, count: float) -> float:
        """When so many have been made; a trifle less, so that what is made just before production stops counts."""
        return self._made.hour(count - 1e-9)


class Supply:
    """Dates of delivery of all orders. Orders placed before the start stand in their vendor's queue by date."""

    def __init__(self, scenario: Scenario, luck: Luck) -> None:
        self._scenario, self._luck = scenario, luck
        self._curves = {vendor.name: vendor for vendor in scenario.vendors if isinstance(vendor, LeadTimes)}
        self._queues = {
            vendor.name: Production(vendor, scenario.clock)
            for vendor in scenario.vendors
            if isinstance(vendor, VendorQueue)
        }
        self._begun: dict[int, float] = {}
        past = ((scenario.clock.hours(order.placed), k) for k, order in enumerate(scenario.orders))
        for hour, k in sorted(past):
            order = scenario.orders[k]
            if hour < 0 and order.vendor in self._queues and order.option is None:
                self._begun[k] = self._queues[order.vendor].join(hour, order.gpus)

    def dues(self, number: int, placed: float, lots: list[int]) -> list[Due]:
        """The lots of an order placed at an hour, in order of arrival."""
        hours = [self._late(number, lot, hour) for lot, hour in enumerate(self._on_time(number, placed, lots))]
        return sorted(map(Due, hours, range(len(lots)), lots), key=lambda due: (due.hour, due.lot))

    def _on_time(self, number: int, placed: float, lots: list[int]) -> list[float]:
        order = self._scenario.orders[number]
        if order.vendor in self._queues:
            return self._made(number, self._queues[order.vendor], placed, lots)
        luck = self._luck.stream("procurement.lead_time", order.name).at(0)
        if order.lead_time is not None:
            lead = draw(order.lead_time, luck)
        else:
            assert order.vendor is not None
            day = self._scenario.clock.start.toordinal() + placed / HOURS_PER_DAY
            lead = self._curves[order.vendor].lead_hours(day, luck)
        return [placed + lead + lot * order.lot_interval for lot in range(len(lots))]

    def _made(self, number: int, queue: Production, placed: float, lots: list[int]) -> list[float]:
        """When the vendor's queue has made each lot, and it has come."""
        order = self._scenario.orders[number]
        begun = self._begun.get(number)
        if begun is None:
            begun = queue.join(placed, order.gpus)
        gpus = self._scenario.server_of(order.cluster).gpus
        transit = duration(self._luck, "procurement.transit", order.name, 0, queue.transit)
        return [queue.hour(begun + nodes * gpus) + transit for nodes in accumulate(lots)]

    def _late(self, number: int, lot: int, hour: float) -> float:
        """With the slips of the product that have begun by then, one after another, and the lot's own delay."""
        scenario, order = self._scenario, self._scenario.orders[number]
        server = scenario.clusters[scenario.cluster_index[order.cluster]].server
        for slip in scenario.slips:
            if slip.server == server and hour >= scenario.clock.hours(slip.since):
                hour += duration(self._luck, "procurement.slip", slip.name, 0, slip.delay)
        return hour + duration(self._luck, "procurement.lot_delay", order.name, lot, order.lot_delay)
