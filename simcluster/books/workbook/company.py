"""The sheet of the company by quarter: the programme on top of the plan, and growth over a year earlier."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from simcluster.books.advertising import USD_PER_MUSD
from simcluster.books.company import simulated_whole
from simcluster.books.history import Line, reported_quarter
from simcluster.books.journal import Account
from simcluster.books.workbook.cells import Book, Sheet, letters

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.books.periods import Periods
    from simcluster.books.workbook.leases import Leases
    from simcluster.books.workbook.monthly import Monthly
    from simcluster.books.workbook.purchases import Purchases
    from simcluster.books.workbook.revenue import Revenue
    from simcluster.books.workbook.sales import Sales
    from simcluster.books.workbook.statements import StatementSheet
    from simcluster.model.scenario import Scenario

TITLE = "Company"
FIRST, LABELS = 3, 1
GROWTH = "_growth"
YEAR = 4
"""Quarters of a year."""
Text = Callable[[int], str]
"""The formula of a quarter, by its position."""


def write_company(
    book: Book,
    scenario: Scenario,
    company: pd.DataFrame,
    periods: Periods,
    income: StatementSheet,
    monthly: Monthly,
    revenue: Revenue,
    purchases: Purchases,
    leases: Leases,
    sales: Sales | None,
) -> None:
    """Write the sheet (see `books.company`); a line without a formula here stands as values."""
    sheet, labels = book.sheet(TITLE, ["USD, and growth as a fraction"]), periods.labels
    assert scenario.company is not None
    kind = scenario.company.capex.kind
    row = {str(line): FIRST + k for k, line in enumerate(company.index)}
    sheet.texts(FIRST - 1, 0, ("line", *labels))

    def spent(first: int, last: int) -> str:
        sold = f"+{sales.between(first, last)}" if sales else ""
        return f"({capex_text(kind, monthly, purchases, leases, first, last)}{sold})/100"

    texts = _formulas(row, periods, income, revenue, spent)
    for line, values in zip(row, company.to_numpy(dtype=float).tolist(), strict=True):
        sheet.text(row[line], 0, line)
        if line.endswith(GROWTH):
            of: Line = line.removesuffix(GROWTH)  # type: ignore[assignment] # growth is given for these lines only
            _write_growth(sheet, row[line], row[of], values, bases(scenario, periods, of))
        else:
            _write_line(sheet, row[line], values, texts.get(line))
    sheet.lay_out(FIRST, LABELS, len(labels))


def _formulas(
    row: Mapping[str, int], periods: Periods, income: StatementSheet, revenue: Revenue, spent: Callable[[int, int], str]
) -> dict[str, Text]:
    """What each line is in a quarter, by its position; `spent` is capital spending from one period to another."""
    firsts, lasts = periods.firsts.tolist(), periods.lasts.tolist()

    def here(*lines: str) -> Text:
        return lambda q: "+".join(f"{letters(LABELS + q)}{row[line] + 1}" for line in lines)

    def planned(name: str) -> Text:
        return lambda q: f"SUM({revenue.rows.span(revenue.row[name], firsts[q], lasts[q])})/100"

    return {
        "advertising": lambda q: f"{planned('without_ai')(q)}+{here('of_which_ai_attributed')(q)}",
        "of_which_ai_attributed": lambda q: income.at("advertising", q),
        "other_revenue": planned("other_revenue"),
        "revenue": here("advertising", "other_revenue"),
        "programme_costs": lambda q: f"{income.at('contribution', q)}-{income.at('operating_income', q)}",
        "rest_costs": planned("rest_costs"),
        "costs": here("programme_costs", "rest_costs"),
        "operating_income": lambda q: f"{here('revenue')(q)}-{here('costs')(q)}",
        "programme_capex": lambda q: spent(firsts[q] + 1, lasts[q] + 1),
        "rest_capex": planned("rest_capex"),
        "capex": here("programme_capex", "rest_capex"),
    }


def _write_line(sheet: Sheet, row: int, values_usd: Sequence[float], text: Text | None) -> None:
    """A line by quarter: a formula where there is one, else values."""
    for q, usd in enumerate(values_usd):
        if text is None:
            sheet.number(row, LABELS + q, usd, "usd")
        else:
            sheet.formula(row, LABELS + q, text(q), usd, "usd")


def capex_text(kind: str, monthly: Monthly, purchases: Purchases, leases: Leases, first: int, last: int) -> str:
    """Cash that investing took from one period to another, and what the company's definition adds to it, cents."""
    text = f"-{monthly.moved(Account.CASH, first, last, 'investing')}"
    if leases.rows and kind == "purchases_and_lease_principal":
        text += f"+{leases.principal(first, last)}"
    elif kind == "purchases_and_lease_additions":
        text += f"+{monthly.moved(Account.RIGHT_OF_USE_FINANCE, first, last, 'debit')}"
    elif kind == "gross_productive_assets":
        text += f"+{purchases.returned(first, last)}"
    return text


def bases(scenario: Scenario, periods: Periods, line: Line) -> list[float]:
    """What a line is compared with in each quarter, reported a year earlier, USD; NaN where that was simulated."""
    whole, found = simulated_whole(scenario, periods), []
    for q, label in enumerate(periods.labels):
        reported = reported_quarter(scenario.history, line, f"{int(label[:4]) - 1}{label[4:]}") * USD_PER_MUSD
        found.append(math.nan if q >= YEAR and whole[q - YEAR] else reported)
    return found


def _write_growth(sheet: Sheet, row: int, of: int, growth: list[float], reported: list[float]) -> None:
    """Growth over the same quarter a year earlier: simulated whole, or else reported."""
    for q, (rate, before) in enumerate(zip(growth, reported, strict=True)):
        if not math.isfinite(rate):
            continue
        now = f"{letters(LABELS + q)}{of + 1}"
        base = f"{letters(LABELS + q - YEAR)}{of + 1}" if math.isnan(before) else repr(round(before))
        sheet.formula(row, LABELS + q, f"{now}/{base}-1", rate, "share")
