"""The sheets of statements by quarter: income, balance sheet, cash flow and roll-forward, as sums over the months."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcluster.books.journal import Account
from simcluster.books.periods import Periods
from simcluster.books.statements import (
    HELD_BY_SOME,
    LEASE_COSTS,
    LEASES,
    OF_SOME_RUNS,
    OF_WHICH,
    RIGHTS,
    TAX_OWED,
    TAXES,
)
from simcluster.books.workbook.cells import Book, Sheet, block, letters
from simcluster.model.depreciation import CLASSES

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.books.workbook.leases import Leases
    from simcluster.books.workbook.monthly import Monthly
    from simcluster.books.workbook.sales import Sales

TITLES = {
    "income_statement": "Income statement",
    "balance_sheet": "Balance sheet",
    "cash_flow": "Cash flow",
    "roll_forward": "Roll-forward",
}
FIRST, LABELS = 3, 1


@dataclass(frozen=True)
class Flow:
    """What moved below prefixes in the quarter, times a sign; of a side where one is given."""

    sign: str
    prefixes: tuple[str, ...]
    side: str = ""


@dataclass(frozen=True)
class Held:
    """What is held below prefixes at the quarter's end, or at its beginning, times a sign."""

    sign: str
    prefixes: tuple[str, ...]
    opening: bool = False


def _flow(sign: str, *prefixes: str, side: str = "") -> Flow:
    return Flow(sign, prefixes, side)


def _held(sign: str, *prefixes: str) -> Held:
    return Held(sign, prefixes)


def _opened(sign: str, prefix: str) -> Held:
    return Held(sign, (prefix,), opening=True)


@dataclass(frozen=True)
class Lines:
    """Other lines of the sheet, those that the run has, each with a sign."""

    sign: str
    lines: tuple[str, ...]


Part = Flow | Held | Lines | str
"""Taken from the months, or from other lines of the sheet, which a text has in braces."""
Meaning = Part | tuple[Part, ...]
"""What a line is: a part, or parts one after another."""
DELIVERED = _flow("+", Account.AT_SUPPLIERS, side="credit")
"""Components that left a supplier with their servers, which moves nothing into or out of construction in progress."""
RIGHT = Account.RIGHT_OF_USE_FINANCE
CIP, PPE, WORN = "assets:cip", "assets:ppe", "assets:accumulated_depreciation"
BY_CLASS = {f"depreciation_{name}": _flow("", Account.depreciation(name)) for name in CLASSES}
COSTS: dict[str, Meaning] = {
    "energy": _flow("", Account.ENERGY),
    "operations": _flow("", Account.OPERATIONS),
    "repair_parts": _flow("", Account.REPAIR_PARTS),
    **{line: _flow("", account) for line, account in OF_SOME_RUNS.items()},
    "procurement_fees": _flow("", Account.PROCUREMENT_FEES),
    "abandoned_construction": _flow("", Account.ABANDONED),
    "disposals": _flow("", Account.DISPOSALS),
    "impairment": _flow("", Account.IMPAIRMENT),
    "depreciation": Lines("+", tuple(BY_CLASS)),
    **{line: _flow("", account) for line, account in LEASE_COSTS.items()},
}
"""What operating income is less by."""
ASSETS = ("cash", "deposits", *HELD_BY_SOME, "construction_in_progress", "ppe_net", "right_of_use_assets")
"""What assets add up from."""

INCOME: dict[str, Meaning] = {
    "advertising": _flow("-", Account.ADVERTISING),
    "contribution_costs": _flow("", Account.CONTRIBUTION_COSTS),
    "contribution": "{advertising}-{contribution_costs}",
    **COSTS,
    **BY_CLASS,
    "operating_income": ("{contribution}", Lines("-", tuple(COSTS))),
    "interest": _flow("", Account.INTEREST),
    "income_before_tax": ("{operating_income}", Lines("-", ("interest",))),
    **{line: _flow("", account) for line, account in TAXES.items()},
    "net_income": ("{income_before_tax}", Lines("-", tuple(TAXES))),
}
BALANCE: dict[str, Meaning] = {
    "cash": _held("", Account.CASH),
    "deposits": _held("", Account.DEPOSITS),
    **{line: _held("", account) for line, account in HELD_BY_SOME.items()},
    "construction_in_progress": _held("", CIP),
    **{line: _held("", account) for line, account in OF_WHICH.items()},
    "ppe_cost": _held("", PPE),
    "accumulated_depreciation": _held("-", WORN),
    "ppe_net": "{ppe_cost}-{accumulated_depreciation}",
    "right_of_use_assets": _held("", RIGHTS),
    "total_assets": Lines("+", ASSETS),
    "payables": _held("-", Account.PAYABLES),
    "lease_liabilities": _held("-", LEASES),
    "debt": _held("-", Account.DEBT),
    **{line: _held("-", account) for line, account in TAX_OWED.items()},
    "equity_opening": _held("-", Account.OPENING_EQUITY),
    "equity_contributed": _held("-", Account.CONTRIBUTED),
    "retained_earnings": _held("-", "income", "expenses"),
    "total_equity": "{equity_opening}+{equity_contributed}+{retained_earnings}",
}
CASH: dict[str, Meaning] = {
    **{name: _flow("", Account.CASH, side=name) for name in ("operating", "investing", "financing")},
    "net_change": "{operating}+{investing}+{financing}",
    "opening_cash": _opened("", Account.CASH),
    "closing_cash": _held("", Account.CASH),
}
ROLL: dict[str, Meaning] = {
    "cip_opening": _opened("", CIP),
    "cip_additions": (_flow("", CIP, side="debit"), DELIVERED),
    "cip_interest_capitalised": _flow("", f"{CIP}:interest", side="debit"),
    "cip_placed_in_service": (_flow("-", CIP, side="credit"), DELIVERED, "-{cip_written_off}"),
    "cip_written_off": _flow("", Account.ABANDONED),
    "cip_closing": _held("", CIP),
    "ppe_opening": _opened("", PPE),
    "ppe_placed_in_service": _flow("", *map(Account.ppe, CLASSES), side="debit"),
    "land_bought": _flow("", Account.LAND),
    "ppe_retired": _flow("-", PPE, side="credit"),
    "ppe_closing": _held("", PPE),
    "accumulated_opening": _opened("-", WORN),
    "accumulated_charge": (_flow("-", WORN, side="credit"), _flow("-", Account.IMPAIRMENT)),
    "accumulated_impaired": _flow("", Account.IMPAIRMENT),
    "accumulated_retired": _flow("", WORN, side="debit"),
    "accumulated_closing": _held("-", WORN),
    "finance_leases_opening": _opened("", RIGHT),
    "finance_leases_additions": _flow("", RIGHT, side="debit"),
    "finance_leases_amortised": _flow("", Account.LEASE_AMORTISATION),
    "finance_leases_retired": (_flow("-", RIGHT, side="credit"), "-{finance_leases_amortised}"),
    "finance_leases_closing": _held("", RIGHT),
}
MEANINGS = {"income_statement": INCOME, "balance_sheet": BALANCE, "cash_flow": CASH, "roll_forward": ROLL}


OF_LEASES = ("lease_principal", "free_cash_flow")
"""Lines of the cash flow that the sheet of leases has."""


@dataclass(frozen=True)
class StatementSheet:
    """A statement's sheet, and the row of each line."""

    title: str
    row: dict[str, int]
    columns: int

    def at(self, line: str, column: int) -> str:
        """The cell of a line and quarter, from any sheet."""
        return f"'{self.title}'!{letters(LABELS + column)}{self.row[line] + 1}"

    def span(self, line: str) -> str:
        """The cells of a line, from any sheet."""
        return block(self.title, (self.row[line], LABELS), (self.row[line], LABELS + self.columns - 1))


def write_statements(
    book: Book, statements: pd.DataFrame, periods: Periods, monthly: Monthly, leases: Leases, sales: Sales | None
) -> dict[str, StatementSheet]:
    """Write a sheet a statement; a line without a meaning here stands as values."""
    firsts, lasts = (row.tolist() for row in (periods.firsts, periods.lasts))

    def of_leases(line: str, at: StatementSheet) -> Callable[[int], str]:
        def principal(q: int) -> str:
            return f"{leases.principal(firsts[q] + 1, lasts[q] + 1)}/100"

        def free(q: int) -> str:
            sold = f"-{sales.between(firsts[q] + 1, lasts[q] + 1)}/100" if sales else ""
            return f"{at.at('operating', q)}+{at.at('investing', q)}{sold}-{at.at('lease_principal', q)}"

        return principal if line == "lease_principal" else free

    out = {}
    for name, title in TITLES.items():
        sheet = book.sheet(title, ["USD"])
        lines = statements.loc[name]
        at = StatementSheet(title, {str(line): FIRST + k for k, line in enumerate(lines.index)}, len(periods.labels))
        sheet.texts(FIRST - 1, 0, ("line", *periods.labels))
        for line, usd in zip(at.row, lines.to_numpy(dtype=float).tolist(), strict=True):
            meaning = MEANINGS[name].get(line)
            text = of_leases(line, at) if line in OF_LEASES else _formula(meaning, at, periods, monthly)
            _write_line(sheet, at, line, usd, text)
        sheet.lay_out(FIRST, LABELS, len(periods.labels))
        out[name] = at
    return out


def _write_line(
    sheet: Sheet, at: StatementSheet, line: str, usd: list[float], text: Callable[[int], str] | None
) -> None:
    sheet.text(at.row[line], 0, line)
    for q, value in enumerate(usd):
        if text is None:
            sheet.number(at.row[line], LABELS + q, value, "usd")
        else:
            sheet.formula(at.row[line], LABELS + q, text(q), value, "usd")


def _formula(
    meaning: Meaning | None, at: StatementSheet, periods: Periods, monthly: Monthly
) -> Callable[[int], str] | None:
    firsts, lasts = periods.firsts.tolist(), periods.lasts.tolist()

    def flow(q: int, of: Flow) -> str:
        sums = [monthly.moved(prefix, firsts[q] + 1, lasts[q] + 1, of.side) for prefix in of.prefixes]
        return f"{of.sign}({'+'.join(sums)})/100"

    def held(q: int, of: Held) -> str:
        period = firsts[q] if of.opening else lasts[q] + 1
        return f"{of.sign}({'+'.join(monthly.held(prefix, period) for prefix in of.prefixes)})/100"

    def others(q: int, of: str) -> str:
        return of.format_map({line: f"{letters(LABELS + q)}{row + 1}" for line, row in at.row.items()})

    def part(q: int, of: Part) -> str:
        if isinstance(of, Flow):
            return flow(q, of)
        if isinstance(of, Held):
            return held(q, of)
        return others(q, of if isinstance(of, str) else "".join(f"{of.sign}{{{x}}}" for x in of.lines if x in at.row))

    if meaning is None:
        return None
    parts = meaning if isinstance(meaning, tuple) else (meaning,)
    return lambda q: "".join(part(q, of) for of in parts).removeprefix("+")
