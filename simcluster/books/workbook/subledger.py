"""What a sheet of the workbook adds to the journal: lines of accounts, and terms of the formulas that sum them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.cash import ACTIVITIES, cash_by_activity
from simcluster.books.journal import ACCOUNTS, Account, Journal

if TYPE_CHECKING:
    from simcluster.core.money import Cents

SIDED = ("assets:cip", "assets:ppe", "assets:accumulated_depreciation", Account.RIGHT_OF_USE_FINANCE)
"""Accounts whose debits and credits the roll-forward tells apart."""


@dataclass(frozen=True)
class Line:
    """An account, and where statements tell its sides apart: debit or credit, or the activity that moved cash."""

    account: Account
    side: str = ""

    @property
    def key(self) -> str:
        """As it stands in the workbook, such as "assets:cip:servers debit"."""
        return f"{self.account} {self.side}".strip()


@dataclass(frozen=True)
class Term:
    """What a sheet adds to a line: a signed piece of formula for each period, and its cents; shape (months + 1,).

    Period 0 is the opening balance, and k + 1 the month k. An empty text adds nothing.
    """

    line: Line
    text: Callable[[int], str]
    cents: Cents


@dataclass(frozen=True)
class Bill:
    """A row of the sheet of bills: label, account, a formula of the month's position, and its cents by month."""

    label: str
    account: Account
    text: Callable[[int], str]
    values: list[int]


@cache
def lines() -> tuple[Line, ...]:
    """Every line, in order of accounts."""
    found: list[Line] = []
    for account in ACCOUNTS:
        sides: tuple[str, ...] = ("",)
        if account == Account.CASH:
            sides = tuple(ACTIVITIES)
        elif any(account.under(prefix) for prefix in SIDED):
            sides = ("debit", "credit")
        found += [Line(account, side) for side in sides]
    return tuple(found)


def booked(journal: Journal) -> dict[Line, Cents]:
    """What the journal holds on each line, cents; shape (months + 1,)."""
    amounts = journal.columns.cents
    by_side = {"debit": journal.sum_of(amounts > 0), "credit": journal.sum_of(amounts < 0), "": journal.movements}
    out: dict[Line, Cents] = {}
    for line in lines():
        if line.account == Account.CASH:
            out[line] = np.concatenate([[0], cash_by_activity(journal)[line.side]])
        else:
            out[line] = by_side[line.side][:, ACCOUNTS.index(line.account)]
    return out


def cash(activity: str) -> Line:
    """Cash moved by an activity."""
    return Line(Account.CASH, activity)
