"""The same table whoever runs the replicas, in whatever chunks, and whatever befalls the workers."""

import csv
import pickle
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import plans
import pytest

from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.ledger import Ledger, Replica
from simcluster.record.store import file_hashes
from simcluster.report.sweep_folder import write_sweep
from simcluster.study import sweep as module
from simcluster.study.crew import Alone, Crew, Processes, WorkersDiedError
from simcluster.study.plan import LuckAlone, Plan
from simcluster.study.reproduce import reproduction
from simcluster.study.run import run
from simcluster.study.sweep import Sweep, fill, gather

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
N = 6


@pytest.fixture(scope="module")
def small() -> Scenario:
    return load(SMALL)[0]


def filled(plan: Plan, scenario: Scenario, crew: Crew, replicas: int = N) -> Ledger:
    sweep = Sweep(scenario, "resolved", plan, replicas, "1")
    ledger = Ledger(None, sweep.digest)
    try:
        fill(ledger, sweep, crew)
    except BaseException:
        ledger.close()
        raise
    return ledger


@pytest.fixture(scope="module")
def alone(small: Scenario) -> Iterator[Ledger]:
    with filled(LuckAlone(small), small, Alone()) as ledger:
        yield ledger


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def rows(ledger: Ledger) -> list[Replica]:
    return [*ledger.replicas(), *ledger.failures()]


def test_seeds_are_addressed_and_never_change(small: Scenario) -> None:
    """Written down once: another seed here is another history for every sweep that was ever published."""
    plan = LuckAlone(small)
    assert [plan.seed_of(number) for number in range(3)] == [5086444539294851, 5779400816125847, 5024959373505132]
    others = (LuckAlone(small.model_copy(update={"seed": seed})) for seed in range(20))
    seeds = {other.seed_of(number) for other in others for number in range(500)}
    assert len(seeds) == 10_000
    assert max(seeds) < 2**53


def test_a_replica_is_the_run_of_its_seed(alone: Ledger, small: Scenario) -> None:
    third = list(alone.replicas())[3]
    assert third.seed == LuckAlone(small).seed_of(3)
    assert third.outcomes == run(small, third.seed).outcomes


def test_a_plan_pickles_small(small: Scenario) -> None:
    assert len(pickle.dumps(LuckAlone(small))) < 100_000


@pytest.mark.parametrize("seconds", [1e-9, 0.3, 1e9])
def test_processes_and_chunks_give_the_same_table(
    alone: Ledger, small: Scenario, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK_SECONDS", seconds)
    crew = Processes(2) if seconds == 0.3 else Alone()
    with filled(LuckAlone(small), small, crew) as ledger:
        assert rows(ledger) == rows(alone)


class Disordered(Executor):
    """Ends what it is given in an order of its own."""

    def __init__(self) -> None:
        self._random, self._thread = random.Random(1), ThreadPoolExecutor(1)  # noqa: S311 # no secret
        self._given: list[tuple[Future[Any], Callable[..., Any], Any]] = []
        self.ended: list[int] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._given.append((future, fn, args))
        self._thread.submit(self._end_one)
        return future

    def _end_one(self) -> None:
        time.sleep(0.01)  # until more is given
        future, fn, args = self._given.pop(self._random.randrange(len(self._given)))
        came = fn(*args)
        self.ended += [] if came is None else args[2]  # None: the plan comes later
        future.set_result(came)


class Unruly(Alone):
    """Three workers, as far as the sweep can tell, who end in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.executor = Disordered()

    @contextmanager
    def called(self) -> Iterator[Executor]:
        with super().called():
            yield self.executor

    def workers(self) -> int:
        return 3


def test_any_order_of_completion_gives_the_same_bytes(alone: Ledger, small: Scenario, tmp_path: Path) -> None:
    plan, crew = LuckAlone(small), Unruly()
    sweep = Sweep(small, "resolved", plan, N, "1")
    with filled(plan, small, crew) as ledger:
        assert rows(ledger) == rows(alone)
        for name, kept in (("ordered", alone), ("unruly", ledger)):
            (tmp_path / name).mkdir()
            write_sweep(tmp_path / name, kept, sweep, reproduction("s.toml", (), plan))
    assert file_hashes(tmp_path / "unruly") == file_hashes(tmp_path / "ordered")
    assert [row.number for row in gather(plan, 4, crew)] == [0, 1, 2, 3]
    for ended in (crew.executor.ended[:N], crew.executor.ended[N:]):
        assert ended != sorted(ended)


def test_more_replicas_change_no_earlier_one_and_run_only_what_is_missing(
    alone: Ledger, small: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = Sweep(small, "resolved", LuckAlone(small), 3, "1")
    with Ledger(None, sweep.digest) as ledger:
        for replica in alone.replicas():
            if replica.number in (0, 2):
                ledger.add(replica)
        ran: list[int] = []
        real = module.run_chunk
        monkeypatch.setattr(
            module,
            "run_chunk",
            lambda crew, digest, numbers, *plan: ran.extend(numbers) or real(crew, digest, numbers, *plan),
        )
        fill(ledger, sweep, Alone())
        assert ran == [1]
        assert rows(ledger) == rows(alone)[:3]


def test_a_sweep_is_named_by_scenario_plan_and_version(small: Scenario) -> None:
    def digest(resolved: str = "a", seed: int = 1, replicas: int = 1, version: str = "1") -> str:
        plan = LuckAlone(small.model_copy(update={"seed": seed}))
        return Sweep(small, resolved, plan, replicas, version).digest

    assert digest() == digest(replicas=2)
    assert len({digest(), digest(resolved="b"), digest(seed=2), digest(version="2")}) == 4


def test_what_raises_is_told_and_stops_no_other(small: Scenario, tmp_path: Path) -> None:
    plan = plans.Faulty(small)
    with filled(plan, small, Alone(), 4) as ledger:
        assert [row.number for row in ledger.replicas()] == [0, 1, 3]
        (failed,) = ledger.failures()
        assert failed.error == "ValueError: no scenario for 2"
        assert "scenario_of" in str(failed.trace)
        sweep = Sweep(small, "resolved", plan, 4, "1")
        write_sweep(tmp_path, ledger, sweep, reproduction("s.toml", ["end=2024-03-01"], plan))
    (row,) = read(tmp_path / "errors.csv")
    assert row["command"] == (
        f"simcluster run s.toml --seed {plan.seed_of(2)} --set end=2024-03-01 "
        "--set 'finance.wacc=2 %' --set 'orders[a b].gpus=2'"
    )
    table = read(tmp_path / "replicas.csv")
    drawn = [(row["number"], row["input.finance.wacc [%]"]) for row in table]
    assert drawn == [("0", "0.0"), ("1", "1.0"), ("3", "3.0")]
    assert "1 replica raised an error" in (tmp_path / "summary.txt").read_text(encoding="utf-8")


def test_a_worker_that_dies_costs_a_retry(alone: Ledger, small: Scenario, tmp_path: Path) -> None:
    plan = plans.Deadly(small, grave=tmp_path, deaths=2)
    with filled(plan, small, Processes(2)) as ledger:
        assert rows(ledger) == rows(alone)
    assert len(list(tmp_path.iterdir())) == 2


def test_workers_that_only_die_end_the_sweep(small: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 1)
    with pytest.raises(WorkersDiedError, match=r"workers died 2 times in a row.*--resume goes on"):
        filled(plans.Deadly(small, deadly=0), small, Processes(1), 1)


def test_an_error_of_the_parent_ends_the_sweep_at_once(small: Scenario) -> None:
    class FullError(Exception):
        pass

    def add(_: Replica) -> None:
        raise FullError

    sweep = Sweep(small, "resolved", LuckAlone(small), 1000, "1")
    ledger = SimpleNamespace(gaps=lambda n: [range(n)], add=add)
    with pytest.raises(FullError):
        fill(ledger, sweep, Alone())  # type: ignore[arg-type]


def test_a_crew_that_stays_runs_the_plan_it_is_called_for(small: Scenario) -> None:
    """Also where all that names two sweeps is the same: what a plan holds says whether a worker has it."""

    def came(scenario: Scenario, crew: Crew) -> list[Replica]:
        with filled(LuckAlone(scenario), scenario, crew, 1) as ledger:
            return rows(ledger)

    cases = small, load(SMALL, ["sites[campus].power[utility].price=0.2 USD/kWh"])[0]
    apart = [came(one, Alone()) for one in cases]
    crew = Alone()
    with crew.hired():
        together = [came(one, crew) for one in cases]
    assert together == apart
    assert apart[0] != apart[1]
