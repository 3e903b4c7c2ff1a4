"""The sheet of facts: what the run produced and no assumption of finance changes, by month."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from simcluster.books.accruals import mw_years_in_service
from simcluster.books.advertising import covered_days, days_in, days_in_quarter, serving_h100e
from simcluster.books.repairs import parts_bought
from simcluster.books.workbook.cells import SPREADSHEET_DAY_0
from simcluster.books.workbook.contracts import contract_facts
from simcluster.books.workbook.inputs import Key, cause_labels
from simcluster.books.workbook.monthly_rows import MonthlyRows
from simcluster.books.workbook.spare_parts import stock_facts
from simcluster.core.calendar import HOURS_PER_DAY

if TYPE_CHECKING:
    from simcluster.books.register import Asset
    from simcluster.books.workbook.cells import Book
    from simcluster.model.scenario import Scenario
    from simcluster.record.accounts import GpuHours
    from simcluster.record.energy import Energy
    from simcluster.record.log import EventLog

TITLE = "Facts"


@dataclass
class Facts:
    """The sheet, its rows by what they hold, and their numbers."""

    rows: MonthlyRows
    row: dict[Key, int] = field(default_factory=dict)
    numbers: dict[Key, list[float]] = field(default_factory=dict)

    def add(self, key: Key, label: str, unit: str, values: list[float], style: str = "number") -> None:
        """Write a row."""
        self.row[key], self.numbers[key] = self.rows.values(label, unit, values, style), values

    def at(self, key: Key, month: int) -> str:
        """The cell of a fact and month, from any sheet."""
        return self.rows.at(self.row[key], month)


def write_facts(
    book: Book, scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy, assets: tuple[Asset, ...]
) -> Facts:
    """Write the sheet."""
    months, edges = scenario.clock.months, scenario.clock.month_edges
    facts = Facts(MonthlyRows(book, TITLE, months, "what the run produced: no assumption changes it"))
    facts.add(("begins",), "month begins", "hours", list(edges[:-1]))
    facts.add(("ends",), "month ends", "hours", list(edges[1:]))
    facts.add(("fraction",), "fraction of the month simulated", "", list(scenario.clock.month_fractions))
    facts.add(("covered",), "days simulated", "days", covered_days(scenario).tolist())
    facts.add(("days",), "days of the calendar month", "days", [float(days_in(m)) for m in months])
    facts.add(("quarter",), "days of the calendar quarter", "days", [float(days_in_quarter(m)) for m in months])
    _sites(facts, scenario, log, energy)
    contract_facts(facts, scenario, log, assets)
    stock_facts(facts, scenario, log)
    taken = parts_bought(scenario, log).sum(axis=1)
    for cause, label in cause_labels(scenario):
        facts.add(("parts", cause), f"parts for {label}", "parts", taken[:, cause].astype(float).tolist())
    facts.add(("serving",), "serving, mean", "H100 equivalents", serving_h100e(scenario, gpu_hours).tolist())
    if scenario.revenue.assistant is not None:
        days, middles = assistant_days(scenario)
        facts.add(("assistant_days",), "days on which the assistant is monetised", "days", days)
        facts.add(("assistant_day",), "the day in their middle", "date", middles, "date")
    return facts


def _sites(facts: Facts, scenario: Scenario, log: EventLog, energy: Energy) -> None:
    mw_years = mw_years_in_service(scenario, log)
    for s, site in enumerate(scenario.sites):
        facts.add(("mw_years", s), f"IT in service at {site.name}", "MW-years", mw_years[:, s].tolist())
        for j, source in enumerate(site.power):
            where = f"{source.name} at {site.name}"
            facts.add(("mwh", s, j), f"energy from {where}", "MWh", energy.source_mwh[s][:, j].tolist())
            facts.add(("peak", s, j), f"highest draw on {where}", "MW", energy.source_peak_mw[s][:, j].tolist())


def assistant_days(scenario: Scenario) -> tuple[list[float], list[float]]:
    """Days of each month on which the assistant is monetised, and the day in their middle as a spreadsheet counts."""
    assistant = scenario.revenue.assistant
    assert assistant is not None
    edges, counts, middles = scenario.clock.month_edges, [], []
    for k in range(len(edges) - 1):
        first = max(scenario.clock.date(edges[k]), assistant.monetised)
        days = max(round((edges[k + 1] - scenario.clock.hours(first)) / HOURS_PER_DAY), 0)
        middle = first + timedelta(days=days // 2)
        counts.append(float(days))
        middles.append(float(middle.toordinal() - SPREADSHEET_DAY_0))
    return counts, middles
