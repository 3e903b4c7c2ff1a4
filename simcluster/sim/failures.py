"""The failure calendar: when nodes fail, what that does to them and their jobs, and when they are back.

A failure or a return is one entry of the agenda; healthy nodes cost none. Lives and repairs are drawn by ticket
(`sim/tickets.py`), ages kept by lot (`sim/lots.py`), repairs done by the ward's workshop (`sim/workshop.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from simcluster.model.reliability import Cause
from simcluster.record.events import LemonCured, Mended, NodeBlamed, NodeFailed, NodeSlowed
from simcluster.record.log import EventLog
from simcluster.sim.fleet import NOBODY
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.lots import Lot, Ticket, WornLot
from simcluster.sim.short_way import ShortWay
from simcluster.sim.wards import Oddity, Ward
from simcluster.sim.workshop import Case


class Strike(Protocol):
    """How a job, or its standbys, suffer: the nodes lost, the cause, and the hours until that is noticed."""

    def __call__(
        self,
        hour: float,
        nodes: tuple[int, ...],
        cause: int,
        detection_hours: float,
        planned: bool = False,
    ) -> None:
        """Strike the owner of nodes."""


class Jobs(NamedTuple):
    """How the calendar reaches the jobs by number; `strikes` goes by owner, the jobs' standbys behind them."""

    total: int
    strikes: list[Strike]
    slow: Callable[[int], None]
    corrupt: Callable[[int], None]
    find: Callable[[int, float, Oddity], None]


class FailureCalendar:
    """Failures and returns of the nodes of all wards."""

    def __init__(self, env: KernelEnvironment, log: EventLog, causes: Sequence[Cause], jobs: Jobs) -> None:
        self._env, self._log, self._causes, self._jobs = env, log, causes, jobs
        self._write = log.writer(NodeFailed)
        self._strikes, self._total_jobs = jobs.strikes, jobs.total
        self._fail_at, self._notice_at, self._find_at = (
            env.enlist(deed) for deed in (self._fail, self._notice, self._find)
        )
        self._odd = frozenset(k for k, cause in enumerate(causes) if cause.silent or cause.slows is not None)
        self._finds: dict[tuple[int, float], Oddity] = {}
        self.lots: list[Lot] = []
        self.short_ways: dict[int, ShortWay] = {}

    def enter(self, lot: Lot, first: int, nodes: int) -> None:
        """Nodes of a lot, from place `first` on, entered service now."""
        if lot.harmless and lot.steady:
            return
        now = self._env.now
        short = self.short_ways.get(lot.ward.number)
        deed = self._fail_at if short is None else short.fail_at
        for place in range(first, first + nodes):
            self._env.plan(lot.enter(place, now), lot.first_node + place, deed, lot.number)

    def _fail(self, hour: float, node: int, lot_number: int) -> None:
        lot = self.lots[lot_number]
        place = node - lot.first_node
        if not lot.is_due(place, hour):
            return
        ticket = lot.strike(place, hour)
        if self._odd and ticket[0].causes[ticket[1]] in self._odd:
            self._go_odd(hour, node, lot, ticket)
        else:
            self.take_down(hour, node, lot, ticket)

    def take_down(self, hour: float, node: int, lot: Lot, ticket: Ticket, noticed: bool = False) -> None:
        """A node goes out of service; its clock stands already. If it is a job's, the job is struck."""
        ward = lot.ward
        if ward.misdiagnoses and not noticed and self._blame_another(hour, node, lot, ticket):
            return
        owner, cause = ward.take_out(node), ticket[0].causes[ticket[1]]
        self._write((hour, node, ward.number, cause, owner if owner < self._total_jobs else NOBODY))
        delay = ward.workshop.admit(hour, node, lot, ticket, noticed)
        if owner != NOBODY:
            slows = bool(self._odd) and self._causes[cause].slows is not None
            self._strikes[owner](hour, (node,), cause, delay, slows)

    def break_node(self, hour: float, node: int, ward: Ward, ticket: Ticket) -> None:
        """A node fails by a cause that runs in the hours a job computes; the job that drew it is struck."""
        lot = ward.lot_of(node)
        lot.pause(node - lot.first_node, hour)
        if ticket[0].causes[ticket[1]] in self._odd:
            self._go_odd(hour, node, lot, ticket)
        else:
            self.take_down(hour, node, lot, ticket)

    def put_back(self, hour: float, node: int, ward: Ward, case: Case) -> None:
        """A mended node enters service again, good or still bad."""
        lot = case.lot
        assert lot is not None
        place = node - lot.first_node
        if not lot.steady and isinstance(lot, WornLot) and case.ticket is not None:
            if case.outcome == Mended.STILL_BAD:
                lot.stays_bad(place, case.ticket)
            elif lot.cure(place, case.ticket):
                self._log.add(LemonCured(hour, node, ward.number))
        ward.workshop.close(hour, node, case)
        ward.fleet.put_up(node)
        self._env.plan(lot.resume(place, hour), node, self._fail_at, lot.number)
        ward.queue.serve()

    def _go_odd(self, hour: float, node: int, lot: Lot, ticket: Ticket) -> None:
        """A node slows or corrupts, and stays in service until that is noticed."""
        ward, (page, k) = lot.ward, ticket
        number, noticed = page.causes[k], hour + page.detections[k]
        cause, owner = self._causes[number], ward.fleet.owner_of(node)
        if node not in ward.slow and node not in ward.tainted:
            odd = self._finds[node, noticed] = Oddity(node, number, noticed, ticket, cause.slows or 1.0)
            if cause.slows is not None:
                ward.slow[node] = odd
                self._log.add(NodeSlowed(hour, node, ward.number, number, cause.slows, noticed))
                self._env.plan(noticed, node, self._notice_at, lot.number)
                if 0 <= owner < self._jobs.total:
                    self._jobs.slow(owner)
            else:
                ward.tainted[node] = odd
                self._env.plan(noticed, node, self._find_at, lot.number)
                if 0 <= owner < self._jobs.total:
                    self._jobs.corrupt(owner)
        self._env.plan(lot.resume(node - lot.first_node, hour), node, self._fail_at, lot.number)

    def _notice(self, hour: float, node: int, lot_number: int) -> None:
        """A straggler is noticed, and taken out."""
        lot = self.lots[lot_number]
        odd = self._finds.pop((node, hour))
        if lot.ward.slow.get(node) is odd:
            lot.pause(node - lot.first_node, hour)
            self.take_down(hour, node, lot, odd.ticket, noticed=True)

    def _find(self, hour: float, node: int, lot_number: int) -> None:
        """Silent corruption is found: its node is taken out, if still there, and the job it corrupted goes back."""
        lot = self.lots[lot_number]
        odd = self._finds.pop((node, hour), None)
        if odd is None:  # a job's last evaluation found it earlier
            return
        if lot.ward.tainted.get(node) is odd:
            lot.pause(node - lot.first_node, hour)
            self.take_down(hour, node, lot, odd.ticket, noticed=True)
        if odd.job != NOBODY:
            self._jobs.find(odd.job, hour, odd)

    def find_early(self, hour: float, ward: Ward, odd: Oddity) -> None:
        """An evaluation finds the node that corrupted a job's state before anything else does."""
        del self._finds[odd.node, odd.noticed]
        if ward.tainted.get(odd.node) is odd:
            lot = ward.lot_of(odd.node)
            lot.pause(odd.node - lot.first_node, hour)
            self.take_down(hour, odd.node, lot, odd.ticket, noticed=True)

    def _blame_another(self, hour: float, node: int, lot: Lot, ticket: Ticket) -> bool:
        """Misdiagnosis: a healthy node of the job is taken out, and the bad one stays and fails again before long."""
        ward, (page, k) = lot.ward, ticket
        job = ward.fleet.owner_of(node)
        members = ward.fleet.members(job) if 0 <= job < self._jobs.total else []
        if len(members) < 2 or page.luck("blames")[k] >= ward.misdiagnoses:
            return False
        chosen = int(page.luck("blamed")[k] * len(members))
        blamed = members[chosen] + ward.first_node
        if blamed == node:
            blamed = members[chosen - 1] + ward.first_node
        other = ward.lot_of(blamed)
        assert isinstance(lot, WornLot)
        other.pause(blamed - other.first_node, hour)
        lot.stays_bad(node - lot.first_node, ticket)
        self._env.plan(lot.resume(node - lot.first_node, hour), node, self._fail_at, lot.number)
        ward.take_out(blamed)
        self._log.add(NodeBlamed(hour, blamed, ward.number, node))
        self._write((hour, blamed, ward.number, page.causes[k], job))
        delay = ward.workshop.admit(hour, blamed, other, ticket)
        self._strikes[job](hour, (blamed,), page.causes[k], delay)
        return True
