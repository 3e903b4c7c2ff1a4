"""A crew that is hired once works through one plan after another."""

import os
import pickle
from pathlib import Path

import plans
import pytest

from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.ledger import Replica
from simcluster.study import chunk
from simcluster.study.chunk import forget_plan, run_chunk
from simcluster.study.crew import Alone, Processes
from simcluster.study.plan import LuckAlone
from simcluster.study.sweep import gather

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"


@pytest.fixture(scope="module")
def small() -> Scenario:
    return load(SMALL, ["end=2024-04-01"])[0]


def processes(ran: list[Replica]) -> set[int]:
    return {replica.inputs["process"] for replica in ran}


def test_those_hired_stay_for_every_plan_and_go_afterwards(small: Scenario) -> None:
    crew = Processes(2)
    with crew.hired():
        first, second = (gather(plans.Placed(small, name=name), 4, crew) for name in "ab")
    third = gather(plans.Placed(small, name="a"), 4, crew)
    assert processes(first) | processes(second) == processes(first), "the same processes"
    assert not processes(first) & processes(third)
    assert [{replica.inputs["plan"] for replica in ran} for ran in (first, second, third)] == [{"a"}, {"b"}, {"a"}]
    assert [replica.outcomes for replica in first] == [replica.outcomes for replica in second]


def test_those_who_die_are_replaced_and_the_next_plan_is_run_too(small: Scenario, tmp_path: Path) -> None:
    crew, plain = Processes(2), LuckAlone(small)
    with crew.hired():
        before = gather(plain, 4, crew)
        ran = gather(plans.Deadly(small, grave=tmp_path), 4, crew)
        after = gather(plain, 4, crew)
    assert len(list(tmp_path.iterdir())) == 1
    assert before == ran == after == gather(plain, 4, Alone())


def test_a_worker_keeps_the_last_plan_of_each_crew_and_says_when_it_lacks_one(small: Scenario) -> None:
    a, b = (pickle.dumps(plans.Placed(small, name=name)) for name in "ab")

    def plan_run(crew: str, digest: str, pickled: bytes | None = None) -> str | None:
        ran = run_chunk(crew, digest, [0], pickled)
        return None if ran is None else str(ran.replicas[0].inputs["plan"])

    assert plan_run("one", "a") is None
    assert plan_run("one", "a", a) == plan_run("one", "a") == "a"
    assert plan_run("other", "a") is None
    assert plan_run("other", "b", b) == "b"
    assert plan_run("one", "b", b) == "b"
    assert plan_run("one", "a") is None, "the earlier plan is forgotten"
    forget_plan("one")
    assert plan_run("one", "b") is None
    assert plan_run("other", "b") == "b"
    forget_plan("other")


def test_who_works_alone_forgets_the_plan_at_the_end(small: Scenario) -> None:
    crew = Alone()
    with crew.hired():
        assert processes(gather(plans.Placed(small), 2, crew)) == {os.getpid()}
        assert crew.name in chunk._KEPT
    assert crew.name not in chunk._KEPT
