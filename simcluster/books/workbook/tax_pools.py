"""The upper part of the sheet of tax: recovery by table, pools of vintages, and what is left to recover."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from simcluster.books.tax_basis import (
    Pool,
    YearSoFar,
    basis,
    of_interest,
    pool_days,
    pooled_costs,
    share_recovered,
    year_so_far,
)
from simcluster.books.workbook.cells import Sheet, block, letters
from simcluster.books.workbook.vintage_row import CLASS, COST, FROM_INTEREST, GONE, HOUR, OPENED, PERIOD
from simcluster.core.money import whole
from simcluster.model.tax import BONUS_UP_TO, PERIODS, half_year, recovered

if TYPE_CHECKING:
    from simcluster.books.journal import Journal
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.books.workbook.vintages import Vintages
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario

TITLE = "Tax"
TABLE, DAY = 3, 11
"""The first row of the table of recovery, and the row of days; then years, the parts of them passed, and pools."""
LABEL, NAME, SINCE, UNTIL, YEAR, MONTH, BONUS, YEARS, PLACE, LABELS = range(10)
HEADINGS = (
    "cents", "class", "from, hour", "until, hour", "year", "month", "bonus", "recovery, years", "row of the table",
)  # fmt: skip


@dataclass
class Columns:
    """Columns of the sheet: the opening, the months, and months of a run-off; each ends at the midnight of a day."""

    ends: list[date]
    periods: int
    """The opening and the simulated months."""
    at: list[YearSoFar] = field(init=False)

    def __post_init__(self) -> None:
        self.at = [year_so_far(end) for end in self.ends]

    @property
    def years(self) -> range:
        """Calendar years, from that before the first."""
        return range(self.at[0].year - 1, self.at[-1].year + 1)


def column(c: int) -> str:
    """The letters of the column of a period or of a month of the run-off."""
    return letters(LABELS + c)


class PoolRows:
    """Rows of pools: cost by period, then the share recovered by the end of each year, then the basis by column."""

    def __init__(
        self, sheet: Sheet, scenario: Scenario, journal: Journal, inputs: Inputs, vintages: Vintages, columns: Columns
    ) -> None:
        self._sheet, self._scenario, self._inputs, self._vintages = sheet, scenario, inputs, vintages
        self._columns, self._costs = columns, pooled_costs(scenario, journal.assets)
        tax = scenario.finance.tax
        assert tax is not None
        self._tax, self.cents = tax, basis(tax, self._costs, columns.ends)
        size = len(self._costs)
        self._cost, self._share, self._basis = (DAY + 5 + k * (size + 2) for k in range(3))
        self.next_row = self._basis + size + 1

    def write(self, period: Callable[[int], str], names: Sequence[str]) -> None:
        """Write all rows; `period` is the address of a period's number."""
        self._table()
        self._days(names)
        for row, heading in ((self._share, "share recovered by the end of"), (self._basis, "basis")):
            self._sheet.text(row - 1, LABEL, heading, "heading")
        self._sheet.texts(self._cost - 1, 0, HEADINGS)
        for k, year in enumerate(self._columns.years):
            self._sheet.number(self._share - 1, LABELS + k, year)
        for k, (pool, cost) in enumerate(self._costs.items()):
            self._facts(k, pool)
            self._costs_of(k, pool, cost, period)
            self._shares_of(k, pool)
            self._basis_of(k, pool, cost)

    def basis(self, c: int) -> str:
        """What is left to recover of all pools, in a column."""
        return self._left(c, 0, len(self._costs))

    def basis_of(self, c: int, *, interest: bool) -> str:
        """What is left to recover of interest capitalised, or of all else, in a column."""
        own = len(of_interest(self._costs, whether=False))
        return self._left(c, own, len(self._costs)) if interest else self._left(c, 0, own)

    def _left(self, c: int, first: int, end: int) -> str:
        cells = block(TITLE, (self._basis + first, LABELS + c), (self._basis + end - 1, LABELS + c))
        return f"SUM({cells})" if end > first else "0"

    def _table(self) -> None:
        """Shares recovered by the end of each year, by recovery period; real property has a formula instead."""
        self._sheet.text(TABLE - 1, LABEL, "share of cost recovered by the end of year", "heading")
        self._sheet.numbers(TABLE - 1, LABELS, range(1, PERIODS[-1] + 2))
        for k, years in enumerate(PERIODS):
            self._sheet.number(TABLE + k, LABEL, years)
            self._sheet.numbers(TABLE + k, LABELS, half_year(years))

    def _days(self, names: Sequence[str]) -> None:
        sheet, columns = self._sheet, self._columns
        sheet.texts(DAY - 1, LABELS, names)
        for r, label in enumerate(("ends", "year", "part of it passed")):
            sheet.text(DAY + r, LABEL, label)
        for c, (end, at) in enumerate(zip(columns.ends, columns.at, strict=True)):
            sheet.day(DAY, LABELS + c, end)
            sheet.number(DAY + 1, LABELS + c, at.year)
            sheet.number(DAY + 2, LABELS + c, at.passed)

    def _facts(self, k: int, pool: Pool) -> None:
        """What the pool holds, its bonus and its recovery period."""
        sheet, row, inputs = self._sheet, self._cost + k, self._inputs
        name, years = pool.asset_class, self._tax.recovery.years(pool.asset_class)
        whose = f"interest on {name}" if pool.of_interest else name
        label = f"{whose} of {pool.month}" + (f", bonus {pool.bonus + 1}" if pool.bonus >= 0 else "")
        for r in (row, self._share + k, self._basis + k):
            sheet.text(r, LABEL, label)
        sheet.text(row, NAME, name)
        for where, day in zip((SINCE, UNTIL), pool_days(self._scenario, pool), strict=True):
            sheet.number(row, where, self._scenario.clock.hours(day))
        sheet.numbers(row, YEAR, (pool.month.year, pool.month.month))
        given = inputs["bonus", pool.bonus] if pool.bonus >= 0 else "0"
        recovery = f"${letters(YEARS)}{row + 1}"
        share = self._tax.bonus_share(name, pool.bonus)
        sheet.formula(row, BONUS, f"IF({recovery}<={BONUS_UP_TO},{given},0)", share)
        sheet.formula(row, YEARS, inputs["recovery", name], years)
        found = block(TITLE, (TABLE, LABEL), (TABLE + len(PERIODS) - 1, LABEL))
        place = PERIODS.index(years) + 1 if years in PERIODS else 0
        sheet.formula(row, PLACE, f"IFERROR(MATCH({recovery},{found},0),0)", place)

    def _costs_of(self, k: int, pool: Pool, cost: Cents, period: Callable[[int], str]) -> None:
        """Cost in service at each period's end: what came by then less what went."""
        of, row, found = self._vintages, self._cost + k + 1, f"{'=' if pool.of_interest else '<'}{FROM_INTEREST}"
        mine = f'{of.column(CLASS)},${letters(NAME)}{row},{of.column(HOUR)},">="&${letters(SINCE)}{row}'
        mine += f',{of.column(HOUR)},"<"&${letters(UNTIL)}{row}'
        mine += f',{of.column(OPENED)},"{found}"'
        for p, there in enumerate(cost.tolist()):
            came, gone = (f'SUMIFS({of.column(COST)},{mine},{of.column(by)},"<="&{period(p)})' for by in (PERIOD, GONE))
            self._sheet.formula(self._cost + k, LABELS + p, f"{came}-{gone}", there, "cents")

    def _shares_of(self, k: int, pool: Pool) -> None:
        """The share recovered by the end of each year: the bonus at once, and the rest by table or by formula."""
        row, table = self._cost + k + 1, block(TITLE, (TABLE, LABELS), (TABLE + len(PERIODS) - 1, LABELS + PERIODS[-1]))
        year, month, bonus, years, place = (f"${letters(at)}{row}" for at in (YEAR, MONTH, BONUS, YEARS, PLACE))
        recovery, share = (
            self._tax.recovery.years(pool.asset_class),
            self._tax.bonus_share(pool.asset_class, pool.bonus),
        )
        for j, now in enumerate(self._columns.years):
            age = f"({column(j)}${self._share}-{year})"
            real = f"MIN(({age}+(12.5-{month})/12)/{years},1)"
            listed = f"INDEX({table},{place},MIN({age},{years})+1)"
            text = f"IF({age}<0,0,{bonus}+(1-{bonus})*IF({years}>{BONUS_UP_TO},{real},{listed}))"
            value = recovered(recovery, pool.month.month, now - pool.month.year, share)
            self._sheet.formula(self._share + k, LABELS + j, text, value)

    def _basis_of(self, k: int, pool: Pool, cost: Cents) -> None:
        """Cost less what is recovered: that of the years before, and of a year's the part passed."""
        share, first = self._share + k + 1, self._columns.years[0]
        for c, at in enumerate(self._columns.at):
            held = min(c, self._columns.periods - 1)
            before, after = (f"${column(year - first)}{share}" for year in (at.year - 1, at.year))
            there = f"{column(held)}{self._cost + k + 1}"
            text = f"{there}-ROUND({there}*({before}+({after}-{before})*{column(c)}${DAY + 3}),0)"
            known = int(cost[held])
            self._sheet.formula(self._basis + k, LABELS + c, text, known - self._recovered(pool, known, at), "cents")

    def _recovered(self, pool: Pool, cost: int, at: YearSoFar) -> int:
        return whole(cost * share_recovered(self._tax, pool, at))
