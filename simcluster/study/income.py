"""What the programme earned by calendar year, and what was written off, as outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.books.journal import Account

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.books.journal import Journal
    from simcluster.study.result import Outcomes

LINES = ("operating_income", "net_income")
"""Lines of the income statement told by year; net income stands where there is interest or tax."""


def income_outcomes(statements: pd.DataFrame, journal: Journal) -> Outcomes:
    """Operating and net income of the programme by calendar year, as far as it is simulated, and impairments; USD."""
    income = statements.loc["income_statement"]
    out: Outcomes = {}
    for name in LINES:
        if name in income.index:
            quarters = income.loc[name]
            years = quarters.groupby(quarters.index.str[:4]).sum()
            told = zip(years.index, years.to_numpy(dtype=float), strict=True)
            out |= {f"{name}_usd_{year}": round(float(usd), 2) for year, usd in told}
    if journal.uses(Account.IMPAIRMENT):
        out["impairment_usd"] = float(journal.moved(Account.IMPAIRMENT).sum()) / 100
    return out
