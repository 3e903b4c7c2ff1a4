"""`simcluster optimize` as a user meets it."""

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import simcluster
from simcluster.cli.main import main
from simcluster.record.store import file_hashes

SCENARIO = Path(__file__).parents[1] / "study" / "checkpoints.toml"
VARY = "jobs[run].checkpoint.interval=3 min:60 min"
UNSURE = 'finance.wacc={uncertain = {kind = "uniform", low = 0.1, high = 0.2}, assumption = "as it may be"}'
SHORT = ("--set", "end=2024-01-10")
ASKED = (SCENARIO, *SHORT, "--vary", VARY, "--maximise", "jobs.run.goodput", "-n", 2, "--workers", 1)
TABLES = ("trials.csv", "front.csv", "summary.json", "summary.txt", "scenario.resolved.toml", "report.html")


def optimize(*arguments: str | Path | int) -> Result:
    return CliRunner().invoke(main, ["optimize", *map(str, arguments)])


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A finished search, which no test may change."""
    folder = tmp_path_factory.mktemp("first") / "out"
    return folder, optimize(*ASKED, "--trials", 3, "--under", "jobs.run.lost_hours<=1 week", "--out", folder)


def test_a_search_writes_its_folder_and_tells_its_summary(first: tuple[Path, Result]) -> None:
    folder, result = first
    assert result.exit_code == 0, result.stderr
    assert result.stdout == (folder / "summary.txt").read_text(encoding="utf-8") + f"Results: {folder}/\n"
    assert {path.name for path in folder.iterdir()} == {*TABLES, "progress.svg", "study.sqlite", "manifest.json"}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["trials"], manifest["feasible"], manifest["replicas"]) == (3, 3, 2)
    written = file_hashes(folder)
    assert manifest["files"] == {name: written[name] for name in written.keys() - {"manifest.json", "study.sqlite"}}
    trials, front = pd.read_csv(folder / "trials.csv"), pd.read_csv(folder / "front.csv")
    best = trials.loc[trials["jobs.run.goodput"].idxmax()]
    assert list(front["number"]) == [best["number"]] == list(trials.loc[trials["on_front"] == "yes", "number"])
    assert f"Best: trial {best['number']}\n" in result.stdout
    told = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    (chosen,) = told["front"]
    assert chosen["checked"]["jobs.run.goodput"]["value"] == front.loc[0, "jobs.run.goodput_checked"]
    assert chosen["difference"]["jobs.run.goodput"]["n"] == 2


def test_the_python_face_finds_the_same(first: tuple[Path, Result]) -> None:
    found = simcluster.optimize(
        SCENARIO,
        [VARY],
        maximise=["jobs.run.goodput"],
        under=["jobs.run.lost_hours<=1 week"],
        overrides=[SHORT[1]],
        replicas=2,
        trials=3,
    )
    written = pd.read_csv(first[0] / "trials.csv")
    assert list(found.frame["jobs.run.goodput"]) == list(written["jobs.run.goodput"])
    assert list(found.frame["on_front"]) == list(written["on_front"] == "yes")
    assert list(found.frame[VARY.partition("=")[0]]) == list(written[f"input.{VARY.partition('=')[0]}"])
    (best,) = pd.read_csv(first[0] / "front.csv")["jobs.run.goodput_checked"]
    (checked,) = found.front
    assert np.mean(checked.values.of["jobs.run.goodput"]) == best


def test_the_choice_can_be_run_by_the_command_told(first: tuple[Path, Result], tmp_path: Path) -> None:
    folder, result = first
    (chosen,) = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["front"]
    assert "\nsimcluster run " in result.stdout
    sets = [part for text in (SHORT[1], *chosen["set"]) for part in ("--set", text)]
    ran = CliRunner().invoke(main, ["run", str(SCENARIO), *sets, "--out", str(tmp_path / "run")])
    assert ran.exit_code == 0, ran.stderr


def test_more_trials_change_no_earlier_one_and_what_is_there_is_told_again(
    first: tuple[Path, Result], tmp_path: Path
) -> None:
    folder, result = first
    before = file_hashes(folder)
    asked = (*ASKED, "--under", "jobs.run.lost_hours<=1 week")
    again = optimize(*asked, "--trials", 3, "--out", folder)
    assert (again.exit_code, again.stdout) == (0, result.stdout)
    assert json.loads(optimize(*asked, "--trials", 3, "--out", folder, "--json").stdout)["folder"] == str(folder)
    assert "--resume goes on" in optimize(*asked, "--trials", 4, "--out", folder).stderr
    assert file_hashes(folder) == before
    out = tmp_path / "out"
    assert optimize(*asked, "--trials", 2, "--out", out).exit_code == 0
    assert optimize(*asked, "--trials", 3, "--out", out, "--resume").exit_code == 0
    assert {name: (out / name).read_bytes() for name in TABLES} == {
        name: (folder / name).read_bytes() for name in TABLES
    }


@pytest.mark.slow
def test_a_search_that_was_killed_goes_on(tmp_path: Path) -> None:
    """Killed for good in the middle of a round, whatever it was writing."""
    asked = (*ASKED, "--trials", 13)
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    command = [sys.executable, "-m", "simcluster", "optimize", *map(str, asked), "--out", str(killed)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 240
    while trials_in(killed / "study.sqlite") < 6:
        assert process.poll() is None
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert not (killed / "manifest.json").exists()
    assert 6 <= trials_in(killed / "study.sqlite") < 13
    resumed = optimize(*asked, "--out", killed, "--resume")
    assert resumed.exit_code == 0, resumed.stderr
    assert optimize(*asked, "--out", whole).exit_code == 0
    for name in TABLES:
        assert (killed / name).read_bytes() == (whole / name).read_bytes()


def trials_in(file: Path) -> int:
    """How many trials are written down, looked at from outside."""
    if not file.is_file():
        return 0
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM trials").fetchone()[0])
        except sqlite3.OperationalError:  # the tables come first
            return 0


def test_a_study_file_of_two_goals_gives_a_front(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(SCENARIO.read_text(encoding="utf-8"), encoding="utf-8")
    study = tmp_path / "study.toml"
    lines = (
        'schema = 1\nbase = "base.toml"\nset = ["end=2024-01-10"]\nreplicas = 1\ntrials = 6\nseed = 2',
        f'vary = ["{VARY}"]\nmaximise = ["jobs.run.goodput"]\nminimise = ["jobs.run.lost_hours"]\n',
    )
    study.write_text("\n".join(lines), encoding="utf-8")
    result = optimize("--study", study, "--workers", 1, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    front = pd.read_csv(tmp_path / "out" / "front.csv")
    assert f"Front: {len(front)} trial" in result.stdout
    assert front["jobs.run.goodput"].is_monotonic_decreasing
    assert front["jobs.run.lost_hours"].is_monotonic_decreasing
    assert (tmp_path / "out" / "front.svg").read_text(encoding="utf-8").startswith("<svg")


def test_nothing_feasible_is_said(tmp_path: Path) -> None:
    result = optimize(*ASKED, "--trials", 1, "--under", "jobs.run.lost_hours<=0", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    assert "0 feasible" in result.stdout
    assert "No trial is feasible" in result.stdout
    assert len(pd.read_csv(tmp_path / "out" / "front.csv")) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give a scenario"),
        ((SCENARIO,), "vary is missing"),
        ((SCENARIO, "--vary", VARY), "no outcomes to maximise or minimise"),
        ((SCENARIO, "--vary", "x=1", "--maximise", "a"), "--vary x=1: vary[0]: '1' is no range"),
        ((SCENARIO, "--vary", VARY.replace("3 min", "0 min"), "--maximise", "a"), "an interval must be above 0"),
        ((SCENARIO, "--vary", "jobs[run].interval=1:2", "--maximise", "a"), "unknown key"),
        ((SCENARIO, *SHORT, "--vary", VARY, "--maximise", "jobs.run.godput"), "did you mean 'jobs.run.goodput'?"),
        ((*ASKED, "--trials", 0), "--trials"),
        ((*ASKED, "--set", UNSURE, "--vary", "finance.wacc.value=0.1|0.2"), "finance.wacc.value changes no replica"),
        (("none.toml", "--vary", VARY, "--maximise", "a"), "there is no such file"),
    ],
)
def test_what_cannot_be_done_is_refused(arguments: tuple[str | Path | int, ...], said: str, tmp_path: Path) -> None:
    refused = optimize(*arguments, "--out", tmp_path / "out")
    assert refused.exit_code == 2, refused.stderr
    assert said in refused.stderr
    assert not (tmp_path / "out").exists()


def test_what_stands_in_the_way_is_refused(first: tuple[Path, Result], tmp_path: Path) -> None:
    folder, _ = first
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    for out, said in ((folder, "another run or search"), (tmp_path, "holds no search")):
        refused = optimize(*ASKED, "--seed", 9, "--out", out)
        assert refused.exit_code == 2
        assert said in refused.stderr


def test_without_optuna_the_command_to_install_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("simcluster.study.trial_store", "simcluster.study.proposals"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "optuna", None)
    refused = optimize(*ASKED, "--out", tmp_path / "out")
    assert refused.exit_code == 2
    assert "pip install 'simcluster[sensitivity]'" in refused.stderr
    assert not (tmp_path / "out").exists()
