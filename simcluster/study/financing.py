"""What financing did, as outcomes: debt, and interest on it and on leases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.books.financing import financing_value_usd
from simcluster.books.journal import Account, Journal
from simcluster.books.lease_posting import lease_interest
from simcluster.books.measures import interest_incurred

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog
    from simcluster.study.result import Outcomes


def financing_outcomes(scenario: Scenario, log: EventLog, journal: Journal) -> Outcomes:
    """Debt at the end, less cash, interest on it over the run and what of that was capitalised; interest on leases.

    And what both are worth at WACC, through their last payments.
    """
    of_leases = int(lease_interest(scenario, log).sum())
    out: Outcomes = {}
    if scenario.finance.debt:
        incurred, expensed = (int(k.sum()) for k in (interest_incurred(journal), journal.moved(Account.INTEREST)))
        out["net_debt_usd"] = -(journal.balance(Account.DEBT) + journal.balance(Account.CASH)) / 100
        out["interest_usd"] = (incurred - of_leases) / 100
        out["interest_capitalised_usd"] = (incurred - expensed) / 100
    if journal.uses(Account.LEASES_FINANCE):
        out["lease_interest_usd"] = of_leases / 100
    if out:
        out["financing_value_usd"] = financing_value_usd(scenario, log, journal)
    return out
