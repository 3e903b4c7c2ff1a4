"""The sheet of bills: energy, operations, parts, contracts and advertising by month, each a quantity at a price."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import Account
from simcluster.books.measures import OPEX
from simcluster.books.workbook.inputs import cause_labels
from simcluster.books.workbook.monthly_rows import MonthlyRows
from simcluster.books.workbook.subledger import Bill, Line, Term, cash
from simcluster.core.money import cents, whole
from simcluster.model.power import Grid, Turbines

if TYPE_CHECKING:
    from simcluster.books.workbook.cells import Book
    from simcluster.books.workbook.facts import Facts
    from simcluster.books.workbook.inputs import Inputs, Key
    from simcluster.books.workbook.revenue import Revenue
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario

TITLE = "Bills"
BILLED = (Account.ADVERTISING, Account.CONTRIBUTION_COSTS, Account.SPARE_PARTS, *OPEX)
Text = Callable[[int], str]


class Bills:
    """The sheet, and its sums by account and month, cents."""

    def __init__(self, book: Book, scenario: Scenario, facts: Facts, inputs: Inputs) -> None:
        note = "whole US cents: ROUND(quantity x price x 100, 0); advertising is earned, all else spent"
        self._rows = MonthlyRows(book, TITLE, scenario.clock.months, note, "account")
        self._scenario, self._facts, self._inputs = scenario, facts, inputs
        self._total = {account: np.zeros(len(scenario.clock.months), dtype=np.int64) for account in BILLED}

    def write(self, revenue: Revenue, attributed: Cents, bills: Iterable[Bill]) -> None:
        """All bills."""
        self._energy()
        self._running()
        for bill in bills:
            self._add(bill.label, bill.account, bill.text, bill.values)
        self._advertising(revenue, attributed)

    def terms(self) -> Iterator[Term]:
        """What the sheet adds to each line: costs are debits, advertising a credit, and cash is moved by both."""
        net = np.zeros(len(self._scenario.clock.months), dtype=np.int64)
        for account in BILLED:
            earned = account == Account.ADVERTISING
            sign, total = (-1 if earned else 1), self._total[account]
            net = net - sign * total

            def text(p: int, sign: str = "-" if earned else "+", account: Account = account) -> str:
                return f"{sign}{self._sum(account, p)}" if p else ""

            yield Term(Line(account), text, np.concatenate([[0], sign * total]))
        spent = [account for account in BILLED if account != Account.ADVERTISING]

        def moved(p: int) -> str:
            paid = "".join(f"-{self._sum(account, p)}" for account in spent)
            return f"+{self._sum(Account.ADVERTISING, p)}{paid}" if p else ""

        yield Term(cash("operating"), moved, np.concatenate([[0], net]))

    def _sum(self, account: Account, p: int) -> str:
        return f'SUMIFS({self._rows.column(p - 1)},{self._rows.second},"{account}")'

    def _add(self, label: str, account: Account, text: Text, values: list[int]) -> int:
        self._total[account] += np.array(values, dtype=np.int64)
        return self._rows.formulas(label, str(account), text, values, "cents")

    def _bill(self, label: str, account: Account, usd: Text, values_usd: list[float]) -> None:
        self._add(label, account, self._rounded(lambda k: f"{usd(k)}*100"), [cents(value) for value in values_usd])

    def _rounded(self, cents_of: Text) -> Text:
        return lambda k: f"ROUND({cents_of(k)},0)"

    def _energy(self) -> None:
        fractions = self._scenario.clock.month_fractions
        for s, site in enumerate(self._scenario.sites):
            for j, source in enumerate(site.power):
                mwh, peak = self._facts.numbers["mwh", s, j], self._facts.numbers["peak", s, j]
                bills = [source.bill(*month) for month in zip(mwh, peak, fractions, strict=True)]
                for what, usd in self._tariff(s, j).items():
                    values = [bill[what] for bill in bills]
                    self._bill(f"{what} {source.name} at {site.name}", Account.ENERGY, usd, values)

    def _tariff(self, s: int, j: int) -> dict[str, Text]:
        """The formulas of what a source charges for, named as its bill names them."""
        source, inputs, facts = self._scenario.sites[s].power[j], self._inputs, self._facts

        def energy(k: int) -> str:
            return f"{facts.at(('mwh', s, j), k)}*1000*{inputs['energy', s, j]}"

        def demand(k: int) -> str:
            return f"{facts.at(('peak', s, j), k)}*{facts.at(('fraction',), k)}*{inputs['demand', s, j]}"

        def fuel(k: int) -> str:
            return f"{facts.at(('mwh', s, j), k)}*{inputs['heat_rate', s, j]}*{inputs['fuel', s, j]}"

        tariff: dict[str, Text] = {"energy from": energy}
        if isinstance(source, Grid):
            tariff["demand charge of"] = demand
        elif isinstance(source, Turbines) and source.heat_rate is not None:
            tariff["fuel for"] = fuel
        return tariff

    def _running(self) -> None:
        facts, inputs = self._facts, self._inputs
        for s, site in enumerate(self._scenario.sites):
            values = [mw_years * site.operations for mw_years in facts.numbers["mw_years", s]]
            usd = self._times(("mw_years", s), inputs["operations", s])
            self._bill(f"operations of {site.name}", Account.OPERATIONS, usd, values)
        for cause, label in cause_labels(self._scenario):
            price = cents(self._scenario.causes[cause].parts_cost)
            parts = [int(count) * price for count in facts.numbers["parts", cause]]
            text = self._times(("parts", cause), f"ROUND({inputs['part', cause]}*100,0)")
            self._add(f"parts for {label}", Account.REPAIR_PARTS, text, parts)

    def _times(self, fact: Key, price: str) -> Text:
        return lambda k: f"{self._facts.at(fact, k)}*{price}"

    def _advertising(self, revenue: Revenue, attributed: Cents) -> None:
        margin, rate = self._inputs["margin",], self._scenario.revenue.contribution_margin
        sold = [int(amount) for amount in attributed]
        row = revenue.row["attributed"]
        label = "advertising attributed to AI"
        here = self._add(label, Account.ADVERTISING, lambda k: revenue.rows.at(row, k), sold)
        costs = [amount - whole(amount * rate) for amount in sold]
        text = self._costs(here, margin)
        self._add(f"costs of {label}", Account.CONTRIBUTION_COSTS, text, costs)

    def _costs(self, row: int, margin: str) -> Text:
        return lambda k: f"{self._rows.at(row, k)}-ROUND({self._rows.at(row, k)}*{margin},0)"
