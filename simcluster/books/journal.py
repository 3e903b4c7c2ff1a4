"""The journal: balanced entries in integer cents, debit positive, and sums over their postings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.core.calendar import Month
from simcluster.core.money import Cents

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.books.register import Asset
    from simcluster.model.depreciation import AssetClass


OPENING = -1
"""Month index of the opening balance."""
CAPITALISED = "assets:cip:interest"
"""Interest capitalised that is still in construction in progress, of all classes."""
INCOME_TAX = "expenses:tax"
"""What every account of income tax lies below."""


class Account(StrEnum):
    """Accounts of the programme, as colon paths; sums go by prefix."""

    CASH = "assets:cash"
    DEPOSITS = "assets:deposits"
    SPARE_PARTS = "assets:spare_parts"
    CIP_SERVERS = "assets:cip:servers"
    CIP_NETWORK = "assets:cip:network"
    CIP_BUILDINGS = "assets:cip:buildings"
    CIP_PLANT = "assets:cip:plant"
    AT_SUPPLIERS = "assets:cip:at_suppliers"
    CIP_INTEREST_SERVERS = "assets:cip:interest:servers"
    CIP_INTEREST_NETWORK = "assets:cip:interest:network"
    CIP_INTEREST_BUILDINGS = "assets:cip:interest:buildings"
    CIP_INTEREST_PLANT = "assets:cip:interest:plant"
    PPE_SERVERS = "assets:ppe:servers"
    PPE_NETWORK = "assets:ppe:network"
    PPE_BUILDINGS = "assets:ppe:buildings"
    PPE_PLANT = "assets:ppe:plant"
    LAND = "assets:ppe:land"
    ACCUMULATED_SERVERS = "assets:accumulated_depreciation:servers"
    ACCUMULATED_NETWORK = "assets:accumulated_depreciation:network"
    ACCUMULATED_BUILDINGS = "assets:accumulated_depreciation:buildings"
    ACCUMULATED_PLANT = "assets:accumulated_depreciation:plant"
    RIGHT_OF_USE_FINANCE = "assets:right_of_use:finance"
    RIGHT_OF_USE_OPERATING = "assets:right_of_use:operating"
    PAYABLES = "liabilities:payables"
    LEASES_FINANCE = "liabilities:leases:finance"
    LEASES_OPERATING = "liabilities:leases:operating"
    DEBT = "liabilities:debt"
    TAX_PAYABLE = "liabilities:tax_payable"
    DEFERRED_TAX = "liabilities:deferred_tax"
    CONTRIBUTED = "equity:contributed"
    OPENING_EQUITY = "equity:opening"
    ADVERTISING = "income:advertising"
    CONTRIBUTION_COSTS = "expenses:contribution_costs"
    ENERGY = "expenses:energy"
    OPERATIONS = "expenses:operations"
    REPAIR_PARTS = "expenses:repair_parts"
    COLOCATION = "expenses:colocation"
    MAINTENANCE = "expenses:maintenance"
    TRANSIT = "expenses:transit"
    LICENCES = "expenses:licences"
    PROCUREMENT_FEES = "expenses:procurement_fees"
    ABANDONED = "expenses:abandoned_construction"
    DISPOSALS = "expenses:disposals"
    IMPAIRMENT = "expenses:impairment"
    INTEREST = "expenses:interest"
    DEPRECIATION_SERVERS = "expenses:depreciation:servers"
    DEPRECIATION_NETWORK = "expenses:depreciation:network"
    DEPRECIATION_BUILDINGS = "expenses:depreciation:buildings"
    DEPRECIATION_PLANT = "expenses:depreciation:plant"
    LEASE_AMORTISATION = "expenses:lease_amortisation"
    OPERATING_LEASES = "expenses:operating_leases"
    TAX_CURRENT = "expenses:tax:current"
    TAX_DEFERRED = "expenses:tax:deferred"

    @classmethod
    def cip(cls, asset_class: AssetClass) -> Account:
        """Construction in progress of a class."""
        return cls(f"assets:cip:{asset_class}")

    @classmethod
    def cip_interest(cls, asset_class: AssetClass) -> Account:
        """Interest capitalised on construction in progress of a class."""
        return cls(f"assets:cip:interest:{asset_class}")

    @classmethod
    def ppe(cls, asset_class: AssetClass) -> Account:
        """Property and equipment of a class, at cost."""
        return cls(f"assets:ppe:{asset_class}")

    @classmethod
    def accumulated(cls, asset_class: AssetClass) -> Account:
        """Accumulated depreciation of a class, a credit balance."""
        return cls(f"assets:accumulated_depreciation:{asset_class}")

    @classmethod
    def depreciation(cls, asset_class: AssetClass) -> Account:
        """Depreciation expense of a class."""
        return cls(f"expenses:depreciation:{asset_class}")

    def under(self, prefix: str) -> bool:
        """Whether the account is `prefix` or lies below it."""
        return self == prefix or self.startswith(prefix + ":")


ACCOUNTS: tuple[Account, ...] = tuple(Account)
_POSITION = {account: k for k, account in enumerate(ACCOUNTS)}


class UnbalancedEntryError(ValueError):
    """An entry whose debits and credits differ."""


@dataclass(frozen=True, slots=True)
class Posting:
    """An amount on an account; a debit is positive, a credit negative."""

    account: Account
    cents: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Postings of one simulated month (`OPENING` for the opening balance) that sum to zero.

    Raises:
        UnbalancedEntryError: the postings do not sum to zero, or there are none.
    """

    month: int
    text: str
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        total = sum(posting.cents for posting in self.postings)
        if total or not self.postings:
            raise UnbalancedEntryError(
                f"{self.text!r} is out of balance by {total} cents in {len(self.postings)} postings"
            )


def entry(month: int, text: str, *amounts: tuple[Account, int]) -> Iterator[Entry]:
    """The entry of the amounts that are not zero, or nothing when all are."""
    postings = tuple(Posting(account, int(cents)) for account, cents in amounts if cents)
    if postings:
        yield Entry(month, text, postings)


@dataclass(frozen=True)
class Columns:
    """Postings as columns of equal length: entry position, month index, position in `ACCOUNTS`, cents."""

    entry: NDArray[np.int64]
    month: NDArray[np.int64]
    account: NDArray[np.int64]
    cents: Cents


@dataclass(frozen=True)
class Journal:
    """Entries of a run over its simulated months, and the register of assets behind them."""

    months: tuple[Month, ...]
    entries: tuple[Entry, ...]
    assets: tuple[Asset, ...] = ()

    @cached_property
    def columns(self) -> Columns:
        """Every posting, in order of entry."""
        rows = [(k, e.month, _POSITION[p.account], p.cents) for k, e in enumerate(self.entries) for p in e.postings]
        table = np.array(rows, dtype=np.int64).reshape(-1, 4)
        return Columns(*(np.ascontiguousarray(table[:, k]) for k in range(4)))

    @cached_property
    def movements(self) -> Cents:
        """Net postings, cents, axes (period, account): period 0 is the opening balance, k + 1 the month k."""
        return self.sum_of(np.ones(len(self.columns.cents), dtype=bool))

    @cached_property
    def balances(self) -> Cents:
        """Balances at the end of each period, cents, axes as `movements`."""
        return np.cumsum(self.movements, axis=0)

    def sum_of(self, chosen: NDArray[np.bool_]) -> Cents:
        """Sums of the chosen postings, cents, axes as `movements`."""
        out = np.zeros((len(self.months) + 1, len(ACCOUNTS)), dtype=np.int64)
        columns = self.columns
        np.add.at(out, (columns.month[chosen] + 1, columns.account[chosen]), columns.cents[chosen])
        return out

    def beside(self, account: Account) -> NDArray[np.bool_]:
        """Which postings stand in an entry that posts to an account, that posting itself among them."""
        columns = self.columns
        found = np.zeros(len(self.entries), dtype=bool)
        found[columns.entry[np.isin(columns.account, within(account))]] = True
        out: NDArray[np.bool_] = found[columns.entry]
        return out

    def moved(self, prefix: str) -> Cents:
        """Net postings below a prefix in each simulated month, cents; shape (months,)."""
        out: Cents = self.movements[1:, within(prefix)].sum(axis=1)
        return out

    def ending(self, prefix: str) -> Cents:
        """Balance below a prefix at the opening and at each month end, cents; shape (months + 1,)."""
        out: Cents = self.balances[:, within(prefix)].sum(axis=1)
        return out

    def uses(self, prefix: str) -> bool:
        """Whether anything was ever posted below a prefix."""
        return bool(np.isin(self.columns.account, within(prefix)).any())

    def balance(self, account_prefix: str, up_to_month: int | None = None) -> int:
        """Balance below a prefix after a month (the last when None, the opening at -1), cents, debit positive."""
        period = len(self.months) if up_to_month is None else up_to_month + 1
        return int(self.ending(account_prefix)[period])

    def monthly(self) -> pd.DataFrame:
        """Net postings in cents, a row a period ("opening", then months such as "2024-01"), a column an account."""
        import pandas as pd

        periods = pd.Index(["opening", *map(str, self.months)], name="month")
        return pd.DataFrame(self.movements, index=periods, columns=[str(account) for account in ACCOUNTS])


def within(prefix: str) -> list[int]:
    """Positions in `ACCOUNTS` of the accounts below a prefix.

    Raises:
        KeyError: no account lies below it.
    """
    found = [k for k, account in enumerate(ACCOUNTS) if account.under(prefix)]
    if not found:
        raise KeyError(f"no account below {prefix!r}")
    return found


def lost_to(journal: Journal, prefix: str, expense: Account = Account.ABANDONED) -> Cents:
    """Credits below a prefix of entries that charge a loss, abandoned construction by default, by month; cents."""
    lost = journal.beside(expense) & (journal.columns.cents < 0)
    out: Cents = -journal.sum_of(lost)[1:, within(prefix)].sum(axis=1)
    return out


def one_sided(journal: Journal, prefix: str, *, debit: bool) -> Cents:
    """Debits (or credits) below a prefix in each month, cents, positive; shape (months,)."""
    columns = journal.columns
    side: NDArray[np.bool_] = columns.cents > 0 if debit else columns.cents < 0
    out: Cents = np.abs(journal.sum_of(side)[1:, within(prefix)].sum(axis=1))
    return out
