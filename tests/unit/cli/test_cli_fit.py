"""`simcluster fit failures` as a user meets it."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from simcluster.cli.main import main

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"


def fit(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["fit", "failures", *map(str, arguments)])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Two batches: one watched from new with a constant rate, one from an age on and ageing."""
    rng = np.random.default_rng(7)
    lines = ["start,end,failed,batch,cause"]
    for batch, shape, scale in (("spring", 1.0, 7_000), ("old", 3.0, 60_000)):
        for _ in range(300):
            start = rng.uniform(20_000, 45_000) if batch == "old" else 0.0
            life = scale * ((start / scale) ** shape + rng.exponential()) ** (1 / shape)
            end = min(life, start + 3_000)
            cause = rng.choice(["Faulty GPU", "gremlins"]) if life < start + 3_000 else ""
            lines.append(f"{start:.1f},{end:.1f},{int(life < start + 3_000)},{batch},{cause}")
    path = tmp_path / "my log.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_person_reads_laws_rates_and_the_rows_to_paste(log: Path) -> None:
    result = fit(log, "--bootstrap", "9")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    text, _, toml = result.stdout.partition("all causes:\n\n")
    assert text.startswith("batch spring: 300 rows of 300 nodes, ")
    assert "300 watched from a later age on" in " ".join(text.split())
    assert text.count("\n> ") == 2, "one law a batch is marked"
    assert text.count("Llama 3's unexpected interruptions: 3.79 per 1,000 node-days; ratio to it ") == 2
    (faulty,) = [line for line in text.splitlines() if line.startswith("  Faulty GPU")][:1]
    assert " 1.34 " in faulty
    assert "Llama 3's causes are called faulty_gpu, " in text
    assert max(map(len, text.splitlines())) <= 110
    assert tomllib.loads(toml)["catalog"]["failures"].keys() == {"fitted_spring", "fitted_old"}


def test_json_is_one_object_and_nothing_else(log: Path) -> None:
    result = fit(log, "--json", "--bootstrap", "9")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count("\n") == 1
    told = json.loads(result.stdout)
    assert (told["file"], told["unit"], told["bootstrap"]) == ("my log.csv", "node", 9)
    spring, old = told["batches"]["spring"], told["batches"]["old"]
    assert old["entered_late"] == 300
    assert spring["chosen"] in spring["laws"]
    shape = old["laws"]["weibull"]["parameters"]["shape"]
    assert shape["low"] < 3 < shape["high"]
    assert {row["cause"]: row["llama3_name"] for row in old["causes"]} == {"Faulty GPU": "faulty_gpu", "gremlins": None}
    assert spring["rate_per_1000_node_days"] == spring["rate_per_1000_unit_days"]
    assert fit(log, "--json", "--bootstrap", "9").stdout == result.stdout


def test_a_batch_is_fitted_alike_whatever_else_is_in_the_file(log: Path) -> None:
    together = json.loads(fit(log, "--json", "--bootstrap", "9").stdout)["batches"]["old"]
    kept = [line for line in log.read_text(encoding="utf-8").splitlines() if ",spring," not in line]
    log.write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert json.loads(fit(log, "--json", "--bootstrap", "9").stdout)["batches"] == {"old": together}


@pytest.mark.parametrize("unit", ["node", "gpu"])
def test_the_written_rows_run_in_a_scenario(log: Path, tmp_path: Path, unit: str) -> None:
    out = tmp_path / "rows.toml"
    result = fit(log, "--bootstrap", "0", "--unit", unit, "--out", out)
    assert result.exit_code == 0, result.stderr
    rows = out.read_text(encoding="utf-8")
    assert result.stdout.endswith(rows)
    assert str(tmp_path) not in rows, "a row names the log without its folder"
    scenario = tmp_path / "s.toml"
    small = SMALL.read_text(encoding="utf-8").replace('failures = "llama3_h100"', 'failures = "fitted_old"')
    scenario.write_text(f"{small}\n{rows}", encoding="utf-8")
    validated = CliRunner().invoke(main, ["validate", str(scenario)])
    assert validated.exit_code == 0, validated.stderr
    assert "fitted_old" in small


def test_out_replaces_a_file_only_by_force(log: Path, tmp_path: Path) -> None:
    out = tmp_path / "rows.toml"
    out.write_text("mine", encoding="utf-8")
    result = fit(log, "--bootstrap", "0", "--out", out)
    assert result.exit_code == 2
    assert result.stderr == f"Error: {out} is already there; choose another --out or use --force\n"
    assert out.read_text(encoding="utf-8") == "mine"
    assert fit(log, "--bootstrap", "0", "--out", out, "--force").exit_code == 0
    assert "fitted_spring" in out.read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my log.csv", "rows.toml"]


def test_out_needs_a_folder_and_a_file_name(log: Path, tmp_path: Path) -> None:
    assert "is a folder" in fit(log, "--out", tmp_path).stderr
    assert "there is no folder" in fit(log, "--out", tmp_path / "no" / "rows.toml").stderr


HEADER = "start,end,failed,batch\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["{f}: the file is empty"]),
        (HEADER, ["{f}:1: there are no rows below the header"]),
        ("end;failed\n1;1\n", ["{f}:1: columns are separated by ';'"]),
        ("end,faild\n1,1\n", ["{f}:1: unknown column 'faild'", "did you mean 'failed'?", "column 'failed' is missing"]),
        ("failed\n1\n", ["{f}:1: column 'end' is missing"]),
        ("end,end,failed\n1,1,1\n", ["{f}:1: column 'end' stands there twice"]),
        ("start,hours,failed\n1,2,1\n", ["{f}:1: columns 'hours' and 'start' exclude each other"]),
        (HEADER + "0,x,1,a\n0,,1,a\n", ["{f}:2: end: 'x' is not a number", "{f}:3: end: is empty"]),
        (HEADER + "5,5,1,a\n", ["{f}:2: end: 5 is not above the start 5"]),
        (HEADER + "-1,5,1,a\n0,inf,1,a\n", ["{f}:2: start: -1 is not an age", "{f}:3: end: inf is not an age"]),
        (HEADER + "0,5,maybe,a\n0,5,1,\n", ["{f}:2: failed: 'maybe' is neither yes nor no", "{f}:3: batch: is empty"]),
        (HEADER + "0,5,1\n0,5,1,a,b\n", ["{f}:2: 3 fields, but the header has 4", "{f}:3: 5 fields"]),
        (
            HEADER + "0,24000,0,a\n0,5,1,b\n",
            ["{f}:2: batch 'a' begins here and has no failure in it", "is below 3 per"],
        ),
        (HEADER + "0,5,0,a\n0,x,1,b\n", ["{f}:2: batch 'a' begins here", "{f}:3: end: 'x' is not a number"]),
        (HEADER + '0,5,1,"a\n', ["is not CSV"]),
    ],
)
def test_every_problem_is_told_at_its_line_with_a_hint(tmp_path: Path, text: str, told: list[str]) -> None:
    path = tmp_path / "lives.csv"
    path.write_text(text, encoding="utf-8")
    result = fit(path)
    assert result.exit_code == 2
    assert result.stdout == ""
    for part in told:
        assert part.replace("{f}", str(path)) in result.stderr
    assert result.stderr.count("hint: ") >= sum(part.startswith("{f}") for part in told)


def test_a_row_that_cannot_be_read_may_hold_the_failure(tmp_path: Path) -> None:
    path = tmp_path / "lives.csv"
    path.write_text(HEADER + "0,5,0,a\n0,x,1,a\n", encoding="utf-8")
    assert "has no failure" not in fit(path).stderr


@pytest.mark.parametrize(("name", "told"), [("nope.csv", "there is no such file"), (".", "is a directory")])
def test_what_is_no_file_is_told(tmp_path: Path, name: str, told: str) -> None:
    result = fit(tmp_path / name)
    assert result.exit_code == 2
    assert told in result.stderr


def test_text_that_is_not_utf8_is_told_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "lives.csv"
    path.write_bytes(b"end,failed,batch\n1,1,caf\xe9\n")
    assert f"{path}:2: is not UTF-8 text" in fit(path).stderr


def test_columns_that_say_nothing_are_named(tmp_path: Path) -> None:
    path = tmp_path / "lives.csv"
    path.write_text("end,failed,rack\n5,1,r1\n6,1,r2\n", encoding="utf-8")
    result = fit(path, "--bootstrap", "0")
    assert result.exit_code == 0
    assert result.stderr == "note: columns not used: rack\n"


def test_help_names_the_columns_and_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom simcluster.cli.main import main\n"
        "main(['fit', 'failures', '--help'], standalone_mode=False)\n"
        "heavy = {'pydantic', 'pint', 'pandas', 'numpy', 'scipy', 'simpy'} & sys.modules.keys()\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "    start   age in hours from which it was watched" in done.stdout
    assert "start,end,failed,batch,unit,cause\n" in done.stdout
