"""The workbook `model.xlsx`: assumptions to change, and the books as formulas that follow; the same bytes for a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simcluster.books.company import company_by_quarter, lines_by_month
from simcluster.books.journal import Account, Journal
from simcluster.books.lease_posting import leases_of
from simcluster.books.measures import offset
from simcluster.books.periods import quarters
from simcluster.books.statements import statements_by_quarter
from simcluster.books.workbook.bills import Bills
from simcluster.books.workbook.cells import Book, Sheet
from simcluster.books.workbook.checks import ALL, write_checks
from simcluster.books.workbook.company import TITLE as COMPANY
from simcluster.books.workbook.company import write_company
from simcluster.books.workbook.construction import write_construction
from simcluster.books.workbook.contracts import contract_bills
from simcluster.books.workbook.debt import DEBT, write_debt
from simcluster.books.workbook.facts import write_facts
from simcluster.books.workbook.inputs import write_inputs
from simcluster.books.workbook.land import land_terms
from simcluster.books.workbook.lease_payments import TITLE as LEASE_PAYMENTS
from simcluster.books.workbook.lease_payments import lease_inputs
from simcluster.books.workbook.lease_row import TITLE as LEASES
from simcluster.books.workbook.leases import NO_LEASES, write_leases
from simcluster.books.workbook.milestones import write_milestones
from simcluster.books.workbook.monthly import period, write_monthly
from simcluster.books.workbook.offset import write_offset
from simcluster.books.workbook.purchases import write_purchases
from simcluster.books.workbook.revenue import write_revenue
from simcluster.books.workbook.sales import TITLE as SALES
from simcluster.books.workbook.sales import Sales
from simcluster.books.workbook.spare_parts import SpareParts
from simcluster.books.workbook.statements import write_statements
from simcluster.books.workbook.tax import write_tax
from simcluster.books.workbook.tax_pools import TITLE as TAX
from simcluster.books.workbook.valuation import TITLE as VALUATION
from simcluster.books.workbook.valuation import write_valuation
from simcluster.books.workbook.vintages import write_vintages

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.record.accounts import GpuHours
    from simcluster.record.energy import Energy
    from simcluster.record.log import EventLog

ASSUMPTIONS = "Assumptions"
FIRST_SHEETS = (ASSUMPTIONS, "Checks", "Income statement", "Balance sheet", "Cash flow", "Roll-forward", "Offset")
LAST_SHEETS = (
    "Monthly", "Vintages", "Purchases", "Construction", "Milestones", "Bills", "Revenue", "Facts", "Other entries",
)  # fmt: skip
NOTE = "Cells in blue on yellow are to be changed: all else follows, but for the facts of the run."


def write_workbook(
    path: Path, scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy, journal: Journal
) -> None:
    """Write the books of a run as sheets of formulas, each with the value it has (see docs/books.md).

    The creation date inside is the scenario's start, so that the file depends on nothing else.
    """
    begun = leases_of(scenario, log)
    titles = _titles(scenario, leased=bool(begun))
    book, periods = Book(path, scenario.title or scenario.name, scenario.start, titles), quarters(journal.months)
    inputs = write_inputs(book, _front(book), scenario)
    lease_inputs(inputs, scenario)
    facts = write_facts(book, scenario, log, gpu_hours, energy, journal.assets)
    plan = lines_by_month(scenario, journal, gpu_hours)
    revenue = write_revenue(book, scenario, gpu_hours, plan, inputs, facts)
    milestones = write_milestones(book, scenario, log, inputs, period)
    sales = Sales(book, scenario, journal, inputs) if scenario.sales else None
    borrowed = write_debt(book, scenario, journal, inputs, milestones.terms, sales) if DEBT in titles else []
    leases = write_leases(book, scenario, begun, inputs) if begun else NO_LEASES
    vintages = write_vintages(book, scenario, journal, inputs, milestones.paid, leases, period)
    purchases = write_purchases(book, scenario, log, inputs)
    halls = write_construction(book, scenario, log, inputs)
    bills = Bills(book, scenario, facts, inputs)
    contracts = contract_bills(scenario, facts, inputs, journal.assets, vintages)
    stock = SpareParts(scenario, log, facts, inputs)
    bills.write(revenue, -journal.moved(Account.ADVERTISING), [*contracts, *stock.bills()])
    tax, taxes = write_tax(book, scenario, journal, inputs, vintages)
    built = [*land_terms(scenario, inputs), *halls, *milestones.terms]
    own = [*stock.terms(), *vintages.terms, *purchases.terms(period), *built, *(sales.terms(period) if sales else ())]
    terms = [*own, *bills.terms(), *borrowed, *leases.terms, *taxes]
    monthly = write_monthly(book, journal, terms)
    statements = write_statements(book, statements_by_quarter(scenario, journal), periods, monthly, leases, sales)
    income = statements["income_statement"]
    write_offset(book, offset(scenario, journal), periods, income, monthly, inputs, facts)
    if COMPANY in titles:
        by_quarter = company_by_quarter(scenario, journal, gpu_hours)
        write_company(book, scenario, by_quarter, periods, income, monthly, revenue, purchases, leases, sales)
    if VALUATION in titles:
        write_valuation(book, scenario, journal, monthly, vintages, leases, inputs, facts, tax)
    write_checks(book, statements, monthly, vintages, purchases, leases)
    book.close()


def _front(book: Book) -> Sheet:
    """The sheet of assumptions, with whether all checks hold on top."""
    sheet = book.sheet(ASSUMPTIONS, [NOTE])
    sheet.text(2, 0, "All checks", "heading")
    sheet.formula(2, 1, str(ALL), True)
    return sheet


def _titles(scenario: Scenario, *, leased: bool) -> list[str]:
    """The sheets in order; some are there only where the scenario needs them."""
    perhaps = (
        (COMPANY, scenario.company is not None),
        (VALUATION, scenario.revenue.earns),
        (TAX, scenario.finance.tax is not None),
    )
    *middle, facts, others = LAST_SHEETS
    late = ((DEBT, bool(scenario.finance.debt)), (LEASES, leased), (LEASE_PAYMENTS, leased))
    return [
        *FIRST_SHEETS,
        *(title for title, is_there in perhaps if is_there),
        *middle,
        *(title for title, is_there in late if is_there),
        facts,
        others,
        *([SALES] if scenario.sales else []),
    ]
