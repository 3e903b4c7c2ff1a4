"""`simcluster sweep` as a user meets it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from simcluster.cli.main import main
from simcluster.record.store import file_hashes
from simcluster.report.format import scaled
from simcluster.study import until

ROOT = Path(__file__).parents[3]
SMALL = ROOT / "scenarios" / "small.toml"
N = 12
TABLES = ("replicas.csv", "summary.csv", "summary.json", "summary.txt", "scenario.resolved.toml", "report.html")
MORE = ("manifest.json", "ledger.sqlite", "series", "figures")


def sweep(*arguments: str | Path | int) -> Result:
    return CliRunner().invoke(main, ["sweep", *map(str, arguments)])


def tables(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in TABLES}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A finished sweep of the small scenario, which no test may change."""
    folder = tmp_path_factory.mktemp("first") / "out"
    return folder, sweep(SMALL, "-n", N, "--workers", 2, "--out", folder)


def test_a_sweep_writes_its_folder_and_tells_its_summary(first: tuple[Path, Result]) -> None:
    folder, result = first
    assert result.exit_code == 0, result.stderr
    assert result.stdout == (folder / "summary.txt").read_text(encoding="utf-8") + f"Results: {folder}/\n"
    assert result.stderr == ""
    assert {path.name for path in folder.iterdir()} == {*TABLES, *MORE}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["replicas"], manifest["failed"]) == (N, 0)
    written = file_hashes(folder)
    assert manifest["files"] == {name: written[name] for name in written.keys() - {"manifest.json", "ledger.sqlite"}}


def test_the_summary_says_what_the_replicas_say(first: tuple[Path, Result]) -> None:
    folder, _ = first
    replicas = pd.read_csv(folder / "replicas.csv")
    assert replicas["number"].tolist() == list(range(N))
    summary = pd.read_csv(folder / "summary.csv").set_index("outcome")
    assert list(summary.index) == list(replicas.columns[2:])
    npv, told = replicas["npv_usd"], summary.loc["npv_usd"]
    assert (told["n"], told["without"]) == (N, 0)
    assert float(told["mean"]) == pytest.approx(npv.mean())
    assert float(told["p50"]) == pytest.approx(npv.median())
    assert (float(told["p50_low"]), float(told["p50_high"])) == tuple(npv.sort_values().iloc[[2, 9]])
    assert told["p95_high"] != told["p95_high"], "12 replicas bound no 95th percentile from above"
    ready = summary.loc["jobs.flagship.ready"]
    days = pd.to_datetime(replicas["jobs.flagship.ready"]).sort_values()
    assert days.iloc[N // 2 - 1] <= pd.Timestamp(ready["p50"]) <= days.iloc[N // 2]
    told_json = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert told_json["outcomes"]["npv_usd"]["p50"]["value"] == float(told["p50"])
    assert told_json["chances"]["npv_usd"]["hits"] == int((npv > 0).sum())
    assert told_json["chances"]["jobs.flagship.margin_days"]["n"] == N


def test_the_same_sweep_again_tells_what_is_there(first: tuple[Path, Result]) -> None:
    folder, result = first
    before = file_hashes(folder)
    again = sweep(SMALL, "-n", N, "--out", folder)
    assert (again.exit_code, again.stdout) == (0, result.stdout)
    as_json = json.loads(sweep(SMALL, "-n", N, "--out", folder, "--json").stdout)
    assert as_json["folder"] == str(folder)
    assert as_json["replicas"] == N
    assert file_hashes(folder) == before


def test_what_stands_in_the_way_is_refused(first: tuple[Path, Result], tmp_path: Path) -> None:
    folder, _ = first
    before = tables(folder)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    for arguments, said in (
        ((SMALL, "-n", N, "--seed", 2, "--out", folder), "holds another run or sweep"),
        ((SMALL, "-n", N + 1, "--out", folder), "holds 12 replicas; --resume goes on with them"),
        ((SMALL, "-n", N, "--out", tmp_path), "exists and holds no sweep"),
        ((SMALL, "-n", N, "--out", tmp_path / "notes.txt"), "is a file"),
        ((SMALL, "-n", N, "--out", tmp_path / "notes.txt" / "below"), "is a file"),
        ((SMALL, "-n", 0), "-n"),
        ((SMALL,), "-n"),
    ):
        refused = sweep(*arguments)
        assert refused.exit_code == 2, arguments
        assert said in refused.stderr
    assert tables(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert CliRunner().invoke(main, ["run", str(SMALL), "--out", str(folder)]).exit_code == 2


def test_resume_adds_replicas_and_changes_no_earlier_one(first: tuple[Path, Result], tmp_path: Path) -> None:
    folder, _ = first
    out = tmp_path / "out"
    assert sweep(SMALL, "-n", 2, "--workers", 1, "--out", out).exit_code == 0
    assert sweep(SMALL, "-n", 3, "--workers", 1, "--out", out, "--resume").exit_code == 0
    lines = (out / "replicas.csv").read_text(encoding="utf-8").splitlines()
    assert lines == (folder / "replicas.csv").read_text(encoding="utf-8").splitlines()[:4]
    assert sweep(SMALL, "-n", 2, "--workers", 1, "--out", out, "--resume").exit_code == 0
    assert (out / "replicas.csv").read_text(encoding="utf-8").splitlines() == lines[:3]


def wait_until(deed: str, limit: float, happened: object) -> None:
    end = time.monotonic() + limit
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < end, f"{deed} took too long"
        time.sleep(0.02)


def killed(command: list[str], out: Path) -> None:
    """Start a sweep, kill it once it has written more to its ledger, and see its workers go."""
    log = out / "ledger.sqlite-wal"
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT, start_new_session=True
    )

    def written() -> int:
        return log.stat().st_size if log.exists() else 0

    def gone() -> bool:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    # The log begins with the tables and what was there before; replicas come after.
    wait_until("the first replica", 60, lambda: written() > 30_000 or process.poll() is not None)
    process.kill()
    process.wait()
    assert process.returncode == -signal.SIGKILL, "it had ended before it was killed"
    wait_until("the end of the workers", 20, gone)


@pytest.mark.parametrize(("kills", "n"), [(1, N), pytest.param(4, 60, marks=pytest.mark.slow)])
def test_a_killed_sweep_resumes_to_the_same_bytes(
    kills: int, n: int, first: tuple[Path, Result], tmp_path: Path
) -> None:
    from simcluster.record.ledger import Ledger

    folder, out = first[0], tmp_path / "out"
    if n != N:
        folder = tmp_path / "whole"
        assert sweep(SMALL, "-n", n, "--workers", 2, "--out", folder).exit_code == 0
    digest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["hash8"]
    command = [sys.executable, "-m", "simcluster", "sweep", str(SMALL), "-n", str(n), "--workers", "2"]
    command += ["--out", str(out), "--resume"]
    done = [0]
    for _ in range(kills):
        killed(command, out)
        with Ledger(out / "ledger.sqlite", digest) as ledger:
            done.append(ledger.done())
        assert {path.name for path in out.iterdir()} == {"ledger.sqlite"}, "no table is written before the end"
    assert done == sorted(set(done)), "each time some came to be written"
    assert done[-1] < n
    refused = sweep(SMALL, "-n", n, "--out", out)
    assert (refused.exit_code, "--resume" in refused.stderr) == (2, True)
    assert subprocess.run(command, capture_output=True, cwd=ROOT, check=False).returncode == 0
    assert tables(out) == tables(folder)


def test_a_locked_ledger_is_an_error_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from simcluster.record import ledger as module

    monkeypatch.setattr(module, "LOCK_SECONDS", 0.05)
    out = tmp_path / "out"
    out.mkdir()
    with module.Ledger(out / "ledger.sqlite", "somebody"):
        locked = sweep(SMALL, "-n", 2, "--out", out)
    assert locked.exit_code == 1
    assert "is locked by another process" in locked.stderr
    assert locked.stderr.count("\n") == 1
    other = sweep(SMALL, "-n", 2, "--out", out)
    assert other.exit_code == 2
    assert "belongs to another sweep" in other.stderr


def test_a_failed_replica_makes_the_exit_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from simcluster.study import chunk

    real, asked = chunk.run, []

    def sometimes(scenario: object, seed: int) -> object:
        asked.append(seed)
        if len(asked) == 2:
            raise ArithmeticError("just this once")
        return real(scenario, seed)  # type: ignore[arg-type]

    monkeypatch.setattr(chunk, "run", sometimes)
    out = tmp_path / "out"
    failed = sweep(SMALL, "-n", 3, "--workers", 1, "--out", out)
    assert failed.exit_code == 1
    assert "Failed: 1 replica raised an error" in failed.stdout
    assert sweep(SMALL, "-n", 3, "--out", out).exit_code == 1, "it is told again"
    (line,) = (out / "errors.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert line == f"1,{asked[1]},ArithmeticError: just this once,simcluster run {SMALL} --seed {asked[1]}"
    mended = sweep(SMALL, "-n", 3, "--workers", 1, "--out", out, "--resume")
    assert mended.exit_code == 0
    assert len(asked) == 4, "only what failed runs again"
    assert not (out / "errors.csv").exists()


def test_samples_that_say_nothing_are_refused_and_a_nested_one_splits_variance(tmp_path: Path) -> None:
    unsure = tmp_path / "unsure.toml"
    wacc = '{ uncertain = { kind = "uniform", low = 0.08, high = 0.13 }, assumption = "a range" }'
    unsure.write_text(f'schema = 1\nextends = "{SMALL}"\nname = "unsure"\n[finance]\nwacc = {wacc}\n', encoding="utf-8")
    for arguments, said in (
        ((SMALL, "-n", 16, "--sampler", "sobol"), "here nothing is"),
        ((SMALL, "-n", 12, "--nested"), "here nothing is"),
        ((unsure, "-n", 15, "--sampler", "sobol"), "needs -n 16 or more"),
        ((unsure, "-n", 14, "--nested"), "a multiple of 4"),
        ((unsure, "-n", 8, "--nested"), "needs -n 12 or more"),
        ((unsure, "-n", 16, "--nested", "--sampler", "sobol"), "--sampler random"),
    ):
        refused = sweep(*arguments, "--out", tmp_path / "out")
        assert (refused.exit_code, said in refused.stderr) == (2, True), arguments
    assert not (tmp_path / "out").exists()
    done = sweep(unsure, "-n", 12, "--nested", "--workers", 1, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    split = pd.read_csv(tmp_path / "out" / "variance.csv").set_index("outcome")
    assert split.loc["npv_usd", ["groups", "n"]].tolist() == [6, 12], "nothing is one_of: a draw of inputs is a group"
    assert split.loc["npv_usd", ["luck_share", "inputs_share"]].sum() == pytest.approx(1)
    assert split.filter(like="structure").isna().all(axis=None)
    assert "structure" not in done.stdout
    assert split.loc["failures", "luck"] > 0
    assert split.loc["gpus_in_service_end", "luck"] == 0, "it is the same in all"


def test_until_stops_where_a_mean_is_known_and_says_where_it_is_not(
    first: tuple[Path, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(until, "FIRST_LOOK", 3)
    asked, out = (SMALL, "-n", N, "--workers", 1, "--until"), tmp_path / "out"
    unknown = sweep(*asked, "npv ±5%", "--out", tmp_path / "unknown")
    assert (unknown.exit_code, "did you mean 'npv_usd'?" in unknown.stderr) == (2, True)
    assert not (tmp_path / "unknown").exists()
    known = sweep(*asked, "npv_usd ±5%", "--out", out, "--json")
    assert known.exit_code == 0
    told = json.loads(known.stdout)
    mean = told["outcomes"]["npv_usd"]["mean"]
    assert (mean["high"] - mean["low"]) / 2 <= 0.05 * mean["value"]
    assert told["until_met"] is True
    assert f"Known to npv_usd ±5%: {told['until']}\n" == known.stderr
    assert told["until"].startswith(f"mean {scaled(mean['value'])} ± ")
    assert told["until"].endswith(f"%), n = {told['replicas']}")
    lines = (out / "replicas.csv").read_text(encoding="utf-8").splitlines()
    assert lines == (first[0] / "replicas.csv").read_text(encoding="utf-8").splitlines()[: len(lines)]
    assert len(lines) - 1 in {3, 6}
    few = tables(out)
    narrower = sweep(*asked, "npv_usd ±0.01%", "--out", out, "--resume")
    assert (narrower.exit_code, "Not known to npv_usd ±0.01%: mean " in narrower.stderr) == (0, True)
    assert "replicas would do: raise -n, and --resume goes on" in narrower.stderr
    assert tables(out) == tables(first[0])
    assert "Not known" in sweep(*asked, "npv_usd ±0.01%", "--out", out).stderr
    assert sweep(*asked, "npv_usd ±5%", "--out", out, "--resume").exit_code == 0
    assert tables(out) == few  # what the ledger has beyond them counts in nothing
