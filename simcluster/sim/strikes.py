"""Interruptions in the hours a job computes: software, watchdogs, dependencies, and causes that run on busy hours."""

from __future__ import annotations

from math import inf

from simcluster.core.rng import PAGE, Luck
from simcluster.sim.plan import JobPlan
from simcluster.sim.tickets import Page, Tickets
from simcluster.sim.wards import Ward


class OwnStrikes:
    """The next strike of a job by a cause of its own: exponential in computing hours at the rate of its gang."""

    def __init__(self, luck: Luck, plan: JobPlan, ward: Ward) -> None:
        self._tickets = Tickets(luck, plan.name, "training", plan.own)
        self._ward = ward
        self._strikes = 0
        self._left = self._draw() if plan.own else inf

    def due(self, hour: float) -> float:
        """When the job is struck if it computes from an hour on."""
        if self._left == inf:
            return inf
        clock = self._ward.clockwork
        return hour + self._left if clock is None else clock.hour(clock.read(hour) + self._left)

    def expose(self, since: float, until: float) -> None:
        """Take a stretch of computing off the life that is left."""
        if self._left < inf:
            clock = self._ward.clockwork
            spent = until - since if clock is None else clock.read(until) - clock.read(since)
            self._left = max(self._left - spent, 0.0)

    def strike(self) -> tuple[Page, int]:
        """The ticket of the strike that is due; the next life begins."""
        ticket = self._tickets.page(0, self._strikes // PAGE), self._strikes % PAGE
        self._strikes += 1
        self._left = self._draw()
        return ticket

    def _draw(self) -> float:
        return self._tickets.page(0, self._strikes // PAGE).lives[self._strikes % PAGE]
