"""What a failure costs: per entry of the calendar against a bare heap, with recording, with every feature on."""

import lab
import pytest
import stopwatch as watch

from simcluster.model.scenario import Scenario
from simcluster.record import events
from simcluster.record.events import Held, JobHeld, Mended, NodeFailed, RepairEnded
from simcluster.record.log import EventLog

pytestmark = pytest.mark.bench
ROUNDS = 7
FACTS_OF_A_FAILURE = 5.0
"""It failed, was mended, the job was interrupted, noticed it, restarted; and computed, if it did."""

WITH_EVERYTHING = (
    events.DomainFailed,
    events.LemonCured,
    events.NodeBlamed,
    events.NodeSlowed,
    events.PartsChanged,
    events.ReplicasChanged,
    events.RestartFailed,
    events.StandbysChanged,
    events.StateCorrupted,
)


@pytest.fixture(scope="module")
def base() -> Scenario:
    return lab.scenario(lab.base())


def per_entry(scenario: Scenario) -> float:
    return watch.engine(scenario)[0].per_entry


def test_an_entry_costs_at_most_four_times_a_pop_a_call_and_a_push(base: Scenario) -> None:
    cost, _ = watch.engine(base)
    gap = lab.NODES_OF_100K * base.clock.horizon_hours / cost.entries
    timers = watch.Timers(lab.NODES_OF_100K, gap, cost.entries)
    rounds = watch.by_turns(ROUNDS, lambda: per_entry(base), timers.per_step, timers.per_bare_step)
    ours, timer, bare = (watch.micros(rounds, k) for k in range(3))
    print(watch.told("base", cost))
    print(f"  {ours:.2f} us an entry; a timer (hour, number, callable) {timer:.2f} us, a bare hour {bare:.2f} us")
    print(f"  against bare hours {watch.ratio(rounds, 0, 2):.1f} times")
    watch.at_most("an entry against a timer", watch.ratio(rounds, 0, 1), 4.0, firm=False)
    assert cost.failures > 15_000
    assert cost.facts / cost.failures > FACTS_OF_A_FAILURE


def test_recording_costs_at_most_half_of_the_run(base: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    cost, _ = watch.engine(base)
    unheard = []

    def silent() -> float:
        with monkeypatch.context() as patch:
            patch.setattr(EventLog, "add", watch.Silent.add)
            patch.setattr(EventLog, "writer", watch.Silent.writer)
            silenced, log = watch.engine(base)
        unheard.append((silenced.entries, log.total))
        return silenced.seconds / silenced.entries

    rounds = watch.by_turns(ROUNDS, lambda: per_entry(base), silent)
    print(watch.told("recording", cost))
    print(f"  {watch.micros(rounds, 0):.2f} us an entry with and {watch.micros(rounds, 1):.2f} us without")
    watch.at_most("recording against none", watch.ratio(rounds, 0, 1), 1.5)
    assert set(unheard) == {(cost.entries, 0)}


def test_every_feature_on_costs_at_most_four_times_the_base(base: Scenario) -> None:
    full = lab.scenario(lab.everything())
    plain, _ = watch.engine(base)
    rich, log = watch.engine(full)
    rounds = watch.by_turns(3, lambda: per_entry(base), lambda: per_entry(full))
    print(watch.told("base", plain), watch.told("every feature on", rich))
    print(f"  {watch.micros(rounds, 0):.1f} and {watch.micros(rounds, 1):.1f} us an entry")
    entry = watch.ratio(rounds, 1, 0)
    failure = entry * (rich.entries / rich.failures) / (plain.entries / plain.failures)
    watch.at_most("an entry against the base's", entry, 4.0, firm=False)
    watch.at_most("a failure against the base's", failure, 4.0, firm=False)
    struck = set(log.columns(NodeFailed)["cause"].tolist())
    nodes = {k for k, cause in enumerate(full.causes) if cause.scope not in ("job", "storage")}
    assert struck == nodes
    assert all(log.count(fact) for fact in WITH_EVERYTHING)
    assert {*Mended} == set(log.columns(RepairEnded)["outcome"].tolist())
    assert {*Held} == set(log.columns(JobHeld)["state"].tolist())
    assert rich.failures == pytest.approx(plain.failures, rel=0.25)


def test_the_checkpoint_interval_costs_nothing(base: Scenario) -> None:
    rare = lab.scenario(lab.base(interval="4 hours"))
    often, _ = watch.engine(base)
    seldom, _ = watch.engine(rare)
    rounds = watch.by_turns(ROUNDS, lambda: per_entry(base), lambda: per_entry(rare))
    figure = watch.ratio(rounds, 0, 1)
    print(f"\n5 min: {often.entries:,} entries, {watch.micros(rounds, 0):.2f} us each")
    print(f"4 hours: {seldom.entries:,} entries, {watch.micros(rounds, 1):.2f} us each")
    watch.at_most("48 times the checkpoints against few", figure, 1.2)
    watch.at_least("48 times the checkpoints against few", figure, 1 / 1.2)
    assert often.entries == seldom.entries
