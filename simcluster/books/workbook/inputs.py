"""The sheet of assumptions: every number a reader may change, in a cell with a name that the formulas use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from simcluster.books.workbook.contracts import contract_inputs
from simcluster.books.workbook.finance_inputs import debt_inputs, life_inputs
from simcluster.books.workbook.price_inputs import construction_inputs, price_inputs
from simcluster.books.workbook.sales import sale_inputs
from simcluster.books.workbook.spare_parts import stock_inputs
from simcluster.books.workbook.tax_inputs import tax_inputs
from simcluster.model.power import Grid, Turbines
from simcluster.model.revenue import SaturatingLift

if TYPE_CHECKING:
    from simcluster.books.workbook.cells import Book, Sheet
    from simcluster.model.scenario import Scenario

Key = tuple[str | int, ...]
"""What an input is, such as ("life", "servers") or ("order_server", 3), by positions in the scenario."""
FIRST_ROW = 5


class Inputs:
    """Names of cells by what they hold; written row by row: label, value, unit, name."""

    def __init__(self, book: Book, sheet: Sheet) -> None:
        self._book, self._sheet, self._row = book, sheet, FIRST_ROW
        self._names: dict[Key, str] = {}
        self._taken: set[str] = set()

    def __getitem__(self, key: Key) -> str:
        return self._names[key]

    def refer(self, key: Key, cell: str) -> None:
        """Let a key stand for a cell of another sheet."""
        self._names[key] = cell

    def heading(self, text: str) -> None:
        """Begin a group."""
        self._row += 1
        self._sheet.texts(self._row, 0, (text, "value", "unit", "name in formulas"))
        self._row += 1

    def value(self, key: Key, label: str, value: float | date | None, unit: str) -> None:
        """An input; nothing is an empty cell for a reader to fill."""
        if value is None:
            self._sheet.blank(self._row, 1, "date_input" if unit == "date" else "input")
        elif isinstance(value, date):
            self._sheet.day(self._row, 1, value, "date_input")
        else:
            self._sheet.number(self._row, 1, value, "input")
        self._close(key, label, unit)

    def day(self, key: Key, label: str, day: date) -> None:
        """A day to count from, which is a fact of the run and not to be changed."""
        self._sheet.day(self._row, 1, day)
        self._close(key, label, "date; a fact of the run")

    def follows(self, key: Key, label: str, value: float, unit: str, own: float | None) -> None:
        """An input of a class, or that of buildings by formula where the class has none of its own."""
        if own is None:
            self.formula(key, label, self[key[0], "buildings"], value, unit)
        else:
            self.value(key, label, value, unit)

    def formula(self, key: Key, label: str, text: str, value: float | str, unit: str) -> None:
        """A number that follows from others, unless a reader writes over it."""
        self._sheet.formula(self._row, 1, text, value)
        self._close(key, label, unit)

    def _close(self, key: Key, label: str, unit: str) -> None:
        name = plain = re.sub(r"\W+", "_", label, flags=re.ASCII).strip("_").lower()
        again = 1
        while name in self._taken:
            again += 1
            name = f"{plain}_{again}"
        self._taken.add(name)
        self._names[key] = name
        self._book.name(name, self._sheet.place(self._row, 1))
        self._sheet.text(self._row, 0, label)
        self._sheet.texts(self._row, 2, (unit, name), "note")
        self._row += 1


def write_inputs(book: Book, sheet: Sheet, scenario: Scenario) -> Inputs:
    """Write all assumptions that the formulas rest on."""
    inputs = Inputs(book, sheet)
    _finance(inputs, scenario)
    life_inputs(inputs, scenario)
    debt_inputs(inputs, scenario)
    price_inputs(inputs, scenario)
    sale_inputs(inputs, scenario)
    construction_inputs(inputs, scenario)
    _running(inputs, scenario)
    _revenue(inputs, scenario)
    _plan(inputs, scenario)
    sheet.lay_out(FIRST_ROW, 1, 3)
    return inputs


def _finance(inputs: Inputs, scenario: Scenario) -> None:
    inputs.heading("Finance")
    inputs.day(("start",), "scenario start", scenario.start)
    inputs.value(("wacc",), "WACC", scenario.finance.wacc, "1/year")
    life = scenario.finance.economic_life
    inputs.value(("economic_life",), "economic life of servers", life, "years; empty: book life")
    inputs.value(("tax_rate",), "tax rate", scenario.finance.tax_rate, "fraction")
    inputs.value(("margin",), "contribution margin", scenario.revenue.contribution_margin, "fraction")
    if scenario.finance.tax is not None:
        tax_inputs(inputs, scenario.finance.tax)


def _running(inputs: Inputs, scenario: Scenario) -> None:
    inputs.heading("Energy, operations and parts")
    for s, site in enumerate(scenario.sites):
        inputs.value(("operations", s), f"operations of {site.name}", site.operations, "USD/MW/year")
        for j, source in enumerate(site.power):
            where = f"{source.name} at {site.name}"
            inputs.value(("energy", s, j), f"energy from {where}", source.price, "USD/kWh")
            if isinstance(source, Grid):
                inputs.value(("demand", s, j), f"demand charge of {where}", source.demand_charge, "USD/MW/month")
            elif isinstance(source, Turbines) and source.heat_rate is not None and source.fuel_price is not None:
                inputs.value(("heat_rate", s, j), f"heat rate of {where}", source.heat_rate, "MMBtu/MWh")
                inputs.value(("fuel", s, j), f"fuel for {where}", source.fuel_price, "USD/MMBtu")
    contract_inputs(inputs, scenario)
    stock_inputs(inputs, scenario)
    for c, label in cause_labels(scenario):
        inputs.value(("part", c), f"part for {label}", scenario.causes[c].parts_cost, "USD")


def cause_labels(scenario: Scenario) -> Iterator[tuple[int, str]]:
    """Causes that may take parts, by number, with their profile and name."""
    for profile, first in scenario.profiles.items():
        for k, cause in enumerate(scenario.catalog.failures[profile].causes):
            yield first + k, f"{cause.name} of {profile}"


def _revenue(inputs: Inputs, scenario: Scenario) -> None:
    lift, assistant = scenario.revenue.lift, scenario.revenue.assistant
    inputs.heading("Advertising")
    saturating = lift if isinstance(lift, SaturatingLift) else None
    inputs.value(("lift", "ceiling"), "lift ceiling", saturating.ceiling if saturating else 0.0, "fraction")
    inputs.value(("lift", "scale"), "lift scale", saturating.scale_h100e if saturating else 1.0, "H100 equivalents")
    if assistant is not None:
        ceiling, per_user = assistant.ceiling_musers, assistant.revenue_per_user
        inputs.value(("assistant", "ceiling"), "assistant ceiling", ceiling, "million users")
        inputs.value(("assistant", "growth"), "assistant growth", assistant.growth_per_year, "1/year")
        inputs.value(("assistant", "midpoint"), "assistant midpoint", assistant.midpoint, "date")
        inputs.value(("assistant", "per_user"), "assistant revenue per user", per_user, "USD/year")


def _plan(inputs: Inputs, scenario: Scenario) -> None:
    """The plan of the simulated years, and the reported quarters it grows from."""
    from simcluster.books.history import quarters_of

    if scenario.company is None:
        return
    inputs.heading("Company")
    before = scenario.start.year - 1
    for q, advertising in enumerate(quarters_of(scenario.history, "advertising", before)):
        inputs.value(("advertising", q), f"advertising {before}Q{q + 1}", advertising, "million USD")
    for q, other in enumerate(quarters_of(scenario.history, "other_revenue", before)):
        inputs.value(("other_revenue", q), f"other revenue {before}Q{q + 1}", other, "million USD")
    for year in range(scenario.start.year, scenario.end.year + 1):
        plan = scenario.company.plan_of(year)
        inputs.value(("impressions", year), f"growth of impressions {year}", plan.advertising.impressions, "1/year")
        inputs.value(("price", year), f"growth of advertising prices {year}", plan.advertising.price, "1/year")
        text = f"(1+{inputs['impressions', year]})*(1+{inputs['price', year]})-1"
        inputs.formula(("growth", year), f"growth of advertising {year}", text, plan.advertising.total, "1/year")
        inputs.value(("other_growth", year), f"growth of other revenue {year}", plan.other_revenue_growth, "1/year")
        inputs.value(("rest_costs", year), f"rest of costs {year}", plan.rest_costs, "USD")
        inputs.value(("rest_capex", year), f"rest of capex {year}", plan.rest_capex, "USD")
