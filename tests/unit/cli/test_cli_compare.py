"""`simcluster compare` as a user meets it."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simcluster.cli.main import main

ROOT = Path(__file__).parents[3]
SMALL = ROOT / "scenarios" / "small.toml"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def compare(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["compare", *map(str, arguments)])


def refuses(*arguments: str | Path) -> str:
    """What a comparison that must be refused says on stderr; it says nothing else and writes nothing."""
    result = compare(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert list(Path().iterdir()) == []
    return result.stderr


@pytest.fixture
def later() -> Path:
    """A version of the small scenario, outside the folder."""
    path = Path("..", "later.toml")
    path.write_text(
        f'schema = 1\nextends = "{SMALL}"\nname = "later"\n[catalog.servers.dgx_h100]\nprice = "280 kUSD"\n'
    )
    return path


def test_names_and_files_side_by_side(later: Path) -> None:
    result = compare("small", later)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    (servers,) = [line for line in result.stdout.splitlines() if line.startswith("  Servers in service")]
    assert servers.split()[-3:] == ["10.8", "11.2", "×1.0"]
    assert list(Path().iterdir()) == []


def test_one_object_alone_with_a_seed_and_a_change_for_all(later: Path) -> None:
    result = compare("small", later, "--json", "--seed", "3", "--set", "sites[campus].pue_peak=1.4")
    assert result.stdout.count("\n") == 1
    said = json.loads(result.stdout)
    assert [(column["name"], column["seed"]) for column in said["scenarios"]] == [("small", 3), ("later", 3)]
    rows = {row["quantity"]: row for row in said["rows"]}
    for name in ("small", "later"):
        assert rows["facility_nameplate"]["values"][name] == pytest.approx(rows["it_nameplate"]["values"][name] * 1.4)


def test_the_same_scenario_twice_has_two_columns() -> None:
    said = json.loads(compare(SMALL, "small", "--json", "--precision", "fp64").stdout)
    assert said["precision"] == "fp64"
    assert [column["name"] for column in said["scenarios"]] == ["small", "small (2)"]
    assert {ratio for row in said["rows"] for ratio in row["ratios_to_first"].values()} == {1.0, None}


def test_a_folder_is_written_whole() -> None:
    result = compare("small", SMALL, "--out", "side")
    assert sorted(path.name for path in Path("side").iterdir()) == [
        "comparison.csv",
        "comparison.json",
        "comparison.txt",
        "ratios.svg",
        "report.html",
    ]
    assert Path("side", "comparison.txt").read_text(encoding="utf-8") == result.stdout
    assert [path.name for path in Path().iterdir()] == ["side"]


@pytest.mark.parametrize("kind", ["folder", "file", "below a file"])
def test_what_is_there_is_left_alone(kind: str) -> None:
    there = Path("..", "there")
    if kind == "folder":
        there.mkdir()
        (there / "thesis.txt").write_text("years of work", encoding="utf-8")
    else:
        there.write_text("years of work", encoding="utf-8")
    told = refuses("small", SMALL, "--out", there / "out" if kind == "below a file" else there)
    assert str(there) in told
    assert "choose another --out" in told


@pytest.mark.parametrize("arguments", [(), ("small",)], ids=["none", "one"])
def test_two_are_needed(arguments: tuple[str, ...]) -> None:
    assert "give two scenarios or more" in refuses(*arguments)


def test_all_that_is_wrong_is_told_at_once() -> None:
    bad = Path("..", "bad.toml")
    bad.write_text('schema = 1\nnmae = "x"\n', encoding="utf-8")
    told = refuses("smal", bad, "nowhere", "--out", "side")
    assert "smal: there is no such file, and no packaged scenario of that name\n    hint: did you mean 'small'?" in told
    assert f"{bad}:2:1: nmae: unknown key" in told
    assert "nowhere: there is no such file" in told


def test_a_change_that_does_not_fit_says_where_it_does_not() -> None:
    told = refuses("small", "el_capitan", "--set", "sites[campus].pue_peak=1.4")
    assert told.startswith("el_capitan: --set sites[campus].pue_peak=1.4: ")
    assert "small: --set" not in told


def test_without_a_peak_anywhere_another_precision_is_asked_for(later: Path) -> None:
    text = SMALL.read_text(encoding="utf-8").replace('server = "dgx_h100"', 'server = "s"')
    own = '[catalog.gpus.g]\ntitle = "G"\nh100_equivalents = 1.0\npeak_bf16 = "1 TFLOP/s"\ntdp = "1 kW"\n'
    server = '[catalog.servers.s]\ntitle = "S"\ngpu = "g"\ngpus = 8\nserver_power = "10 kW"\nnetwork_power = "1 kW"\n'
    server += 'busy_draw = 0.8\nidle_draw = 0.2\nprice = "1 kUSD"\nnetwork_price = "1 kUSD"\n'
    plain = Path("..", "plain.toml")
    plain.write_text(f"{text}\n{own}{server}", encoding="utf-8")
    told = refuses(plain, plain, "--precision", "fp64", "--out", "new/side")
    assert told == "Error: no scenario has GPUs with a peak at fp64: g say none; take another --precision\n"
    result = compare(later, plain, "--precision", "fp64")
    assert result.exit_code == 0
    assert "\nsmall: no FP64 peak is known of g.\n" in result.stdout


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """Four replicas of the small scenario and of one whose servers and WACC differ, in processes, with a folder."""
    folder = tmp_path_factory.mktemp("many")
    dear = '[catalog.servers.dgx_h100]\nprice = "280 kUSD"\n[finance]\nwacc = 0.12\n'
    (folder / "dear.toml").write_text(f'schema = 1\nextends = "{SMALL}"\nname = "dear"\n{dear}')
    arguments = ("small", folder / "dear.toml", "-n", "4", "--workers", "2", "--out", folder / "out")
    return compare(*arguments), folder


def test_many_replicas_share_their_luck(many: tuple[Result, Path]) -> None:
    """NPV differs by what differs, and the gain of pairing is seen; what is the same in both differs by nothing."""
    result, folder = many
    assert result.exit_code == 0, result.stderr
    said = json.loads((folder / "out" / "comparison.json").read_text(encoding="utf-8"))
    rows = {row["quantity"]: row["against_first"]["dear"] for row in said["rows"]}
    assert rows["servers"]["difference"] == pytest.approx({"value": 0.4, "low": 0.4, "high": 0.4})
    assert rows["useful"]["difference"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert rows["useful"]["first"]["low"] < rows["useful"]["first"]["high"]
    assert rows["npv"]["gain"] > 5
    assert rows["npv"]["n"] == said["replicas"] == 4
    assert Path(folder, "out", "comparison.txt").read_text(encoding="utf-8") == result.stdout
    (npv,) = [line for line in result.stdout.splitlines() if line.startswith("  NPV, M USD")]
    assert npv.split()[-2] == "4"


def test_the_waterfall_says_where_a_difference_comes_from(many: tuple[Result, Path]) -> None:
    folder = many[1] / "out"
    found = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))["waterfall"]
    assert [step["part"] for step in found["steps"]] == ["catalog.servers.dgx_h100.price", "finance.wacc"]
    for way in ("forward", "reverse", "shapley"):
        total = sum(step[way]["value"] for step in found["steps"])
        assert total == pytest.approx(found["difference"]["value"])
    assert found["steps"][0]["forward"]["value"] != found["steps"][0]["reverse"]["value"]
    assert (folder / "waterfall.svg").read_text(encoding="utf-8").startswith("<svg")
    rows = (folder / "waterfall.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[0] for row in rows] == [
        "part",
        "A",
        "catalog.servers.dgx_h100.price",
        "finance.wacc",
        "B",
    ]


def test_replicas_are_those_of_a_sweep(many: tuple[Result, Path]) -> None:
    CliRunner().invoke(main, ["sweep", "small", "-n", "2", "--workers", "1", "--out", "swept"])
    swept, ours = (
        list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        for path in (Path("swept", "replicas.csv"), many[1] / "out" / "replicas.csv")
    )
    assert [row["seed"] for row in ours[:2]] == [row["seed"] for row in ours[4:6]] == [row["seed"] for row in swept]
    assert [row["npv_usd"] for row in ours[:2]] == [row["npv_usd"] for row in swept]


def test_an_outcome_that_is_not_there_is_refused_with_what_is_meant() -> None:
    result = compare("small", SMALL, "-n", "2", "--workers", "1", "--explain", "npv")
    assert result.exit_code == 2
    assert "did you mean 'npv_usd'?" in result.stderr


def test_replicas_that_fail_are_told_and_left_out(tmp_path: Path) -> None:
    """An MFU drawn above 1 is no scenario: of those replicas there is no pair, and each has its command."""
    path = tmp_path / "unsure.toml"
    law = '{ uncertain = { kind = "choice", values = [0.4, 1.4] }, value = 0.4 }'
    path.write_text(f'schema = 1\nextends = "{SMALL}"\nname = "unsure"\n[[jobs]]\nname = "pilot"\nmfu = {law}\n')
    result = compare("small", path, "-n", "4", "--workers", "1", "--no-waterfall", "--json")
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    (numbers,) = said["failed"].values()
    assert 0 < len(numbers) < 4
    assert said["rows"][0]["against_first"]["unsure"]["n"] == 4 - len(numbers)
    assert result.stderr.count(f"simcluster run {path} --seed ") == len(numbers)
    assert "jobs[pilot].mfu.value=1.4" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [("--explain", "npv_usd"), ("--workers", "2"), ("-n", "2", "--explain", "x", "--no-waterfall"), ("-n", "1")],
)
def test_what_goes_with_many_replicas(arguments: tuple[str, ...]) -> None:
    refuses("small", SMALL, *arguments)
