"""The workshop of a cluster: from a failure to the return of a node or of what nodes share.

Steps: noticed, a reset tried, a part awaited, a technician awaited, mended. Where a step's end is known when it is
asked for, no entry of the agenda is spent on it; with one step and detection that takes the same for all, the return is
foretold at the failure.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Protocol

from simcluster.core.calendar import Clock
from simcluster.core.rng import Luck
from simcluster.model.distributions import Fixed
from simcluster.model.reliability import Cause
from simcluster.model.repair import Repair
from simcluster.record.events import Mended, RepairEnded
from simcluster.record.log import EventLog
from simcluster.sim.crew import Crew, Stock
from simcluster.sim.kernel import KernelEnvironment

if TYPE_CHECKING:
    from simcluster.sim.lots import Lot, Ticket


GOOD = int(Mended.GOOD)


@dataclass(slots=True)
class Case:
    """A repair under way: its hours so far (infinite where not yet known) and how it will end.

    `waits` is set when it is done and only what the node shares with others keeps it out.
    """

    cause: int
    failed: float
    detected: float = inf
    automatic: float = inf
    part: float = inf
    begun: float = inf
    mended: float = inf
    outcome: int = GOOD
    ticket: Ticket | None = None
    lot: Lot | None = None
    waits: bool = False


class Restores(Protocol):
    """Called when a repair is done: (hour, thing, case)."""

    def __call__(self, hour: float, thing: int, case: Case) -> None:
        """Bring back what was mended."""


class Workshop:
    """Repairs of one cluster. A thing is a node by its number, or a shared thing by a number that `restore` knows."""

    def __init__(
        self,
        env: KernelEnvironment,
        luck: Luck,
        log: EventLog,
        number: int,
        name: str,
        repair: Repair,
        causes: tuple[Cause, ...],
        clock: Clock,
        restore: Restores,
    ) -> None:
        self._env, self._number, self._repair, self._causes = env, number, repair, causes
        self._restore = restore
        self._write = log.writer(RepairEnded)
        self.crew = Crew(repair.technicians, repair.shifts, clock)
        self._stock = Stock(luck, log, number, name, repair.parts) if repair.parts else None
        self._failures: dict[int, deque[float]] = {}
        self._bad: set[int] = set()
        self.cases: dict[int, Case] = {}
        self._diagnose_at, self._call_at, self._take_up_at, self._restore_at = (
            env.enlist(deed) for deed in (self._diagnose, self._call, self._take_up, self._done)
        )
        laws = {repair.detection, *(cause.detection for cause in causes if cause.detection is not None)}
        same = len(laws) == 1 and isinstance(repair.detection, Fixed)
        self.same_detection = repair.detection.duration if isinstance(repair.detection, Fixed) else 0.0
        one_step = not (repair.automatic or repair.parts or repair.retirement or repair.manual_false_success)
        self.foretells = same and one_step and all(_goes_straight_to_the_crew(cause) for cause in causes)

    def admit(self, hour: float, thing: int, lot: Lot | None, ticket: Ticket, noticed: bool = False) -> float:
        """A thing failed: begin its repair; returns the hours until that is noticed (0 if it is `noticed` already)."""
        page, k = ticket
        if self.foretells and not noticed:
            delay = self.same_detection
            detected = hour + delay
            begun, mended = self.crew.take_up(detected, page.repairs[k])
            self.cases[thing] = Case(
                page.causes[k], hour, detected, detected, detected, begun, mended, GOOD, ticket, lot
            )
            self._env.plan(mended, thing, self._restore_at)
            return delay
        delay = 0.0 if noticed else page.detections[k]
        self.cases[thing] = Case(page.causes[k], hour, hour + delay, ticket=ticket, lot=lot)
        self._env.plan(hour + delay, thing, self._diagnose_at)
        return delay

    def settle_at_horizon(self, hour: float, nodes: range) -> None:
        """Write down the repairs of nodes that are still under way, and what has arrived in stock."""
        if self._stock is not None:
            self._stock.receive(hour)
        for thing, case in sorted(self.cases.items()):
            if thing in nodes:
                steps = (case.failed, case.detected, case.automatic, case.part, case.begun, case.mended)
                hours = (min(step, hour) for step in steps)
                self._write((hour, thing, self._number, case.cause, *hours, Mended.UNDER_WAY))

    def _diagnose(self, hour: float, thing: int, _: int) -> None:
        """A failure is noticed: give the node up, mend it by itself, or try a reset before anyone comes."""
        case = self.cases[thing]
        assert case.ticket is not None
        page, k = case.ticket
        cause, automatic = self._causes[case.cause], self._repair.automatic
        if self._gives_up(hour, thing):
            case.automatic = case.part = case.begun = case.mended = hour
            case.outcome = Mended.RETIRED
            self.close(hour, thing, case)
        elif cause.remedy in ("reboot", "restart"):
            self._mend_by_itself(hour + page.repairs[k], thing, case)
        elif automatic is None or thing < 0 or thing in self._bad or cause.remedy == "return":
            case.automatic = hour
            self._call(hour, thing, 0)
        else:
            tried = hour + page.after("automatic", automatic.duration, k)
            if page.luck("succeeds")[k] < automatic.success:
                if page.luck("falsely")[k] < automatic.false_success:
                    case.outcome = Mended.STILL_BAD
                self._mend_by_itself(tried, thing, case)
            else:
                case.automatic = tried
                self._env.plan(tried, thing, self._call_at)

    def _mend_by_itself(self, hour: float, thing: int, case: Case) -> None:
        case.automatic = case.part = case.begun = case.mended = hour
        self._env.plan(hour, thing, self._restore_at)

    def _call(self, hour: float, thing: int, _: int) -> None:
        """A part and a technician are asked for."""
        case = self.cases[thing]
        takes_part = self._causes[case.cause].takes_part
        case.part = self._stock.claim(hour) if self._stock is not None and takes_part else hour
        if case.part > hour:
            self._env.plan(case.part, thing, self._take_up_at)
        else:
            self._take_up(hour, thing, 0)

    def _take_up(self, hour: float, thing: int, _: int) -> None:
        case = self.cases[thing]
        assert case.ticket is not None
        page, k = case.ticket
        if self._causes[case.cause].remedy == "return":
            case.begun, case.mended = hour, hour + page.repairs[k]
        else:
            case.begun, case.mended = self.crew.take_up(hour, page.repairs[k])
        if (
            self._repair.manual_false_success
            and thing >= 0
            and page.luck("by_hand")[k] < self._repair.manual_false_success
        ):
            case.outcome = Mended.STILL_BAD
        self._env.plan(case.mended, thing, self._restore_at)

    def _done(self, hour: float, thing: int, _: int) -> None:
        case = self.cases[thing]
        if case.outcome:
            self._bad.add(thing)
        elif self._bad:
            self._bad.discard(thing)
        self._restore(hour, thing, case)

    def close(self, hour: float, thing: int, case: Case) -> None:
        """A node is in service again, or given up."""
        del self.cases[thing]
        self._write(
            (
                hour,
                thing,
                self._number,
                case.cause,
                case.failed,
                case.detected,
                case.automatic,
                case.part,
                case.begun,
                case.mended,
                case.outcome,
            )
        )

    def _gives_up(self, hour: float, thing: int) -> bool:
        rule = self._repair.retirement
        if rule is None or thing < 0:
            return False
        seen = self._failures.setdefault(thing, deque())
        seen.append(hour)
        while seen[0] < hour - rule.window:
            seen.popleft()
        return len(seen) >= rule.failures


def _goes_straight_to_the_crew(cause: Cause) -> bool:
    return cause.scope == "job" or (cause.remedy == "swap" and not cause.silent and cause.slows is None)
