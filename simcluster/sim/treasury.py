"""The capex budget: each year's capital, committed by orders as they are placed; what does not fit waits a year."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date

import simpy

from simcluster.model.scenario import Scenario
from simcluster.record.events import BudgetOpened, OrderPostponed
from simcluster.record.log import EventLog
from simcluster.sim.kernel import KernelEnvironment


class Treasury:
    """Budgets by calendar year; a year without one is not limited."""

    def __init__(self, env: KernelEnvironment, log: EventLog, scenario: Scenario) -> None:
        self._env = env
        self._log = log
        self._clock = scenario.clock
        self._left_usd = {budget.year: budget.amount for budget in scenario.budgets}

    def open_years(self) -> Generator[simpy.Event, None, None]:
        """The SimPy process: record each year's budget as it opens."""
        for year in sorted(self._left_usd):
            opens = self._hours_of_year(year)
            if opens >= 0 or year == self._clock.start.year:
                yield self._env.timeout(max(opens - self._env.now, 0.0))
                self._log.add(BudgetOpened(self._env.now, year, self._left_usd[year]))

    def commit(self, order: int, cost_usd: float) -> Generator[simpy.Event, None, None]:
        """Wait until a year's budget holds the cost, then take it off."""
        while True:
            year = self._clock.date(self._env.now).year
            if cost_usd <= self._left_usd.get(year, cost_usd):
                break
            self._log.add(OrderPostponed(self._env.now, order, cost_usd))
            yield self._env.timeout(self._hours_of_year(year + 1) - self._env.now)
        if year in self._left_usd:
            self._left_usd[year] -= cost_usd

    def _hours_of_year(self, year: int) -> float:
        return self._clock.hours(date(year, 1, 1))
