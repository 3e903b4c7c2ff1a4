"""What a failure costs: events per second of a whole simulation, and against a bare heap of as many timers."""

import heapq
import random
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
from simcluster.sim.fates import Fates

from simcluster.core.rng import Luck
from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.events import NodeFailed
from simcluster.record.log import EventLog
from simcluster.sim.failures import FailureCalendar, Lot, Ward
from simcluster.sim.fleet import Fleet
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.queue import ClusterQueue
from simcluster.sim.run import simulate

pytestmark = pytest.mark.bench
META = Path(__file__).parents[2] / "scenarios" / "meta_2024.toml"
ROUNDS, NODES, HORIZON = 5, 13_000, 26_304.0


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(META)[0]


def cpu_of(deed: Callable[[], int]) -> tuple[float, int]:
    """CPU seconds of a deed and the events it counted."""
    began = time.process_time()
    events = deed()
    return time.process_time() - began, events


def whole_run(scenario: Scenario) -> int:
    """Entries of the failure calendar in a simulation: a failure and a return each."""
    return 2 * simulate(scenario, 1).count(NodeFailed)


def calendar_alone(scenario: Scenario) -> int:
    """The failure calendar over one large cluster, no jobs."""
    env, log, cluster = KernelEnvironment(), EventLog(), scenario.cluster_index["campus_100k"]
    ward = Ward(cluster, scenario.clusters[cluster], ClusterQueue(Fleet(0, NODES)))
    lot = Lot(ward, Fates(Luck(1), "campus", scenario.failures_of(cluster)), 0, NODES)
    calendar = FailureCalendar(env, log, HORIZON, lambda *_: None)
    for node in range(NODES):
        ward.fleet.put_up(node)
    calendar.enter(lot, 0, NODES)
    env.process(calendar.walk())
    env.run(until=HORIZON)
    return 2 * log.count(NodeFailed)


def bare_heap(timers: list[float], events: int, gap: float) -> int:
    """Pop, call, push on a heap of as many timers: what any event loop pays."""
    heap = list(timers)
    heapq.heapify(heap)
    counted = 0

    def call(hour: float) -> float:
        nonlocal counted
        counted += 1
        return hour + gap

    for _ in range(events):
        heapq.heappush(heap, call(heapq.heappop(heap)))
    return counted


def test_events_per_second_of_a_whole_simulation(scenario: Scenario) -> None:
    runs = [cpu_of(lambda: whole_run(scenario)) for _ in range(3)]
    seconds, events = median(cpu for cpu, _ in runs), runs[0][1]
    print(f"\nsimulate(meta_2024): {events:,} calendar entries, {seconds:.2f} s CPU, {events / seconds:,.0f} a second")
    assert {count for _, count in runs} == {events}
    assert events > 100_000


def test_cost_of_a_calendar_entry_against_a_bare_heap(scenario: Scenario) -> None:
    luck = random.Random(1)  # noqa: S311
    timers = [luck.uniform(0, HORIZON) for _ in range(NODES)]
    calendar, bare = [], []
    events = calendar_alone(scenario)
    for _ in range(ROUNDS):
        calendar.append(cpu_of(lambda: calendar_alone(scenario)))
        bare.append(cpu_of(lambda: bare_heap(timers, events, HORIZON)))
    ours, theirs = (median(cpu for cpu, _ in rows) / events * 1e6 for rows in (calendar, bare))
    print(f"\n{events:,} entries: calendar {ours:.2f} us each, bare heap {theirs:.2f} us, ratio {ours / theirs:.1f}")
    assert {count for _, count in calendar} == {events} == {count for _, count in bare}
    assert events > 50_000
