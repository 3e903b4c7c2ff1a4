"""The sheet of the offset: how much of the programme's cost its advertising covers, by quarter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from simcluster.books.measures import COST
from simcluster.books.statements import OF_SOME_RUNS
from simcluster.books.workbook.cells import Book, letters
from simcluster.core.calendar import HOURS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.books.periods import Periods
    from simcluster.books.workbook.facts import Facts
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.books.workbook.monthly import Monthly
    from simcluster.books.workbook.statements import StatementSheet

TITLE = "Offset"
FIRST, LABELS = 3, 1
DEPRECIATION = ("depreciation", "lease_amortisation")
OPEX = ("energy", "operations", "repair_parts", *OF_SOME_RUNS, "operating_leases")
Text = Callable[[int], str]
"""The formula of a quarter, by its position."""


def write_offset(
    book: Book,
    offset: pd.DataFrame,
    periods: Periods,
    income: StatementSheet,
    monthly: Monthly,
    inputs: Inputs,
    facts: Facts,
) -> None:
    """Write the sheet (see `books.measures.offset`); a measure without a formula here stands as values."""
    sheet = book.sheet(TITLE, ["USD, and a ratio"])
    sheet.texts(FIRST - 1, 0, ("measure", *periods.labels))
    row = {str(name): FIRST + k for k, name in enumerate(offset.columns)}
    texts = _formulas(row, income, _charge(periods, monthly, inputs, facts), inputs["margin",])
    for name, r in row.items():
        sheet.text(r, 0, name)
        for q, value in enumerate(offset[name].tolist()):
            style = "share" if name == "offset" else "usd"
            if name in texts:
                sheet.formula(r, LABELS + q, texts[name](q), value if value == value else "", style)
            else:
                sheet.number(r, LABELS + q, value, style)
    sheet.lay_out(FIRST, LABELS, len(periods.labels))


def _formulas(row: Mapping[str, int], income: StatementSheet, charge: Text, margin: str) -> dict[str, Text]:
    """What each measure is in a quarter, by its position; `charge` is that on capital, `margin` the contribution's."""

    def here(name: str, q: int) -> str:
        return f"{letters(LABELS + q)}{row[name] + 1}"

    def of(*lines: str) -> Text:
        return lambda q: "+".join(income.at(name, q) for name in lines if name in income.row)

    def cost(q: int) -> str:
        return f"({'+'.join(here(name, q) for name in COST if name in row)})"

    return {
        "attributed_advertising": of("advertising"),
        "contribution": of("contribution"),
        "depreciation": of(*DEPRECIATION),
        "disposals": of("disposals"),
        "impairment": of("impairment"),
        "opex": of(*OPEX),
        "capital_charge": charge,
        "offset": lambda q: f'IF({cost(q)}>0,{here("contribution", q)}/{cost(q)},"")',
        "required_revenue": lambda q: f"{cost(q)}/{margin}",
    }


def _charge(periods: Periods, monthly: Monthly, inputs: Inputs, facts: Facts) -> Text:
    """The charge on the capital that is tied up: WACC, before tax, on the mean of each month's two ends."""
    firsts, lasts = periods.firsts.tolist(), periods.lasts.tolist()

    def dollar_years(month: int) -> str:
        hours = f"({facts.at(('ends',), month)}-{facts.at(('begins',), month)})"
        value = f"AVERAGE({monthly.span(monthly.value_row, month, month + 1)})/100"
        return f"{value}*{hours}/{HOURS_PER_YEAR:.0f}"

    def charge(q: int) -> str:
        years = "+".join(dollar_years(month) for month in range(firsts[q], lasts[q] + 1))
        return f"{inputs['wacc',]}/(1-{inputs['tax_rate',]})*({years})"

    return charge
