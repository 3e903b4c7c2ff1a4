"""Where a new user stumbled: addresses of rows, names of scenarios, folders in the way, the catalog's paths."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simcluster.cli.main import main
from simcluster.model.load import load
from simcluster.model.provenance import Provenance

ROOT = Path(__file__).parents[3]
SMALL = ROOT / "scenarios" / "small.toml"
META = ROOT / "scenarios" / "meta_2024.toml"


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize("command", ["run", "validate"])
def test_help_says_how_rows_are_addressed(command: str) -> None:
    told = "".join(call(command, "--help").stdout.split())
    assert "sites[campus].power[utility].phases[2].date=2025-03-15" in told


def test_a_packaged_scenario_goes_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = call("validate", "small")
    assert result.exit_code == 0
    assert result.stdout.startswith("ok: small")
    result = call("run", "smal")
    assert result.exit_code == 2
    assert "there is no such file, and no packaged scenario of that name" in result.stderr
    assert "hint: did you mean 'small'?" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_another_run_in_the_folder_is_left_alone_without_force(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text(json.dumps({"hash8": "0123abcd"}), encoding="utf-8")
    result = call("run", SMALL, "--out", out)
    assert result.exit_code == 2
    told = f"{out} holds another run (hash8 0123abcd); choose another --out or use --force"
    assert result.stderr == f"Error: {told}\n"
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "manifest.json"]


@pytest.mark.parametrize("kind", ["folder", "file", "below a file"])
def test_what_is_not_a_result_is_told_plainly(tmp_path: Path, kind: str) -> None:
    foreign = tmp_path / "theirs"
    if kind == "folder":
        foreign.mkdir()
        (foreign / "thesis.txt").write_text("years of work", encoding="utf-8")
    else:
        foreign.write_text("years of work", encoding="utf-8")
    result = call("run", SMALL, "--out", foreign / "out" if kind == "below a file" else foreign)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {foreign}")
    assert "choose another --out" in result.stderr
    assert "FolderInTheWay" not in result.stderr
    assert "--debug" not in result.stderr


def test_the_catalog_prints_path_value_and_source() -> None:
    result = call("catalog", "servers")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    (price,) = [line for line in lines if line.startswith("catalog.servers.dgx_h100.price = ")]
    assert price.startswith("catalog.servers.dgx_h100.price = 270 kUSD   source: SemiAnalysis")
    assert any(line.startswith("catalog.servers.b200_8gpu.price = ") and "   assumption: " in line for line in lines)
    assert all(line.startswith("catalog.servers.") and " = " in line for line in lines)


def test_every_path_the_catalog_prints_can_be_set() -> None:
    lines = call("catalog").stdout.splitlines()
    for table in ("gpus", "servers", "failures", "companies"):
        (path, _, rest) = next(line for line in lines if line.startswith(f"catalog.{table}.")).partition(" = ")
        _, document = load(SMALL, [f"{path}=set here"])
        assert rest
        assert "set here" in json.dumps(document.values["catalog"][table], default=str)
    cause = next(line for line in lines if ".causes." in line and ".rate = " in line).partition(" = ")[0]
    load(SMALL, [f"{cause}=2e-3 / day"])


def test_a_table_without_rows_is_named() -> None:
    assert "there is no table 'server'" in call("catalog", "server").stderr


@pytest.mark.parametrize(
    "key",
    [
        "sites[campus].power[utility].phases[2].date",
        "sites[3].power[0].phases[2].date",
        "sites.campus.power.utility.phases.2.date",
        'sites["campus"].power.0.phases[2].date',
    ],
)
def test_a_date_of_a_power_phase_is_set_by_any_address(key: str) -> None:
    scenario, document = load(META, [f"{key}=2025-03-15"])
    site = next(site for site in scenario.sites if site.name == "campus")
    assert [str(phase.date) for phase in site.power[0].phases][2] == "2025-03-15"
    found = document.provenance_of(("sites", 3, "power", 0, "phases", 2, "date"))
    assert found == Provenance(assumption="set on the command line")


def test_a_problem_names_a_path_that_set_accepts() -> None:
    told = call("validate", META, "--set", "sites.campus.pue_peak=x").stderr
    path = "sites[3].pue_peak"
    assert f": {path}: " in told
    assert call("validate", META, "--set", f"{path}=1.3").exit_code == 0


def test_the_seed_is_luck_and_no_assumption() -> None:
    _, document = load(SMALL, seed=3)
    assert document.provenance.get(("seed",)) is None
    assert document.values["seed"] == 3


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ("sites[campus].provisioned_fraction=10", "write 0.10 for 10%"),
        ("sites[campus].provisioned_fraction=10%", "write 0.10 for 10%"),
        ("sites[campus].provisioned_fraction=12.5%", "write 0.125 for 12.5%"),
        ("end=soon", "write YYYY-MM-DD without quotes: 2024-10-30"),
        ("end=2025-3-1", "write YYYY-MM-DD without quotes: 2024-10-30"),
        ("catalog.servers.b200_8gpx.price=400 kUSD", "did you mean 'b200_8gpu'?"),
        ("sites[campus.pue_peak=1.2", "sites[campus].power[0].price"),
    ],
)
def test_hints_say_what_to_write(option: str, hint: str) -> None:
    result = call("validate", META, "--set", option)
    assert result.exit_code == 2
    assert hint in result.stderr
    assert result.stderr.count("hint: ") == 1
    assert "KEY=VALUE" not in result.stderr


def test_a_bare_date_that_is_none_is_told_how_to_write_one(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("schema = 1\nstart = 2024-3-1\n", encoding="utf-8")
    assert "hint: write YYYY-MM-DD without quotes: 2024-10-30" in call("validate", path).stderr


def test_a_misspelt_catalog_row_in_a_file_is_one_problem(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    text = SMALL.read_text(encoding="utf-8")
    path.write_text(f'{text}\n[catalog.servers.b200_8gpx]\nprice = "400 kUSD"\n', encoding="utf-8")
    told = call("validate", path).stderr
    assert told.count("hint: ") == 1
    assert "catalog.servers.b200_8gpx: servers has no row 'b200_8gpx'" in told
    assert "did you mean 'b200_8gpu'?" in told
