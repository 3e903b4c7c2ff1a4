import json

import pytest
from click.testing import CliRunner

from simcluster.cli.main import main
from simcluster.study import backtest_llama3
from simcluster.study.backtest import AT_LEAST, Claim


def test_json_is_alone_on_stdout_and_has_the_rows() -> None:
    done = CliRunner().invoke(main, ["backtest", "llama3_405b", "-n", "3", "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["case"] == "llama3_405b"
    keys = {"name", "published", "simulated", "half_width", "low", "high", "n", "kind", "must_hold", "ok"}
    assert all(set(row) == keys for row in said["rows"])
    assert {row["name"] for row in said["rows"] if row["must_hold"]} == {
        "effective training time",
        "million GPU-hours for 3.8e25 FLOP",
    }


def test_a_row_that_must_hold_and_does_not_is_exit_1(monkeypatch: pytest.MonkeyPatch) -> None:
    impossible = Claim(0.999, "predicted", AT_LEAST, must_hold=True)
    monkeypatch.setitem(backtest_llama3.CLAIMS, "effective training time", impossible)
    done = CliRunner().invoke(main, ["backtest", "llama3_405b", "-n", "2"])
    assert done.exit_code == 1
    assert "do NOT all hold" in done.stdout
    assert "mean ± 95%" in done.stdout


def test_an_unknown_case_is_exit_2_with_a_hint() -> None:
    done = CliRunner().invoke(main, ["backtest", "llama3_405"])
    assert done.exit_code == 2
    assert "did you mean 'llama3_405b'?" in done.output


def test_the_cases_are_listed() -> None:
    done = CliRunner().invoke(main, ["backtest", "--list"])
    assert done.exit_code == 0
    assert "llama3_405b" in done.stdout
