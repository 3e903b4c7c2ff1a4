"""Income tax: current tax by the year so far, deferred tax by the balance sheet, payment at each quarter's end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import INCOME_TAX, OPENING, Account, Entry, Journal, entry
from simcluster.books.tax_basis import basis, pooled_costs, year_so_far
from simcluster.core.money import whole
from simcluster.model.depreciation import CLASSES

if TYPE_CHECKING:
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario

FIRST_OF_QUARTER = (1, 4, 7, 10)


@dataclass(frozen=True)
class Assessment:
    """Tax by period, cents, each of shape (periods,).

    Of the year so far: income to tax, what of it is `taxed` after losses of earlier years, and what is owed on that. Of
    the period: current tax, losses carried on at its end, and what is paid then.
    """

    so_far: Cents
    taxed: Cents
    owed: Cents
    current: Cents
    carried: Cents
    paid: Cents


def accrue_tax(scenario: Scenario, before: Journal) -> Iterator[Entry]:
    """Income tax of a journal that has all but tax and the parent's money; nothing where the scenario asks for none.

    Income to tax is income before tax less what the temporary difference grew by: book value of property less its
    basis. So depreciation, impairment and book value of what left are taken back, and recovery and basis of what left
    deducted. Deferred tax owed is rate x (temporary difference - losses carried on) (ASC 740).
    """
    if scenario.finance.tax is None:
        return
    rate, difference = scenario.finance.tax_rate, temporary_difference(scenario, before)
    found = assess(scenario, taxable_by_month(before, difference), month_ends(scenario)[1:])
    carried = np.concatenate([[0], found.carried])
    owed = [whole(rate * cents) for cents in (difference - carried).tolist()]
    yield from entry(
        OPENING, "opening: deferred tax", (Account.OPENING_EQUITY, owed[0]), (Account.DEFERRED_TAX, -owed[0])
    )
    for k, (earlier, later) in enumerate(pairwise(owed)):
        current, grown, paid = int(found.current[k]), later - earlier, int(found.paid[k])
        yield from entry(k, "current tax", (Account.TAX_CURRENT, current), (Account.TAX_PAYABLE, -current))
        yield from entry(k, "deferred tax", (Account.TAX_DEFERRED, grown), (Account.DEFERRED_TAX, -grown))
        yield from entry(k, "payment of tax", (Account.TAX_PAYABLE, paid), (Account.CASH, -paid))


def month_ends(scenario: Scenario) -> list[date]:
    """The start, and the midnight at which each month ends."""
    return [scenario.clock.date(edge) for edge in scenario.clock.month_edges]


def income_before_tax(journal: Journal) -> Cents:
    """Income less expenses other than tax by month, cents; shape (months,)."""
    return journal.moved(INCOME_TAX) - journal.moved("income") - journal.moved("expenses")


def tax_paid_by_month(journal: Journal) -> Cents:
    """Tax that was paid, less what came back, by month, cents; shape (months,)."""
    out: Cents = journal.moved(Account.TAX_PAYABLE) + journal.moved(Account.TAX_CURRENT)
    return out


def book_value(journal: Journal) -> Cents:
    """Book value of what is depreciated, at the opening and each month's end, cents."""
    accounts = [of(name) for name in CLASSES for of in (Account.ppe, Account.accumulated)]
    out: Cents = np.sum([journal.ending(account) for account in accounts], axis=0)
    return out


def temporary_difference(scenario: Scenario, journal: Journal) -> Cents:
    """Book value of property less its basis, at the opening and each month's end, cents."""
    tax = scenario.finance.tax
    assert tax is not None
    return book_value(journal) - basis(tax, pooled_costs(scenario, journal.assets), month_ends(scenario))


def taxable_by_month(journal: Journal, difference: Cents) -> Cents:
    """Income to tax of each month before losses of earlier years, cents; shape (months,)."""
    return income_before_tax(journal) - np.diff(difference)


def assess(scenario: Scenario, taxable: Cents, ends: Sequence[date]) -> Assessment:
    """Tax of periods with such income, which end at midnight of such days, and begin without losses carried.

    What is owed is `whole`(rate x income of the year so far, after losses); a period takes the difference. It is paid
    with the period in which a calendar quarter ends.
    """
    tax, rate = scenario.finance.tax, scenario.finance.tax_rate
    assert tax is not None
    out = Assessment(*(np.zeros(len(ends), dtype=np.int64) for _ in range(6)))
    year, so_far, owed, into_year, carried, payable = 0, 0, 0, 0, 0, 0
    for k, (income, end) in enumerate(zip(taxable.tolist(), ends, strict=True)):
        if (now := year_so_far(end).year) != year:
            year, so_far, owed, into_year = now, 0, 0, carried
        so_far += income
        taxed, carried = tax.taxed(so_far, into_year, whole(tax.loss_limit * so_far))
        before, owed = owed, whole(rate * taxed)
        payable += owed - before
        paid = payable if ends_quarter(end) else 0
        payable -= paid
        row = (so_far, taxed, owed, owed - before, carried, paid)
        for column, value in zip(vars(out).values(), row, strict=True):
            column[k] = value
    return out


def ends_quarter(end: date) -> bool:
    """Whether a calendar quarter ends at midnight of a day."""
    return end.day == 1 and end.month in FIRST_OF_QUARTER
