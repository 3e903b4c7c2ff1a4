"""The workbook's formulas, calculated anew by LibreOffice: with nothing changed, and with lives and prices changed."""

import csv
import math
import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest

from simcluster.books.workbook import vintages
from simcluster.books.workbook.cells import SPREADSHEET_DAY_0
from simcluster.books.workbook.write import write_workbook
from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.events import (
    KitDelivered,
    LotDelivered,
    OptionBought,
    OptionLapsed,
    OrderCancelled,
    OrderPlaced,
)
from simcluster.report.folder import tidy_statements
from simcluster.study.result import Result
from simcluster.study.run import run, settle

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
OFFICE = shutil.which("soffice")
TITLES = {
    "income_statement": "Income statement",
    "balance_sheet": "Balance sheet",
    "cash_flow": "Cash flow",
    "roll_forward": "Roll-forward",
}
WHOLE_CENTS = {"Monthly", "Purchases", "Bills", "Other entries"}
"""Sheets of which every number is whole."""
USD = {*TITLES.values(), "Company", "Offset"}
"""Sheets of sums of dollars, which a difference of two may leave off by far less than a cent."""
CELL = re.compile(r'<c r="([A-Z]+\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
FORMULA = re.compile(r"<f>.*?</f>", re.DOTALL)

Sheets = dict[str, list[tuple[Any, ...]]]

pytestmark = pytest.mark.skipif(OFFICE is None, reason="needs LibreOffice")


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
    """Statements, company and offset of a workbook that are not those of the books, to the cent."""
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
    return out


class Case(NamedTuple):
    """A run, its workbook as written, recalculated without a change, and with inputs changed; and that change's run."""

    result: Result
    written: Sheets
    again: Sheets
    other: Sheets
    other_result: Result


def case(folder: Path, result: Result, inputs: dict[str, float], other: Result) -> Case:
    path = write(folder / "model.xlsx", result)
    copies = [changed(path, folder / "again.xlsx", {}), changed(path, folder / "other.xlsx", inputs)]
    return Case(result, read(path), *recalculated(copies), other)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A life and a price changed, by prices that no fact follows: the same log, booked anew."""
    result = run(load(SMALL)[0])
    overrides = ["finance.lives.servers=4.1 years", "installed[opening].server_price=300000.25 USD"]
    other = settle(load(SMALL, overrides)[0], result.seed, result.log)
    inputs = {"life_of_servers": 4.1, "server_price_of_opening": 300_000.25}
    return case(tmp_path_factory.mktemp("small"), result, inputs, other)


def test_libreoffice_finds_every_value_that_was_written(small: Case) -> None:
    assert differences(small.written, small.again) == []
    assert small.again["Assumptions"][2][1] is True


def test_what_was_written_is_statements_csv(small: Case, tmp_path: Path) -> None:
    tidy_statements(small.result).to_csv(tmp_path / "statements.csv", index=False)
    with (tmp_path / "statements.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["value"]]
    assert len(rows) > 200
    for row in rows:
        sheet = small.again[TITLES.get(row["statement"], "Company")]
        column = sheet[2].index(row["quarter"])
        (found,) = [line[column] for line in sheet if line[0] == row["line"]]
        assert found == pytest.approx(float(row["value"]), rel=1e-14, abs=0.005), row


def test_a_life_and_a_price_give_what_the_books_give_to_the_cent(small: Case) -> None:
    assert unlike_the_books(small.other, small.other_result) == []
    assert len(unlike_the_books(small.again, small.other_result)) > 40, "the change must show"
    assert small.other["Assumptions"][2][1] is True


def bought(document: dict[str, Any]) -> dict[str, Any]:
    """All that can be bought, on terms, by option, by kit or cancelled; fuel; nodes given up; lives changed."""
    (order,), (installed,) = document["orders"], document["installed"]
    (cluster,), (site,) = document["clusters"], document["sites"]
    late = {**order, "lots": 1, "gpus": 24}
    kit = {"cluster": "kitted", "gpus": 40, "placed": "2024-01-20", "lead_time": "3 weeks", "deposit": 0.333}
    lives = document["finance"]["lives"]
    changes = [{"date": "2024-03-01", "servers": "3.7 years"}, {"date": "2024-09-15", "servers": "2 years"}]
    turbines = {"kind": "turbines", "name": "gas", "price": "0.011 USD/kWh", "first": "2023-01-01", "units": 1}
    fuel = {"unit_power": "1 MW", "days_apart": 0, "heat_rate": "9.51 MMBtu/MWh", "fuel_price": "3.47 USD/MMBtu"}
    causes = [{**cause, "rate": "0.01 / day"} for cause in document["catalog"]["failures"]["f"]["causes"]]
    (grid,) = site["power"]
    return document | {
        "catalog": document["catalog"] | {"failures": {"f": {"causes": causes}}},
        "sites": [{**site, "power": [turbines | fuel, grid | {"demand_charge": "4321 USD/MW/month"}]}],
        "clusters": [
            {**cluster, "repair": {"retirement": {"failures": 2, "window": "90 days"}}},
            {**cluster, "name": "kitted", "kit": ["leaf", "spine"]},
        ],
        "installed": [{**installed, "server_price": "211111.11 USD"}],
        "orders": [
            {**order, "deposit": 0.137, "payment_terms": "45 days", "server_price": "262626.26 USD"},
            {**late, "name": "used", "option": {"premium": 0.017, "exercise": "2024-03-15", "probability": 1.0}},
            {**late, "name": "lapsed", "option": {"premium": 0.017, "exercise": "2024-03-15", "probability": 0.0}},
            {**late, "name": "called_off", "lots": 3, "lot_interval": "8 weeks", "deposit": 0.3,
             "cancellation": {"date": "2024-04-20", "fee": 0.0411}},
            {**late, "name": "with_kit", "cluster": "kitted", "gpus": 40},
        ],
        "kits": [
            {**kit, "name": "leaves", "item": "leaf", "price": "1234.56 USD", "lots": 3, "lot_interval": "1 week"},
            {**kit, "name": "spines", "item": "spine", "price": "777.77 USD", "payment_terms": "30 days"},
        ],
        "background": [{"name": "b", "clusters": ["k"], "demand": [{"start": "2024-01-01", "gpus": 60}]}],
        "revenue": document["revenue"]
        | {"assistant": {"ceiling_musers": 900.0, "growth_per_year": 1.9, "midpoint": "2024-05-05",
                         "revenue_per_user": "1.7 USD/year", "monetised": "2024-06-11"}},
        "finance": document["finance"]
        | {"lives": lives | {"changes": changes, "residual": {"servers": 0.031}}},
    }  # fmt: skip


PRICES: dict[str, float] = {
    "life_of_servers": 6.3,
    "life_of_buildings": 0.6,
    "residual_of_network": 0.1234,
    "change_1_of_lives_servers": 4.9,
    "change_2_of_lives_date": date(2024, 8, 7).toordinal() - SPREADSHEET_DAY_0,
    "change_3_of_lives_date": date(2024, 11, 30).toordinal() - SPREADSHEET_DAY_0,
    "change_3_of_lives_network": 0.9,
    "server_price_of_next": 199_999.99,
    "network_price_of_s": 43_210.98,
    "deposit_on_order_next": 0.291,
    "cancellation_fee_of_called_off": 0.09,
    "price_of_kit_spines": 888.13,
    "cost_of_hall_new_at_here": 12_345_678.9,
    "operations_of_here": 222_222.22,
    "energy_from_grid_at_here": 0.0613,
    "fuel_for_gas_at_here": 4.05,
    "demand_charge_of_grid_at_here": 5_000.5,
    "part_for_b_of_f": 1_357.91,
    "wacc": 0.087,
    "tax_rate": 0.27,
    "contribution_margin": 0.713,
    "lift_ceiling": 0.0877,
    "assistant_revenue_per_user": 2.3,
    "growth_of_impressions_2024": 0.077,
    "rest_of_costs_2024": 4.8123456e8,
}


def repriced(document: dict[str, Any]) -> dict[str, Any]:
    """The same document with the same changes as `PRICES`."""
    finance, revenue, sites = document["finance"], document["revenue"], document["sites"]
    (gas, grid), (old, new) = sites[0]["power"], sites[0]["halls"]
    lives = finance["lives"] | {
        "servers": "6.3 years",
        "buildings": "0.6 years",
        "residual": {"servers": 0.031, "network": 0.1234},
        "changes": [
            {"date": "2024-03-01", "servers": "4.9 years"},
            {"date": "2024-08-07", "servers": "2 years"},
            {"date": "2024-11-30", "network": "0.9 years"},
        ],
    }
    site = {
        "halls": [old, new | {"cost": "12345678.9 USD/MW"}],
        "operations": "222222.22 USD/MW/year",
        "power": [
            gas | {"fuel_price": "4.05 USD/MMBtu"},
            grid | {"price": "0.0613 USD/kWh", "demand_charge": "5000.5 USD/MW/month"},
        ],
    }
    new_orders = {
        "next": {"server_price": "199999.99 USD", "deposit": 0.291},
        "called_off": {"cancellation": {"date": "2024-04-20", "fee": 0.09}},
    }
    a, b = document["catalog"]["failures"]["f"]["causes"]
    server = document["catalog"]["servers"]["s"] | {"network_price": "43210.98 USD"}
    (plan,) = document["company"]["plan"]
    advertising = plan["advertising"] | {"impressions": 0.077}
    return document | {
        "catalog": document["catalog"]
        | {"servers": {"s": server}, "failures": {"f": {"causes": [a, b | {"parts_cost": "1357.91 USD"}]}}},
        "sites": [sites[0] | site],
        "orders": [order | new_orders.get(order["name"], {}) for order in document["orders"]],
        "kits": [k | ({"price": "888.13 USD"} if k["name"] == "spines" else {}) for k in document["kits"]],
        "revenue": revenue
        | {
            "contribution_margin": 0.713,
            "lift": revenue["lift"] | {"ceiling": 0.0877},
            "assistant": revenue["assistant"] | {"revenue_per_user": "2.3 USD/year"},
        },
        "company": document["company"]
        | {"plan": [plan | {"advertising": advertising, "rest_costs": "481.23456 MUSD"}]},
        "finance": finance | {"wacc": 0.087, "tax_rate": 0.27, "lives": lives},
    }


def test_every_kind_of_input_gives_what_the_books_give_to_the_cent(document: dict[str, Any], tmp_path: Path) -> None:
    whole = bought(document)
    result, other = (run(Scenario.model_validate(table)) for table in (whole, repriced(whole)))
    for kind in (OptionBought, OptionLapsed, OrderCancelled, OrderPlaced, LotDelivered, KitDelivered):
        assert result.log.count(kind), kind.__name__
    assert any(asset.retired_hour < math.inf for asset in result.journal.assets)
    found = case(tmp_path, result, PRICES, other)
    assert found.written["Other entries"][3:] == [], "everything is priced by an assumption"
    assert differences(found.written, found.again) == []
    assert unlike_the_books(found.other, other) == []
    assert found.again["Assumptions"][2][1] is found.other["Assumptions"][2][1] is True


def test_vintages_brought_together_keep_the_books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vintages, "LISTED", 5)
    result = run(load(SMALL)[0])
    path = write(tmp_path / "model.xlsx", result)
    (again,) = recalculated([changed(path, tmp_path / "again.xlsx", {})])
    assert differences(read(path), again) == []
    assert unlike_the_books(again, result) == []
    assert sum("vintages of" in str(row[0]) for row in again["Vintages"]) >= 2


def test_a_sheet_that_breaks_a_law_says_so(small: Case, tmp_path: Path) -> None:
    """The control: a residual above 1 takes depreciation below nothing, which a check must see."""
    path = write(tmp_path / "model.xlsx", small.result)
    (broken,) = recalculated([changed(path, tmp_path / "broken.xlsx", {"residual_of_servers": 1.5})])
    assert broken["Assumptions"][2][1] is False
    assert broken["Checks"][1][1] is False
    assert lines(broken, "Checks")["no vintage gains value"] == (False,)
    assert lines(broken, "Checks")["the balance sheet balances"] == (True,)
