import random
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest
import simpy

from simcluster.core.rng import PAGE, Luck
from simcluster.model.reliability import FailureProfile
from simcluster.model.scenario import Scenario
from simcluster.record.events import JobInterrupted, NodeFailed
from simcluster.sim.failures import Ward
from simcluster.sim.fates import Fates
from simcluster.sim.fleet import Fleet
from simcluster.sim.queue import ClusterQueue
from simcluster.sim.run import simulate

PROFILE = FailureProfile.model_validate(
    {
        "causes": [
            {"name": "rare", "title": "", "scope": "node", "rate": "0.01 / day", "repair": "3 hours"},
            {"name": "own", "title": "", "scope": "job", "rate": "0.5 / day", "repair": "1 hour"},
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
def test_a_crew_takes_up_repairs_first_come_first_served(lab: Callable[..., Scenario], crew: int) -> None:
    cluster = {"name": "k", "site": "here", "server": "s", "failures": "f", "repair": {"technicians": crew}}
    ward = Ward(0, lab(clusters=[cluster]).clusters[0], ClusterQueue(Fleet(0, 1)))
    luck = random.Random(crew)  # noqa: S311
    arrivals = sorted(luck.uniform(0, 500) for _ in range(400))
    repairs = [(at, luck.expovariate(1 / (1.1 * crew))) for at in arrivals]
    starts = [ward.take_up(at, hours) for at, hours in repairs]
    assert starts == pytest.approx(plain_queue(crew, repairs))
    assert sum(start > at for start, (at, _) in zip(starts, repairs, strict=True)) > 50, "hardly anyone waited"


def test_without_a_crew_nobody_waits(lab: Callable[..., Scenario]) -> None:
    ward = Ward(0, lab().clusters[0], ClusterQueue(Fleet(0, 1)))
    assert [ward.take_up(1.0, 100.0) for _ in range(9)] == [1.0] * 9


def test_fates_superpose_the_node_causes() -> None:
    fates = Fates(Luck(2), "lot", PROFILE)
    pages = [fates.page(life, number) for life in range(4) for number in range(10)]
    lives = np.concatenate([page[0] for page in pages])
    causes = np.concatenate([page[1] for page in pages])
    repairs = np.concatenate([page[2] for page in pages])
    mean = 24.0 / 0.04
    assert abs(lives.mean() - mean) < 4 * mean / np.sqrt(len(lives))
    assert set(causes) == {0, 2}, "a job's own cause breaks no node"
    assert abs((causes == 2).mean() - 0.75) < 4 * np.sqrt(0.75 * 0.25 / len(causes))
    assert (repairs == np.where(causes == 0, 3.0, 5.0)).all()
    assert abs(np.corrcoef(lives, causes)[0, 1]) < 4 / np.sqrt(len(lives))


def test_fates_do_not_depend_on_what_was_asked_before() -> None:
    first, second = Fates(Luck(2), "lot", PROFILE), Fates(Luck(2), "lot", PROFILE)
    wanted = first.page(3, 1)
    for number in range(3):
        second.page(0, number)
    assert second.page(3, 1) == wanted
    assert len(wanted[0]) == PAGE
    assert Fates(Luck(2), "another", PROFILE).page(3, 1) != wanted


def test_a_profile_without_node_causes_is_harmless() -> None:
    assert Fates(Luck(1), "lot", FailureProfile()).harmless
    assert not Fates(Luck(1), "lot", PROFILE).harmless


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
    for row in log.rows(NodeFailed):
        assert row.hour >= last
        assert row.hour >= back.get(row.node, 0.0)
        assert row.detected_hour == row.hour + 0.25
        assert row.detected_hour <= row.repair_hour <= row.return_hour
        back[row.node], last = row.return_hour, row.hour
    rows = list(log.rows(NodeFailed))
    starts = [(row.repair_hour, 1) for row in rows] + [(row.return_hour, -1) for row in rows]
    at_work = np.cumsum([step for _, step in sorted(starts)])
    assert at_work.max() == 2
    assert any(row.repair_hour > row.detected_hour for row in rows)


def test_a_failed_node_of_a_job_strikes_it(failing: Scenario) -> None:
    log = simulate(failing, 3)
    of_job = {(row.hour, row.node) for row in log.rows(NodeFailed) if row.job == 0}
    struck = {(row.hour, row.node) for row in log.rows(JobInterrupted)}
    assert len(struck) > 50
    assert struck <= of_job


def test_lots_do_not_share_their_luck() -> None:
    one, other = (Fates(Luck(1), lot, PROFILE).page(0, 0) for lot in ("one", "other"))
    assert not set(one[0]) & set(other[0])
    later = Fates(Luck(1), "one", PROFILE).page(1, 0)
    assert not set(one[0]) & set(later[0])
