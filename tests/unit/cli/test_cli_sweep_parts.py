"""`simcluster sweep --parts` as a user meets it."""

import json
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
from simcluster.study import until

ROOT = Path(__file__).parents[3]
SMALL = ROOT / "scenarios" / "small.toml"
N, SIZE = 7, 3


def sweep(scenario: Path, *arguments: str | Path | int) -> Result:
    return CliRunner().invoke(main, ["sweep", str(scenario), *map(str, arguments)])


def tables(folder: Path) -> dict[str, str]:
    """All but what differs by nature."""
    others = {"manifest.json", "ledger.sqlite", "replicas.csv"}
    return {name: digest for name, digest in file_hashes(folder).items() if Path(name).name not in others}


@pytest.fixture(scope="module")
def unsure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small scenario with a cost of capital that is not known."""
    path = tmp_path_factory.mktemp("scenario") / "unsure.toml"
    wacc = '{ uncertain = { kind = "uniform", low = 0.08, high = 0.13 }, assumption = "a range" }'
    path.write_text(f'schema = 1\nextends = "{SMALL}"\nname = "unsure"\n[finance]\nwacc = {wacc}\n', encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def without(unsure: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("without") / "out"
    assert sweep(unsure, "-n", N, "--workers", 2, "--out", folder).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def kept(unsure: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same sweep in parts, which no test may change; they are beside its folder."""
    folder = tmp_path_factory.mktemp("kept")
    done = sweep(
        unsure, "-n", N, "--workers", 1, "--parts", folder / "parts", "--part-size", SIZE, "--out", folder / "out"
    )
    assert done.exit_code == 0, done.stderr
    return folder


def test_the_folder_is_that_of_a_sweep_without_and_says_where_the_replicas_are(kept: Path, without: Path) -> None:
    assert tables(kept / "out") == tables(without)
    assert not (kept / "out" / "replicas.csv").exists()
    told = json.loads((kept / "out" / "manifest.json").read_text(encoding="utf-8"))
    url, files = str(kept / "parts"), f"{told['hash8']}-*.parquet"
    assert told["parts"] == {"url": url, "files": files, "count": 3}
    assert len(list((kept / "parts").glob(files))) == len(list((kept / "parts").iterdir())) == 3


def test_parts_are_the_table_of_replicas_and_their_series(kept: Path, without: Path) -> None:
    table = pd.read_csv(without / "replicas.csv")
    frame = pd.read_parquet(kept / "parts")
    pd.testing.assert_frame_equal(frame[table.columns], table, check_dtype=False, check_exact=True)
    more = frame.columns.difference(table.columns)
    assert all(name.startswith("series.") for name in more)
    fan = pd.read_parquet(without / "series" / "gpus_in_service.parquet")
    last = frame[f"series.gpus_in_service.{fan['date'].iloc[-1].date()}"]
    assert last.median() == fan["p50"].iloc[-1]


def test_the_same_again_is_told_and_another_place_is_refused(unsure: Path, kept: Path) -> None:
    before = tables(kept)
    as_before = ("--parts", kept / "parts", "--part-size", SIZE, "--out", kept / "out")
    assert sweep(unsure, "-n", N, *as_before).exit_code == 0
    for more in (
        ("--parts", kept / "elsewhere", "--part-size", SIZE),
        ("--parts", kept / "parts", "--part-size", SIZE + 1),
        ("--parts", kept / "parts"),
        (),
    ):
        refused = sweep(unsure, "-n", N, *more, "--out", kept / "out", "--resume")
        assert (refused.exit_code, "in parts of 3 at" in refused.stderr) == (2, True), more
    assert tables(kept) == before


def test_what_cannot_be_is_refused_before_anything_is_run(
    unsure: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for arguments, said in (
        (("--parts", "nope://bucket"), "nope://bucket cannot be written"),
        (("--parts", "s3://bucket/parts"), "needs more (Install s3fs to access S3)"),
        (("--parts", tmp_path / "file"), "cannot be written"),
        (("--part-size", 10), "--part-size is for --parts"),
    ):
        refused = sweep(unsure, "-n", 2, *arguments, "--out", tmp_path / "out")
        assert (refused.exit_code, said in refused.stderr) == (2, True), refused.stderr
    for name in [name for name in sys.modules if name.partition(".")[0] == "fsspec"]:
        monkeypatch.setitem(sys.modules, name, None)
    refused = sweep(unsure, "-n", 2, "--parts", tmp_path / "parts", "--out", tmp_path / "out")
    assert refused.exit_code == 2
    assert "pip install 'simcluster[cluster]'" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_place_that_each_process_has_for_itself_is_an_error(unsure: Path, tmp_path: Path) -> None:
    lost = sweep(unsure, "-n", 2, "--workers", 2, "--parts", "memory://own", "--out", tmp_path / "out")
    assert lost.exit_code == 1
    assert "workers and parent must reach the same place" in lost.stderr
    alone = sweep(unsure, "-n", 2, "--workers", 1, "--parts", "memory://own", "--out", tmp_path / "alone")
    assert alone.exit_code == 0


def test_until_goes_on_in_the_same_parts(unsure: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(until, "FIRST_LOOK", 2)
    asked = ("-n", 5, "--workers", 1, "--until", "npv_usd ±0.001%")
    assert sweep(unsure, *asked, "--out", tmp_path / "rows").exit_code == 0
    done = sweep(unsure, *asked, "--parts", tmp_path / "parts", "--part-size", 3, "--out", tmp_path / "out")
    assert "Not known to npv_usd ±0.001%" in done.stderr
    assert tables(tmp_path / "out") == tables(tmp_path / "rows")
    frame = pd.read_parquet(tmp_path / "parts")
    assert frame["number"].tolist() == list(range(5))


def test_a_killed_sweep_resumes_to_the_same_bytes(unsure: Path, kept: Path, tmp_path: Path) -> None:
    out, parts = tmp_path / "out", tmp_path / "parts"
    command = [sys.executable, "-m", "simcluster", "sweep", str(unsure), "-n", str(N), "--workers", "1"]
    command += ["--parts", str(parts), "--part-size", str(SIZE), "--out", str(out), "--resume"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    end = time.monotonic() + 60
    while not list(parts.glob("*.parquet")):
        assert process.poll() is None, "it had ended before it was killed"
        assert time.monotonic() < end
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert process.returncode == -signal.SIGKILL
    assert len(list(parts.glob("*.parquet"))) < 3
    assert {path.name for path in out.iterdir()} <= {"ledger.sqlite", "ledger.sqlite-wal"}
    resumed = sweep(unsure, *command[5:])
    assert resumed.exit_code == 0, resumed.stderr
    assert tables(out) == tables(kept / "out")
    assert file_hashes(parts) == file_hashes(kept / "parts")
