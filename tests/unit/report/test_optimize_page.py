"""The page of a search: the choice with its differences, decisions and limits, on replicas of its own."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from pages import figure_labels, section, table_rows

from simcluster.model.document import Document
from simcluster.model.load import load
from simcluster.model.optimisation import Optimisation
from simcluster.model.scenario import Scenario
from simcluster.report.optimize import write_search
from simcluster.study.goal_values import Values
from simcluster.study.optimize import Checked, Search, Trial

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
NPV, READY = "npv_usd", "jobs.pilot.ready"
DAY = float(date(2024, 5, 1).toordinal())
N = 4


def values(npv: float, ready: float) -> Values:
    """Four replicas whose mean NPV is `npv`, the pilot ready on a day."""
    spread = np.array([-1.0, 0.0, 0.0, 1.0])
    return Values({NPV: npv + spread, READY: np.full(N, ready)}, frozenset({READY}))


def trial(number: int, wacc: str, technicians: int, npv: float, ready: float) -> Trial:
    chosen = (f"finance.wacc={wacc}", f"clusters[train].repair.technicians={technicians}")
    return Trial(number, chosen, values(npv, ready))


TRIALS = [trial(0, "0.1", 1, 10, DAY), trial(1, "0.09", 2, 30, DAY + 3), trial(2, "0.08", 3, 90, DAY + 30)]


@pytest.fixture(scope="module")
def small() -> tuple[Scenario, Document]:
    return load(SMALL)


def search(small: tuple[Scenario, Document], **asked: tuple[str, ...]) -> Search:
    vary = ("finance.wacc=0.08:0.12", "clusters[train].repair.technicians=1:4")
    wanted = Optimisation(base="<small>", vary=vary, set=("a=1",), replicas=N, trials=3, **asked)
    return Search(wanted, small[0], "resolved", lambda _: small, "1")


def page_of(one: Search, checked: list[Checked], folder: Path) -> str:
    write_search(folder, one, TRIALS, checked, "simcluster run small")
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_choice_stands_beside_the_scenario_as_it_is(small: tuple[Scenario, Document], tmp_path: Path) -> None:
    asked = search(small, maximise=(NPV,), under=("jobs.pilot.ready@P50<=2024-05-05", "npv_usd>=0"))
    checked = [Checked(TRIALS[1], values(25, DAY + 9), values(20, DAY))]
    page = page_of(asked, checked, tmp_path)
    (label,) = figure_labels(page)
    assert "best feasible npv_usd goes from 10.0 in trial 0 to 30.0 (95% interval 28.7 to 31.3), n = 4, in" in label
    assert "of 3 trials of which 2 are feasible" in label
    assert table_rows(page, "chosen") == [
        ["", "As it is", "Trial 1", "Difference", "n"],
        ["npv_usd", "20.0 / 18.7 to 21.3", "25.0 / 23.7 to 26.3", "+5.00", "4"],
        ["jobs.pilot.ready@P50", "2024-05-01", "2024-05-10", "+9.00 d", "4"],
    ]
    assert "To run it once: simcluster run small --set finance.wacc=0.09 --set " in section(page, "chosen")
    assert table_rows(page, "decisions")[1:] == [
        ["finance.wacc", "0.1", "0.08:0.12", "0.09"],
        ["clusters[train].repair.technicians", "1", "1:4", "2"],
    ]
    assert [row[-1] for row in table_rows(page, "limits")] == ["Holds", "no", "yes"]
    assert "1 limit held in the search and does not hold here." in section(page, "limits")
    assert page.count('class="card"') == 4
    assert "1 of 2" in page
    assert "&lt;small&gt;" in page[page.index("<footer>") :]


def test_two_goals_have_a_front_with_differences(small: tuple[Scenario, Document], tmp_path: Path) -> None:
    asked = search(small, maximise=(NPV,), minimise=(READY,))
    checked = [Checked(one, values(25, DAY + 9), values(20, DAY)) for one in asked.front(TRIALS)]
    page = page_of(asked, checked, tmp_path)
    (label,) = figure_labels(page)
    assert (
        "Of 3 trials 3 are on the front, from npv_usd 90.0 (95% interval 88.7 to 91.3) with jobs.pilot.ready" in label
    )
    assert "to npv_usd 10.0" in label
    rows = table_rows(page, "chosen")
    assert [row[0] for row in rows] == ["Trial", "as it is", "2", "1", "0"]
    assert rows[2][1:] == ["25.0 / 23.7 to 26.3", "+5.00", "2024-05-10", "+9.00 d", "0.08", "3"]
    assert table_rows(page, "decisions")[0] == ["Decision", "In the scenario", "Tried"]
    assert 'id="limits"' not in page


def test_nothing_feasible_is_said(small: tuple[Scenario, Document], tmp_path: Path) -> None:
    page = page_of(search(small, maximise=(NPV,), under=("npv_usd>=100",)), [], tmp_path)
    assert "No trial of 3 is feasible" in figure_labels(page)[0]
    assert "No trial is feasible: more --trials" in page
    assert "No trial keeps all limits." in section(page, "limits")
    assert 'id="chosen"' not in page
