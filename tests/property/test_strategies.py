from contextlib import suppress

from hypothesis import Phase, given, settings
from strategies import Document, constructions, documents, eventful, validated
from strategies_halls import called_for
from strategies_power import oversubscribed, with_power
from strategies_sales import perhaps_sold

from simcluster.model.scenario import Scenario
from simcluster.record.events import (
    EVENTS,
    HallTested,
    Held,
    JobHeld,
    JobInterrupted,
    NodesQueued,
    NodesSold,
    RetrofitStarted,
    TaskCancelled,
)
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate


class _AllMet(Exception):  # noqa: N818 # no error: it ends the drawing
    """Nothing is left to be met."""


def test_generated_scenarios_meet_every_kind_of_fact_so_that_no_law_is_kept_by_silence() -> None:
    named = {event.__name__ for event in EVENTS} | {"a test passed", "a test failed", "a team was waited for"}
    named |= {"cancelled at work", "cancelled before it began", "refitted on a day", "refitted on demand"}
    named |= {"sold on the day", "sold later"}
    named |= {"waits for a hall", "waits for power", "struck by a node", "struck by its own cause"}
    named |= {f"held: {state.name}" for state in Held}
    met: set[str] = set()

    kinds = (
        (perhaps_sold(eventful()), 20),
        (oversubscribed(eventful()), 10),
        (with_power(documents()), 60),
        (constructions(), 40),
        (documents().map(called_for), 120),
        (eventful(), 60),
        (documents(), 80),
    )
    for strategy, examples in kinds:

        @settings(max_examples=examples, phases=[Phase.generate])
        @given(strategy)
        def collect(document: Document) -> None:
            scenario = validated(document)
            assert scenario.clock.horizon_hours <= 120 * 24
            log = simulate(scenario, scenario.seed)
            met.update(_met(log) | _retrofits(scenario, log) | _sales(scenario, log))
            if met >= named:
                raise _AllMet

        with suppress(_AllMet):
            collect()
        if met >= named:
            break
    assert met >= named, named - met


def _retrofits(scenario: Scenario, log: EventLog) -> set[str]:
    """How the retrofits of a run came to begin."""
    begun = [scenario.sites[f.site].halls[f.hall].retrofits[f.retrofit] for f in log.rows(RetrofitStarted)]
    return {f"refitted on {'a day' if row.start else 'demand'}" for row in begun}


def _sales(scenario: Scenario, log: EventLog) -> set[str]:
    """When nodes were sold: on the day of the sale, or when they came free."""
    due = [scenario.clock.hours(sale.date) for sale in scenario.sales]
    return {f"sold {'later' if f.hour > due[f.sale] else 'on the day'}" for f in log.rows(NodesSold)}


def _met(log: EventLog) -> set[str]:
    """Which kinds of fact a run recorded, and which of their rarer forms."""
    met = {event.__name__ for event in EVENTS if log.count(event)}
    met |= {f"held: {Held(fact.state).name}" for fact in log.rows(JobHeld)}
    for test in log.rows(HallTested):
        met |= {"a test passed" if test.passed else "a test failed"}
        met |= {"a team was waited for"} if test.started_hour > test.ready_hour else set()
    met |= {"cancelled at work" if f.progress else "cancelled before it began" for f in log.rows(TaskCancelled)}
    for fact in log.rows(NodesQueued):
        met |= {"waits for a hall"} if fact.waiting_hall else set()
        met |= {"waits for power"} if fact.waiting_power else set()
    return met | {f"struck by {'a node' if f.node >= 0 else 'its own cause'}" for f in log.rows(JobInterrupted)}
