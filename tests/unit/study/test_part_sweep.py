"""The same parts whoever runs the replicas and however often the sweep is broken off; the same folder as without."""

from collections.abc import Iterator
from pathlib import Path

import plans
import pytest

from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.ledger import Ledger, Replica
from simcluster.record.part_files import PartFiles
from simcluster.record.parts import Parts
from simcluster.record.store import file_hashes
from simcluster.report.sweep_folder import write_sweep
from simcluster.study import chunk as module
from simcluster.study.crew import Alone, Crew, Processes
from simcluster.study.part_sweep import fill_parts
from simcluster.study.plan import LuckAlone, Plan
from simcluster.study.reproduce import reproduction
from simcluster.study.result import Result
from simcluster.study.run import run
from simcluster.study.sweep import Sweep, fill

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
N, BLOCK = 7, 3


@pytest.fixture(scope="module")
def small() -> Scenario:
    return load(SMALL)[0]


@pytest.fixture(scope="module")
def results(small: Scenario) -> dict[int, Result]:
    """By seed the runs of the first replicas, which differ in their outcomes alone."""
    plan = LuckAlone(small)
    return {plan.seed_of(number): run(small, plan.seed_of(number)) for number in range(N)}


@pytest.fixture
def quick(results: dict[int, Result], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """In this process nothing is simulated again; the seeds that were asked for."""
    asked: list[int] = []

    def known(_: Scenario, seed: int) -> Result:
        asked.append(seed)
        return results[seed]

    monkeypatch.setattr(module, "run", known)
    return asked


def files_in(folder: Path) -> PartFiles:
    made = PartFiles.at(str(folder), "d1", BLOCK)
    made.prepare()
    return made


def filled(parts: Parts, plan: Plan, scenario: Scenario, n: int = N, crew: Crew | None = None) -> None:
    fill_parts(parts, Sweep(scenario, "resolved", plan, n, "1"), crew or Alone())


@pytest.fixture
def whole(small: Scenario, quick: list[int], tmp_path: Path) -> dict[str, str]:
    """The hashes of the parts of a sweep that nothing befell."""
    with Parts(None, files_in(tmp_path / "whole")) as parts:
        filled(parts, LuckAlone(small), small)
    quick.clear()
    return file_hashes(tmp_path / "whole")


def test_parts_are_blocks_of_numbers_whoever_runs_them(whole: dict[str, str], small: Scenario, tmp_path: Path) -> None:
    first = [f"d1-{k:09d}-{k + BLOCK - 1:09d}.parquet" for k in (0, 3, 6)]
    assert list(whole) == first
    (grave := tmp_path / "grave").mkdir()
    with Parts(None, files_in(tmp_path / "parts")) as parts:
        filled(parts, plans.Deadly(small, grave=grave), small, crew=Processes(2))
        assert parts.done() == N
    assert len(list(grave.iterdir())) == 1, "a worker died"
    assert file_hashes(tmp_path / "parts") == whole


def test_a_sweep_goes_on_where_it_was_and_runs_only_what_is_missing(
    whole: dict[str, str], small: Scenario, quick: list[int], tmp_path: Path
) -> None:
    files, plan = files_in(tmp_path / "parts"), LuckAlone(small)
    with Parts(tmp_path / "ledger.sqlite", files) as parts:
        filled(parts, plan, small, 2)
    quick.clear()
    with Parts(tmp_path / "ledger.sqlite", files) as parts:
        assert parts.gaps(N) == [range(2, N)]
        filled(parts, plan, small, 3)
        filled(parts, plan, small)
        assert parts.gaps(N) == []
    assert quick == [plan.seed_of(number) for number in range(2, N)]
    assert file_hashes(tmp_path / "parts") == whole


@pytest.mark.parametrize("befell", ["written", "lost"])
def test_a_part_that_its_ledger_does_not_know_is_run_again(
    befell: str, whole: dict[str, str], small: Scenario, quick: list[int], tmp_path: Path
) -> None:
    """The parent was stopped when a worker had written a part anew and nobody had counted it; or the part is gone."""
    files, plan = files_in(tmp_path / "parts"), LuckAlone(small)
    with Parts(tmp_path / "ledger.sqlite", files) as parts:
        filled(parts, plan, small, 2)
    if befell == "lost":
        (tmp_path / "parts" / files.name(0)).unlink()
    else:
        with Parts(None, files) as parts:
            filled(parts, plan, small, 5)
    quick.clear()
    with Parts(tmp_path / "ledger.sqlite", files) as parts:
        filled(parts, plan, small, 2)
        assert [row.number for row in parts.replicas()] == [0, 1], "what was asked for is read"
        filled(parts, plan, small)
    assert quick == [plan.seed_of(number) for number in range(N)], "no replica twice"
    assert file_hashes(tmp_path / "parts") == whole


def test_what_failed_is_tried_again_and_takes_its_place(
    whole: dict[str, str], small: Scenario, quick: list[int], tmp_path: Path
) -> None:
    plan = LuckAlone(small)
    bad = plans.Faulty(small, bad=(1, 6))
    with Parts(None, files_in(tmp_path / "parts")) as parts:
        filled(parts, bad, small)
        assert [row.number for row in parts.replicas()] == [0, 2, 3, 4, 5]
        assert [row.error for row in parts.failures()] == [f"ValueError: no scenario for {k}" for k in (1, 6)]
        assert len(file_hashes(tmp_path / "parts")) == 2, "of the last block nothing came out well"
        quick.clear()
        filled(parts, bad, small)
        assert quick == []
        assert parts.failed() == 2
    with Parts(None, files_in(tmp_path / "mended")) as parts:
        filled(parts, plan, small, 2)
        flaky = plans.Faulty(small, bad=(2, 3, 6), drawn=False)
        filled(parts, flaky, small)
        filled(parts, plan, small)
        assert parts.failed() == 0
    assert file_hashes(tmp_path / "mended") == whole


@pytest.fixture
def ledger(small: Scenario, quick: list[int]) -> Iterator[tuple[Ledger, Sweep]]:
    sweep = Sweep(small, "resolved", plans.Faulty(small), N, "1")
    with Ledger(None, sweep.digest) as made:
        fill(made, sweep, Alone())
        yield made, sweep


def test_the_folder_is_that_of_a_sweep_without_parts(ledger: tuple[Ledger, Sweep], tmp_path: Path) -> None:
    rows, sweep = ledger
    command = reproduction("s.toml", (), sweep.plan)
    for name in ("rows", "parts"):
        (tmp_path / name).mkdir()
    with Parts(None, files_in(tmp_path / "kept")) as parts:
        told: list[None] = []
        fill_parts(parts, sweep, Alone(), lambda: told.append(None))
        assert len(told) == N
        drawn = [replica.inputs for replica in parts.replicas(2)]
        assert drawn == [{"finance.wacc [%]": float(k), "orders[a b].gpus": float(k)} for k in range(2)]
        assert [_known(one) for one in parts.replicas()] == [_known(one) for one in rows.replicas()]
        write_sweep(tmp_path / "parts", parts, sweep, command)
    write_sweep(tmp_path / "rows", rows, sweep, command)
    without = file_hashes(tmp_path / "rows")
    del without["replicas.csv"]
    assert file_hashes(tmp_path / "parts") == without
    assert "errors.csv" in without


def _known(replica: Replica) -> tuple[int, int, dict[str, object]]:
    return replica.number, replica.seed, {k: v for k, v in (replica.outcomes or {}).items() if v is not None}
