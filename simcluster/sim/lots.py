"""Lots: nodes declared together, and the clock of each node's next failure.

Two kinds. A `SteadyLot` has constant rates and nothing else that takes its nodes down: the next failure is an
exponential life from the last return on. A `WornLot` keeps each node's age in powered hours, on the cluster's clock,
and for each cause that ages the age at which it strikes next, so that a failure, an outage or maintenance renews
nothing but what it mends (redrawing all lives at each failure is wrong for every law but the exponential).
"""

from __future__ import annotations

from array import array
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from simcluster.core.rng import PAGE, Luck
from simcluster.model.distributions import Exponential
from simcluster.model.reliability import Lemons
from simcluster.sim.tickets import Page, Tickets

if TYPE_CHECKING:
    from simcluster.sim.wards import Ward

MEANS_REMEMBERED = 30.0
"""After so many mean lives a renewal process has forgotten when it began; older nodes are taken to be that old."""

Ticket = tuple[Page, int]
"""A page and the place on it."""


class SteadyLot:
    """Nodes under constant rates that go out only by their own failures."""

    steady = True
    __slots__ = ("first_node", "harmless", "leaf", "lives", "name", "number", "pages", "size", "ward")

    def __init__(self, number: int, name: str, ward: Ward, first_node: int, size: int, tickets: Tickets) -> None:
        self.number, self.name, self.ward = number, name, ward
        self.first_node, self.size = first_node, size
        self.pages, self.leaf = tickets.pages, tickets.leaf
        self.lives = array("I", bytes(4 * size))
        self.harmless = tickets.rate_per_hour == 0

    def is_due(self, place: int, hour: float) -> bool:
        """Whether a failure planned for an hour still stands: always."""
        return True

    def enter(self, place: int, hour: float) -> float:
        """The hour of the first failure of a node that enters service."""
        return self.resume(place, hour)

    def resume(self, place: int, hour: float) -> float:
        """The hour of the next failure of a node that returned."""
        return hour + self.pages[self.lives[place], place // self.leaf].lives[place % self.leaf]

    def strike(self, place: int, hour: float) -> Ticket:
        """The ticket of the failure that ends the node's life now."""
        life = self.lives[place]
        self.lives[place] = life + 1
        return self.pages[life, place // self.leaf], place % self.leaf

    def pause(self, place: int, hour: float) -> None:
        """A node went out by something else: nothing to keep, as constant rates forget."""


class Strand:
    """One way in which the nodes of a lot fail: causes of constant rates together, or one cause that ages.

    A node has `parts` of what the law counts (8 GPUs, 8 links), each with its own age.
    """

    __slots__ = ("_worn", "ages", "due", "lives", "parts", "tickets")

    def __init__(self, tickets: Tickets, size: int, parts: int = 1) -> None:
        self.tickets = tickets
        self.ages = not isinstance(tickets.law, Exponential)
        self._worn: dict[int, tuple[list[float], list[int]]] = {}
        self.parts = parts
        self.due = array("d", [inf]) * (size * parts)
        self.lives = array("I", bytes(4 * size * parts))

    def begin(self, place: int, worn_hours: float) -> None:
        """Set when each part of a node strikes first; for `worn_hours` before that it was renewed as it failed."""
        leaf = self.tickets.leaf
        for part in range(place * self.parts, (place + 1) * self.parts):
            if worn_hours > 0 and self.ages:
                left, lives = self._renewed(part // leaf, worn_hours)
                self.due[part], self.lives[part] = left[part % leaf], lives[part % leaf]
            else:
                self.due[part] = self.tickets.pages[0, part // leaf].lives[part % leaf]

    def _renewed(self, number: int, worn_hours: float) -> tuple[list[float], list[int]]:
        """Hours left, and lives gone by, of the parts of one leaf after so many hours; drawn for all at once."""
        if number not in self._worn:
            law, tickets = self.tickets.law, self.tickets
            worn = min(worn_hours, MEANS_REMEMBERED * law.mean_hours)
            lived = law.quantile(tickets.uniforms("life", 0, number))
            lives = np.zeros(len(lived), np.int64)
            while (short := lived <= worn).any():
                lives[short] += 1
                lived[short] += law.quantile(tickets.uniforms("life", int(lives.max()), number))[short]
            self._worn[number] = ((lived - worn).tolist(), lives.tolist())
        return self._worn[number]

    def first_due(self, place: int) -> tuple[float, int]:
        """The age at which a node is struck next, and the part that strikes."""
        if self.parts == 1:
            return self.due[place], place
        first = place * self.parts
        dues = self.due[first : first + self.parts]
        due = min(dues)
        return due, first + dues.index(due)

    def renew(self, part: int, age_hours: float, speed_up: float) -> Ticket:
        """The ticket of a part that strikes now; the part that takes its place begins its life."""
        life = self.lives[part]
        self.lives[part] = life + 1
        leaf = self.tickets.leaf
        following = self.tickets.pages[life + 1, part // leaf].lives[part % leaf]
        self.due[part] = age_hours + following / speed_up
        return self.tickets.pages[life, part // leaf], part % leaf


class WornLot:
    """Nodes that age, or that something else may take down; see the module."""

    steady = False

    def __init__(
        self,
        number: int,
        name: str,
        ward: Ward,
        first_node: int,
        size: int,
        strands: list[Strand],
        busy: list[Strand],
        luck: Luck,
        lemons: Lemons | None,
        worn_hours: float,
        relapse_hours: float,
    ) -> None:
        self.number, self.name, self.ward = number, name, ward
        self.first_node, self.size = first_node, size
        self.harmless = not strands
        self._strands, self._busy = strands, busy
        self._busy_age = array("d", bytes(8 * size))
        self._luck = luck
        self._worn_hours = worn_hours
        self._age = array("d", bytes(8 * size))
        self._since = array("d", bytes(8 * size))
        self._armed = array("d", [inf]) * size
        self._lemons = lemons
        self._lemon = self._draw_lemons(size)
        self._relapse_law = Exponential.model_construct(mean=relapse_hours)
        self._relapse_tickets: dict[int, Tickets] = {}
        self._relapses: dict[int, tuple[float, Ticket]] = {}
        self._relapse_counts: dict[int, int] = {}

    def _draw_lemons(self, size: int) -> bytearray:
        if self._lemons is None:
            return bytearray(size)
        luck = self._luck.stream("failures.lemon", self.name).block(0, size)
        return bytearray((luck < self._lemons.fraction).astype(np.uint8).tobytes())

    def is_due(self, place: int, hour: float) -> bool:
        """Whether a failure planned for an hour still stands."""
        return self._armed[place] == hour

    def enter(self, place: int, hour: float) -> float:
        """The hour of the first failure of a node that enters service."""
        for strand in (*self._strands, *self._busy):
            strand.begin(place, self._worn_hours if strand in self._strands else 0.0)
            if self._lemon[place] and self._lemons:
                for part in range(place * strand.parts, (place + 1) * strand.parts):
                    strand.due[part] /= self._lemons.multiple
        return self.resume(place, hour)

    def resume(self, place: int, hour: float) -> float:
        """The hour of the next failure of a node that returned, at the age at which it went out."""
        clock = self.ward.clockwork
        now = hour if clock is None else clock.read(hour)
        self._since[place] = now
        due, _, _ = _first(self._strands, place)
        if self._relapses and place in self._relapses:
            due = min(due, self._relapses[place][0])
        at = now + max(due - self._age[place], 0.0)
        self._armed[place] = armed = at if clock is None or at == inf else max(clock.hour(at), hour)
        return armed

    def pause(self, place: int, hour: float) -> None:
        """A node went out: its clock stands."""
        clock = self.ward.clockwork
        self._age[place] += (hour if clock is None else clock.read(hour)) - self._since[place]
        self._armed[place] = inf

    def strike(self, place: int, hour: float) -> Ticket:
        """The ticket of what strikes now; the node's clock stands at its age."""
        self.pause(place, hour)
        relapse = self._relapses.pop(place, None) if self._relapses else None
        due, part, strand = _first(self._strands, place)
        if relapse is not None:
            if relapse[0] <= due:
                return relapse[1]
            self._relapses[place] = relapse
        return self._strands[strand].renew(part, self._age[place], self._speed_up(place))

    def busy_left(self, place: int) -> float:
        """Hours of computing until a node is struck by a cause that ages with them."""
        due, _, _ = _first(self._busy, place)
        return max(due - self._busy_age[place], 0.0)

    def grow_busy(self, place: int, hours: float) -> None:
        """A job computed on a node for so many hours, on the cluster's clock."""
        self._busy_age[place] += hours

    def strike_busy(self, place: int) -> Ticket:
        """The ticket of what strikes a node in the hours a job computes on it."""
        _, part, k = _first(self._busy, place)
        return self._busy[k].renew(part, self._busy_age[place], self._speed_up(place))

    def _speed_up(self, place: int) -> float:
        return self._lemons.multiple if self._lemons and self._lemon[place] else 1.0

    def stays_bad(self, place: int, ticket: Ticket) -> None:
        """A node is in service again and still bad: it fails once more, of the same cause, before long."""
        threat = ticket[0].threat(ticket[1])
        tickets = self._relapse_tickets.get(threat.number)
        if tickets is None:
            prefix = f"failures.relapse.{threat.cause.name}"
            tickets = Tickets(self._luck, self.name, prefix, [threat], self._relapse_law)
            self._relapse_tickets[threat.number] = tickets
        count = self._relapse_counts[place] = self._relapse_counts.get(place, -1) + 1
        page, k = tickets.pages[count, place // PAGE], place % PAGE
        self._relapses[place] = (self._age[place] + page.lives[k], (page, k))

    def cure(self, place: int, ticket: Ticket) -> bool:
        """Whether the repair of this ticket finds a lemon; it fails like any other node from its next life on."""
        if self._lemons is None or not self._lemon[place]:
            return False
        page, k = ticket
        if page.luck("cure")[k] >= self._lemons.cure:
            return False
        self._lemon[place] = 0
        for strands, age in ((self._strands, self._age[place]), (self._busy, self._busy_age[place])):
            for strand in strands:
                for part in range(place * strand.parts, (place + 1) * strand.parts):
                    strand.due[part] = age + (strand.due[part] - age) * self._lemons.multiple
        return True


def _first(strands: list[Strand], place: int) -> tuple[float, int, int]:
    """The age at which a node is struck next, the part that strikes, and the strand it belongs to."""
    due, part, of = inf, 0, 0
    for k, strand in enumerate(strands):
        strikes, its_part = strand.first_due(place)
        if strikes < due:
            due, part, of = strikes, its_part, k
    return due, part, of


Lot = SteadyLot | WornLot
