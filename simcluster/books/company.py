"""The company by quarter and by year: its history grown by the plan, with the programme laid on top.

Advertising follows `books.advertising`. Costs are the programme's running costs and depreciation plus `rest_costs` of
the plan, which also hold the costs of earning advertising; interest is none of them. Capex is the programme's, as the
company defines it, plus `rest_capex`. Yearly amounts of the plan are spread evenly over twelve months. A month counts
by its simulated days, and growth is given for whole periods only. Without a company the lines are the programme's
alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.advertising import (
    USD_PER_MUSD,
    advertising_by_month,
    covered_days,
    days_in,
    grown_by_month,
)
from simcluster.books.cash import invested, lease_additions, lease_principal
from simcluster.books.history import Line, reported_quarter, reported_year
from simcluster.books.journal import INCOME_TAX, Account
from simcluster.books.periods import Periods, quarters, years
from simcluster.core.money import Cents, cents, split, whole
from simcluster.model.capex import NET_WITH_LEASE_PRINCIPAL, Spending
from simcluster.model.company import PlanYear

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.books.journal import Journal
    from simcluster.model.capex import CapexDefinition
    from simcluster.model.scenario import Scenario
    from simcluster.record.accounts import GpuHours

GROWING: tuple[Line, ...] = ("advertising", "other_revenue", "revenue", "costs", "operating_income", "capex")
"""Lines with a `<line>_growth` over the same period a year earlier."""

Reported = Callable[[Line, str], float]


def company_by_quarter(scenario: Scenario, journal: Journal, gpu_hours: GpuHours) -> pd.DataFrame:
    """One row a line, one column a quarter such as "2024Q1"; USD, and fractions in the `_growth` lines.

    Lines: advertising, of_which_ai_attributed, other_revenue, revenue, programme_costs, rest_costs, costs,
    operating_income, programme_capex, rest_capex, capex, and growth over the same quarter a year earlier.
    """
    lines, periods = lines_by_month(scenario, journal, gpu_hours), quarters(journal.months)
    return _frame(scenario, lines, periods, lambda line, period: reported_quarter(scenario.history, line, period))


def company_by_year(scenario: Scenario, journal: Journal, gpu_hours: GpuHours) -> pd.DataFrame:
    """As `company_by_quarter`, one column a year such as "2024", with growth over the year before."""
    lines, periods = lines_by_month(scenario, journal, gpu_hours), years(journal.months)
    return _frame(scenario, lines, periods, lambda line, period: reported_year(scenario.history, line, int(period)))


def lines_by_month(scenario: Scenario, journal: Journal, gpu_hours: GpuHours) -> dict[str, Cents]:
    """The company's lines by month, cents; each array of shape (months,)."""
    attributed = -journal.moved(Account.ADVERTISING)
    advertising = advertising_by_month(scenario, gpu_hours).without_ai + attributed
    other = np.array([cents(float(x)) for x in grown_by_month(scenario, "other_revenue")], dtype=np.int64)
    below = (Account.CONTRIBUTION_COSTS, Account.INTEREST, INCOME_TAX)
    own_costs = journal.moved("expenses") - sum(journal.moved(prefix) for prefix in below)
    rest_costs = _planned(scenario, lambda plan: plan.rest_costs)
    definition = NET_WITH_LEASE_PRINCIPAL if scenario.company is None else scenario.company.capex
    own_capex, rest_capex = programme_capex(journal, definition), _planned(scenario, lambda plan: plan.rest_capex)
    revenue, costs = advertising + other, own_costs + rest_costs
    return {
        "advertising": advertising,
        "of_which_ai_attributed": attributed,
        "other_revenue": other,
        "revenue": revenue,
        "programme_costs": own_costs,
        "rest_costs": rest_costs,
        "costs": costs,
        "operating_income": revenue - costs,
        "programme_capex": own_capex,
        "rest_capex": rest_capex,
        "capex": own_capex + rest_capex,
    }


def programme_capex(journal: Journal, definition: CapexDefinition = NET_WITH_LEASE_PRINCIPAL) -> Cents:
    """The programme's capital expenditure by month as a company defines it, cents; shape (months,).

    It is made of the cash flow of investing but for proceeds of sales, since capital spending is purchases, and of
    finance leases. An option's premium is capital spending when it is paid, also if it lapses later.
    """
    paid, returned = invested(journal)
    return definition.capex(Spending(paid, returned, lease_principal(journal), lease_additions(journal)))


def _planned(scenario: Scenario, amount: Callable[[PlanYear], float]) -> Cents:
    """A yearly amount of the plan by month: a twelfth, times the share of the month simulated; cents, or nothing."""
    company = scenario.company
    if company is None:
        return np.zeros(len(scenario.clock.months), dtype=np.int64)
    shares = zip(scenario.clock.months, covered_days(scenario), strict=True)
    twelfths = {
        year: split(cents(amount(company.plan_of(year))), 12)
        for year in range(scenario.start.year, scenario.end.year + 1)
    }
    return np.array(
        [whole(twelfths[m.year][m.month - 1] * float(days) / days_in(m)) for m, days in shares], dtype=np.int64
    )


def _frame(scenario: Scenario, lines: dict[str, Cents], periods: Periods, reported: Reported) -> pd.DataFrame:
    import pandas as pd

    totals = {name: periods.total(values) / 100 for name, values in lines.items()}
    whole = simulated_whole(scenario, periods)
    growth = {f"{name}_growth": _growth(name, totals[name], periods.labels, whole, reported) for name in GROWING}
    columns = pd.Index(periods.labels, name="period")
    frame = pd.DataFrame([*totals.values(), *growth.values()], index=[*totals, *growth], columns=columns)
    return frame.rename_axis(index="line")


def simulated_whole(scenario: Scenario, periods: Periods) -> NDArray[np.bool_]:
    """Which periods are simulated from their first day to their last; shape (periods,)."""
    months, span = scenario.clock.months, 12 // (4 if "Q" in periods.labels[0] else 1)
    covered = periods.total(covered_days(scenario))
    starts = [months[k].plus(-((months[k].month - 1) % span)) for k in periods.firsts]
    days = [(first.plus(span).first_day - first.first_day).days for first in starts]
    whole: NDArray[np.bool_] = np.abs(covered - np.array(days)) < 0.5
    return whole


def _growth(
    line: Line, usd: NDArray[np.float64], labels: tuple[str, ...], whole: NDArray[np.bool_], reported: Reported
) -> list[float]:
    """Change over the same period a year earlier, simulated whole or reported; NaN where either is not."""
    simulated = {label: float(value) for label, value, full in zip(labels, usd, whole, strict=True) if full}
    out = []
    for label in labels:
        before_label = f"{int(label[:4]) - 1}{label[4:]}"
        before = simulated.get(before_label, reported(line, before_label) * USD_PER_MUSD)
        out.append(simulated.get(label, math.nan) / before - 1 if before > 0 else math.nan)
    return out
