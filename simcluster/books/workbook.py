"""The books as a spreadsheet, the same bytes for the same run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcluster.model.depreciation import CLASSES

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from simcluster.model.scenario import Scenario

USD_FORMAT = '#,##0;[Red]-#,##0;"-"'
RATIO_FORMAT = "0.0%"
LABEL_WIDTH, VALUE_WIDTH = 30, 18

Row = tuple[tuple[str, ...], list[float]]


def write_workbook(
    path: Path, scenario: Scenario, statements: pd.DataFrame, company: pd.DataFrame, offset: pd.DataFrame
) -> None:
    """Write sheets of statements, company, offset and assumptions; amounts in USD, lines down and periods across.

    The creation date inside is the scenario's start, so that the file depends on nothing else.
    """
    from xlsxwriter import Workbook

    with Workbook(str(path)) as book:
        book.set_properties(
            {"title": scenario.title or scenario.name, "created": datetime.combine(scenario.start, time())}
        )
        heading = ("statement", "line")
        _table(book, "Statements", heading, _columns(statements), _rows(statements))
        _table(book, "Company", ("line",), _columns(company), _rows(company))
        _table(book, "Offset", ("measure",), [str(row) for row in offset.index], _rows(offset.T))
        _assumptions(book, scenario)


def _columns(frame: pd.DataFrame) -> list[str]:
    return [str(column) for column in frame.columns]


def _rows(frame: pd.DataFrame) -> Iterator[Row]:
    for key, values in zip(frame.index, frame.to_numpy(dtype=float).tolist(), strict=True):
        yield (tuple(map(str, key)) if isinstance(key, tuple) else (str(key),)), values


def _table(book: Workbook, title: str, heading: tuple[str, ...], columns: list[str], rows: Iterable[Row]) -> None:
    sheet, labels = book.add_worksheet(title), len(heading)
    bold = book.add_format({"bold": True, "bottom": 1})
    usd, ratio = book.add_format({"num_format": USD_FORMAT}), book.add_format({"num_format": RATIO_FORMAT})
    sheet.write_row(0, 0, [*heading, *columns], bold)
    for r, (names, values) in enumerate(rows, start=1):
        sheet.write_row(r, 0, names)
        shown = ratio if names[-1].endswith("_growth") or names[-1] == "offset" else usd
        for c, value in enumerate(values, start=labels):
            if math.isfinite(value):
                sheet.write_number(r, c, value, shown)
    _lay_out(sheet, labels, len(columns))


def _lay_out(sheet: Worksheet, labels: int, columns: int) -> None:
    sheet.freeze_panes(1, labels)
    sheet.set_column(0, labels - 1, LABEL_WIDTH)
    sheet.set_column(labels, labels + max(columns, 1) - 1, VALUE_WIDTH)


def _assumptions(book: Workbook, scenario: Scenario) -> None:
    sheet = book.add_worksheet("Assumptions")
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.write_row(0, 0, ("assumption", "value", "unit"), bold)
    for r, (name, value, unit) in enumerate(assumptions(scenario), start=1):
        sheet.write_row(r, 0, (name, value, unit))
    _lay_out(sheet, 1, 2)


def assumptions(scenario: Scenario) -> Iterator[tuple[str, Any, str]]:
    """What the books rest on: (name, value, unit) of finance, revenue, the plan, sites and orders."""
    finance, revenue = scenario.finance, scenario.revenue
    yield "scenario", scenario.name, ""
    yield "start", scenario.start.isoformat(), "date"
    yield "end", scenario.end.isoformat(), "date"
    yield "wacc", finance.wacc, "1/year"
    yield "tax_rate", finance.tax_rate, "fraction"
    yield "evaluation_years", finance.evaluation_years, "years"
    for kind in CLASSES:
        yield f"life of {kind}", finance.lives.years(kind), "years"
        for day, years in finance.lives.changed(kind):
            yield f"life of {kind} from {day}", years, "years"
        yield f"residual of {kind}", getattr(finance.lives.residual, kind), "fraction"
    yield "contribution_margin", revenue.contribution_margin, "fraction"
    for name, value in revenue.lift.model_dump().items():
        yield f"lift {name}", value, ""
    if revenue.assistant is not None:
        for name, value in revenue.assistant.model_dump(mode="json").items():
            yield f"assistant {name}", value, ""
    for plan in scenario.company.plan if scenario.company else ():
        yield f"advertising growth without AI {plan.year}", plan.advertising.total, "1/year"
        yield f"other revenue growth {plan.year}", plan.other_revenue_growth, "1/year"
        yield f"rest of costs {plan.year}", plan.rest_costs, "USD"
        yield f"rest of capex {plan.year}", plan.rest_capex, "USD"
    for site in scenario.sites:
        yield f"operations of {site.name}", site.operations, "USD/MW/year"
        for source in site.power:
            yield f"energy from {source.name} at {site.name}", source.price, "USD/kWh"
            for what, value, unit in source.tariff():
                yield f"{what} {source.name} at {site.name}", value, unit
