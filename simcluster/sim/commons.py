"""What nodes share, and what happens to all of them at once: outages of racks, pods, feeds, storage; maintenance.

A node in an outage is dark. It is back when the last outage it is in has ended and its own repair, if it had one, is
done. Its clock stands meanwhile, so that its own failures keep their luck.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import gcd, inf

from simcluster.core.rng import PAGE, Luck
from simcluster.model.reliability import OF_A_NODE
from simcluster.model.repair import Maintenance
from simcluster.model.topology import DOMAINS
from simcluster.record.events import PLANNED, DomainFailed, DomainMended, NodeFailed
from simcluster.record.log import EventLog
from simcluster.sim.draws import duration
from simcluster.sim.failures import FailureCalendar, Jobs
from simcluster.sim.fleet import NOBODY
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.lots import Ticket
from simcluster.sim.tickets import Tickets
from simcluster.sim.wards import Ward
from simcluster.sim.workshop import Case


@dataclass(slots=True)
class Outage:
    """Nodes that went dark together, and why."""

    cause: int
    since: float
    nodes: Sequence[int]
    ticket: Ticket | None
    noticed: float
    seen: int = 0


class Darkness:
    """Takes nodes out together and brings them back; knows which outages last."""

    def __init__(self, env: KernelEnvironment, log: EventLog, calendar: FailureCalendar, jobs: Jobs) -> None:
        self.env, self.log, self.jobs = env, log, jobs
        self._calendar = calendar
        self._lasting: list[tuple[Ward, Outage]] = []

    def fall(self, hour: float, ward: Ward, outage: Outage) -> dict[int, list[int]]:
        """Nodes go dark; returns those that jobs lost, by owner."""
        self._lasting.append((ward, outage))
        lost: dict[int, list[int]] = {}
        for node in outage.nodes:
            ward.dark[node] = ward.dark.get(node, 0) + 1
            if ward.fleet.is_up(node):
                owner = self._take(hour, node, ward, outage)
                if owner != NOBODY:
                    lost.setdefault(owner, []).append(node)
        return lost

    def enter(self, hour: float, ward: Ward, nodes: Iterable[int]) -> None:
        """Nodes that enter service in an outage are dark at once."""
        for other, outage in self._lasting:
            if other is ward:
                for node in set(nodes) & set(outage.nodes):
                    if ward.fleet.is_up(node):
                        self._take(hour, node, ward, outage)

    def lift(self, hour: float, ward: Ward, outage: Outage, done: Case) -> None:
        """The outage ends: what is dark for no other reason is back."""
        self._lasting.remove((ward, outage))
        for node in outage.nodes:
            ward.dark[node] -= 1
            case = ward.workshop.cases.get(node)
            if case is not None and case.mended == inf and case.cause == outage.cause and case.failed >= outage.since:
                self._copy(case, done, hour)
            if not ward.dark[node]:
                del ward.dark[node]
                if case is not None and case.waits:
                    self._calendar.put_back(hour, node, ward, case)

    def split(self, ward: Ward, outage: Outage, kept: int) -> Outage:
        """Divide an outage, so that its first nodes may come back before the others; returns that of the others."""
        rest = replace(outage, nodes=outage.nodes[kept:])
        outage.nodes = outage.nodes[:kept]
        self._lasting.append((ward, rest))
        return rest

    def _take(self, hour: float, node: int, ward: Ward, outage: Outage) -> int:
        lot = ward.lot_of(node)
        lot.pause(node - lot.first_node, hour)
        owner = ward.take_out(node)
        job = owner if owner < self.jobs.total else NOBODY
        if outage.cause != PLANNED:
            self.log.add(NodeFailed(hour, node, ward.number, outage.cause, job))
        case = ward.workshop.cases[node] = Case(outage.cause, hour, max(outage.noticed, hour), lot=lot)
        if outage.cause == PLANNED:
            case.automatic = case.part = case.begun = hour
        outage.seen += 1
        return owner

    @staticmethod
    def _copy(case: Case, done: Case, hour: float) -> None:
        steps = ("detected", "automatic", "part", "begun")
        for step in steps:
            setattr(case, step, max(min(getattr(done, step), hour), case.failed))
        case.mended, case.waits = hour, True


class Commons:
    """The things of one cause and scope in one ward (or one site): each fails, is mended, and fails again."""

    def __init__(self, thing: int, scope: str, wards: list[Ward], tickets: Tickets, darkness: Darkness) -> None:
        self.thing = thing
        self.scope = scope
        self._wards, self._ward = wards, wards[0]
        self._tickets, self._darkness = tickets, darkness
        self._counts_nodes = tickets.threats[0].cause.counted in OF_A_NODE
        self._largest = len(self._ward.domain(scope, 0)) if scope in DOMAINS else 1
        self._lives = array("I", bytes(4 * max(self.count, 1)))
        self._begun: set[int] = set()
        self._out: dict[int, list[tuple[Ward, Outage]]] = {}
        self._fail_at = darkness.env.enlist(self._fail)

    @property
    def count(self) -> int:
        """How many there are."""
        return 1 if self.scope in ("storage", "site") else self._ward.domains(self.scope)

    def enter(self, hour: float, ward: Ward, nodes: range) -> None:
        """Nodes entered service: what they are the first to share begins its life."""
        if ward not in self._wards:
            return
        first = last = 0
        if self.scope in DOMAINS and self.scope != "site":
            size = ward.topology.nodes_in(self.scope, ward.size)
            first, last = ((node - ward.first_node) // size for node in (nodes.start, nodes.stop - 1))
        for domain in range(first, last + 1):
            if domain not in self._begun:
                self._begun.add(domain)
                self._begin(hour, domain)

    def _begin(self, hour: float, domain: int) -> None:
        life = self._tickets.pages[self._lives[domain], domain // PAGE].lives[domain % PAGE]
        life *= self._fullness(domain)
        clock = self._ward.clockwork
        at = hour + life if clock is None else clock.hour(clock.read(hour) + life)
        self._darkness.env.plan(at, domain, self._fail_at)

    def _fullness(self, domain: int) -> float:
        """How many times the nodes of this domain a full one has, where the rate counts what nodes hold."""
        if not self._counts_nodes or self.scope == "site":
            return 1.0
        return self._largest / len(self._ward.domain(self.scope, domain))

    def _is_deserted(self, domain: int) -> bool:
        """Whether nodes were sold, and none is left of those that share the thing."""
        if not any(ward.sold for ward in self._wards):
            return False
        return not any(ward.is_there(node) for ward in self._wards for node in self._sharing(ward, domain))

    def _sharing(self, ward: Ward, domain: int) -> range:
        if self.scope == "storage":
            return range(ward.first_node, ward.first_node + ward.size)
        return ward.domain(self.scope, domain)

    def _fail(self, hour: float, domain: int, _: int) -> None:
        if self._is_deserted(domain):
            self._begun.discard(domain)
            return
        life = self._lives[domain]
        self._lives[domain] = life + 1
        ticket = (self._tickets.pages[life, domain // PAGE], domain % PAGE)
        cause = ticket[0].causes[ticket[1]]
        delay = self._ward.workshop.admit(hour, self.thing - domain, None, ticket)
        out: list[tuple[Ward, Outage]] = []
        lost: dict[int, list[int]] = {}
        seen = 0
        for ward in self._wards:
            nodes = range(0) if self.scope == "storage" else ward.domain(self.scope, domain)
            outage = Outage(cause, hour, nodes, ticket, hour + delay)
            lost |= self._darkness.fall(hour, ward, outage)
            out.append((ward, outage))
            seen += outage.seen
        self._out[domain] = out
        self._darkness.log.add(DomainFailed(hour, self._ward.number, cause, domain, seen))
        for owner, nodes_lost in sorted(lost.items()):
            self._darkness.jobs.strikes[owner](hour, tuple(nodes_lost), cause, delay)
        if self.scope == "storage":
            self._ward.queue.lose_storage(hour, cause, delay)

    def restore(self, hour: float, thing: int, case: Case) -> None:
        """The thing is mended: its nodes are back, and it begins another life."""
        domain = self.thing - thing
        del self._ward.workshop.cases[thing]
        mended = DomainMended(hour, self._ward.number, case.cause, domain, case.failed, case.begun)
        self._darkness.log.add(mended)
        for ward, outage in self._out.pop(domain):
            self._darkness.lift(hour, ward, outage, case)
        if self.scope == "storage":
            self._ward.queue.regain_storage(hour)
        self._begin(hour, domain)


class Rounds:
    """Planned maintenance: one rack, pod or building after another, each once a round.

    The order spreads a short stretch of windows evenly over the cluster (steps of the golden section).
    """

    def __init__(self, luck: Luck, ward: Ward, plan: Maintenance, darkness: Darkness) -> None:
        self._luck, self._ward, self._plan, self._darkness = luck, ward, plan, darkness
        self._out: dict[int, Outage] = {}
        self._begin_at, self._end_at = (darkness.env.enlist(deed) for deed in (self._begin, self._end))

    def start(self) -> None:
        """Plan the first window."""
        self._darkness.env.plan(self._plan.every, 0, self._begin_at)

    def _begin(self, hour: float, window: int, _: int) -> None:
        ward, env = self._ward, self._darkness.env
        env.plan(self._plan.every * (window + 2), window + 1, self._begin_at)
        domains = ward.domains(self._plan.domain)
        if not domains:
            return
        outage = Outage(PLANNED, hour, ward.domain(self._plan.domain, window * _stride(domains) % domains), None, hour)
        lost = self._darkness.fall(hour, ward, outage)
        self._out[window] = outage
        lasts = duration(self._luck, "maintenance.duration", ward.name, window, self._plan.duration)
        env.plan(hour + lasts, window, self._end_at)
        for owner, nodes in sorted(lost.items()):
            self._darkness.jobs.strikes[owner](hour, tuple(nodes), PLANNED, 0.0, planned=True)

    def _end(self, hour: float, window: int, _: int) -> None:
        outage = self._out.pop(window)
        began = outage.since
        done = Case(PLANNED, began, began, began, began, began)
        self._darkness.lift(hour, self._ward, outage, done)


def _stride(domains: int) -> int:
    """The step nearest below the golden section that visits each domain once a round."""
    return next(k for k in range(max(int(domains * 0.618), 1), 0, -1) if gcd(k, domains) == 1)
