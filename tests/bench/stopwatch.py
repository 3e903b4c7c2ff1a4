"""How the benches measure: CPU of the engine alone, against plain code timed in the same breath, by the median.

The machine may be shared and its speed may drift, so that only ratios of neighbours in time mean anything: what is
compared runs by turns, and the ratio is taken round by round.
"""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

from simcluster.model.scenario import Scenario
from simcluster.record.events import NodeFailed
from simcluster.record.log import EventLog
from simcluster.sim.world import World


class Cost(NamedTuple):
    """CPU seconds of one run of the engine, and what it did."""

    seconds: float
    entries: int
    failures: int
    facts: int

    @property
    def per_entry(self) -> float:
        return self.seconds / self.entries

    @property
    def per_failure(self) -> float:
        return self.seconds / self.failures


def cpu_of(deed: Callable[[], object]) -> float:
    """CPU seconds of a deed."""
    began = time.process_time()
    deed()
    return time.process_time() - began


def world_of(scenario: Scenario, seed: int = 1) -> World:
    """A world that is about to begin."""
    world = World(scenario, seed, True)
    world.begin()
    return world


def engine(scenario: Scenario, seed: int = 1) -> tuple[Cost, EventLog]:
    """The cost of the engine over a scenario's whole time, and the facts; building the world is not counted."""
    world = world_of(scenario, seed)
    seconds = cpu_of(lambda: world.env.run(until=scenario.clock.horizon_hours))
    world.settle()
    log = world.log
    return Cost(seconds, world.env.entries_run, log.count(NodeFailed), log.total), log


def by_turns(rounds: int, *runs: Callable[[], float]) -> list[tuple[float, ...]]:
    """What each run returns, round by round."""
    return [tuple(run() for run in runs) for _ in range(rounds)]


def ratio(rounds: list[tuple[float, ...]], over: int, under: int) -> float:
    """The median over the rounds of one run against another."""
    return median(row[over] / row[under] for row in rounds)


def micros(rounds: list[tuple[float, ...]], k: int) -> float:
    """The median of a run, in microseconds."""
    return median(row[k] for row in rounds) * 1e6


class Timers:
    """What any event loop pays: timers on a heap, each popped, called, and pushed again at the hour it returns."""

    def __init__(self, count: int, gap: float, steps: int) -> None:
        luck = random.Random(1)  # noqa: S311
        self.hours = [luck.expovariate(1 / gap) for _ in range(count)]
        self.gaps = [luck.expovariate(1 / gap) for _ in range(steps)]

    def _timer(self) -> Callable[[float], float]:
        gaps = iter(self.gaps)
        return lambda hour: hour + next(gaps)

    def per_step(self) -> float:
        """CPU seconds a step, of timers (hour, number, callable)."""
        timer, pop, push = self._timer(), heapq.heappop, heapq.heappush
        heap = [(hour, number, timer) for number, hour in enumerate(self.hours)]
        heapq.heapify(heap)

        def run() -> None:
            for _ in self.gaps:
                hour, number, call = pop(heap)
                push(heap, (call(hour), number, call))

        return cpu_of(run) / len(self.gaps)

    def per_bare_step(self) -> float:
        """CPU seconds a step, of hours alone, which cannot say whose they are."""
        timer, pop, push = self._timer(), heapq.heappop, heapq.heappush
        heap = list(self.hours)
        heapq.heapify(heap)

        def run() -> None:
            for _ in self.gaps:
                push(heap, timer(pop(heap)))

        return cpu_of(run) / len(self.gaps)


class Silent(EventLog):
    """A log that keeps nothing."""

    def add(self, fact: object) -> None:
        """Keep nothing."""

    def writer(self, event: type) -> Callable[[object], None]:
        """A function that keeps nothing."""
        return self.add


def at_most(what: str, figure: float, limit: float, firm: bool = True) -> None:
    """Print a figure against its target; a `firm` target is asserted."""
    met = figure <= limit
    print(f"  {'target met' if met else 'target MISSED'}: {what} {figure:.2f}, at most {limit:g}")
    assert met or not firm


def at_least(what: str, figure: float, limit: float, firm: bool = True) -> None:
    """Print a figure against its target; a `firm` target is asserted."""
    met = figure >= limit
    print(f"  {'target met' if met else 'target MISSED'}: {what} {figure:.2f}, at least {limit:g}")
    assert met or not firm


def told(title: str, cost: Cost) -> str:
    """What a run did, for the reader."""
    facts = f"{cost.facts / cost.entries:.2f} facts an entry, {cost.facts / cost.failures:.1f} a failure"
    return f"\n{title}: {cost.entries:,} entries, {cost.failures:,} failures, {cost.seconds:.2f} s CPU; {facts}"
