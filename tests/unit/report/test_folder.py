"""The results folder: its files are those the README names, and its tables those of Python."""

import re
from pathlib import Path

import pandas as pd
import pytest

from simcluster.model.load import load
from simcluster.model.resolved import resolved_toml
from simcluster.report.folder import write_results
from simcluster.study.result import Result
from simcluster.study.run import run

ROOT = Path(__file__).parents[3]
TABLES = ("jobs", "interruptions", "failures", "clusters")


@pytest.fixture(scope="module")
def simulated() -> Result:
    return run(load(ROOT / "scenarios" / "small.toml")[0])


@pytest.fixture(scope="module")
def folder(simulated: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    document = load(ROOT / "scenarios" / "small.toml")[1]
    folder = tmp_path_factory.mktemp("results")
    write_results(folder, simulated, document, resolved_toml(document))
    return folder


def test_the_readme_names_every_file(folder: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme[readme.index("| file | holds |") : readme.index("## From Python")]
    cells = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    named = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    found = {re.sub(r"^(events|figures)/\w+", r"\1/*", name) for name in written} | {"manifest.json"}
    assert found == named


@pytest.mark.parametrize("name", TABLES)
def test_a_table_comes_back_as_it_was(folder: Path, simulated: Result, name: str) -> None:
    data = (folder / f"{name}.csv").read_bytes()
    assert b"\r" not in data
    frame: pd.DataFrame = getattr(simulated.reliability, name)
    assert data.decode("utf-8").splitlines()[0] == ",".join(frame.columns)
    again = pd.read_csv(
        folder / f"{name}.csv", keep_default_na=False, na_values={c: [""] for c in frame.select_dtypes("number")}
    )
    pd.testing.assert_frame_equal(again, frame, check_dtype=False)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_explained_and_no_other(simulated: Result, name: str) -> None:
    text = (ROOT / "docs" / "columns.md").read_text(encoding="utf-8")
    section = text[text.index(f"## `{name}.csv`") :].partition("\n\n## ")[0]
    rows = [row for row in section.splitlines() if row.startswith("| `")]
    named = {column for row in rows for column in re.findall(r"`(\w+)`", row.split("|")[1])}
    beside = {column for row in rows for column in re.findall(r"`(\w+_note)`", row)}
    assert named | beside == set(getattr(simulated.reliability, name).columns)
