"""The sheet of the offset: how much of the programme's cost its advertising covers, by quarter."""

from __future__ import annotations

from collections.abc import Callable
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
    sheet, firsts, lasts = book.sheet(TITLE, ["USD, and a ratio"]), periods.firsts.tolist(), periods.lasts.tolist()
    sheet.texts(FIRST - 1, 0, ("measure", *periods.labels))
    row = {str(name): FIRST + k for k, name in enumerate(offset.columns)}

    def here(name: str, q: int) -> str:
        return f"{letters(LABELS + q)}{row[name] + 1}"

    def summed(lines: tuple[str, ...], q: int) -> str:
        return "+".join(income.at(name, q) for name in lines if name in income.row)

    def cost(q: int) -> str:
        return f"({'+'.join(here(name, q) for name in COST if name in row)})"

    def charge(q: int) -> str:
        months = range(firsts[q], lasts[q] + 1)
        return f"{inputs['wacc',]}/(1-{inputs['tax_rate',]})*({'+'.join(dollar_years(m) for m in months)})"

    def dollar_years(month: int) -> str:
        hours = f"({facts.at(('ends',), month)}-{facts.at(('begins',), month)})"
        value = f"AVERAGE({monthly.span(monthly.value_row, month, month + 1)})/100"
        return f"{value}*{hours}/{HOURS_PER_YEAR:.0f}"

    texts: dict[str, Callable[[int], str]] = {
        "attributed_advertising": lambda q: income.at("advertising", q),
        "contribution": lambda q: income.at("contribution", q),
        "depreciation": lambda q: summed(DEPRECIATION, q),
        "disposals": lambda q: income.at("disposals", q),
        "impairment": lambda q: income.at("impairment", q),
        "opex": lambda q: summed(OPEX, q),
        "capital_charge": charge,
        "offset": lambda q: f'IF({cost(q)}>0,{here("contribution", q)}/{cost(q)},"")',
        "required_revenue": lambda q: f"{cost(q)}/{inputs['margin',]}",
    }
    for name, r in row.items():
        sheet.text(r, 0, name)
        for q, value in enumerate(offset[name].tolist()):
            style = "share" if name == "offset" else "usd"
            if name in texts:
                sheet.formula(r, LABELS + q, texts[name](q), value if value == value else "", style)
            else:
                sheet.number(r, LABELS + q, value, style)
    sheet.lay_out(FIRST, LABELS, len(periods.labels))
