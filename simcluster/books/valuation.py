"""What the programme is worth: dated flows from the books and of the run-off, their present value and internal rate."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.cash import cash_against, cash_by_activity, lease_additions
from simcluster.books.journal import CAPITALISED, OPENING, Account, Journal, one_sided
from simcluster.books.measures import net_book_value, opex_by_month
from simcluster.books.run_off import cost_in_life, servers_at_horizon
from simcluster.books.tax import tax_paid_by_month
from simcluster.books.unlevered_tax import Flow, tax_flows
from simcluster.core.calendar import Month

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario

RUN_RATE_MONTHS = 3
SUNK = ("assets:cip", Account.DEPOSITS, Account.SPARE_PARTS, Account.PAYABLES)
"""What the outlay at the start holds beside property in service, net of what was still owed."""
UNLEVERED = ("operating", "investing")
"""Activities whose cash makes up the flows, interest added back: all but the money of the parent and of lenders."""


def valuation(scenario: Scenario, journal: Journal) -> dict[str, float | None]:
    """Worth of the programme at the scenario's start over `evaluation_years`; USD, and fractions a year.

    Outlay at the start: the opening net book value, construction in progress, deposits and spare parts, less payables.
    Then, at each month's end, cash from operations and sales less capital spending, before interest, and with the last
    of them what is owed for lots delivered. Then there is no new capital and no residual value: the mean monthly
    contribution less opex of the last three simulated months runs on, times the share of server cost still earning (see
    `books.run_off`). Payments on undelivered lots are left out, as are the GPUs they would buy. Nothing of debt counts.
    With `finance.tax` flows are after tax (see `books.unlevered_tax`).

    Flows are unlevered. What comes on a finance lease counts as bought on the day it commences, and its payments are
    left out, interest and principal, as those of any loan: WACC already charges for the money, however it was raised.
    An operating lease is paid for as it goes, like energy.

    NPV = sum of flow / (1 + WACC)^(days / 365), IRR the rate at which it is zero (as in a spreadsheet's XNPV and XIRR).
    Flows that change sign more than once have several such rates, of which one is given; None when there is none.

    Keys: npv_usd, npv_simulated_usd, npv_run_off_usd, irr; and npv_before_tax_usd where there is tax.
    """
    simulated = [*simulated_flows(scenario, journal), *owed_flows(scenario, journal)]
    run_off, months = run_off_flows(scenario, journal), evaluated_months(scenario)
    taxes = tax_flows(scenario, journal, months, run_off)
    after_tax = ([*simulated, *taxes[: months + 1]], [*run_off, *taxes[months + 1 :]])
    npv_simulated, npv_run_off = (present_value(scenario.finance.wacc, scenario.start, flows) for flows in after_tax)
    worth = {
        "npv_usd": npv_simulated + npv_run_off,
        "npv_simulated_usd": npv_simulated,
        "npv_run_off_usd": npv_run_off,
        "irr": internal_rate([*after_tax[0], *after_tax[1]]),
    }
    if scenario.finance.tax is None:
        return worth
    before = present_value(scenario.finance.wacc, scenario.start, [*simulated, *run_off])
    return worth | {"npv_before_tax_usd": before}


def simulated_flows(scenario: Scenario, journal: Journal) -> list[Flow]:
    """The opening outlay, then cash before tax and funding at each month's end within the evaluation; (date, USD)."""
    opening = int(net_book_value(journal)[0]) + sum(journal.balance(prefix, OPENING) for prefix in SUNK)
    net = unlevered_by_month(journal) / 100
    ends = [scenario.clock.date(edge) for edge in scenario.clock.month_edges[1:]]
    flows = [(day, float(usd)) for day, usd in zip(ends, net, strict=True) if day <= last_day(scenario)]
    return [(scenario.start, -float(opening) / 100), *flows]


def unlevered_by_month(journal: Journal) -> Cents:
    """Cash from operations before interest and tax, less purchases and finance leases begun, cents; shape (months,)."""
    activities = cash_by_activity(journal)
    moved: Cents = np.sum([activities[name] for name in UNLEVERED], axis=0)
    interest_paid = one_sided(journal, CAPITALISED, debit=True) - cash_against(journal, Account.INTEREST)
    return moved + interest_paid + tax_paid_by_month(journal) - lease_additions(journal)


def owed_flows(scenario: Scenario, journal: Journal) -> list[Flow]:
    """What is owed for lots delivered when the simulated flows end, as paid that day; (date, USD)."""
    months = evaluated_months(scenario)
    owed = journal.balance(Account.PAYABLES, months - 1) / 100
    return [(scenario.clock.date(scenario.clock.month_edges[months]), owed)] if owed else []


def evaluated_months(scenario: Scenario) -> int:
    """How many simulated months end within the evaluation."""
    return sum(scenario.clock.date(edge) <= last_day(scenario) for edge in scenario.clock.month_edges[1:])


def run_off_flows(scenario: Scenario, journal: Journal) -> list[Flow]:
    """Monthly flows from the horizon to the end of the evaluation; (date of the month's end, USD)."""
    edges = run_off_edges(scenario)
    days, middles = run_off_months(scenario)
    flows = run_rate_usd_a_day(scenario, journal) * days * in_life_share(scenario, journal, middles)
    return [(day, float(usd)) for day, usd in zip(edges[1:], flows, strict=True)]


def run_off_edges(scenario: Scenario) -> list[date]:
    """Days on which months of the run-off begin and end: one more than months, and at least one."""
    begin, last = scenario.end + timedelta(days=1), last_day(scenario)
    if begin >= last:
        return [begin]
    first = Month.of(begin)
    edges = [first.plus(k + 1).first_day for k in range(Month.of(last).ordinal - first.ordinal + 1)]
    return [begin, *(edge for edge in edges if begin < edge < last), last]


def run_off_months(scenario: Scenario) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Days of each month of the run-off, and the hour in its middle; each of shape (months,)."""
    edges = run_off_edges(scenario)
    days = np.diff([edge.toordinal() for edge in edges])
    return days, np.array([scenario.clock.hours(edge) for edge in edges[:-1]]) + days * 12.0


def run_rate_usd_a_day(scenario: Scenario, journal: Journal) -> float:
    """Contribution less opex a day over the last three simulated months, USD."""
    earned = -journal.moved(Account.ADVERTISING) - journal.moved(Account.CONTRIBUTION_COSTS) - opex_by_month(journal)
    edges = scenario.clock.month_edges[-RUN_RATE_MONTHS - 1 :]
    return float(earned[-RUN_RATE_MONTHS:].sum()) / 100 / ((edges[-1] - edges[0]) / 24.0)


def in_life_share(scenario: Scenario, journal: Journal, hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the cost of servers there are at the horizon that still earn; zero without servers.

    Those given up or sold by then count for nothing: the run rate is that of the others.
    """
    servers = servers_at_horizon(scenario, journal.assets)
    total = sum(asset.cost_cents for asset in servers)
    return cost_in_life(scenario, servers, hours) / total if total else np.zeros(len(hours))


def last_day(scenario: Scenario) -> date:
    """The day on which the evaluation ends: so many calendar years on, and 365.25 days for a whole year of the rest."""
    years, rest = divmod(scenario.finance.evaluation_years, 1)
    whole = Month.of(scenario.start).plus(12 * int(years)).first_day + timedelta(days=scenario.start.day - 1)
    return whole + timedelta(days=round(rest * 365.25))


def present_value(rate: float, today: date, flows: Sequence[Flow]) -> float:
    """Flows discounted to a day at a yearly rate, USD: sum of flow / (1 + rate)^(days / 365)."""
    return sum(float(usd / (1 + rate) ** ((day - today).days / 365)) for day, usd in flows)


def internal_rate(flows: Sequence[Flow]) -> float | None:
    """The yearly rate at which dated flows are worth nothing today; None when there is none."""
    import pyxirr

    days, amounts = [day for day, _ in flows], [usd for _, usd in flows]
    rate = pyxirr.xirr(days, amounts, silent=True)
    return None if rate is None or not np.isfinite(rate) else float(rate)
