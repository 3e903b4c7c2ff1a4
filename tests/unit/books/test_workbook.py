import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from simcluster.books.journal import ACCOUNTS, Account
from simcluster.books.keep import keep_books
from simcluster.books.measures import offset
from simcluster.books.statements import HELD_BY_SOME, OF_SOME_RUNS, OF_WHICH, statements_by_quarter
from simcluster.books.workbook.cells import Book, letters
from simcluster.books.workbook.monthly import runs
from simcluster.books.workbook.statements import MEANINGS, OF_LEASES
from simcluster.books.workbook.subledger import booked, lines
from simcluster.books.workbook.write import write_workbook
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.log import EventLog

SHEETS = [
    "Assumptions", "Checks", "Income statement", "Balance sheet", "Cash flow", "Roll-forward", "Offset", "Company",
    "Valuation", "Monthly", "Vintages", "Purchases", "Construction", "Milestones", "Bills", "Revenue", "Facts",
    "Other entries",
]  # fmt: skip
TOTALS = {
    "Income statement": ("contribution", "depreciation", "operating_income", "income_before_tax", "net_income"),
    "Balance sheet": ("ppe_net", "total_assets", "total_equity"),
    "Cash flow": ("net_change",),
}


def test_the_workbook_repeats_the_books_and_its_own_bytes(
    tmp_path: Path, scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    journal = keep_books(scenario, log, gpu_hours, energy)
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path in paths:
        write_workbook(path, scenario, log, gpu_hours, energy, journal)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    book = openpyxl.load_workbook(paths[0], data_only=True)
    assert book.sheetnames == SHEETS
    sheet = book["Income statement"]
    assert sheet.freeze_panes == "B4"
    row = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "energy")
    assert row[1:] == pytest.approx((15_000.0,) * 4)
    assert ("WACC", 0.1, "1/year", "wacc") in list(book["Assumptions"].iter_rows(values_only=True))
    charge = offset(scenario, journal)["capital_charge"].tolist()
    row = next(row for row in book["Offset"].iter_rows(values_only=True) if row[0] == "capital_charge")
    assert row[1:] == pytest.approx(charge)


def test_a_line_that_falls_to_nothing_grows_by_what_was_reported(
    tmp_path: Path, document: dict[str, Any], log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    """The last spending is that of April, on the hall."""
    history, plan = document["catalog"]["companies"]["c"], document["company"]["plan"]
    history["quarters"] = [{"period": f"2023Q{q}", "capex_musd": 25.0} for q in (1, 2, 3, 4)]
    plan[0]["rest_capex"] = "0 USD"
    scenario = Scenario.model_validate(document)
    journal, path = keep_books(scenario, log, gpu_hours, energy), tmp_path / "a.xlsx"
    write_workbook(path, scenario, log, gpu_hours, energy, journal)
    for values, row in ((True, (-1.0, -1.0)), (False, ("=D14/25000000-1", "=E14/25000000-1"))):
        sheet = openpyxl.load_workbook(path, data_only=values)["Company"]
        (found,) = (cells for cells in sheet.iter_rows(values_only=True) if cells[0] == "capex_growth")
        assert found[3:] == row


@pytest.fixture
def financed(rebuilt: Callable[..., Scenario], document: dict[str, Any]) -> Scenario:
    """With debt, leases and tax."""
    loan = {"name": "loan", "rate": 0.05, "term": "5 years", "repayment": "level"}
    drawn = [{"date": "2024-01-01", "amount": "1 MUSD"}]
    borrowing = {"debt": [{**loan, "drawn": drawn}], "capitalise_interest": True, "tax": {}}
    leases = [
        {"kind": kind, "name": kind, "asset_class": "network", "commences": "2024-02-01", "term": "1 year",
         "payment": "1 USD", "rate": 0.1}
        for kind in ("finance", "operating")
    ]  # fmt: skip
    return rebuilt(finance=document["finance"] | borrowing | {"leases": leases})


def test_totals_of_the_statements_are_sums_of_the_lines_above_them(
    tmp_path: Path, financed: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    journal = keep_books(financed, log, gpu_hours, energy)
    write_workbook(tmp_path / "a.xlsx", financed, log, gpu_hours, energy, journal)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    found = {row[0].value: (row[0].row, row[1].value) for title in TOTALS for row in book[title].iter_rows(min_row=4)}
    for total in (line for lines_of in TOTALS.values() for line in lines_of):
        row, formula = found[total]
        rows = [int(cell) for cell in re.findall(r"B(\d+)", formula)]
        assert "!" not in formula, formula
        assert len(rows) > 1, formula
        assert all(above < row for above in rows), formula
    before = {line: row for line, (row, _) in found.items()}
    taken = [int(cell) for cell in re.findall(r"-B(\d+)", found["operating_income"][1])]
    by_class = {before[f"depreciation_{name}"] for name in ("servers", "network", "buildings")}
    assert sorted({*taken, *by_class}) == list(range(before["contribution"] + 1, before["operating_income"]))


def test_every_line_of_the_statements_is_a_formula(
    financed: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    """A line added to the statements needs its meaning here, or it would stand in the workbook as dead values."""
    statements = statements_by_quarter(financed, keep_books(financed, log, gpu_hours, energy))
    of_others = {("income_statement", line) for line in ("depreciation_plant", *OF_SOME_RUNS)}
    of_others |= {("balance_sheet", line) for line in (*HELD_BY_SOME, *OF_WHICH)}
    of_others |= {("roll_forward", line) for line in ("land_bought", "accumulated_impaired")}
    of_others.add(("income_statement", "impairment"))
    meant = {(name, line) for name, meanings in MEANINGS.items() for line in meanings}
    meant |= {("cash_flow", line) for line in OF_LEASES}
    assert meant - set(statements.index) == of_others, "told where there is any"
    assert set(statements.index) <= meant


def test_lines_hold_the_whole_journal(scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy) -> None:
    journal = keep_books(scenario, log, gpu_hours, energy)
    known = booked(journal)
    assert list(known) == list(lines())
    for k, account in enumerate(ACCOUNTS):
        total = sum(cents for line, cents in known.items() if line.account == account)
        assert (total == journal.movements[:, k]).all(), account
    assert (known[next(line for line in lines() if line.key == f"{Account.PPE_SERVERS} credit")] <= 0).all()


def test_a_number_keeps_all_its_digits(tmp_path: Path) -> None:
    book = Book(tmp_path / "a.xlsx", "digits", date(2024, 1, 1), ["one"])
    sheet, value = book.sheet("one"), 2141.6816438270225
    sheet.number(1, 0, value)
    sheet.formula(2, 0, "A2*1", value)
    book.close()
    cells = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)["one"]
    assert float(f"{value:.16g}") != value
    assert (cells["A2"].value, cells["A3"].value) == (value, value)


def test_columns_have_letters_and_positions_runs() -> None:
    assert [letters(k) for k in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
    assert runs([0, 1, 2, 5, 7, 8]) == [(0, 2), (5, 5), (7, 8)]
