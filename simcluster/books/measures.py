"""Does advertising pay for it: the offset by quarter, and what the programme is worth."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.journal import Account, Journal
from simcluster.books.periods import quarters
from simcluster.books.register import schedule
from simcluster.books.statements import cash_by_activity
from simcluster.core.calendar import HOURS_PER_YEAR, Month
from simcluster.core.money import Cents

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from simcluster.model.scenario import Scenario

OPEX = (
    Account.ENERGY,
    Account.OPERATIONS,
    Account.REPAIR_PARTS,
    Account.COLOCATION,
    Account.MAINTENANCE,
    Account.TRANSIT,
    Account.LICENCES,
)
RUN_RATE_MONTHS = 3


def offset(scenario: Scenario, journal: Journal) -> pd.DataFrame:
    """How much of the programme's cost its advertising covers, a row a quarter; USD, and a ratio in `offset`.

    capital_charge = WACC x net book value of property in service / (1 - tax) x part of a year, summed over months;
    offset = contribution / cost, required_revenue = cost / contribution margin, with cost = depreciation + disposals +
    opex + capital_charge. The offset is NaN where nothing was spent. The charge is that of economic profit (EVA),
    grossed up to before tax.
    """
    import pandas as pd

    periods = quarters(journal.months)
    advertising = -periods.total(journal.moved(Account.ADVERTISING)) / 100
    contribution = advertising - periods.total(journal.moved(Account.CONTRIBUTION_COSTS)) / 100
    depreciation = periods.total(journal.moved("expenses:depreciation")) / 100
    disposals = periods.total(journal.moved(Account.DISPOSALS)) / 100
    opex = periods.total(opex_by_month(journal)) / 100
    charge = periods.total(capital_charge_by_month(scenario, net_book_value(journal)))
    cost = depreciation + disposals + opex + charge
    return pd.DataFrame(
        {
            "attributed_advertising": advertising,
            "contribution": contribution,
            "depreciation": depreciation,
            "disposals": disposals,
            "opex": opex,
            "capital_charge": charge,
            "offset": np.divide(contribution, cost, out=np.full(len(cost), np.nan), where=cost > 0),
            "required_revenue": cost / scenario.revenue.contribution_margin,
        },
        index=pd.Index(periods.labels, name="quarter"),
    )


def opex_by_month(journal: Journal) -> Cents:
    """What running costs by month, without depreciation: all of `OPEX`, cents; shape (months,)."""
    out: Cents = np.sum([journal.moved(account) for account in OPEX], axis=0)
    return out


def net_book_value(journal: Journal) -> Cents:
    """Property in service less accumulated depreciation, at the opening and each month end, cents."""
    return journal.ending("assets:ppe") + journal.ending("assets:accumulated_depreciation")


def valuation(scenario: Scenario, journal: Journal) -> dict[str, float | None]:
    """Worth of the programme at the scenario's start over `evaluation_years`, before tax; USD, and fractions a year.

    Outlay at the start: the opening net book value, construction in progress and deposits, less payables. Then, at each
    month's end, cash from operations less capital spending, and with the last of them what is owed for lots delivered.
    Then there is no new capital and no residual value: the mean monthly contribution less opex of the last three
    simulated months runs on, times the share of server cost still inside its book life. Payments on undelivered lots
    are left out, as are the GPUs they would buy.

    NPV = sum of flow / (1 + WACC)^(days / 365), IRR the rate at which it is zero (as in a spreadsheet's XNPV and XIRR).
    Flows that change sign more than once have several such rates, of which one is given; None when there is none.

    Keys: npv_usd, npv_simulated_usd, npv_run_off_usd, irr.
    """
    simulated = [*simulated_flows(scenario, journal), *owed_flows(scenario, journal)]
    run_off = run_off_flows(scenario, journal)
    npv_simulated = present_value(scenario.finance.wacc, scenario.start, simulated)
    npv_run_off = present_value(scenario.finance.wacc, scenario.start, run_off)
    return {
        "npv_usd": npv_simulated + npv_run_off,
        "npv_simulated_usd": npv_simulated,
        "npv_run_off_usd": npv_run_off,
        "irr": internal_rate([*simulated, *run_off]),
    }


Flow = tuple[date, float]


def simulated_flows(scenario: Scenario, journal: Journal) -> list[Flow]:
    """The opening outlay, then net cash before funding at each month's end within the evaluation; (date, USD)."""
    opening = net_book_value(journal)[0] + journal.balance("assets:cip", -1) + journal.balance(Account.DEPOSITS, -1)
    opening += journal.balance(Account.PAYABLES, -1)
    activities = cash_by_activity(journal)
    net = (activities["operating"] + activities["investing"]) / 100
    ends = [scenario.clock.date(edge) for edge in scenario.clock.month_edges[1:]]
    flows = [(day, float(usd)) for day, usd in zip(ends, net, strict=True) if day <= last_day(scenario)]
    return [(scenario.start, -float(opening) / 100), *flows]


def owed_flows(scenario: Scenario, journal: Journal) -> list[Flow]:
    """What is owed for lots delivered when the simulated flows end, as paid that day; (date, USD)."""
    ends = [scenario.clock.date(edge) for edge in scenario.clock.month_edges[1:]]
    months = sum(day <= last_day(scenario) for day in ends)
    owed = journal.balance(Account.PAYABLES, months - 1) / 100
    return [(ends[months - 1] if months else scenario.start, owed)] if owed else []


def run_off_flows(scenario: Scenario, journal: Journal) -> list[Flow]:
    """Monthly flows from the horizon to the end of the evaluation; (date of the month's end, USD)."""
    begin, last = scenario.end + timedelta(days=1), last_day(scenario)
    if begin >= last:
        return []
    first = Month.of(begin)
    edges = [first.plus(k + 1).first_day for k in range(Month.of(last).ordinal - first.ordinal + 1)]
    edges = [begin, *(edge for edge in edges if begin < edge < last), last]
    days = np.diff([edge.toordinal() for edge in edges])
    middles = np.array([scenario.clock.hours(edge) for edge in edges[:-1]]) + days * 12.0
    flows = run_rate_usd_a_day(scenario, journal) * days * in_life_share(scenario, journal, middles)
    return [(day, float(usd)) for day, usd in zip(edges[1:], flows, strict=True)]


def run_rate_usd_a_day(scenario: Scenario, journal: Journal) -> float:
    """Contribution less opex a day over the last three simulated months, USD."""
    earned = -journal.moved(Account.ADVERTISING) - journal.moved(Account.CONTRIBUTION_COSTS) - opex_by_month(journal)
    edges = scenario.clock.month_edges[-RUN_RATE_MONTHS - 1 :]
    return float(earned[-RUN_RATE_MONTHS:].sum()) / 100 / ((edges[-1] - edges[0]) / 24.0)


def in_life_share(scenario: Scenario, journal: Journal, hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the cost of servers there are at the horizon whose book life has not run out; zero without servers.

    Those given up by then count for nothing: the run rate is that of the others.
    """
    horizon = scenario.clock.horizon_hours
    servers = [asset for asset in journal.assets if asset.asset_class == "servers" and asset.retired_hour >= horizon]
    cost = np.array([asset.cost_cents for asset in servers], dtype=np.float64)
    ends = np.array([schedule(scenario, asset).end_hour for asset in servers])
    living = (ends[None, :] > hours[:, None]) @ cost
    total = cost.sum()
    return living / total if total else np.zeros(len(hours))


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


def capital_charge_by_month(scenario: Scenario, tied_up: Cents) -> NDArray[np.float64]:
    """Pre-tax cost of a balance in each month, USD, shape (months,): WACC x its mean / (1 - tax) x part of a year.

    `tied_up` is the balance at the opening and at each month end, cents; its mean that of a month's two ends.
    """
    years = np.diff(np.array(scenario.clock.month_edges)) / HOURS_PER_YEAR
    mean = (tied_up[:-1] + tied_up[1:]) / 2 / 100
    out: NDArray[np.float64] = scenario.finance.wacc * mean / (1 - scenario.finance.tax_rate) * years
    return out
