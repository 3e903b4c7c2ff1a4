"""`simcluster sensitivity` as a user meets it."""

import csv
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simcluster.cli.main import main

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
SHORT = ("--set", "end=2024-04-30", "--workers", "1")
WACC = ("--vary", "finance.wacc=0.08:0.12")


def sensitivity(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["sensitivity", *map(str, arguments)])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """A tornado over two keys that the scenario is certain of, with a folder."""
    out = tmp_path_factory.mktemp("told") / "out"
    price = ("--vary", "catalog.servers.dgx_h100.price=200 kUSD:300 kUSD")
    return sensitivity("small", *SHORT, "-n", "2", *WACC, *price, "--out", out), out


def test_keys_that_are_certain_may_be_varied(told: tuple[Result, Path]) -> None:
    result, out = told
    assert result.exit_code == 0, result.stderr
    assert (result.stderr, (out / "sensitivity.txt").read_text(encoding="utf-8")) == ("", result.stdout)
    lines = result.stdout.splitlines()
    assert lines[2].startswith("npv_usd by tornado, n = 2 seeds; ")
    assert lines[4].split()[:5] == ["catalog.servers.dgx_h100.price", "200", "kUSD", "300", "kUSD"]
    assert lines[5].split()[:3] == ["finance.wacc", "0.08", "0.12"]


def test_the_folder_has_a_table_and_a_figure(told: tuple[Result, Path]) -> None:
    out = told[1]
    assert sorted(path.name for path in out.iterdir()) == [
        "npv_usd.svg",
        "report.html",
        "sensitivity.csv",
        "sensitivity.json",
        "sensitivity.txt",
    ]
    price, wacc = csv.DictReader((out / "sensitivity.csv").read_text(encoding="utf-8").splitlines())
    assert (price["low"], price["high"], price["n"]) == ("200 kUSD", "300 kUSD", "2")
    assert float(price["at_low"]) > 0 > float(price["at_high"])
    assert abs(float(price["swing"])) > abs(float(wacc["swing"]))
    assert float(wacc["swing_low"]) <= float(wacc["swing"]) <= float(wacc["swing_high"])
    assert (out / "npv_usd.svg").read_text(encoding="utf-8").startswith("<svg")


def test_sobol_takes_a_key_that_is_varied_as_uniform() -> None:
    result = sensitivity("small", *SHORT, "--method", "sobol", "-n", "8", *WACC, "--outcome", "npv_usd", "--json")
    assert result.exit_code == 0, result.stderr
    said = json.loads(result.stdout)
    first, second = said["outcomes"]["npv_usd"]["factors"]
    assert (first["factor"], second["factor"], said["runs"]) == ("finance.wacc", "luck", 8 * 4)
    assert first["total"]["low"] <= first["total"]["value"] <= first["total"]["high"]


@pytest.mark.parametrize("method", ["morris", "pawn"])
def test_without_salib_the_command_says_how_to_get_it(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib", None)
    monkeypatch.setitem(sys.modules, "SALib.analyze", None)
    result = sensitivity("small", *SHORT, "--method", method, *WACC)
    assert result.exit_code == 2
    assert "pip install 'simcluster[sensitivity]'" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing in small is uncertain; name keys with --vary"),
        (("--vary", "finance.wacc=0.1"), "--vary finance.wacc=0.1: is not LOW:HIGH"),
        (("--vary", "finance.wacc=0.1:2"), "--set finance.wacc=2: finance.wacc"),
        (("--vary", "finance.wac=0.1:0.2"), "did you mean"),
        ((*WACC, "--outcome", "npv"), "did you mean 'npv_usd'?"),
        ((*WACC, "--method", "morris", "-n", "1"), "is not in the range"),
        ((*WACC, "--method", "sobol", "-n", "4"), "--method sobol needs -n 8 or more"),
        ((*WACC, "--out", SMALL), "is already there"),
    ],
)
def test_what_cannot_be_done_is_refused(arguments: tuple[str | Path, ...], said: str) -> None:
    result = sensitivity("small", *SHORT, *arguments)
    assert (result.exit_code, said in result.stderr) == (2, True), result.output
    assert result.stdout == ""


def test_runs_that_fail_are_told_with_their_command(tmp_path: Path) -> None:
    path = tmp_path / "unsure.toml"
    law = '{ uncertain = { kind = "uniform", low = 0.3, high = 1.7 }, value = 0.4 }'
    path.write_text(f'schema = 1\nextends = "{SMALL}"\nname = "unsure"\n[[jobs]]\nname = "pilot"\nmfu = {law}\n')
    result = sensitivity(path, *SHORT, "--method", "sobol", "-n", "8", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["failed"] > 0
    assert f"simcluster run {path} --seed " in result.stderr
    assert "--set end=2024-04-30 --set 'jobs[pilot].mfu.value=" in result.stderr
