"""The sheet of checks: laws of the books as formulas, and one cell that holds whether all are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcluster.books.journal import Account
from simcluster.books.statements import LEASES, RIGHTS, TAX_OWED
from simcluster.books.workbook.cells import Book, Place
from simcluster.books.workbook.vintage_row import COST
from simcluster.books.workbook.vintages import Vintages
from simcluster.model.depreciation import CLASSES

if TYPE_CHECKING:
    from simcluster.books.workbook.leases import Leases
    from simcluster.books.workbook.monthly import Monthly
    from simcluster.books.workbook.purchases import Purchases
    from simcluster.books.workbook.statements import StatementSheet

TITLE = "Checks"
ALL = Place(TITLE, 1, 1)
FIRST = 3
HALF_A_CENT = 0.005


def write_checks(
    book: Book,
    statements: dict[str, StatementSheet],
    monthly: Monthly,
    vintages: Vintages,
    purchases: Purchases,
    leases: Leases,
) -> None:
    """Write the sheet."""
    sheet = book.sheet(TITLE)
    found = [*_of_months(monthly, purchases), *_of_statements(statements), *_of_vintages(vintages)]
    found += _of_leases(monthly, leases) if leases.rows else []
    sheet.text(ALL.row, 0, "All checks", "heading")
    sheet.formula(ALL.row, ALL.column, f"AND(B{FIRST + 1}:B{FIRST + len(found)})", True)
    for k, (label, text) in enumerate(found):
        sheet.text(FIRST + k, 0, label)
        sheet.formula(FIRST + k, 1, text, True)
    sheet.lay_out(FIRST, 1, 1)


def none(condition: str) -> str:
    """That a condition on blocks of cells holds nowhere."""
    return f"SUMPRODUCT(--({condition}))=0"


def _of_months(monthly: Monthly, purchases: Purchases) -> Iterator[tuple[str, str]]:
    last = monthly.periods - 1
    yield "postings of each month sum to zero", none(f"{monthly.span(monthly.sum_row, 0, last)}<>0")
    yield "entries of purchases sum to zero", none(f"{purchases.sums}<>0")
    yield "no cash is left at a month's end", none(f"{monthly.balances(Account.CASH)}<>0")
    for prefix in (Account.DEPOSITS, Account.SPARE_PARTS, "assets:cip", "assets:ppe"):
        yield f"{prefix} is never negative", none(f"{monthly.balances(prefix)}<0")
    for account, what in ((Account.PAYABLES, "paid"), (Account.DEBT, "repaid")):
        yield f"no more was {what} than owed", none(f"{monthly.balances(account)}>0")
    worn = monthly.balances("assets:accumulated_depreciation")
    cost = monthly.balances(*(Account.ppe(name) for name in CLASSES))
    yield "accumulated depreciation is within cost", none(f"({worn}>0)+({worn}+{cost}<0)>0")


def _of_leases(monthly: Monthly, leases: Leases) -> Iterator[tuple[str, str]]:
    yield "no more was paid for leases than owed", none(f"{monthly.balances(LEASES)}>0")
    yield "rights of use are never negative", none(f"{monthly.balances(RIGHTS)}<0")
    within = ",".join(f"{term}<={leases.longest}" for term in leases.term_cells)
    yield "terms of leases end in the table of payments", f"AND({within})"


def _of_statements(statements: dict[str, StatementSheet]) -> Iterator[tuple[str, str]]:
    balance, cash, roll = (statements[name] for name in ("balance_sheet", "cash_flow", "roll_forward"))
    others = ("payables", "lease_liabilities", "debt", *TAX_OWED, "total_equity")
    claims = [name for name in others if name in balance.row]
    own = "-".join(balance.span(name) for name in ("total_assets", *claims))
    yield "the balance sheet balances", _zero(own)
    moved = f"{cash.span('closing_cash')}-{cash.span('opening_cash')}-{cash.span('net_change')}"
    yield "cash flow explains cash", _zero(moved)
    cip = "+".join(roll.span(f"cip_{name}") for name in ("opening", "additions"))
    cip += "".join(f"-{roll.span(f'cip_{name}')}" for name in ("placed_in_service", "written_off", "closing"))
    yield "construction in progress rolls forward", _zero(cip)
    for name, more in (("ppe", "placed_in_service"), ("accumulated", "charge")):
        kept = f"{roll.span(f'{name}_opening')}+{roll.span(f'{name}_{more}')}"
        for line in {"ppe": ("land_bought",), "accumulated": ("accumulated_impaired",)}[name]:
            kept += f"+{roll.span(line)}" if line in roll.row else ""
        left = f"{roll.span(f'{name}_retired')}-{roll.span(f'{name}_closing')}"
        yield f"{name} rolls forward", _zero(f"{kept}-{left}")


def _zero(difference: str) -> str:
    return none(f"ABS({difference})>{HALF_A_CENT}")


def _of_vintages(vintages: Vintages) -> Iterator[tuple[str, str]]:
    last = vintages.periods - 1
    worn = vintages.by_period(0, last)
    yield "no vintage is depreciated beyond its cost", none(f"{worn}>{vintages.column(COST)}")
    later, earlier = vintages.by_period(1, last), vintages.by_period(0, last - 1)
    yield "no vintage gains value", none(f"{later}<{earlier}")
