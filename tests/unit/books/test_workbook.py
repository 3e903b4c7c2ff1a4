from pathlib import Path

import openpyxl
import pytest

from simcluster.books.company import company_by_quarter
from simcluster.books.keep import keep_books
from simcluster.books.measures import offset
from simcluster.books.statements import statements_by_quarter
from simcluster.books.workbook import write_workbook
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.log import EventLog


def test_the_workbook_repeats_the_books_and_its_own_bytes(
    tmp_path: Path, scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    journal = keep_books(scenario, log, gpu_hours, energy)
    tables = (
        statements_by_quarter(scenario, journal),
        company_by_quarter(scenario, journal, gpu_hours),
        offset(scenario, journal),
    )
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path in paths:
        write_workbook(path, scenario, *tables)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    book = openpyxl.load_workbook(paths[0])
    assert book.sheetnames == ["Statements", "Company", "Offset", "Assumptions"]
    sheet = book["Statements"]
    assert sheet.freeze_panes == "C2"
    row = next(row for row in sheet.iter_rows(values_only=True) if row[1] == "energy")
    assert row[2:] == pytest.approx((15_000.0,) * 4)
    assert ("wacc", 0.1, "1/year") in list(book["Assumptions"].iter_rows(values_only=True))
