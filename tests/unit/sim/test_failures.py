import random
from collections import Counter
from collections.abc import Callable, Generator
from datetime import date
from typing import Any

import numpy as np
import pytest
import simpy

from simcluster.core.calendar import Clock
from simcluster.core.rng import PAGE, Luck
from simcluster.model.reliability import FailureProfile
from simcluster.model.repair import AT_ONCE
from simcluster.model.scenario import Scenario
from simcluster.record.events import JobInterrupted, Mended, NodeFailed, RepairEnded
from simcluster.sim.crew import Crew
from simcluster.sim.run import simulate
from simcluster.sim.tickets import Page, Threat, Tickets

CLOCK = Clock(date(2024, 1, 1), date(2024, 12, 31))

PROFILE = FailureProfile.model_validate(
    {
        "causes": [
            {"name": "rare", "title": "", "scope": "node", "rate": "0.01 / day", "repair": "3 hours"},
            {"name": "own", "title": "", "scope": "job", "per": "node", "rate": "0.5 / day", "repair": "1 hour"},
            {"name": "often", "title": "", "scope": "node", "rate": "0.03 / day", "repair": "5 hours"},
        ]
    }
)


def plain_queue(crew: int, repairs: list[tuple[float, float]]) -> list[float]:
    """When each repair is taken up by a crew, by an engine that keeps the queue."""
    env = simpy.Environment()
    technicians = simpy.Resource(env, crew)
    taken_up = [0.0] * len(repairs)

    def mend(k: int, arrives: float, hours: float) -> Generator[simpy.Event, None, None]:
        yield env.timeout(arrives)
        with technicians.request() as request:
            yield request
            taken_up[k] = env.now
            yield env.timeout(hours)

    for k, (arrives, hours) in enumerate(repairs):
        env.process(mend(k, arrives, hours))
    env.run()
    return taken_up


@pytest.mark.parametrize("crew", [1, 2, 5])
def test_a_crew_takes_up_repairs_first_come_first_served(crew: int) -> None:
    technicians = Crew(crew, None, CLOCK)
    luck = random.Random(crew)  # noqa: S311
    arrivals = sorted(luck.uniform(0, 500) for _ in range(400))
    repairs = [(at, luck.expovariate(1 / (1.1 * crew))) for at in arrivals]
    spans = [technicians.take_up(at, hours) for at, hours in repairs]
    assert [begin for begin, _ in spans] == pytest.approx(plain_queue(crew, repairs))
    assert [end - begin for begin, end in spans] == pytest.approx([hours for _, hours in repairs])
    waited = sum(begin > at for (begin, _), (at, _) in zip(spans, repairs, strict=True))
    assert waited > 50, "hardly anyone waited"


def test_without_a_crew_nobody_waits() -> None:
    assert [Crew(None, None, CLOCK).take_up(1.0, 100.0) for _ in range(9)] == [(1.0, 101.0)] * 9


def tickets(luck: int = 2, lot: str = "lot") -> Tickets:
    """Tickets of a lot under the node causes of the profile, numbered as in it."""
    threats = [
        Threat(k, cause, cause.rate_per_hour, AT_ONCE)
        for k, cause in enumerate(PROFILE.causes)
        if cause.scope == "node"
    ]
    return Tickets(Luck(luck), lot, "failures", threats)


def test_tickets_superpose_the_node_causes() -> None:
    pages = [tickets().pages[life, number] for life in range(4) for number in range(10)]
    lives = np.concatenate([page.lives for page in pages])
    causes = np.concatenate([page.causes for page in pages])
    repairs = np.concatenate([page.repairs for page in pages])
    mean = 24.0 / 0.04
    assert abs(lives.mean() - mean) < 4 * mean / np.sqrt(len(lives))
    assert set(causes) == {0, 2}, "a job's own cause breaks no node"
    assert abs((causes == 2).mean() - 0.75) < 4 * np.sqrt(0.75 * 0.25 / len(causes))
    assert (repairs == np.where(causes == 0, 3.0, 5.0)).all()
    assert abs(np.corrcoef(lives, causes)[0, 1]) < 4 / np.sqrt(len(lives))


def content(page: Page) -> tuple[list[float], list[int], list[float], list[float]]:
    return page.lives, page.causes, page.repairs, page.luck("anything")


def test_tickets_do_not_depend_on_what_was_asked_before() -> None:
    first, second = tickets(), tickets()
    wanted = content(first.pages[3, 1])
    for number in range(3):
        second.pages[0, number].luck("other")
    assert content(second.pages[3, 1]) == wanted
    assert len(wanted[0]) == PAGE
    assert content(tickets(lot="another").pages[3, 1]) != wanted


def test_lots_do_not_share_their_luck() -> None:
    one, other = (tickets(lot=lot).pages[0, 0] for lot in ("one", "other"))
    assert not set(one.lives) & set(other.lives)
    assert not set(one.lives) & set(tickets(lot="one").pages[1, 0].lives)


@pytest.fixture
def failing(lab: Callable[..., Scenario], lab_catalog: dict[str, Any]) -> Scenario:
    """A hundred nodes that live ten days each, a crew of two, and a job on half of them."""
    cause = {"name": "c", "title": "C", "scope": "node", "rate": "0.1 / day"}
    cause["repair"] = {"kind": "exponential", "mean": "6 hours"}  # type: ignore[assignment]
    lab_catalog["failures"]["f"]["causes"] = [cause]
    repair = {"detection": "15 min", "technicians": 2}
    return lab(
        catalog=lab_catalog,
        clusters=[{"name": "k", "site": "here", "server": "s", "failures": "f", "repair": repair}],
        installed=[{"name": "first", "cluster": "k", "gpus": 800, "in_service": "2023-01-01"}],
        jobs=[
            {
                "name": "run",
                "cluster": "k",
                "gpus": 400,
                "work": "1e24 FLOP",
                "mfu": 0.5,
                "earliest": "2024-01-01",
                "checkpoint": {"kind": "young", "cost": "2 min"},
                "restart": "10 min",
            }
        ],
    )


def test_moving_the_clock_in_place_changes_no_fact(failing: Scenario) -> None:
    log = simulate(failing, 3)
    assert log.count(NodeFailed) > 2000
    assert log.same_as(simulate(failing, 3, in_place=False))
    assert log.same_as(simulate(failing, 3))
    assert not log.same_as(simulate(failing, 4))


def test_every_node_is_up_between_its_failures_and_the_crew_is_never_more_than_two(failing: Scenario) -> None:
    log = simulate(failing, 3)
    back: dict[int, float] = {}
    last = 0.0
    repairs = list(log.rows(RepairEnded))
    for row in sorted(repairs, key=lambda row: row.failed_hour):
        assert row.failed_hour >= last
        assert row.failed_hour >= back.get(row.node, 0.0)
        assert row.detected_hour == min(row.failed_hour + 0.25, row.hour)
        assert row.detected_hour <= row.repair_hour <= row.mended_hour == row.hour
        back[row.node], last = row.hour, row.failed_hour
    failed = Counter((row.hour, row.node, row.cause) for row in log.rows(NodeFailed))
    assert failed == Counter((row.failed_hour, row.node, row.cause) for row in repairs)
    mended = [row for row in repairs if row.outcome == Mended.GOOD]
    under_way = [row for row in repairs if row.outcome == Mended.UNDER_WAY]
    assert len(repairs) == len(mended) + len(under_way)
    assert {row.hour for row in under_way} == {failing.clock.horizon_hours}
    starts = [(row.repair_hour, 1) for row in mended] + [(row.mended_hour, -1) for row in mended]
    at_work = np.cumsum([step for _, step in sorted(starts)])
    assert at_work.max() == 2
    assert any(row.repair_hour > row.detected_hour for row in repairs)


def test_a_failed_node_of_a_job_strikes_it(failing: Scenario) -> None:
    log = simulate(failing, 3)
    of_job = {(row.hour, row.node) for row in log.rows(NodeFailed) if row.job == 0}
    struck = {(row.hour, row.node) for row in log.rows(JobInterrupted)}
    assert len(struck) > 50
    assert struck <= of_job
