"""The report of a sweep: self-contained, complete, and the same bytes for the same replicas."""

import csv
import json
import re
from pathlib import Path

import plans
import pytest
from pages import figure_labels

from simcluster.model.load import load
from simcluster.record.ledger import Ledger
from simcluster.report.sweep_folder import write_sweep
from simcluster.study.controls import Controlled
from simcluster.study.crew import Alone
from simcluster.study.intervals import Estimate
from simcluster.study.plan import LuckAlone
from simcluster.study.reproduce import reproduction
from simcluster.study.sweep import Sweep, fill

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
N = 8
BAD = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep in which one replica failed, written twice."""
    made = tmp_path_factory.mktemp("swept")
    scenario = load(SMALL)[0]
    sweep = Sweep(scenario, "resolved", plans.Faulty(scenario, (BAD,)), N, "1")
    with Ledger(None, sweep.digest) as ledger:
        fill(ledger, sweep, Alone())
        for name in ("first", "again"):
            (made / name).mkdir()
            write_sweep(made / name, ledger, sweep, reproduction("<small>.toml", (), sweep.plan))
    return made


def test_a_mean_that_a_control_narrows_is_told_in_text_table_and_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = load(SMALL)[0]
    plain, narrow = Estimate(0.949, 0.937, 0.961, 40, 0.95), Estimate(0.958, 0.954, 0.962, 40, 0.95)
    control = {"jobs.pilot.goodput": Controlled(plain, narrow, 1.1, 8.9)}
    monkeypatch.setattr("simcluster.report.sweep_folder.controls_of", lambda *_: control)
    sweep = Sweep(scenario, "resolved", LuckAlone(scenario), 0, "1")
    with Ledger(None, sweep.digest) as ledger:
        write_sweep(tmp_path, ledger, sweep, reproduction("small.toml", (), sweep.plan))
    (row,) = csv.DictReader((tmp_path / "controls.csv").read_text(encoding="utf-8").splitlines())
    assert (row["mean"], row["controlled_low"], row["slope"], row["gain"]) == ("0.949", "0.954", "1.1", "8.9")
    told = " ".join((tmp_path / "summary.txt").read_text(encoding="utf-8").split())
    assert "pilot: mean goodput 95.8% (95.4% to 96.2%), controlled by its efficiency in closed form" in told
    assert "8.9 times as many replicas" in told
    assert '<section id="controls">' in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["controls"]["jobs.pilot.goodput"][
        "mean"
    ] == {"value": 0.958, "low": 0.954, "high": 0.962}


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_same_replicas_give_the_same_bytes(folder: Path) -> None:
    first = contents(folder / "first")
    assert first == contents(folder / "again")
    lines = {"gpus_in_service", "drawn_mw", "capex_programme_usd", "offset"}
    assert {name for name in first if name.startswith("series/")} == {f"series/{name}.parquet" for name in lines}
    assert {"replicas.csv", "summary.csv", "errors.csv", "report.html", "figures/fans.svg"} <= first.keys()


def test_the_page_is_complete_and_fetches_nothing(folder: Path) -> None:
    page = (folder / "first" / "report.html").read_text(encoding="utf-8")
    assert len(figure_labels(page)) == 2
    assert re.findall(r'<section id="(\w+)">', page) == ["chances", "fans", "histograms", "outcomes", "errors"]
    assert "7 replicas of seed 1" in page
    assert "2 inputs drawn" in page
    assert "1 of 8 replicas raised an error" in page
    assert "ValueError: no scenario for 5" in page
    assert "&lt;small&gt;.toml" in page
    assert "NPV above 0" in page
    assert page.count("npv_run_off_usd") == 1


def test_fans_are_percentiles_of_the_replicas(folder: Path) -> None:
    import pandas as pd

    fan = pd.read_parquet(folder / "first" / "series" / "capex_programme_usd.parquet")
    replicas = pd.read_csv(folder / "first" / "replicas.csv")
    spent = replicas["capex_programme_usd"].sort_values()
    assert fan["n"].tolist() == [N - 1] * 4
    assert fan["p50"].iloc[-1] == pytest.approx(spent.iloc[3])
    assert fan["p95"].iloc[-1] == pytest.approx(spent.quantile(0.95))
