"""`simcluster sweep --study` as a user meets it."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from click.testing import Result as Said
from pages import figure_labels, table_rows

from simcluster.cli.main import main
from simcluster.model.scenario import Scenario
from simcluster.record.ledger import LEDGER, Ledger
from simcluster.record.store import file_hashes
from simcluster.study.result import Result

ROOT = Path(__file__).parents[3]
SCENARIO = Path(__file__).parents[1] / "study" / "checkpoints.toml"
N = 3
POINTS = 4
KEYS = ("jobs[run].checkpoint.interval [h]", "jobs[run].restart [min]")
INPUTS = tuple(f"input.{key}" for key in KEYS)
STUDY = f"""\
schema = 1
name = "saving"
title = "How often to save"
base = "{SCENARIO}"
set = ["end=2024-01-10"]
replicas = {N}
outcomes = ["jobs.run.goodput", "jobs.run.lost_*"]
[factors]
"jobs[run].checkpoint.interval" = ["0.5 h", "2 h"]
"jobs[run].restart" = ["3 min", "9 min"]
"""
WRITTEN = {
    *("points.csv", "replicas.csv", "differences.csv", "summary.txt", "summary.json", "report.html"),
    *("figures/jobs.run.goodput.svg", "figures/jobs.run.lost_hours.svg", "scenario.resolved.toml"),
}


def sweep(*arguments: str | Path | int) -> Said:
    return CliRunner().invoke(main, ["sweep", *map(str, arguments)])


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("studies") / "saving.toml"
    file.write_text(STUDY, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def first(study: Path) -> tuple[Path, Said]:
    """A finished study, which no test may change."""
    folder = study.parent / "first"
    return folder, sweep("--study", study, "--workers", 1, "--out", folder)


def tables(folder: Path) -> dict[str, str]:
    return {name: told for name, told in file_hashes(folder).items() if name in WRITTEN}


def test_a_study_writes_its_folder_and_tells_its_summary(first: tuple[Path, Said]) -> None:
    folder, result = first
    assert result.exit_code == 0, result.stderr
    assert result.stdout == (folder / "summary.txt").read_text(encoding="utf-8") + f"Results: {folder}/\n"
    assert result.stderr == ""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["points"], manifest["replicas"], manifest["failed"]) == (POINTS, N, 0)
    assert manifest["files"] == tables(folder)
    assert file_hashes(folder).keys() == WRITTEN | {"manifest.json", LEDGER}
    assert "4 points of 3 replicas, seed 1" in result.stdout
    assert "\ncheckpoint interval  jobs[run] restart   mean" in result.stdout


def test_the_tables_say_what_the_replicas_say(first: tuple[Path, Said]) -> None:
    folder, _ = first
    replicas, points = pd.read_csv(folder / "replicas.csv"), pd.read_csv(folder / "points.csv")
    assert list(replicas.columns[:5]) == ["point", *INPUTS, "replica", "seed"]
    assert replicas["point"].tolist() == [0, 1, 2, 3] * N
    assert replicas.groupby("replica")["seed"].nunique().tolist() == [1] * N
    assert replicas.loc[:3, list(INPUTS)].to_numpy().tolist() == [[0.5, 3], [0.5, 9], [2, 3], [2, 9]]
    assert len(points) == POINTS * (len(replicas.columns) - 5)
    lost = replicas.pivot_table(index="replica", columns="point", values="jobs.run.lost_hours")
    told = points[points["outcome"] == "jobs.run.lost_hours"]
    assert told["mean"].astype(float).tolist() == pytest.approx(lost.mean().tolist())
    assert told["n"].tolist() == [N] * POINTS
    differences = pd.read_csv(folder / "differences.csv")
    told = differences[differences["outcome"] == "jobs.run.lost_hours"]
    assert told["point"].tolist() == [1, 2, 3]
    assert told["difference"].tolist() == pytest.approx([(lost[k] - lost[0]).mean() for k in (1, 2, 3)])
    as_json = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    goodput = as_json["outcomes"]["jobs.run.goodput"]
    means = replicas.groupby("point")["jobs.run.goodput"].mean()
    assert [row["mean"]["value"] for row in goodput["points"]] == pytest.approx(means.tolist())
    assert goodput["highest"]["point"] == means.idxmax()
    assert as_json["points"][3]["set"] == ['jobs[run].checkpoint.interval="2 h"', 'jobs[run].restart="9 min"']


def test_the_page_tells_each_outcome_by_a_figure_in_words_and_a_table(first: tuple[Path, Said]) -> None:
    page = (first[0] / "report.html").read_text(encoding="utf-8")
    labels = figure_labels(page)
    assert [label.partition(":")[0] for label in labels] == ["jobs.run.goodput", "jobs.run.lost_hours"]
    assert all("Highest" in label and "Lowest" in label for label in labels)
    assert table_rows(page, "factors")[1:] == [
        ["jobs[run].checkpoint.interval", "2", "0.5 h, 2 h"],
        ["jobs[run].restart", "2", "3 min, 9 min"],
    ]
    assert len(table_rows(page, "jobs.run.goodput")) == 1 + POINTS
    assert "4 points" in page
    assert "3 replicas a point of seed 1" in page


def test_any_workers_give_the_same_bytes(first: tuple[Path, Said], study: Path, tmp_path: Path) -> None:
    folder, _ = first
    assert sweep("--study", study, "--workers", 2, "--out", tmp_path / "two").exit_code == 0
    assert tables(tmp_path / "two") == tables(folder)


def test_a_study_broken_off_goes_on_to_the_same_bytes(first: tuple[Path, Said], study: Path, tmp_path: Path) -> None:
    """As if it had been killed: a ledger with some replicas, and no table."""
    folder, _ = first
    digest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["hash8"]
    with Ledger(folder / LEDGER, digest) as whole, Ledger(tmp_path / LEDGER, digest) as part:
        for replica in whole.replicas():
            if replica.number in (0, 3, 4, 10):
                part.add(replica)
    assert "--resume goes on with them" in sweep("--study", study, "--out", tmp_path).stderr
    assert sweep("--study", study, "--workers", 1, "--out", tmp_path, "--resume").exit_code == 0
    assert tables(tmp_path) == tables(folder)


def test_more_replicas_change_none_and_what_is_there_is_told_again(
    first: tuple[Path, Said], study: Path, tmp_path: Path
) -> None:
    folder, result = first
    again = sweep("--study", study, "--out", folder)
    assert (again.exit_code, again.stdout) == (0, result.stdout)
    assert json.loads(sweep("--study", study, "--out", folder, "--json").stdout)["folder"] == str(folder)
    assert sweep("--study", study, "-n", 2, "--workers", 1, "--out", tmp_path / "out").exit_code == 0
    fewer = (tmp_path / "out" / "replicas.csv").read_text(encoding="utf-8").splitlines()
    assert (folder / "replicas.csv").read_text(encoding="utf-8").splitlines()[: 1 + 2 * POINTS] == fewer
    assert sweep("--study", study, "--workers", 1, "--out", tmp_path / "out", "--resume").exit_code == 0
    assert tables(tmp_path / "out") == tables(folder)


def test_options_say_otherwise(study: Path, tmp_path: Path) -> None:
    options = ("-n", 1, "--seed", 5, "--set", "end=2024-01-05", "--workers", 1)
    assert sweep("--study", study, *options, "--out", tmp_path / "out").exit_code == 0
    told = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert (told["seed"], told["replicas"]) == (5, 1)
    assert "2024-01-05" in (tmp_path / "out" / "scenario.resolved.toml").read_text(encoding="utf-8")


def test_points_that_fail_are_told_with_the_command_that_repeats_them(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from simcluster.study import chunk

    simulate = chunk.run

    def fails(scenario: Scenario, seed: int) -> Result:
        if scenario.jobs[0].restart.hours(32) == 0.15:
            raise ValueError("no luck")
        return simulate(scenario, seed)

    monkeypatch.setattr(chunk, "run", fails)
    failed = sweep("--study", study, "-n", 1, "--workers", 1, "--out", tmp_path / "out")
    assert failed.exit_code == 1, failed.stderr
    errors = pd.read_csv(tmp_path / "out" / "errors.csv")
    assert errors["point"].tolist() == [1, 3]
    assert errors["replica"].tolist() == [0, 0]
    assert "'jobs[run].restart=\"9 min\"'" in errors["command"][0]
    assert "end=2024-01-10" in errors["command"][0]
    assert "Failed: 2 replicas raised an error" in failed.stdout
    assert "no luck" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give a scenario and -n, or --study FILE"),
        ((SCENARIO,), "give a scenario and -n, or --study FILE"),
        (("-n", 2), "give a scenario and -n, or --study FILE"),
        (("--study", "none.toml"), "there is no such file"),
        (("--study", "STUDY", "--nested"), "are for one scenario"),
        (("--study", "STUDY", "--sampler", "sobol"), "are for one scenario"),
        (("--study", "STUDY", "--until", "npv_usd ±2%"), "are for one scenario"),
        (("--study", "STUDY", "--set", "jobs[run].restart=1 min"), "what is set here is a factor"),
        (("--study", "STUDY", "--set", "jobs[run].mfu=2"), "2 is out of range"),
        (("--study", "STUDY", SCENARIO.with_name("none.toml")), "there is no such file"),
    ],
)
def test_what_cannot_be_done_is_refused(
    arguments: tuple[str | Path | int, ...], said: str, study: Path, tmp_path: Path
) -> None:
    told = [study if part == "STUDY" else part for part in arguments]
    refused = sweep(*told, "--out", tmp_path / "out")
    assert refused.exit_code == 2, refused.stderr
    assert said in refused.stderr
    assert not (tmp_path / "out").exists()


def test_an_outcome_that_is_not_there_is_refused_before_anything_is_written(study: Path, tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text(STUDY.replace("run.goodput", "run.godput"), encoding="utf-8")
    refused = sweep("--study", file, "--out", tmp_path / "out")
    assert refused.exit_code == 2
    assert f"{file}:7:13: outcomes[0]" in refused.stderr
    assert not (tmp_path / "out").exists()


def test_a_shipped_study_runs(tmp_path: Path) -> None:
    """A grid of 21 points, each for a day of simulated time."""
    shipped = ROOT / "studies" / "checkpoint_grid.toml"
    ran = sweep("--study", shipped, "-n", 1, "--set", "end=2024-01-02", "--workers", 1, "--out", tmp_path / "out")
    assert ran.exit_code == 0, ran.stderr
    assert "21 points of 1 replica" in ran.stdout
    assert "which cannot be told from any other point" in " ".join(ran.stdout.split()), "one replica is no interval"
