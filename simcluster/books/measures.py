"""Does advertising pay for it: the offset by quarter, and the charge on the capital that is tied up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.journal import Account, Journal
from simcluster.books.periods import quarters
from simcluster.books.statements import CAPITALISED, one_sided
from simcluster.core.calendar import HOURS_PER_YEAR
from simcluster.core.money import Cents

if TYPE_CHECKING:
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
    Account.OPERATING_LEASES,
)


def offset(scenario: Scenario, journal: Journal) -> pd.DataFrame:
    """How much of the programme's cost its advertising covers, a row a quarter; USD, and a ratio in `offset`.

    capital_charge = WACC x net book value of property in service / (1 - tax) x part of a year, summed over months;
    offset = contribution / cost, required_revenue = cost / contribution margin, with cost = depreciation + disposals +
    impairment + opex + capital_charge. The offset is NaN where nothing was spent. The charge is that of economic profit
    (EVA), grossed up to before tax.
    """
    import pandas as pd

    periods = quarters(journal.months)
    advertising = -periods.total(journal.moved(Account.ADVERTISING)) / 100
    contribution = advertising - periods.total(journal.moved(Account.CONTRIBUTION_COSTS)) / 100
    depreciation = periods.total(depreciation_by_month(journal)) / 100
    disposals = periods.total(journal.moved(Account.DISPOSALS)) / 100
    impairment = periods.total(journal.moved(Account.IMPAIRMENT)) / 100
    opex = periods.total(opex_by_month(journal)) / 100
    charge = periods.total(capital_charge_by_month(scenario, net_book_value(journal)))
    cost = depreciation + disposals + impairment + opex + charge
    return pd.DataFrame(
        {
            "attributed_advertising": advertising,
            "contribution": contribution,
            "depreciation": depreciation,
            "disposals": disposals,
            **({"impairment": impairment} if journal.uses(Account.IMPAIRMENT) else {}),
            "opex": opex,
            "capital_charge": charge,
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


def capital_charge_by_month(scenario: Scenario, tied_up: Cents) -> NDArray[np.float64]:
    """Pre-tax cost of a balance in each month, USD, shape (months,): WACC x its mean / (1 - tax) x part of a year.

    `tied_up` is the balance at the opening and at each month end, cents; its mean that of a month's two ends.
    """
    years = np.diff(np.array(scenario.clock.month_edges)) / HOURS_PER_YEAR
    mean = (tied_up[:-1] + tied_up[1:]) / 2 / 100
    out: NDArray[np.float64] = scenario.finance.wacc * mean / (1 - scenario.finance.tax_rate) * years
    return out
