"""Interruptions in the hours a job computes: software, watchdogs, dependencies, and causes that run on busy hours."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from simcluster.core.rng import PAGE, Luck
from simcluster.sim.busy import BusyNodes
from simcluster.sim.lots import Ticket
from simcluster.sim.plan import JobPlan
from simcluster.sim.tickets import Tickets
from simcluster.sim.wards import Oddity, Ward

BreakNode = Callable[[float, int, Ticket], None]
"""Called with (hour, node, ticket) when a node of a job fails by a cause on busy hours."""


FindFault = Callable[[float, Oddity], None]
"""Called with (hour, oddity) when a job's last evaluation finds what corrupted its state."""


def nothing(*_: object) -> None:
    """Break no node."""


class OwnStrikes:
    """The next strike in the hours a job computes: by a cause of its own, or by one that ages its nodes.

    Its own causes are exponential in computing hours at the rate of its gang. Where nodes age in those hours, `nodes`
    keeps them by what the job's clock shows.
    """

    def __init__(self, luck: Luck, plan: JobPlan, ward: Ward) -> None:
        self._tickets = Tickets(luck, plan.name, "training", plan.own)
        self._ward = ward
        self._strikes = 0
        self._left = self._draw() if plan.own else inf
        self.nodes = BusyNodes(ward) if ward.ages_busily else None
        self.can_strike = bool(plan.own) or self.nodes is not None

    def due(self, hour: float) -> float:
        """When the job is struck if it computes from an hour on."""
        left = self._hours_left()
        if left == inf:
            return inf
        clock = self._ward.clockwork
        return hour + left if clock is None else clock.hour(clock.read(hour) + left)

    def _hours_left(self) -> float:
        if self.nodes is None:
            return self._left
        return min(self._left, max(self.nodes.first_due() - self.nodes.clock, 0.0))

    def expose(self, since: float, until: float) -> None:
        """Take a stretch of computing off the life that is left."""
        clock = self._ward.clockwork
        spent = until - since if clock is None else clock.read(until) - clock.read(since)
        self._left = max(self._left - spent, 0.0)
        if self.nodes is not None:
            self.nodes.clock += spent

    def strike(self) -> tuple[Ticket, int]:
        """The ticket of the strike that is due, and the node it strikes (-1: not decided); the next life begins."""
        if self.nodes is not None and self.nodes.first_due() - self.nodes.clock < self._left:
            node, aged = self.nodes.strike()
            return aged, node
        ticket = self._tickets.pages[0, self._strikes // PAGE], self._strikes % PAGE
        self._strikes += 1
        self._left = self._draw()
        return ticket, -1

    def _draw(self) -> float:
        return self._tickets.pages[0, self._strikes // PAGE].lives[self._strikes % PAGE]
