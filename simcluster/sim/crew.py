"""Technicians and spare parts: who mends, when they work, and what they wait for; all known when it is asked for."""

from __future__ import annotations

from heapq import heappop, heappush, heapreplace
from math import floor

from simcluster.core.calendar import Clock
from simcluster.core.rng import Luck
from simcluster.model.repair import Parts, Shifts
from simcluster.record.events import PartsChanged
from simcluster.record.log import EventLog
from simcluster.sim.draws import duration

DAY = 24.0


class Crew:
    """Technicians who take repairs first come, first served: a heap of the hours at which each is free (exact)."""

    __slots__ = ("_free", "_shifts", "_start_of_week")

    def __init__(self, technicians: int | None, shifts: Shifts | None, clock: Clock) -> None:
        self._free = None if technicians is None else [0.0] * technicians
        self._shifts = shifts
        self._start_of_week = -DAY * clock.start.weekday()

    def take_up(self, hour: float, work_hours: float) -> tuple[float, float]:
        """When a repair that asks at an hour is begun and ended; asked in the order of the hours."""
        begin = hour if self._free is None else max(hour, self._free[0])
        if self._shifts is None:
            end = begin + work_hours
        else:
            begin, end = self._on_shift(self._shifts, begin, work_hours)
        if self._free is not None:
            heapreplace(self._free, end)
        return begin, end

    def _on_shift(self, shifts: Shifts, hour: float, work_hours: float) -> tuple[float, float]:
        """Begin in the first shift there is, and work on through as many as it takes."""
        first = self._start_of_week + shifts.begin_hour
        day = floor((hour - first) / DAY)
        begin, left = None, work_hours
        while True:
            opens = first + day * DAY
            at = max(hour, opens)
            if day % 7 < shifts.days and at < opens + shifts.hours:
                begin = at if begin is None else begin
                if left <= opens + shifts.hours - at:
                    return begin, at + left
                left -= opens + shifts.hours - at
            day += 1


class Stock:
    """Spare parts: ordered when on hand and on order fall to the reorder point; claims are served in order.

    A claim that finds none on hand is promised the next part on order that is not promised yet, so that the hour it
    gets one is known when it asks. Deliveries arrive in the order in which they were ordered.
    """

    def __init__(self, luck: Luck, log: EventLog, cluster: int, name: str, parts: Parts) -> None:
        self._luck, self._cluster, self._name, self._parts = luck, cluster, name, parts
        self._write = log.writer(PartsChanged)
        self._on_hand = parts.stock
        self._arrivals: list[tuple[float, int]] = []
        self._orders = 0
        self._last_arrival = 0.0
        self._promised = 0

    def claim(self, hour: float) -> float:
        """Take a part: the hour at which the repair that claims it has one."""
        self.receive(hour)
        if self._on_hand - self._promised > 0:
            self._on_hand -= 1
            has = hour
            self._reorder(hour)
        else:
            self._promised += 1
            self._reorder(hour)
            has = self._promise()
        self._note(hour)
        return has

    def receive(self, hour: float) -> None:
        """Put on hand what has arrived by an hour."""
        while self._arrivals and self._arrivals[0][0] <= hour:
            arrived, count = heappop(self._arrivals)
            served = min(count, self._promised)
            self._promised -= served
            self._on_hand += count - served
            self._note(arrived)

    def _reorder(self, hour: float) -> None:
        parts = self._parts
        while self._on_hand + self._on_order - self._promised <= parts.reorder_point:
            lead = duration(self._luck, "repair.parts", self._name, self._orders, parts.lead_time)
            self._orders += 1
            self._last_arrival = max(self._last_arrival, hour + lead)
            heappush(self._arrivals, (self._last_arrival, parts.order))

    def _promise(self) -> float:
        """The hour at which the last of the promised parts arrives."""
        due = self._promised
        for arrives, count in sorted(self._arrivals):
            due -= count
            if due <= 0:
                return arrives
        raise AssertionError("a claim is promised a part that is not on order")

    @property
    def _on_order(self) -> int:
        return sum(count for _, count in self._arrivals)

    def _note(self, hour: float) -> None:
        self._write((hour, self._cluster, self._on_hand, self._on_order, self._promised))
