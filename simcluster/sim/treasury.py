"""The capex budget: each year's capital, committed by orders as they are placed; what does not fit waits a year."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from functools import partial

import simpy

from simcluster.model.scenario import Scenario
from simcluster.record.events import BudgetOpened, OrderPostponed
from simcluster.record.log import EventLog
from simcluster.sim.kernel import KernelEnvironment


@dataclass(frozen=True, slots=True)
class Request:
    """An order that waits for a budget with room for it."""

    order: int
    cost_usd: float
    granted: simpy.Event


class Treasury:
    """Budgets by calendar year; a year without one is not limited.

    When a year opens, waiting orders are served in the order in which they first asked, before that day's new ones; one
    that still does not fit waits another year and holds up none behind it.
    """

    def __init__(self, env: KernelEnvironment, log: EventLog, scenario: Scenario) -> None:
        self._env = env
        self._log = log
        self._clock = scenario.clock
        self._left_usd = {budget.year: budget.amount for budget in scenario.budgets}
        self._waiting: list[Request] = []

    def open_years(self) -> None:
        """Have each simulated year opened on its first day, ahead of all that is queued for that day later."""
        for year in range(self._clock.start.year, self._clock.end.year + 1):
            self._env.call_at(max(self._clock.hours(date(year, 1, 1)), 0.0), partial(self._open, year))

    def commit(self, order: int, cost_usd: float) -> Generator[simpy.Event, None, None]:
        """Wait until a year's budget holds the cost, and take it off."""
        if not self._take(cost_usd):
            request = Request(order, cost_usd, self._env.event())
            self._waiting.append(request)
            self._postpone(request)
            yield request.granted

    def _open(self, year: int) -> None:
        if year in self._left_usd:
            self._log.add(BudgetOpened(self._env.now, year, self._left_usd[year]))
        asked, self._waiting = self._waiting, []
        for request in asked:
            if self._take(request.cost_usd):
                request.granted.succeed()
            else:
                self._waiting.append(request)
                self._postpone(request)

    def _take(self, cost_usd: float) -> bool:
        year = self._clock.date(self._env.now).year
        if cost_usd > self._left_usd.get(year, cost_usd):
            return False
        if year in self._left_usd:
            self._left_usd[year] -= cost_usd
        return True

    def _postpone(self, request: Request) -> None:
        self._log.add(OrderPostponed(self._env.now, request.order, request.cost_usd))
