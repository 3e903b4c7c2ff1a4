"""The table of a comparison: aligned, legible names, dashes, and what to keep in mind."""

import json
import re
from pathlib import Path

import pytest
from pages import figure_labels, section, table_rows

from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.report.compare import comparison_text, comparison_values
from simcluster.report.compare_folder import write_comparison
from simcluster.report.study_page import Origin
from simcluster.study.compare import Column, Comparison, rows_of
from simcluster.study.result import Outcomes

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
ONE: Outcomes = {
    "gpus_in_service_end": 1000,
    "gpus.h100.in_service_end": 1000,
    "it_nameplate_mw_end": 0.0123456,
    "peak_fp64_eflops_end": 0.067,
    "availability": 0.99876,
    "half_in_service": "2024-01-01",
    "days_bound_by_power": 36,
}
OTHER: Outcomes = {
    "gpus_in_service_end": 4560,
    "gpus.mi300a.in_service_end": 4560,
    "it_nameplate_mw_end": 3.58,
    "peak_fp64_eflops_end": None,
    "availability": 1.0,
    "half_in_service": "2024-11-05",
}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(SMALL)[0]


def made(scenario: Scenario, *named: tuple[str, Outcomes]) -> Comparison:
    columns = tuple(Column(name, scenario, 1, outcomes) for name, outcomes in named)
    return Comparison("fp64", columns, rows_of(columns, "fp64"), {"other": ("mi300a",)})


def test_the_whole_text(scenario: Scenario) -> None:
    assert comparison_text(made(scenario, ("one", ONE), ("other", OTHER))) == (
        "one: Forty nodes and a late substation, 2024-01-01 to 2024-12-31, seed 1\n"
        "other: Forty nodes and a late substation, 2024-01-01 to 2024-12-31, seed 1\n"
        "\n"
        "                                          one       other\n"
        "Machine\n"
        "  GPUs in service                       1,000       4,560 ×4.6\n"
        "    h100                                1,000           –\n"
        "    mi300a                                  –       4,560\n"
        "Power\n"
        "  IT nameplate, MW                     0.0123        3.58 ×290\n"
        "Compute at FP64\n"
        "  Dense peak installed, EFLOP/s        0.0670           –\n"
        "  GFLOP/s per W of IT nameplate         5,427           –\n"
        "Reliability and work\n"
        "  Nodes up                             99.88%     100.00%\n"
        "Buildout\n"
        "  Half of the GPUs in service    at the start  2024-11-05\n"
        "  Bound longest by                power, 36 d           –\n"
        "\n"
        "Peaks are dense FP64 of the matrix units, of all GPUs that have entered service. What Linpack or\n"
        "  training reaches of them is not in it.\n"
        "other: no FP64 peak is known of mi300a.\n"
        "One run each. Luck is shared only where things have the same names: two versions of one scenario\n"
        "  share it, different scenarios differ by luck too.\n"
    )


@pytest.mark.parametrize(
    ("names", "heads"),
    [
        (["reliability_of_a_very_large_cluster", "b", "c", "d"], ["relia…uster", "b", "c", "d"]),
        (["same_begin_1_same_end", "same_begin_2_same_end", "c", "d"], ["1 same…_end", "2 same…_end", "3 c", "4 d"]),
    ],
    ids=["long", "alike"],
)
def test_long_names_are_cut_and_still_differ(scenario: Scenario, names: list[str], heads: list[str]) -> None:
    text = comparison_text(made(scenario, *((name, OTHER) for name in names)))
    assert re.split(r"\s{2,}", text.split("\n\n")[1].splitlines()[0].strip()) == heads


def test_a_short_comparison_shows_whole_names(scenario: Scenario) -> None:
    text = comparison_text(made(scenario, ("h100_100k_reliability", ONE), ("another_machine", OTHER)))
    assert text.split("\n\n")[1].splitlines()[0].split() == ["h100_100k_reliability", "another_machine"]


def test_four_large_columns_fit_a_terminal(scenario: Scenario) -> None:
    one = ONE | {"it_nameplate_mw_end": 0.444}
    huge = ONE | {"gpus_in_service_end": 10_000_000, "days_bound_by_supply": 539, "it_nameplate_mw_end": 5200.0}
    text = comparison_text(made(scenario, ("one", one), *((f"another_machine_{k}", huge) for k in range(3))))
    assert "×11,712" in text
    assert max(map(len, text.splitlines())) <= 120


def test_the_object_holds_full_values_by_name(scenario: Scenario) -> None:
    values = comparison_values(made(scenario, ("one", ONE), ("other", OTHER)))
    assert json.loads(json.dumps(values, allow_nan=False)) == values
    assert [column["name"] for column in values["scenarios"]] == ["one", "other"]
    nameplate = next(row for row in values["rows"] if row["quantity"] == "it_nameplate")
    assert nameplate["values"] == {"one": 0.0123456, "other": 3.58}
    assert nameplate["ratios_to_first"] == {"other": 3.58 / 0.0123456}
    assert values["no_peak_known"] == {"other": ["mi300a"]}


def test_the_files_say_what_the_terminal_does(scenario: Scenario, tmp_path: Path) -> None:
    comparison = made(scenario, ("one", ONE), ("other", OTHER))
    write_comparison(tmp_path, comparison, Origin(("one.toml", "<other>"), ("seed=1",)))
    assert (tmp_path / "comparison.txt").read_text(encoding="utf-8") == comparison_text(comparison)
    assert json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8")) == comparison_values(comparison)
    lines = (tmp_path / "comparison.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "group,quantity,unit,scenario,value,ratio_to_first"
    assert "Power,it_nameplate,MW,other,3.58,289.98" in {line[:39] for line in lines}
    assert len(lines) == 1 + 2 * len(comparison.rows)


def test_the_page_has_the_table_and_the_ratios_in_words(scenario: Scenario, tmp_path: Path) -> None:
    write_comparison(tmp_path, made(scenario, ("one", ONE), ("other", OTHER)), Origin(("one.toml", "<other>")))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    (label,) = figure_labels(page)
    assert "Ratios to one are largest and smallest for other in IT nameplate (×290) and GPUs in service (×4.6)" in label
    assert "one run each, so they have no interval" in label
    rows = table_rows(page, "table")
    assert rows[:5] == [
        ["", "one", "other"],
        ["Machine"],
        ["GPUs in service", "1,000", "4,560 / ×4.6"],
        ["h100", "1,000", "–"],
        ["mi300a", "–", "4,560"],
    ]
    assert ["Compute at FP64"] in rows
    assert "other: no FP64 peak is known of mi300a." in section(page, "table")
    foot = page[page.index("<footer>") :]
    assert all(f"<dd>{text}" in foot for text in ("one.toml, &lt;other&gt;", "1", "FP64, dense", "simcluster "))


def test_without_a_ratio_there_is_no_figure(scenario: Scenario, tmp_path: Path) -> None:
    write_comparison(tmp_path, made(scenario, ("one", {"availability": 1.0}), ("other", OTHER)), Origin(("a", "b")))
    assert figure_labels((tmp_path / "report.html").read_text(encoding="utf-8")) == []
    assert not (tmp_path / "ratios.svg").exists()
