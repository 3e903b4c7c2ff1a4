"""The page of what must be true: the answer, its interval and the values tried, in words and as a figure."""

import math
from datetime import date
from pathlib import Path

import pytest
from pages import figure_labels, section, table_rows

from simcluster.model.document import Document
from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.report.solve_folder import write_solution
from simcluster.report.solve_page import solution_svg
from simcluster.report.study_page import Origin
from simcluster.study.intervals import Estimate
from simcluster.study.knob import knob_of
from simcluster.study.solve import Solution, Trial
from simcluster.study.target import target_of

DAY = float(date(2024, 4, 17).toordinal())
SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"


@pytest.fixture(scope="module")
def small() -> tuple[Scenario, Document]:
    return load(SMALL)


def found(
    small: tuple[Scenario, Document], target: str, values: list[float], half: float = 1.0, n: int = 20
) -> Solution:
    """Three values of WACC from 0.05 to 0.15, the answer at 0.1 with an interval up to the end of the range."""
    scenario, document = small
    knob = knob_of(document, "finance.wacc", "0.05:0.15", "0.05")
    ran = tuple(
        Trial(k, knob.at(k), Estimate(value, value - half, value + half, n, 0.95), 1) for k, value in enumerate(values)
    )
    high = math.inf if n > 1 else math.nan
    return Solution(scenario, knob, target_of(target), n, 0.1, 0.05, high, (ran[0], ran[1]), ran, ())


def page_of(one: Solution, folder: Path) -> str:
    write_solution(folder, one, Origin(("<small>",), ("a=1",)))
    assert (folder / "solution.svg").read_text(encoding="utf-8") == solution_svg(one)
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_answer_and_its_interval_are_told_and_drawn(small: tuple[Scenario, Document], tmp_path: Path) -> None:
    page = page_of(found(small, "npv_usd=2@P20", [3.0, 2.0, 0.5]), tmp_path)
    (label,) = figure_labels(page)
    said = "95% interval: 0.05 to –, n = 20; an open end lies beyond the range"
    assert f"<p>finance.wacc = 0.1 gives npv_usd = 2.00000 at P20; {said}.</p>" in page
    assert f"npv_usd goes from 3.00000 at 0.05 to 0.500000 at 0.15 and reaches 2.00000 at 0.1; {said}." in label
    assert "Dots are the 3 values tried, lines their 95% intervals" in label
    assert "npv_usd at P20, n = 20" in page
    assert table_rows(page, "table") == [
        ["finance.wacc", "npv_usd, P20", "n", "Without"],
        ["0.05", "3.00000 / 2.00000 to 4.00000", "20", "1"],
        ["0.1", "2.00000 / 1.00000 to 3.00000", "20", "1"],
        ["0.15", "0.500000 / −0.500000 to 1.50000", "20", "1"],
    ]
    assert page.count('class="card"') == 4
    foot = page[page.index("<footer>") :]
    assert all(f"<dd>{text}</dd>" in foot for text in ("&lt;small&gt;", "a=1", "1", "finance.wacc"))


def test_a_single_run_has_no_interval_and_says_so(small: tuple[Scenario, Document], tmp_path: Path) -> None:
    page = page_of(found(small, "npv_usd=2", [3.0, 2.0, 0.5], math.inf, 1), tmp_path)
    assert "one run, so without an interval (-n gives one)" in section(page, "trials")
    assert "Intervals cover" not in page
    assert table_rows(page, "table")[1][1] == "3.00000"


def test_a_date_that_did_not_come_is_a_dash_and_in_no_figure(small: tuple[Scenario, Document], tmp_path: Path) -> None:
    page = page_of(found(small, "jobs.pilot.ready=2024-05-01", [DAY, DAY + 17, math.inf]), tmp_path)
    assert "goes from 2024-04-17 at 0.05 to none by the end at 0.15 and reaches 2024-05-01" in figure_labels(page)[0]
    assert table_rows(page, "table")[3][1] == "–"
