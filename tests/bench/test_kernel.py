"""What the kernel alone costs an entry, with deeds that only plan the next, and what a whole simulation costs."""

from pathlib import Path
from statistics import median

import pytest
import stopwatch as watch

from simcluster.model.load import load
from simcluster.sim.kernel import KernelEnvironment

pytestmark = pytest.mark.bench
META = Path(__file__).parents[2] / "scenarios" / "meta_2024.toml"
NODES, GAP, STEPS, ROUNDS = 12_500, 1600.0, 70_000, 7


def kernel_alone(timers: watch.Timers) -> tuple[float, int]:
    """CPU seconds an entry of timers on the agenda, and how many ran."""
    env, gaps = KernelEnvironment(), iter(timers.gaps)
    horizon = GAP * STEPS / NODES / 2  # half of the gaps, so that they do not run out

    def ring(hour: float, number: int, detail: int) -> None:
        env.plan(hour + next(gaps), number, deed)

    deed = env.enlist(ring)
    for number, hour in enumerate(timers.hours):
        env.plan(hour, number, deed)
    seconds = watch.cpu_of(lambda: env.run(until=horizon))
    return seconds / env.entries_run, env.entries_run


def test_the_agenda_costs_little_more_than_a_heap() -> None:
    timers = watch.Timers(NODES, GAP, STEPS)
    rounds = watch.by_turns(ROUNDS, lambda: kernel_alone(timers)[0], timers.per_step)
    print(f"\n{watch.micros(rounds, 0):.2f} us an entry of the agenda, {watch.micros(rounds, 1):.2f} us of a bare heap")
    watch.at_most("the agenda against a heap", watch.ratio(rounds, 0, 1), 2.0)
    assert kernel_alone(timers)[1] == pytest.approx(STEPS / 2, rel=0.02)


def test_a_simulation_of_the_declared_scenario() -> None:
    scenario = load(META)[0]
    runs = [watch.engine(scenario)[0] for _ in range(3)]
    print(watch.told("meta_2024", runs[0]))
    print(f"  {median(run.per_entry for run in runs) * 1e6:.1f} us an entry")
    assert len({(run.entries, run.failures, run.facts) for run in runs}) == 1
    assert runs[0].entries > 100_000
