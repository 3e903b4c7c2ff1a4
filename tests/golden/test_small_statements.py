"""The small scenario's programme, to the cent, as a person has read it once.

To accept a change, run with SIMCLUSTER_UPDATE_GOLDEN=1 and read the difference before keeping it.
"""

import os
from pathlib import Path

import pytest

from simcluster.model.load import load
from simcluster.report.summary import summary_lines
from simcluster.study.result import Result
from simcluster.study.run import run

HERE = Path(__file__).parent
SMALL = HERE.parents[1] / "scenarios" / "small.toml"


@pytest.fixture(scope="module")
def result() -> Result:
    return run(load(SMALL)[0])


def agrees(name: str, text: str) -> None:
    """Compare a text with the one kept beside this file, or keep it if told so."""
    path = HERE / name
    if os.environ.get("SIMCLUSTER_UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text.splitlines() == path.read_text(encoding="utf-8").splitlines()


def statements_csv(result: Result) -> str:
    """Statement, line and whole cents by quarter."""
    lines = [",".join(["statement", "line", *result.statements.columns])]
    for (statement, line), row in result.statements.iterrows():
        lines.append(",".join([statement, line, *(f"{usd:.2f}".replace(".", "") for usd in row)]))
    return "\n".join(lines) + "\n"


def test_statements_are_the_same_to_the_cent(result: Result) -> None:
    agrees("small_statements.csv", statements_csv(result))


def test_the_summary_is_the_same(result: Result) -> None:
    agrees("small_summary.txt", "\n".join(summary_lines(result)) + "\n")


def test_the_kept_statements_balance() -> None:
    """Laws that the kept file must obey, whoever rewrote it."""
    header, *rows = (HERE / "small_statements.csv").read_text(encoding="utf-8").splitlines()
    quarters = header.split(",")[2:]
    table = {tuple(row.split(",")[:2]): [int(cents) for cents in row.split(",")[2:]] for row in rows}
    assert quarters == ["2024Q1", "2024Q2", "2024Q3", "2024Q4"]
    sheet, cash = "balance_sheet", "cash_flow"
    for k in range(4):
        assert table[sheet, "total_assets"][k] == table[sheet, "payables"][k] + table[sheet, "total_equity"][k]
        assert table[sheet, "cash"][k] == table[cash, "closing_cash"][k]
        moved = sum(table[cash, name][k] for name in ("operating", "investing", "financing"))
        assert table[cash, "opening_cash"][k] + moved == table[cash, "closing_cash"][k]
    earned = sum(table["income_statement", "operating_income"])
    assert table[sheet, "retained_earnings"][3] == earned
