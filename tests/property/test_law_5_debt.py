"""Money borrowed, on scenarios that all borrow."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import constructions, documents, validated
from strategies_debt import indebted

from simcluster.books.capitalised import account_interest
from simcluster.books.debt import borrowed
from simcluster.books.journal import Account
from simcluster.books.law import check_law_5
from simcluster.books.lease_posting import leases_of
from simcluster.books.leases import standing
from simcluster.core.money import cents
from simcluster.model.depreciation import CLASSES
from simcluster.model.scenario import Scenario
from simcluster.study.run import run


@given(indebted(st.one_of(documents(), constructions())).map(validated))
def test_debt_is_repaid_to_the_cent_and_no_more_interest_is_capitalised_than_incurred(scenario: Scenario) -> None:
    result = run(scenario)
    journal = result.journal
    assert check_law_5(journal) == []
    debts = borrowed(scenario, journal)
    incurred = np.array([month.incurred for month in account_interest(scenario, debts, journal)])
    on_leases = [standing(scenario, lease) for lease in leases_of(scenario, result.log) if lease.kind == "finance"]
    expensed = journal.moved(Account.INTEREST) - sum(np.diff(at.interest) for at in on_leases)
    assert ((expensed >= 0) & (expensed <= incurred)).all()
    assert (expensed == incurred).all() or scenario.finance.capitalise_interest
    assert journal.balance(Account.DEBT) == -sum(rows[-1].closing for rows in debts)
    for debt, rows in zip(scenario.finance.debt, debts, strict=True):
        assert min(row.closing for row in rows) >= 0
        assert all(row.closing == 0 for row in rows if row.span.month > debt.matures)
        assert sum(row.delayed for row in rows) <= (cents(debt.delayed.limit) if debt.delayed else 0)
    for name in CLASSES:
        bare = journal.ending(Account.cip(name)) == 0
        assert (journal.ending(Account.cip_interest(name))[bare] == 0).all(), "no interest is left without construction"


@settings(max_examples=10)
@given(indebted(documents()).map(validated))
def test_debt_changes_no_fact_and_nothing_that_the_programme_is_worth(scenario: Scenario) -> None:
    finance = scenario.finance.model_copy(update={"debt": (), "capitalise_interest": False})
    result, plain = run(scenario), run(scenario.model_copy(update={"finance": finance}))
    assert result.log.same_as(plain.log)
    for name in ("npv_usd", "irr", "energy_mwh", "gpu_hours_delivered"):
        assert result.outcomes.get(name) == plain.outcomes.get(name), name
