"""The sheet of the programme's worth: dated flows from the months and of the run-off, XNPV and XIRR over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.journal import CAPITALISED, Account
from simcluster.books.measures import OPEX
from simcluster.books.run_off import cost_in_life, servers_at_horizon
from simcluster.books.unlevered_tax import Flow, tax_flows
from simcluster.books.valuation import (
    RUN_RATE_MONTHS,
    SUNK,
    UNLEVERED,
    evaluated_months,
    in_life_share,
    owed_flows,
    run_off_edges,
    run_off_flows,
    run_off_months,
    run_rate_usd_a_day,
    simulated_flows,
    valuation,
)
from simcluster.books.workbook.cells import Place, block, letters
from simcluster.books.workbook.tax_rows import DEFERRED, PAID, WITHOUT_DEBT
from simcluster.books.workbook.vintage_row import CLASS, COST, EARNS, FROM_INTEREST, GONE, OPENED

if TYPE_CHECKING:
    from simcluster.books.journal import Journal
    from simcluster.books.workbook.cells import Book, Sheet
    from simcluster.books.workbook.facts import Facts
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.books.workbook.leases import Leases
    from simcluster.books.workbook.monthly import Monthly
    from simcluster.books.workbook.tax_rows import TaxRows
    from simcluster.books.workbook.vintages import Vintages
    from simcluster.model.scenario import Scenario

TITLE = "Valuation"
NPV, SIMULATED, RUN_OFF, IRR, GUESS, RATE, SERVERS, BEFORE_TAX = range(2, 10)
FIRST = 12
DAY, WHAT, BEFORE, TAX, FLOW, DAYS, MIDDLE, SHARE, GATHERED = range(9)
HEADINGS = (
    "day", "flow", "before tax, USD", "tax, USD", "USD", "days", "hour in the middle", "servers in life, share",
    "in life of those together, cents",
)  # fmt: skip
ANY_GUESS = 0.1
SMALLEST, LARGEST = -0.99, 100
"""Rates beyond are not shown: programs that search for them find no two the same."""


@dataclass(frozen=True)
class Row:
    """A dated flow: its formula and its value today, USD, and both of what tax does to it."""

    day: date
    what: str
    text: str
    usd: float
    tax: str = "0"
    tax_usd: float = 0.0


@dataclass(frozen=True)
class Taxed:
    """Where the sheet of tax has what flows take, if there is one, and what they take: at the start, then by month."""

    rows: TaxRows | None
    flows: list[Flow]

    def of(self, row: Row, c: int) -> Row:
        """A row with its tax: of the opening at 0, then of months."""
        if self.rows is None:
            return row
        text = f"{self.rows.at(DEFERRED, 0)}/100" if c == 0 else f"-{self.rows.at(PAID + WITHOUT_DEBT, c)}/100"
        return replace(row, tax=text, tax_usd=self.flows[c][1])

    def paid(self, c: int) -> str:
        """What the books pay in a month, to be taken out of cash from operations."""
        return "" if self.rows is None else f"+{self.rows.at(PAID, c)}"


def write_valuation(
    book: Book,
    scenario: Scenario,
    journal: Journal,
    monthly: Monthly,
    vintages: Vintages,
    leases: Leases,
    inputs: Inputs,
    facts: Facts,
    tax: TaxRows | None,
) -> None:
    """Write the sheet (see `books.valuation.valuation`): days are facts of the run, and amounts formulas."""
    sheet = book.sheet(TITLE, ["USD; the discount rate is WACC"])
    months, run_off = evaluated_months(scenario), run_off_flows(scenario, journal)
    taxed = Taxed(tax, tax_flows(scenario, journal, months, run_off))
    rows = [*_simulated(scenario, journal, monthly, leases, taxed), _owed(scenario, journal, monthly)]
    simulated = len(rows)
    rows += [taxed.of(row, months + 1 + k) for k, row in enumerate(_run_off(scenario, run_off))]
    _write_worth(sheet, valuation(scenario, journal), inputs, simulated, len(rows))
    _write_run_rate(sheet, scenario, journal, monthly, vintages, facts)
    sheet.texts(FIRST - 1, 0, HEADINGS)
    for r, row in enumerate(rows, start=FIRST):
        sheet.day(r, DAY, row.day)
        sheet.text(r, WHAT, row.what)
        sheet.formula(r, BEFORE, row.text, row.usd, "usd")
        sheet.formula(r, TAX, row.tax, row.tax_usd, "usd")
        sheet.formula(r, FLOW, f"{letters(BEFORE)}{r + 1}+{letters(TAX)}{r + 1}", row.usd + row.tax_usd, "usd")
    _write_run_off(sheet, scenario, journal, vintages, FIRST + simulated)
    sheet.lay_out(FIRST, 2, len(HEADINGS) - 2)


def _simulated(scenario: Scenario, journal: Journal, monthly: Monthly, leases: Leases, taxed: Taxed) -> Iterator[Row]:
    """The outlay at the start, and cash before tax and funding at each month's end."""
    sunk = "+".join(monthly.held(prefix, 0) for prefix in SUNK)
    (start, outlay), *flows = simulated_flows(scenario, journal)
    text = f"-({monthly.span(monthly.value_row, 0, 0)}+{sunk})/100"
    yield taxed.of(Row(start, "outlay at the start", text, outlay), 0)
    for p, (day, usd) in enumerate(flows, start=1):
        net = "+".join(monthly.moved(Account.CASH, p, p, name) for name in UNLEVERED)
        interest = f"{monthly.moved(Account.INTEREST, p, p)}+{monthly.moved(CAPITALISED, p, p, 'debit')}"
        lent = f"-{leases.lent(p)}" if leases.rows else ""
        text = f"({net}+{interest}{lent}{taxed.paid(p)})/100"
        yield taxed.of(Row(day, "operating and investing, before interest", text, usd), p)


def _owed(scenario: Scenario, journal: Journal, monthly: Monthly) -> Row:
    """What is owed for lots delivered when the simulated flows end, which may be nothing."""
    months = evaluated_months(scenario)
    day = scenario.clock.date(scenario.clock.month_edges[months])
    usd = sum(usd for _, usd in owed_flows(scenario, journal))
    return Row(day, "owed for lots delivered", f"{monthly.held(Account.PAYABLES, months)}/100", usd)


def _run_off(scenario: Scenario, flows: Iterable[Flow]) -> Iterator[Row]:
    """Months after the horizon: run rate x days x share of servers in life, of which the latter stand in the row."""
    for k, (day, usd) in enumerate(flows):
        row = _run_off_row(scenario, k) + 1
        yield Row(day, "run-off", f"$B${RATE + 1}*{letters(DAYS)}{row}*{letters(SHARE)}{row}", usd)


def _run_off_row(scenario: Scenario, k: int) -> int:
    return FIRST + evaluated_months(scenario) + 2 + k


def run_off_cell(scenario: Scenario, k: int) -> str:
    """What the k-th month of the run-off brings before tax, USD, from any sheet."""
    return str(Place(TITLE, _run_off_row(scenario, k), BEFORE))


def _write_worth(sheet: Sheet, worth: dict[str, float | None], inputs: Inputs, simulated: int, flows: int) -> None:
    def column(column: int, rows: int) -> str:
        return block(TITLE, (FIRST, column), (FIRST + rows - 1, column))

    def xnpv(rows: int, of: int = FLOW) -> str:
        return f"XNPV({inputs['wacc',]},{column(of, rows)},{column(DAY, rows)})"

    irr = worth["irr"] if worth["irr"] is not None and SMALLEST <= worth["irr"] <= LARGEST else None
    guess, usd = ANY_GUESS if irr is None else round(irr, 2), column(FLOW, flows)
    search = f"XIRR({usd},{column(DAY, flows)},$B${GUESS + 1})"
    xirr = f'IF(AND(MIN({usd})<0,MAX({usd})>0),IF(OR({search}<{SMALLEST},{search}>{LARGEST}),"",{search}),"")'
    for row, label, text, value, style in (
        (NPV, "NPV", xnpv(flows), worth["npv_usd"], "usd"),
        (SIMULATED, "of which simulated", xnpv(simulated), worth["npv_simulated_usd"], "usd"),
        (RUN_OFF, "of which run-off", f"$B${NPV + 1}-$B${SIMULATED + 1}", worth["npv_run_off_usd"], "usd"),
        (IRR, "IRR, a year", f'IFERROR({xirr},"")', "" if irr is None else irr, "number"),
        (BEFORE_TAX, "NPV before tax", xnpv(flows, BEFORE), worth.get("npv_before_tax_usd", worth["npv_usd"]), "usd"),
    ):
        assert value is not None
        sheet.text(row, 0, label)
        sheet.formula(row, 1, text, value, style)
    sheet.text(GUESS, 0, "where the search for it begins")
    sheet.number(GUESS, 1, guess)


def _write_run_rate(
    sheet: Sheet, scenario: Scenario, journal: Journal, monthly: Monthly, vintages: Vintages, facts: Facts
) -> None:
    """What the last months earned a day before capital, and what the servers cost that there are at the horizon."""
    months = len(scenario.clock.months)
    first = max(months - RUN_RATE_MONTHS, 0)
    accounts = (Account.ADVERTISING, Account.CONTRIBUTION_COSTS, *OPEX)
    earned = "+".join(monthly.moved(account, first + 1, months) for account in accounts)
    hours = f"({facts.at(('ends',), months - 1)}-{facts.at(('begins',), first)})"
    sheet.text(RATE, 0, "run rate, USD a day")
    sheet.formula(RATE, 1, f"-({earned})/100/({hours}/24)", run_rate_usd_a_day(scenario, journal))
    sheet.text(SERVERS, 0, "servers at the horizon, cents")
    total = sum(asset.cost_cents for asset in servers_at_horizon(scenario, journal.assets))
    sheet.formula(SERVERS, 1, _servers(vintages, ""), total, "cents")


def _servers(vintages: Vintages, condition: str) -> str:
    """Cost of servers that nobody has given up or sold, interest capitalised left out, under a further condition."""
    bought = f"({vintages.column(OPENED)}<>{FROM_INTEREST})"
    label = vintages.column(CLASS)
    there = f'(({label}="servers")+({label}="leased servers"))*({vintages.column(GONE)}="")*{bought}'
    return f"SUMPRODUCT({there}{condition}*{vintages.column(COST)})"


def _write_run_off(sheet: Sheet, scenario: Scenario, journal: Journal, vintages: Vintages, first: int) -> None:
    """Days of each month of the run-off, its middle, and the share of the servers' cost that still earns."""
    days, middles = run_off_months(scenario)
    shares = in_life_share(scenario, journal, middles) if len(days) else np.zeros(0)
    together = cost_in_life(scenario, servers_at_horizon(scenario, vintages.gathered), middles)
    for k in range(len(run_off_edges(scenario)) - 1):
        row = first + k
        sheet.number(row, DAYS, float(days[k]))
        sheet.number(row, MIDDLE, float(middles[k]))
        living = _servers(vintages, f"*({vintages.column(EARNS)}>{letters(MIDDLE)}{row + 1})")
        share = f"IF($B${SERVERS + 1}>0,({living}+{letters(GATHERED)}{row + 1})/$B${SERVERS + 1},0)"
        sheet.formula(row, SHARE, share, float(shares[k]), "share")
        sheet.number(row, GATHERED, float(together[k]), "cents")
