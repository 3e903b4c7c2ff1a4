"""The law of money as checks on a journal: each says what it finds violated, and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcluster.books.cash import cash_by_activity
from simcluster.books.journal import ACCOUNTS, OPENING, Account, Journal, lost_to, one_sided, within
from simcluster.books.statements import RIGHTS
from simcluster.model.depreciation import CLASSES


class BrokenLawError(Exception):
    """The books break a law that holds for any run."""


def check_law_5(journal: Journal) -> list[str]:
    """Every violation of the law of money, in words; empty when the books are in order.

    Entries and the balance sheet balance, cash flow explains cash, accumulated depreciation lies between 0 and cost,
    deposits, spare parts, construction in progress, rights of use, payables, debt and what is owed for leases are never
    negative, property rolls forward, and land stays at cost.
    """
    return [
        *_entries(journal),
        *_balance_sheet(journal),
        *_cash(journal),
        *_depreciation(journal),
        *_never_negative(journal),
        *_rolls_forward(journal),
        *_land(journal),
    ]


def _broken(journal: Journal, holds: NDArray[Any], statement: str, first: int = OPENING) -> Iterator[str]:
    """The statement with the periods in which it does not hold; `holds` begins at month index `first`."""
    names = ["opening", *map(str, journal.months)]
    for k in np.flatnonzero(~np.asarray(holds, dtype=bool)).tolist():
        yield f"{names[k + 1 + first]}: {statement}"


def _entries(journal: Journal) -> Iterator[str]:
    totals = np.zeros(len(journal.entries), dtype=np.int64)
    np.add.at(totals, journal.columns.entry, journal.columns.cents)
    for k in np.flatnonzero(totals).tolist():
        yield f"entry {journal.entries[k].text!r} does not balance"


def _balance_sheet(journal: Journal) -> Iterator[str]:
    assets, equity = journal.ending("assets"), -journal.ending("equity") - journal.ending("liabilities")
    retained = -journal.ending("income") - journal.ending("expenses")
    yield from _broken(journal, assets == equity + retained, "the balance sheet does not balance")


def _cash(journal: Journal) -> Iterator[str]:
    explained = sum(cash_by_activity(journal).values())
    change = np.diff(journal.ending(Account.CASH))
    yield from _broken(journal, change == explained, "cash flow does not explain cash", first=0)


def _depreciation(journal: Journal) -> Iterator[str]:
    for name in CLASSES:
        cost, worn = journal.ending(Account.ppe(name)), -journal.ending(Account.accumulated(name))
        yield from _broken(journal, worn <= cost, f"accumulated depreciation of {name} is above cost")
        yield from _broken(journal, worn >= 0, f"accumulated depreciation of {name} is negative")


def _never_negative(journal: Journal) -> Iterator[str]:
    for k in [*within(Account.DEPOSITS), *within(Account.SPARE_PARTS), *within("assets:cip"), *within(RIGHTS)]:
        yield from _broken(journal, journal.balances[:, k] >= 0, f"{ACCOUNTS[k]} is negative")
    for account, statement in (
        (Account.PAYABLES, "more was paid than owed"),
        (Account.DEBT, "more was repaid than owed"),
        (Account.LEASES_FINANCE, "more was paid for finance leases than owed"),
        (Account.LEASES_OPERATING, "more was paid for operating leases than owed"),
    ):
        yield from _broken(journal, journal.ending(account) <= 0, statement)


def _land(journal: Journal) -> Iterator[str]:
    kept = np.diff(journal.ending(Account.LAND), prepend=0) >= 0
    yield from _broken(journal, kept, "land is worth less than it cost")


def _rolls_forward(journal: Journal) -> Iterator[str]:
    lost = one_sided(journal, Account.RIGHT_OF_USE_FINANCE, debit=False)
    holds = lost >= journal.moved(Account.LEASE_AMORTISATION)
    yield from _broken(journal, holds, "rights of finance leases lose less than their amortisation", first=0)
    for name in CLASSES:
        construction = (Account.cip(name), Account.cip_interest(name))
        placed = sum(one_sided(journal, at, debit=False) - lost_to(journal, at) for at in construction)
        retired = one_sided(journal, Account.ppe(name), debit=False)
        cost = np.diff(journal.ending(Account.ppe(name)))
        yield from _broken(journal, cost == placed - retired, f"cost of {name} does not roll forward", first=0)
        impaired = lost_to(journal, Account.accumulated(name), Account.IMPAIRMENT)
        charged = journal.moved(Account.depreciation(name)) + impaired
        left = one_sided(journal, Account.accumulated(name), debit=True)
        worn = left - np.diff(journal.ending(Account.accumulated(name)))
        statement = f"accumulated depreciation of {name} does not roll forward"
        yield from _broken(journal, worn == charged, statement, first=0)
