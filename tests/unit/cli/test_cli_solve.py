"""`simcluster solve` as a user meets it."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from simcluster.cli.main import main

MARGIN = ("small", "--vary", "revenue.contribution_margin", "-n", 1, "--for")


def solve(*arguments: str | Path | int) -> Result:
    return CliRunner().invoke(main, ["solve", *map(str, arguments)])


def test_the_answer_is_told_and_written(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    result = solve(*MARGIN, "npv_usd=0", "--json", "--out", folder)
    assert (result.exit_code, result.stderr) == (0, "")
    told = json.loads(result.stdout)
    assert told == json.loads((folder / "solution.json").read_text(encoding="utf-8"))
    files = {"solution.txt", "solution.json", "solution.svg", "trials.csv", "report.html"}
    assert {path.name for path in folder.iterdir()} == files
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
    again = solve(*MARGIN, "npv_usd=0", "--out", folder)
    assert again.exit_code == 2
    assert "already there" in again.stderr


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
