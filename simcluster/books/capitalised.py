"""Interest capitalised on construction in progress (ASC 835-20), and the vintages it becomes.

The expenditures of a class are the mean of its construction in progress at a month's two ends, with what interest has
been capitalised on it; components at suppliers are servers in progress. Those of servers and network count less the
mean of payables, which are owed for them alone, but never below 0. Over all classes they bear the weighted average rate
of the debt, and never more than the interest incurred: capitalised = ROUND(interest x min(1, expenditures / mean debt),
0), shared out by what counts of each class. What leaves a class's construction in progress takes the same share of that
interest along: what is placed in service becomes a vintage of the month's last day, what is abandoned is written off.

Deposits with vendors do not count: servers and networks are made in large numbers for whoever orders them, not for the
programme (ASC 835-20-15-6). Components do: they are the programme's own, and are made into its servers for it (15-5).
Deposits on equipment of a hall, which is made to order, are construction in progress.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcluster.books.journal import Account, Entry, Journal, entry, lost_to, one_sided
from simcluster.books.register import Asset, Priced
from simcluster.core.calendar import HOURS_PER_DAY
from simcluster.core.money import share, whole
from simcluster.model.depreciation import CLASSES, AssetClass

if TYPE_CHECKING:
    from simcluster.books.debt import DebtMonth
    from simcluster.model.scenario import Scenario


ON_TERMS: tuple[AssetClass, ...] = ("servers", "network")
"""Classes that payables are owed for: orders and kits alone have terms."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Construction in progress of a class, cents: at the opening and each month's end, and by month what moved it."""

    held: list[int]
    added: list[int]
    placed: list[int]
    lost: list[int]

    def shares_left(self, month: int) -> tuple[float, float]:
        """The share of what there was in a month that was placed in service, and the share that left altogether."""
        there = self.held[month] + self.added[month]
        if not there:
            return 0.0, 0.0
        return self.placed[month] / there, (self.placed[month] + self.lost[month]) / there


@dataclass(frozen=True, slots=True)
class ClassMonth:
    """Interest capitalised on a class in a month, cents; `expenditures` are what it went by."""

    placed_share: float
    left_share: float
    expenditures: float
    added: int
    placed: int
    lost: int
    closing: int


@dataclass(frozen=True, slots=True)
class MonthOfInterest:
    """Interest incurred in a month, cents, what of it was capitalised, and what became of that by class.

    `expenditures` are those of all classes, less payables; `paid_share` is what counts of those of `ON_TERMS`.
    """

    incurred: int
    expenditures: float
    paid_share: float
    capitalised: int
    by_class: dict[AssetClass, ClassMonth]


def progress_of(journal: Journal, asset_class: AssetClass) -> Progress:
    """Construction in progress of a class without interest; what left it in an entry of losses was abandoned.

    Servers have components at suppliers among them, which are added when they are bought, not when they are delivered.
    """
    account = Account.cip(asset_class)
    leaving, lost = one_sided(journal, account, debit=False), lost_to(journal, account)
    added, held = one_sided(journal, account, debit=True), journal.ending(account)
    if asset_class == "servers":
        added, held = added + journal.moved(Account.AT_SUPPLIERS), held + journal.ending(Account.AT_SUPPLIERS)
    return Progress(held.tolist(), added.tolist(), (leaving - lost).tolist(), lost.tolist())


def account_interest(scenario: Scenario, debts: Sequence[list[DebtMonth]], journal: Journal) -> list[MonthOfInterest]:
    """Interest of each month, what is capitalised of it and what becomes of that; empty without debt."""
    if not debts:
        return []
    progress = {name: progress_of(journal, name) for name in CLASSES}
    owed = (-journal.ending(Account.PAYABLES)).tolist()
    carried = dict.fromkeys(CLASSES, 0)
    found = []
    for k in range(len(scenario.clock.months)):
        rows = [row for months in debts for row in months if row.span.index == k]
        incurred = sum(row.interest for row in rows)
        mean_debt = sum(row.cent_days for row in rows) / rows[0].span.days
        spent = {name: expenditures(progress[name], carried[name], k) for name in CLASSES}
        paid = paid_share(spent, (owed[k] + owed[k + 1]) / 2)
        counted = [spent[name] * paid if name in ON_TERMS else spent[name] for name in CLASSES]
        total = sum(counted)
        capitalises = scenario.finance.capitalise_interest and mean_debt
        capitalised = whole(incurred * min(1.0, total / mean_debt)) if capitalises else 0
        parts = dict(zip(CLASSES, share(capitalised, counted), strict=True))
        by_class = {name: class_month(progress[name], k, spent[name], carried[name], parts[name]) for name in CLASSES}
        carried = {name: row.closing for name, row in by_class.items()}
        found.append(MonthOfInterest(incurred, total, paid, capitalised, by_class))
    return found


def paid_share(spent: Mapping[AssetClass, float], payables: float) -> float:
    """What of the expenditures on servers and network has been paid for."""
    equipment = sum(spent[name] for name in ON_TERMS)
    return max(equipment - payables, 0.0) / equipment if equipment else 0.0


def expenditures(progress: Progress, carried: int, month: int) -> float:
    """Accumulated expenditures of a class, mean of a month's two ends, cents; interest of before is `carried`."""
    _, left = progress.shares_left(month)
    return (progress.held[month] + progress.held[month + 1] + carried * (2 - left)) / 2


def class_month(progress: Progress, month: int, spent: float, carried: int, added: int) -> ClassMonth:
    """What becomes of interest carried from before, and of what a month adds, cents: it leaves by shares, exactly."""
    placed_share, left_share = progress.shares_left(month)
    there = carried + added
    placed = whole(there * placed_share)
    gone = whole(there * left_share)
    return ClassMonth(placed_share, left_share, spent, added, placed, gone - placed, there - gone)


def interest_vintages(scenario: Scenario, months: Sequence[MonthOfInterest]) -> list[Asset]:
    """What was capitalised, as it came into service with construction of its class, on the last day of each month."""
    if not scenario.finance.capitalise_interest:
        return []
    edges, found = scenario.clock.month_edges, []
    for k, month in enumerate(months):
        for name, row in month.by_class.items():
            if row.placed_share:
                text = f"interest capitalised on {name} placed in service in {scenario.clock.months[k]}"
                price = Priced("interest", (k,), 1, name)
                found.append(Asset(name, row.placed, edges[k + 1] - HOURS_PER_DAY, False, text, priced=price))
    return found


def accrue_interest(months: Sequence[MonthOfInterest]) -> Iterator[Entry]:
    """Interest of each month, paid at its end, an expense but for what is capitalised; and what is lost of that."""
    for k, month in enumerate(months):
        added = [(Account.cip_interest(name), row.added) for name, row in month.by_class.items()]
        expensed = (Account.INTEREST, month.incurred - month.capitalised)
        yield from entry(k, "interest on debt", expensed, *added, (Account.CASH, -month.incurred))
        for name, row in month.by_class.items():
            lost = (Account.ABANDONED, row.lost), (Account.cip_interest(name), -row.lost)
            yield from entry(k, f"abandoned: interest capitalised on {name}", *lost)
