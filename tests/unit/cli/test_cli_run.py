"""`simcluster run` as a user meets it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simcluster.cli.main import main

ROOT = Path(__file__).parents[3]
SMALL = ROOT / "scenarios" / "small.toml"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["run", *map(str, arguments)])


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A finished run of the small scenario, which no test may change."""
    folder = tmp_path_factory.mktemp("first") / "out"
    return folder, run(SMALL, "--out", folder)


def test_a_run_writes_a_folder_and_tells_its_summary(first: tuple[Path, Result]) -> None:
    folder, result = first
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith((folder / "summary.txt").read_text(encoding="utf-8"))
    assert result.stdout.endswith(f"Results: {folder}/\n")
    assert result.stderr == ""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"].keys() == contents(folder).keys() - {"manifest.json"}
    assert [p.name for p in folder.parent.iterdir()] == ["out"], "something is left beside the folder"


def test_the_same_run_elsewhere_is_the_same_to_the_byte(tmp_path: Path) -> None:
    """In processes of their own; a sum in the order of a set showed in its last bit at these seeds."""
    for hash_seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo")):
        command = [sys.executable, "-m", "simcluster", "run", str(SMALL), "--seed", "5", "--out"]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone}
        done = subprocess.run(
            [*command, str(tmp_path / hash_seed)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    one, two = contents(tmp_path / "0"), contents(tmp_path / "1")
    one.pop("manifest.json")
    two.pop("manifest.json")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_another_seed_is_other_luck(first: tuple[Path, Result], tmp_path: Path) -> None:
    assert run(SMALL, "--seed", "2", "--out", tmp_path / "other").exit_code == 0
    one, two = contents(first[0]), contents(tmp_path / "other")
    changed = {name for name in one if one[name] != two[name]}
    assert {"events/NodeFailed.parquet", "events/LotDelivered.parquet", "outcomes.json", "summary.txt"} <= changed
    assert "events/BackgroundChanged.parquet" not in changed


def test_json_is_one_object_and_nothing_else(tmp_path: Path) -> None:
    result = run(SMALL, "--json", "--out", tmp_path / "out")
    outcomes = json.loads(result.stdout)
    assert isinstance(outcomes, dict)
    assert outcomes["gpus_ordered"] == 240
    assert outcomes["folder"] == str(tmp_path / "out")
    assert result.stdout.count("\n") == 1


def test_a_second_run_finds_the_first_and_force_runs_anew(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(SMALL, "--out", out).exit_code == 0
    (out / "summary.txt").write_text("as it stood\n", encoding="utf-8")
    again = run(SMALL, "--out", out)
    assert again.exit_code == 0
    assert again.stdout == f"as it stood\nResults: {out}/ (already there; --force runs again)\n"
    forced = run(SMALL, "--out", out, "--force")
    assert forced.exit_code == 0
    assert "as it stood" not in forced.stdout
    assert "as it stood" not in (out / "summary.txt").read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_with_force_another_run_takes_the_place_of_an_earlier_result(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(SMALL, "--out", out)
    (out / "stray.txt").write_text("x", encoding="utf-8")
    assert run(SMALL, "--seed", "3", "--out", out, "--force").exit_code == 0
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["seed"] == 3
    assert not (out / "stray.txt").exists()


def test_without_out_the_folder_is_named_by_scenario_and_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(SMALL).exit_code == 0
    (folder,) = (tmp_path / "runs").iterdir()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert folder.name == f"small-{manifest['hash8']}"


@pytest.mark.parametrize("force", [(), ("--force",)], ids=["plain", "force"])
@pytest.mark.parametrize("kind", ["folder", "file", "below a file"])
def test_what_is_not_ours_stays_as_it_is(tmp_path: Path, kind: str, force: tuple[str, ...]) -> None:
    foreign = tmp_path / "theirs"
    if kind == "folder":
        foreign.mkdir()
        (foreign / "thesis.txt").write_text("years of work", encoding="utf-8")
        (foreign / "manifest.json").write_text('{"name": "a web app"}', encoding="utf-8")
    else:
        foreign.write_text("years of work", encoding="utf-8")
    before = {str(p): p.read_bytes() if p.is_file() else b"" for p in tmp_path.rglob("*")}
    result = run(SMALL, *force, "--out", foreign / "out" if kind == "below a file" else foreign)
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    assert result.stdout == ""
    assert str(foreign) in result.stderr
    assert {str(p): p.read_bytes() if p.is_file() else b"" for p in tmp_path.rglob("*")} == before


def replaced(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert text.count(old) >= 1, f"{old!r} is not in the scenario"
        return text.replace(old, new, 1)

    return change


# What is done to the small scenario; the line it must be reported at (by its text) and words of the message.
BAD = {
    "unknown key": (replaced("pue_peak =", "pue_peek ="), "pue_peek", ["unknown key", "did you mean"]),
    "wrong unit": (replaced('"0.2 MW"', '"0.2 weeks"'), '"0.2 weeks"', ["expected a power", "duration"]),
    "bare number": (replaced('it_power = "0.2 MW"', "it_power = 0.2"), "it_power = 0.2", ["no unit"]),
    "negative": (replaced('"0.2 MW"', '"-0.2 MW"'), '"-0.2 MW"', ["from 0 up"]),
    "negative count": (replaced("gpus = 80", "gpus = -80"), "gpus = -80", ["gpus"]),
    "not a number": (replaced("pue_peak = 1.3", "pue_peak = nan"), "pue_peak = nan", ["finite"]),
    "not a quantity": (replaced('"0.2 MW"', '"nan MW"'), '"nan MW"', ["it_power"]),
    "dates out of order": (replaced("end = 2024-12-31", "end = 2023-12-31"), "end = 2023", ["comes before start"]),
    "promised too early": (replaced("promised = 2024-06-30", "promised = 2024-01-30"), "promised = 2024-01-30", []),
    "unknown GPU": (
        lambda text: text + '\n[catalog.servers.dgx_h100]\ngpu = "h1000"\n',
        'gpu = "h1000"',
        ["h1000", "did you mean 'h100'"],
    ),
    "unknown server": (replaced('"dgx_h100"', '"dgx_h10"'), '"dgx_h10"', ["no server", "did you mean 'dgx_h100'"]),
    "job too large": (replaced("gpus = 192", "gpus = 1920"), "gpus = 1920", ["never has more than 320"]),
    "syntax": (replaced("seed = 1", "seed = = 1"), "seed = = 1", ["not valid TOML"]),
    "unquoted quantity": (replaced('"0.2 MW"', "0.2 MW"), "it_power = 0.2 MW", ["in quotes"]),
    "no interval": (replaced('"4 hours"', '"0 hours"'), '"0 hours"', ["above 0"]),
    "free checkpoints": (replaced('cost = "2 min"', 'cost = "0 min"'), 'cost = "0 min"', ["above 0"]),
    "job waits for itself": (replaced('after = ["pilot"]', 'after = ["flagship"]'), "after =", ["waits for itself"]),
}


def refuses(tmp_path: Path, *arguments: str | Path) -> str:
    """What a run that must be refused says on stderr; nothing is written or said elsewhere."""
    out = tmp_path / "results" / "out"
    result = run(*arguments, "--out", out)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert not out.parent.exists()
    return result.stderr


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_is_shown_at_its_place_with_a_hint(tmp_path: Path, name: str) -> None:
    change, at, words = BAD[name]
    path = tmp_path / "bad.toml"
    path.write_text(change(SMALL.read_text(encoding="utf-8")), encoding="utf-8")
    told = refuses(tmp_path, path)
    lines = path.read_text(encoding="utf-8").split("\n")
    numbers = [number for number, line in enumerate(lines, 1) if at in line]
    places = re.findall(rf"^{re.escape(str(path))}:(\d+):\d+: ", told, re.MULTILINE)
    assert set(map(int, places)) & set(numbers), told
    assert [word for word in words if word not in told] == [], told
    assert told.count("hint: ") == len(places), told


def test_every_problem_is_shown_at_once(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    text = replaced('"0.2 MW"', '"0.2 weeks"')(SMALL.read_text(encoding="utf-8"))
    path.write_text(replaced("deposit = 0.2", "deposit = 2")(text), encoding="utf-8")
    told = refuses(tmp_path, path)
    assert told.count(f"{path}:") == 2
    assert "it_power" in told
    assert "deposit" in told


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    told = refuses(tmp_path, tmp_path / "nowhere.toml")
    assert told.startswith(f"{tmp_path / 'nowhere.toml'}: there is no such file")
    assert "hint: " in told


def test_a_directory_is_not_a_scenario(tmp_path: Path) -> None:
    told = refuses(tmp_path, tmp_path)
    assert told.startswith(f"{tmp_path}: is a directory")
    assert "hint: " in told


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_an_empty_file_is_called_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "empty.toml"
    path.write_text(text, encoding="utf-8")
    told = refuses(tmp_path, path)
    assert told.startswith(f"{path}")
    assert "empty" in told
    assert "hint: " in told


def test_text_that_is_not_utf8_is_located(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(b'schema = 1\nname = "caf\xe9"\n')
    told = refuses(tmp_path, path)
    assert told.startswith(f"{path}:2:12: is not UTF-8")
    assert "hint: " in told


def test_extends_in_a_circle_is_located(tmp_path: Path) -> None:
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text('schema = 1\nextends = "two.toml"\n', encoding="utf-8")
    two.write_text('schema = 1\nextends = "one.toml"\n', encoding="utf-8")
    told = refuses(tmp_path, one)
    assert told.startswith(f"{two}:2:")
    assert "circle" in told
    assert "hint: " in told


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("sites.campus.pue_peek=1.2", ["unknown key", "did you mean"]),
        ("orders.sprnig.gpus=8", ["no row", "did you mean 'spring'"]),
        ("site.campus.pue_peak=1.2", ["no table", "did you mean 'sites'"]),
        ("orders.spring.gpus=many", ["gpus", "whole number"]),
        ("catalog.gpus.h100.peak_bf16=0 TFLOP/s", ["above 0"]),
        ("end=9999-12-31", ["2025, 2026, 2027 and 7972 more years"]),
        ("orders.spring.gpus", ["KEY=VALUE"]),
    ],
)
def test_a_bad_option_is_named_with_a_hint(tmp_path: Path, option: str, words: list[str]) -> None:
    told = refuses(tmp_path, SMALL, "--set", option)
    assert told.startswith((f"--set {option}: ", f"{SMALL}:114:")), told
    assert [word for word in words if word not in told] == [], told
    assert "hint: " in told


def test_set_changes_one_value(tmp_path: Path) -> None:
    result = run(SMALL, "--set", "orders.spring.gpus=80", "--json", "--out", tmp_path / "out")
    assert json.loads(result.stdout)["gpus_ordered"] == 160
