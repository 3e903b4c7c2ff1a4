"""Reported quarters to grow from, with the gaps of a year filled by the seasons of the years reported whole."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from simcluster.model.company import CompanyHistory, ReportedQuarter, ReportedYear

Line = Literal["advertising", "other_revenue", "revenue", "costs", "operating_income", "capex"]

_QUARTER: dict[Line, Callable[[ReportedQuarter], float | None]] = {
    "advertising": lambda row: row.advertising_musd,
    "other_revenue": lambda row: _less(row.revenue_musd, row.advertising_musd),
    "revenue": lambda row: row.revenue_musd,
    "costs": lambda row: row.costs_musd,
    "operating_income": lambda row: row.operating_income_musd,
    "capex": lambda row: row.capex_musd,
}
_YEAR: dict[Line, Callable[[ReportedYear], float]] = {
    "advertising": lambda row: row.advertising_musd,
    "other_revenue": lambda row: row.revenue_musd - row.advertising_musd,
    "revenue": lambda row: row.revenue_musd,
    "costs": lambda row: row.costs_musd,
    "operating_income": lambda row: row.revenue_musd - row.costs_musd,
    "capex": lambda row: row.capex_musd,
}


def reported_quarter(history: CompanyHistory, line: Line, period: str) -> float:
    """What was reported for a quarter such as "2023Q4", USD millions; NaN if it was not."""
    row = next((row for row in history.quarters if row.period == period), None)
    value = None if row is None else _QUARTER[line](row)
    return math.nan if value is None else value


def reported_year(history: CompanyHistory, line: Line, year: int) -> float:
    """What was reported for a year, USD millions; NaN if it was not."""
    row = history.year(year)
    return math.nan if row is None else _YEAR[line](row)


def quarters_of(history: CompanyHistory, line: Line, year: int) -> tuple[float, ...]:
    """Four quarters of a year, USD millions.

    Those missing share what the year leaves, in the proportions of the years reported whole (evenly if there are none).
    NaN where neither the quarter nor the year was reported.
    """
    known = [reported_quarter(history, line, f"{year}Q{k}") for k in (1, 2, 3, 4)]
    missing = [math.isnan(value) for value in known]
    rest = reported_year(history, line, year) - sum(value for value in known if not math.isnan(value))
    seasons = season_shares(history, line)
    weight = sum(share for share, gone in zip(seasons, missing, strict=True) if gone)
    return tuple(
        rest * share / weight if gone else value for value, share, gone in zip(known, seasons, missing, strict=True)
    )


def season_shares(history: CompanyHistory, line: Line) -> tuple[float, ...]:
    """Mean share of each quarter in the years whose four quarters were reported; sums to 1."""
    years = sorted({int(row.period[:4]) for row in history.quarters})
    whole = [[reported_quarter(history, line, f"{year}Q{k}") for k in (1, 2, 3, 4)] for year in years]
    shares = [[value / sum(row) for value in row] for row in whole if sum(row) > 0]
    if not shares:
        return (0.25, 0.25, 0.25, 0.25)
    return tuple(sum(column) / len(shares) for column in zip(*shares, strict=True))


def _less(whole: float | None, part: float | None) -> float | None:
    return None if whole is None or part is None else whole - part
