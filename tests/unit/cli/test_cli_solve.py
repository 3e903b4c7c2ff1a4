"""`simcluster solve` as a user meets it."""

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from simcluster.cli.main import main
from simcluster.record.store import file_hashes

CHECKPOINTS = Path(__file__).parents[1] / "study" / "checkpoints.toml"
ASKED = (
    *(CHECKPOINTS, "--set", "end=2024-01-10", "--vary", "jobs[run].checkpoint.interval"),
    *("--between", "20 min:120 min", "--within", "20 min", "--for", "jobs.run.goodput=0.8"),
)
TABLES = ("solution.txt", "solution.json", "solution.svg", "trials.csv", "report.html")
KILLED = """
import itertools, os, signal, sys
from simcluster.record.ledger import Ledger
real, told = Ledger.add, itertools.count(1)
def add(ledger, replica):
    real(ledger, replica)
    if next(told) == 9:
        os.kill(os.getpid(), signal.SIGKILL)
Ledger.add = add
from simcluster.cli.main import main
from simcluster.record.store import file_hashes
main(sys.argv[1:])
"""
MARGIN = ("small", "--vary", "revenue.contribution_margin", "-n", 1, "--for")


def solve(*arguments: str | Path | int) -> Result:
    return CliRunner().invoke(main, ["solve", *map(str, arguments)])


def test_the_answer_is_told_and_written(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    result = solve(*MARGIN, "npv_usd=0", "--json", "--out", folder)
    assert (result.exit_code, result.stderr) == (0, "")
    told = json.loads(result.stdout)
    assert told.pop("folder") == str(folder)
    assert told == json.loads((folder / "solution.json").read_text(encoding="utf-8"))
    assert told == json.loads(solve(*MARGIN, "npv_usd=0", "--json").stdout)
    files = {"solution.txt", "solution.json", "solution.svg", "trials.csv", "report.html"}
    assert {path.name for path in folder.iterdir()} == files | {"manifest.json", "ledger.sqlite"}
    assert (told["vary"], told["outcome"], told["n"], told["low"]) == (
        "revenue.contribution_margin",
        "npv_usd",
        1,
        None,
    )
    text = (folder / "solution.txt").read_text(encoding="utf-8").splitlines()
    assert text[0] == f"revenue.contribution_margin = {told['value']:.6g} gives npv_usd = 0"
    assert text[1:3] == ["one run, so without an interval (-n gives one)", "to within 0.0006; the scenario says 0.8"]
    tried = pd.read_csv(folder / "trials.csv")
    assert tried["value"].is_monotonic_increasing
    around = tried[tried["value"].sub(told["value"]).abs() < 0.0006]
    assert around["outcome"].min() < 0 < around["outcome"].max()
    before = file_hashes(folder) | {"ledger.sqlite": ""}
    again = solve(*MARGIN, "npv_usd=0", "--out", folder)
    assert (again.exit_code, again.stdout) == (0, "\n".join([*text, f"Results: {folder}/", ""]))
    for other in ((*MARGIN, "npv_usd=1 MUSD"), (*MARGIN, "npv_usd=0", "--within", "0.01")):
        refused = solve(*other, "--out", folder)
        assert (refused.exit_code, "choose another --out" in refused.stderr) == (2, True)
    assert file_hashes(folder) | {"ledger.sqlite": ""} == before


def test_what_was_killed_goes_on_and_another_target_takes_what_there_is(tmp_path: Path) -> None:
    """Killed after nine runs; the files are then those of a solution that never stopped, byte for byte."""
    asked, (out, whole) = (*ASKED, "-n", 6), (tmp_path / name for name in ("out", "whole"))
    command = [sys.executable, "-c", KILLED, "solve", *map(str, asked), "--workers", "1"]
    died = subprocess.run([*command, "--out", str(out)], capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert {path.name.partition("-")[0] for path in out.iterdir()} == {"ledger.sqlite"}
    assert runs_in(out) == 9
    assert "--resume goes on" in solve(*asked, "--workers", 1, "--out", out).stderr
    assert solve(*asked, "--workers", 2, "--out", out, "--resume").exit_code == 0
    assert solve(*asked, "--workers", 1, "--out", whole).exit_code == 0
    tables = {name: (whole / name).read_bytes() for name in TABLES}
    assert {name: (out / name).read_bytes() for name in TABLES} == tables
    before, more = runs_in(out), (*ASKED[:-1], "jobs.run.goodput=0.8@P60", "-n", 7, "--workers", 1)
    told = solve(*more, "--out", out, "--resume")
    assert told.exit_code == 0, told.stderr
    assert runs_in(out) < before + 7 * pd.read_csv(out / "trials.csv")["n"].size
    assert told.stdout.splitlines()[0] == solve(*more).stdout.splitlines()[0]


def runs_in(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:
        return int(connection.execute("SELECT count(*) FROM replicas").fetchone()[0])


def test_nothing_is_written_where_the_question_is_wrong(tmp_path: Path) -> None:
    for arguments in (("npv_us=0",), ("npv_usd=2024-01-01",), ("npv_usd=0", "--between", "0.5:1.5")):
        assert solve(*MARGIN, *arguments, "--out", tmp_path / "out").exit_code == 2
    assert solve(*MARGIN, "npv_usd=0", "--resume").exit_code == 2
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_reached_is_told_with_what_there_is() -> None:
    result = solve(*MARGIN, "npv_usd=1 GUSD")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "npv_usd is " in result.stderr
    assert " at 0.4 and " in result.stderr
    assert "at 1.0 of revenue.contribution_margin, both on one side of 1,000,000,000" in result.stderr
    assert "--between LOW:HIGH" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("small", "--vary", "finnce.wacc", "--for", "npv_usd=0"), "did you mean 'finance'?"),
        ((*MARGIN, "npv_usd"), "--for npv_usd: cannot be read"),
        ((*MARGIN, "npv_usd=0", "--between", "0.5:1.5"), "--set revenue.contribution_margin=1.5"),
        ((*MARGIN, "npv_usd=0", "--set", "finance.wacc=x"), "--set finance.wacc=x"),
        (("nowhere", "--vary", "finance.wacc", "--for", "npv_usd=0"), "nowhere"),
    ],
)
def test_what_is_wrong_is_located(arguments: tuple[str, ...], said: str) -> None:
    result = solve(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
