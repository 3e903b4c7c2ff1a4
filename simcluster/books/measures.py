"""Does advertising pay for it: the offset by quarter, and the charge on the capital that is tied up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.journal import CAPITALISED, Account, Journal, one_sided
from simcluster.books.periods import Periods, quarters
from simcluster.core.calendar import HOURS_PER_YEAR
from simcluster.core.money import Cents

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.scenario import Scenario

Floats = NDArray[np.float64]
COST = ("depreciation", "disposals", "impairment", "opex", "capital_charge")
"""Parts of what the programme costs, in order; tables leave out those that their run does not use."""
OPEX = (
    Account.ENERGY,
    Account.OPERATIONS,
    Account.REPAIR_PARTS,
    Account.COLOCATION,
    Account.MAINTENANCE,
    Account.TRANSIT,
    Account.LICENCES,
    Account.OPERATING_LEASES,
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What months cost by its parts, cents, and the charge on capital in USD; each of shape (months,)."""

    depreciation: Cents
    disposals: Cents
    impairment: Cents
    opex: Cents
    capital_charge_usd: Floats

    @property
    def in_service_usd(self) -> Floats:
        """All but disposals, USD: what is in service bears it; shape (months,)."""
        out: Floats = (self.depreciation + self.impairment + self.opex) / 100 + self.capital_charge_usd
        return out

    def by_period(self, periods: Periods) -> dict[str, Floats]:
        """Every part of `COST` by period, USD; shape (periods,)."""
        spent = {name: periods.total(getattr(self, name)) / 100 for name in COST[:-1]}
        return {**spent, COST[-1]: periods.total(self.capital_charge_usd)}


def cost_by_month(scenario: Scenario, journal: Journal) -> Cost:
    """What revenue would have to cover: depreciation, disposals, impairment, opex and the charge on capital."""
    return Cost(
        depreciation_by_month(journal),
        journal.moved(Account.DISPOSALS),
        journal.moved(Account.IMPAIRMENT),
        opex_by_month(journal),
        capital_charge_by_month(scenario, net_book_value(journal)),
    )


def offset(scenario: Scenario, journal: Journal) -> pd.DataFrame:
    """How much of the programme's cost its advertising covers, a row a quarter; USD, and a ratio in `offset`.

    capital_charge = WACC x net book value of property in service / (1 - tax) x part of a year, summed over months;
    offset = contribution / cost, required_revenue = cost / contribution margin, with cost the sum of `COST`. The
    offset is NaN where nothing was spent. The charge is that of economic profit (EVA), grossed up to before tax.
    """
    import pandas as pd

    periods = quarters(journal.months)
    advertising = -periods.total(journal.moved(Account.ADVERTISING)) / 100
    contribution = advertising - periods.total(journal.moved(Account.CONTRIBUTION_COSTS)) / 100
    parts = cost_by_month(scenario, journal).by_period(periods)
    cost = np.sum([parts[name] for name in COST], axis=0)
    if not journal.uses(Account.IMPAIRMENT):
        del parts["impairment"]
    return pd.DataFrame(
        {
            "attributed_advertising": advertising,
            "contribution": contribution,
            **parts,
            "offset": np.divide(contribution, cost, out=np.full(len(cost), np.nan), where=cost > 0),
            "required_revenue": cost / scenario.revenue.contribution_margin,
        },
        index=pd.Index(periods.labels, name="quarter"),
    )


def depreciation_by_month(journal: Journal) -> Cents:
    """Depreciation, and amortisation of what is on finance leases, by month, cents; shape (months,)."""
    return journal.moved("expenses:depreciation") + journal.moved(Account.LEASE_AMORTISATION)


def opex_by_month(journal: Journal) -> Cents:
    """What running costs by month, without depreciation: all of `OPEX`, cents; shape (months,)."""
    out: Cents = np.sum([journal.moved(account) for account in OPEX], axis=0)
    return out


def net_book_value(journal: Journal) -> Cents:
    """Property in service and on finance leases at book value, at the opening and each month end, cents."""
    owned = journal.ending("assets:ppe") + journal.ending("assets:accumulated_depreciation")
    return owned + journal.ending(Account.RIGHT_OF_USE_FINANCE)


def interest_incurred(journal: Journal) -> Cents:
    """Interest of each month, expensed and capitalised, cents; shape (months,)."""
    return journal.moved(Account.INTEREST) + one_sided(journal, CAPITALISED, debit=True)


def capital_charge_by_month(scenario: Scenario, tied_up: Cents) -> Floats:
    """Pre-tax cost of a balance in each month, USD, shape (months,): WACC x its mean / (1 - tax) x part of a year.

    `tied_up` is the balance at the opening and at each month end, cents; its mean that of a month's two ends.
    """
    years = np.diff(np.array(scenario.clock.month_edges)) / HOURS_PER_YEAR
    mean = (tied_up[:-1] + tied_up[1:]) / 2 / 100
    out: Floats = scenario.finance.wacc * mean / (1 - scenario.finance.tax_rate) * years
    return out
