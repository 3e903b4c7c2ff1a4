"""Cash by what it was moved for: activities, sales, purchases and leases, by the counter-accounts of its entries."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcluster.books.journal import ACCOUNTS, Account, Journal, one_sided, within
from simcluster.core.money import Cents

ACTIVITIES = {
    "operating": ("income", "expenses", Account.SPARE_PARTS, Account.LEASES_OPERATING, Account.TAX_PAYABLE),
    "investing": (
        Account.DEPOSITS,
        "assets:cip",
        "assets:ppe",
        "assets:accumulated_depreciation",
        Account.PAYABLES,
        Account.DISPOSALS,
    ),
    "financing": ("equity", Account.DEBT, Account.LEASES_FINANCE),
}
"""Which counter-accounts make a cash movement operating, investing or financing; an account goes by its longest prefix.

Payables are owed for equipment. Where a disposal moves cash, that is the proceeds of a sale. Spare parts are bought to
be used up, so that cash for them is operating.
"""
SOLD = (Account.PPE_SERVERS, Account.ACCUMULATED_SERVERS, Account.DISPOSALS)
"""Accounts of servers that leave: cash beside any of them is what a sale brought in."""


def cash_by_activity(journal: Journal) -> dict[str, Cents]:
    """Cash moved by activity in each month, cents, shape (months,): each cash entry goes by its counter-accounts."""
    counter = cash_by_counter_account(journal)
    return {
        name: counter[:, [k for k, account in enumerate(ACCOUNTS) if _activity_of(account) == name]].sum(axis=1)
        for name in ACTIVITIES
    }


def sale_proceeds(journal: Journal) -> Cents:
    """Cash that sales of nodes brought in by month, cents; it is part of investing; shape (months,)."""
    is_cash = np.isin(journal.columns.account, within(Account.CASH))
    proceeds: Cents = journal.sum_of(of_sales(journal) & is_cash)[1:].sum(axis=1)
    return proceeds


def of_sales(journal: Journal) -> NDArray[np.bool_]:
    """Which postings stand in an entry of a sale: one of cash for servers that were in service, at a loss or none."""
    left: NDArray[np.bool_] = np.any([journal.beside(account) for account in SOLD], axis=0)
    return left & journal.beside(Account.CASH)


def _activity_of(account: Account) -> str:
    """The activity of cash moved against an account; none for cash itself."""
    prefixes = [(len(prefix), name) for name in ACTIVITIES for prefix in ACTIVITIES[name] if account.under(prefix)]
    return max(prefixes, default=(0, ""))[1]


def cash_by_counter_account(journal: Journal) -> Cents:
    """Cash moved against each account in each month, cents, received positive; axes (month, account)."""
    is_cash = np.isin(journal.columns.account, within(Account.CASH))
    counter: Cents = -journal.sum_of(journal.beside(Account.CASH) & ~is_cash)[1:]
    return counter


def cash_against(journal: Journal, account: Account) -> Cents:
    """Cash moved against an account in each month, cents, received positive; shape (months,)."""
    moved: Cents = cash_by_counter_account(journal)[:, within(account)].sum(axis=1)
    return moved


def invested(journal: Journal) -> tuple[Cents, Cents]:
    """Cash paid for deposits, equipment and construction by month, and what came back of it, cents; shape (months,).

    What sales bring in is neither.
    """
    columns, spent = journal.columns, np.zeros(len(journal.entries), dtype=np.int64)
    invests = np.isin(columns.account, [k for prefix in ACTIVITIES["investing"] for k in within(prefix)])
    invests &= journal.beside(Account.CASH) & ~of_sales(journal)
    np.add.at(spent, columns.entry[invests], columns.cents[invests])
    when = np.array([entry.month for entry in journal.entries], dtype=np.int64)
    out = np.zeros((2, len(journal.months)), dtype=np.int64)
    for k, mine in enumerate((spent > 0, spent < 0)):
        np.add.at(out[k], when[mine], np.abs(spent[mine]))
    return out[0], out[1]


def lease_principal(journal: Journal) -> Cents:
    """Principal of finance leases paid in each month, cents; shape (months,)."""
    return -cash_against(journal, Account.LEASES_FINANCE)


def lease_additions(journal: Journal) -> Cents:
    """What came on finance leases in each month, at the present value of its payments, cents; shape (months,)."""
    return one_sided(journal, Account.RIGHT_OF_USE_FINANCE, debit=True)
