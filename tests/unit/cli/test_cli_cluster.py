"""The same sweep, and the same studies, on a real dask cluster and in a real MPI job."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import executed
import plans
import pytest
from click.testing import CliRunner, Result

from simcluster.cli.main import main
from simcluster.model.load import load
from simcluster.record.ledger import Ledger
from simcluster.study.crew import Alone, Crew, WorkersDiedError
from simcluster.study.plan import LuckAlone, Plan
from simcluster.study.sweep import Sweep, fill

distributed = pytest.importorskip("distributed", reason="needs the extra cluster")

ROOT = Path(__file__).parents[3]
SMALL = ROOT / "scenarios" / "small.toml"
N = 5
TABLES = ("replicas.csv", "summary.csv", "summary.json", "summary.txt", "scenario.resolved.toml")
AS_ROOT = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "PRTE_ALLOW_RUN_AS_ROOT": "1",
    "PRTE_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
}
"""Open MPI would rather not, on a machine of two processors either; other kinds of MPI do not mind these."""


def sweep(*arguments: str | Path | int) -> Result:
    return CliRunner().invoke(main, ["sweep", str(SMALL), "-n", str(N), *map(str, arguments)])


def tables(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in TABLES}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The tables of the sweep, run by one process."""
    folder = tmp_path_factory.mktemp("alone") / "out"
    assert sweep("--workers", 1, "--out", folder).exit_code == 0
    return tables(folder)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a dask cluster of two processes."""
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
    ):
        yield cluster.scheduler_address


def rows(plan: Plan, crew: Crew) -> list[object]:
    asked = Sweep(load(SMALL)[0], "resolved", plan, N, "1")
    with Ledger(None, asked.digest) as ledger:
        fill(ledger, asked, crew)
        return [*ledger.replicas(), *ledger.failures()]


def test_a_dask_cluster_gives_the_same_bytes_and_a_killed_worker_costs_a_retry(
    alone: dict[str, bytes], scheduler: str, tmp_path: Path
) -> None:
    from simcluster.study.crew_dask import Dask

    done = sweep("--executor", "dask", "--scheduler", scheduler, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    assert tables(tmp_path / "out") == alone
    in_parts = ("--parts", tmp_path / "parts", "--part-size", 2, "--out", tmp_path / "kept")
    assert sweep("--executor", "dask", "--scheduler", scheduler, *in_parts).exit_code == 0
    assert {name: (tmp_path / "kept" / name).read_bytes() for name in TABLES[1:]}.items() <= alone.items()
    assert len(list((tmp_path / "parts").iterdir())) == 3
    (grave := tmp_path / "grave").mkdir()
    scenario = load(SMALL)[0]
    found = rows(plans.Deadly(scenario, grave=grave), Dask(scheduler, 2))
    assert len(list(grave.iterdir())) == 1, "a worker died"
    assert found == rows(LuckAlone(scenario), Alone())


@pytest.mark.slow
def test_what_kills_every_dask_worker_ends_the_sweep(scheduler: str) -> None:
    from simcluster.study.crew_dask import Dask

    with pytest.raises(WorkersDiedError, match="--resume goes on"):
        rows(plans.Deadly(load(SMALL)[0]), Dask(scheduler, 2))


@pytest.mark.slow
def test_a_dask_cluster_of_ones_own_gives_the_same_bytes(alone: dict[str, bytes], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "simcluster", "sweep", str(SMALL), "-n", str(N), "--executor", "dask"]
    command += ["--workers", "2", "--out", str(tmp_path / "out"), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert tables(tmp_path / "out") == alone


def mpi(processes: int, *command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    beside = Path(sys.executable).with_name("mpiexec")
    launcher = str(beside) if beside.exists() else "mpiexec"
    return subprocess.run(
        [launcher, "-n", str(processes), sys.executable, *command],
        cwd=folder,
        env={**os.environ, **AS_ROOT},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


OF_FUTURES = ("-m", "mpi4py.futures", "-m", "simcluster", "sweep", str(SMALL), "-n", str(N), "--executor", "mpi")


def test_an_mpi_job_gives_the_same_bytes(alone: dict[str, bytes], tmp_path: Path) -> None:
    done = mpi(3, *OF_FUTURES, "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Results:") == 1
    assert tables(tmp_path / "out") == alone


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the scenarios of studies are."""
    found = tmp_path_factory.mktemp("executed")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(found)
        executed.write_scenarios()
    return found


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, str]:
    """What studies run by one process tell."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return executed.run_studies("--workers", "1")


def test_studies_tell_the_same_on_processes_and_on_a_dask_cluster(
    folder: Path, told: dict[str, str], scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert executed.run_studies("--workers", "2") == told
    assert executed.run_studies("--executor", "dask", "--scheduler", scheduler) == told
    with distributed.Client(scheduler) as client:
        assert set(client.run(plans_kept).values()) == {0}, "every plan is forgotten"


def plans_kept() -> int:
    from simcluster.study import chunk

    return len(chunk._KEPT)


@pytest.mark.slow
def test_studies_tell_the_same_in_an_mpi_job(folder: Path, told: dict[str, str]) -> None:
    done = mpi(3, "-m", "mpi4py.futures", executed.__file__, folder=folder)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == told


@pytest.mark.slow
def test_the_processes_of_an_mpi_job_write_parts(alone: dict[str, bytes], tmp_path: Path) -> None:
    out, parts = tmp_path / "out", tmp_path / "parts"
    done = mpi(3, *OF_FUTURES, "--out", str(out), "--parts", str(parts), "--part-size", "2")
    assert done.returncode == 0, done.stderr
    assert {name: (out / name).read_bytes() for name in TABLES[1:]}.items() <= alone.items()
    assert len(list(parts.iterdir())) == 3


def test_mpi_without_anybody_who_waits_for_work_says_how_to_start(tmp_path: Path) -> None:
    refused = sweep("--executor", "mpi", "--out", tmp_path / "out")
    assert refused.exit_code == 2
    assert "mpiexec -n 3 python -m mpi4py.futures -m simcluster sweep" in refused.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_mpi_jobs_of_parents_alone_are_refused(tmp_path: Path) -> None:
    plain = mpi(
        2, "-m", "simcluster", "sweep", str(SMALL), "-n", "2", "--executor", "mpi", "--out", str(tmp_path / "out")
    )
    assert plain.returncode == 2
    assert "python -m mpi4py.futures" in plain.stderr
    assert not (tmp_path / "out").exists()


def test_options_of_executors_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    for arguments in (
        ("--scheduler", "tcp://127.0.0.1:1"),
        ("--executor", "mpi", "--workers", 2),
        ("--executor", "dask", "--scheduler", "tcp://127.0.0.1:1", "--workers", 2),
    ):
        refused = sweep(*arguments, "--out", tmp_path / "out")
        assert refused.exit_code == 2
        assert "--" in refused.stderr
    assert not (tmp_path / "out").exists()
