"""Tax as it would be without debt, over the months of the evaluation and its run-off: what after-tax flows pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import CAPITALISED, OPENING, Account, Journal
from simcluster.books.measures import interest_incurred
from simcluster.books.run_off import rights_amortised
from simcluster.books.tax import Assessment, assess, month_ends, taxable_by_month, temporary_difference
from simcluster.books.tax_basis import basis, of_interest, pooled_costs
from simcluster.core.money import cents

if TYPE_CHECKING:
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario

Flow = tuple[date, float]
"""A day, and USD received."""


@dataclass(frozen=True)
class UnleveredTax:
    """Days at which months end, simulated ones and then those of the run-off; income to tax and what comes of it."""

    ends: list[date]
    taxable: Cents
    found: Assessment


def unlevered_tax(scenario: Scenario, journal: Journal, months: int, run_off: Sequence[Flow]) -> UnleveredTax:
    """Tax of so many simulated months, and of a run-off of such flows before tax.

    A month of the run-off is taxed on its flow less what it recovers of the property there is at the horizon, and less
    amortisation of rights on finance leases; years and losses go on from the simulated ones. What is owed in the end
    is paid with the last month.
    """
    tax = scenario.finance.tax
    assert tax is not None
    known, costs = taxable_without_debt(scenario, journal)[:months], pooled_costs(scenario, journal.assets)
    ends = [*month_ends(scenario)[1 : months + 1], *(day for day, _ in run_off)]
    days = [*month_ends(scenario), *(day for day, _ in run_off)]
    left = basis(tax, of_interest(costs, whether=False), days)
    recovering = -np.diff(left[len(left) - len(run_off) - 1 :])
    recovering += rights_amortised(scenario, journal.assets, [day for day, _ in run_off])
    flows = np.array([cents(usd) for _, usd in run_off], dtype=np.int64)
    taxable = np.concatenate([known, flows - recovering])
    found = assess(scenario, taxable, ends)
    found.paid[-1:] += found.current.sum() - found.paid.sum()
    return UnleveredTax(ends, taxable, found)


def taxable_without_debt(scenario: Scenario, journal: Journal) -> Cents:
    """Income to tax of each simulated month as if there were no interest, cents; shape (months,).

    Interest is added as it is incurred; of what was capitalised, what was recovered or abandoned is taken back, by
    which its basis and construction in progress grew less.
    """
    tax = scenario.finance.tax
    assert tax is not None
    taxable = taxable_by_month(journal, temporary_difference(scenario, journal))
    costs = of_interest(pooled_costs(scenario, journal.assets), whether=True)
    capitalised = basis(tax, costs, month_ends(scenario)) + journal.ending(CAPITALISED)
    return taxable + interest_incurred(journal) - np.diff(capitalised)


def tax_flows(scenario: Scenario, journal: Journal, months: int, run_off: Sequence[Flow]) -> list[Flow]:
    """What tax takes from the flows, one at the start and one a month; nothing where the scenario asks for none.

    Deferred tax of the opening is owed for what has been recovered already: it lessens the outlay.
    """
    if scenario.finance.tax is None:
        return []
    due = unlevered_tax(scenario, journal, months, run_off)
    opening = (scenario.start, -journal.balance(Account.DEFERRED_TAX, OPENING) / 100)
    return [opening, *((day, -paid / 100) for day, paid in zip(due.ends, due.found.paid.tolist(), strict=True))]
