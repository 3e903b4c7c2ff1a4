"""A single run says that values of it are uncertain."""

from pathlib import Path

import pytest

from simcluster.model.document import Document
from simcluster.model.load import load
from simcluster.report.summary import summary_lines, summary_text
from simcluster.report.tables import provenance_rows
from simcluster.report.uncertainty import uncertainty_line
from simcluster.study.result import Result

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
WACC = 'finance.wacc={ uncertain = { kind = "uniform", low = 0.08, high = 0.12 }, source = "a survey" }'
OPERATIONS = (
    'sites.campus.operations={ uncertain = { kind = "uniform", low = "0.1 MUSD/MW/year", high = "0.3 MUSD/MW/year" } }'
)
TAX = "finance.tax_rate={ one_of = [0.15, { value = 0.21, weight = 3 }] }"
PLACED = 'orders.spring.placed={ uncertain = { kind = "uniform", low = 2024-01-01, high = 2024-01-21 } }'


@pytest.fixture(scope="module")
def unsure() -> Document:
    return load(SMALL, [WACC, OPERATIONS, TAX, PLACED])[1]


def test_the_summary_counts_them_in_one_line(unsure: Document, result: Result) -> None:
    line = "Uncertain: 3 uncertain inputs at their medians; 1 choice of structure as finance.tax_rate 0.21; "
    assert uncertainty_line(unsure).startswith(line)
    assert uncertainty_line(unsure) == summary_lines(result, unsure)[1]
    assert "3 uncertain inputs" in summary_text(result, document=unsure)
    assert [line for line in summary_lines(result, unsure) if line != uncertainty_line(unsure)] == summary_lines(result)


def test_it_says_where_central_values_are_given(result: Result) -> None:
    given = load(SMALL, [WACC, "finance.wacc.value=0.09"])[1]
    assert "1 uncertain input at its given central value" in uncertainty_line(given)
    given = load(SMALL, [WACC, OPERATIONS, "finance.wacc.value=0.09"])[1]
    assert "2 uncertain inputs at their medians, 1 of them at given central values" in uncertainty_line(given)


def test_a_certain_scenario_has_no_such_line(result: Result) -> None:
    assert summary_lines(result, load(SMALL)[1]) == summary_lines(result)


def test_the_table_of_sources_shows_the_band(unsure: Document) -> None:
    rows = {row.key: row for row in provenance_rows(unsure)}
    assert (rows["finance.wacc"].value, rows["finance.wacc"].source) == (
        "0.1 (uncertain: 0.082 to 0.118 in 90%)",
        "a survey",
    )
    operations = "0.2 MUSD/MW/year (uncertain: 0.11 MUSD/MW/year to 0.29 MUSD/MW/year in 90%)"
    assert rows["sites[campus].operations"].value == operations
    assert rows["finance.tax_rate"].value == "0.21 (one of 0.15, 0.21)"
    assert rows["orders[spring].placed"].value == "2024-01-11 (uncertain: 2024-01-02 to 2024-01-20 in 90%)"
