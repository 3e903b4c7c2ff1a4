"""A scenario that was drawn, and what its one run gave, for every law that is held against it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from walk import State, instants

from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours, account_gpu_hours
from simcluster.record.levels import Levels
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate
from simcluster.study.result import Result
from simcluster.study.run import Timings, settle


class Drawn:
    """A scenario, and what is found of it when a law first asks."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    @cached_property
    def log(self) -> EventLog:
        """The facts of the scenario's own seed."""
        return simulate(self.scenario, self.scenario.seed)

    @cached_property
    def result(self) -> Result:
        """The facts, the books and all else that `run` gives."""
        return settle(self.scenario, self.scenario.seed, self.log, Timings())

    @cached_property
    def levels(self) -> Levels:
        return Levels(self.scenario, self.log)

    @cached_property
    def gpu_hours(self) -> GpuHours:
        return account_gpu_hours(self.scenario, self.log, self.levels)

    @cached_property
    def instants(self) -> list[tuple[float, State]]:
        """Each instant of a plain walk through the facts, and the state from it on."""
        return [(hour, state.copy()) for hour, state in instants(self.scenario, self.log)]


Law = Callable[[Drawn], None]


def hold(laws: Iterable[Law], scenario: Scenario) -> Drawn:
    """Run a scenario once and hold every law against it; the law that is broken stands in the traceback."""
    drawn = Drawn(scenario)
    for law in laws:
        law(drawn)
    return drawn
