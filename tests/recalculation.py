"""Workbooks calculated anew by LibreOffice, for tests: copies without values, with inputs changed, and what differs."""

import math
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from simcluster.books.workbook.valuation import LARGEST
from simcluster.books.workbook.write import write_workbook
from simcluster.study.result import Result

OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="needs LibreOffice")
TITLES = {
    "income_statement": "Income statement",
    "balance_sheet": "Balance sheet",
    "cash_flow": "Cash flow",
    "roll_forward": "Roll-forward",
}
WHOLE_CENTS = {"Monthly", "Purchases", "Bills", "Other entries"}
"""Sheets of which every number is whole."""
USD = {*TITLES.values(), "Company", "Offset", "Valuation"}
"""Sheets of sums of dollars, which a difference of two may leave off by far less than a cent."""
CELL = re.compile(r'<c r="([A-Z]+\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
FORMULA = re.compile(r"<f>.*?</f>", re.DOTALL)

Sheets = dict[str, list[tuple[Any, ...]]]


def write(path: Path, result: Result) -> Path:
    write_workbook(path, result.scenario, result.log, result.gpu_hours, result.energy, result.journal)
    return path


def changed(path: Path, to: Path, inputs: dict[str, float]) -> Path:
    """A copy with inputs overwritten by name, and no formula's value kept."""
    with zipfile.ZipFile(path) as book:
        files = {name: book.read(name) for name in book.namelist()}
    named = re.findall(r'<definedName name="([^"]+)">.Assumptions.!([^<]+)<', files["xl/workbook.xml"].decode())
    places = {cell.replace("$", ""): inputs[name] for name, cell in named if name in inputs}
    assert len(places) == len(inputs), sorted(set(inputs) - {name for name, _ in named})

    def emptied(cell: re.Match[str]) -> str:
        formula = FORMULA.search(cell[3] or "")
        return f'<c r="{cell[1]}"{cell[2]}>{formula[0]}</c>' if formula else cell[0]

    def overwritten(cell: re.Match[str]) -> str:
        return f'<c r="{cell[1]}"><v>{places[cell[1]]!r}</v></c>' if cell[1] in places else emptied(cell)

    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as copy:
        for name, data in files.items():
            cells = overwritten if name.endswith("/sheet1.xml") else emptied
            is_sheet = name.startswith("xl/worksheets/")
            copy.writestr(name, CELL.sub(cells, data.decode()) if is_sheet else data)
    return to


def recalculated(paths: list[Path]) -> list[Sheets]:
    """What LibreOffice makes of workbooks without values."""
    folder = paths[0].parent
    profile = f"-env:UserInstallation={folder.joinpath('profile').as_uri()}"
    command = [OFFICE or "", profile, "--headless", "--convert-to", "xlsx", "--outdir", folder / "calculated", *paths]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return [read(folder / "calculated" / path.name) for path in paths]


def read(path: Path) -> Sheets:
    book = openpyxl.load_workbook(path, data_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def lines(sheets: Sheets, title: str) -> dict[str, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in sheets[title] if row[0]}


def differences(wanted: Sheets, found: Sheets) -> list[str]:
    """Cells that differ: at all where cents are whole, and else beyond the 15 digits that LibreOffice writes."""
    assert list(wanted) == list(found)
    out = []
    for title, rows in wanted.items():
        for r, (mine, its) in enumerate(zip(rows, found[title], strict=True)):
            for c, (x, y) in enumerate(zip(mine, its, strict=True)):
                if isinstance(x, int | float) and isinstance(y, int | float):
                    near = 1e-4 if title in USD else 1e-9
                    same = x == y if title in WHOLE_CENTS else math.isclose(x, y, rel_tol=1e-14, abs_tol=near)
                else:
                    same = (x or None) == (y or None)
                if not same:
                    out.append(f"{title} row {r + 1}, column {c + 1}: {x} and {y}")
    return out


def unlike_the_books(sheets: Sheets, result: Result) -> list[str]:
    """Statements, company, offset and worth of a workbook that are not those of the books, to the cent."""
    out = []
    tables = {title: result.statements.loc[name] for name, title in TITLES.items()}
    tables |= {"Company": result.company, "Offset": result.offset.T}
    for title, table in tables.items():
        found = lines(sheets, title)
        for line, wanted in zip(table.index, table.to_numpy(dtype=float).tolist(), strict=True):
            for label, x, y in zip(table.columns, wanted, found[line], strict=True):
                cent = 1e-9 if line.endswith("_growth") or line == "offset" else 0.005
                if not math.isnan(x) and abs(x - y) >= cent:
                    out.append(f"{title} {line} {label}: {x} and {y}")
    return out + unlike_its_worth(sheets, result)


def unlike_its_worth(sheets: Sheets, result: Result) -> list[str]:
    """NPV and IRR of a workbook that are not those of the outcomes: by a cent, and by what ends a search for a rate."""
    if "npv_usd" not in result.outcomes:
        return []
    found, out = lines(sheets, "Valuation"), []
    before = "npv_before_tax_usd" if "npv_before_tax_usd" in result.outcomes else "npv_usd"
    wanted = (("npv_usd", "NPV", 0.005), (before, "NPV before tax", 0.005), ("irr", "IRR, a year", 1e-8))
    for name, line, near in wanted:
        x, y = result.outcomes[name], found[line][0] or None
        x = None if line.startswith("IRR") and x is not None and float(x) > LARGEST else x
        if x != y and (x is None or y is None or abs(float(x) - float(y)) >= near):
            out.append(f"Valuation {line}: {x} and {y}")
    return out
