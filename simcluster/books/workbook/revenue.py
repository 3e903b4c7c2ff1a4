"""The sheet of revenue: lift, advertising with and without AI, and the company's plan, by month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from simcluster.books.advertising import advertising_by_month, assistant_usd, grown_by_month, lift_by_month
from simcluster.books.workbook.cells import SPREADSHEET_DAY_0
from simcluster.books.workbook.monthly_rows import MonthlyRows

if TYPE_CHECKING:
    from simcluster.books.history import Line
    from simcluster.books.workbook.cells import Book
    from simcluster.books.workbook.facts import Facts
    from simcluster.books.workbook.inputs import Inputs, Key
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario
    from simcluster.record.accounts import GpuHours

TITLE = "Revenue"


@dataclass
class Revenue:
    """The sheet and where its rows stand: attributed, without_ai, other_revenue, rest_costs, rest_capex; cents."""

    rows: MonthlyRows
    row: dict[str, int]


def write_revenue(
    book: Book,
    scenario: Scenario,
    gpu_hours: GpuHours,
    plan: dict[str, Cents],
    inputs: Inputs,
    facts: Facts,
) -> Revenue:
    """Write the sheet; `plan` has the company's lines by month, cents (see `books.company.lines_by_month`)."""
    months = range(len(scenario.clock.months))
    rows = MonthlyRows(book, TITLE, scenario.clock.months, "equations: advertising without AI is B / (1 + L(0))")
    at, row = rows.at, dict[str, int]()
    row["lift"] = rows.formulas(
        "lift",
        "fraction",
        lambda k: f"{inputs['lift', 'ceiling']}*(1-EXP(-{facts.at(('serving',), k)}/{inputs['lift', 'scale']}))",
        lift_by_month(scenario, gpu_hours).tolist(),
    )
    growths: tuple[tuple[Line, str], ...] = (("advertising", "growth"), ("other_revenue", "other_growth"))
    for name, growth in growths:
        grown = _grown(scenario, inputs, facts, name, growth)
        label = f"{name.replace('_', ' ')}, reported and grown by the plan"
        row[f"{name}_usd"] = rows.formulas(label, "USD", grown, grown_by_month(scenario, name).tolist(), "usd")
    plain = [f"{at(row['advertising_usd'], k)}/(1+{at(row['lift'], 0)})" for k in months]
    row["assistant"] = _assistant(rows, scenario, inputs, facts)
    advertising = advertising_by_month(scenario, gpu_hours)
    attributed = [f"{plain[k]}*{at(row['lift'], k)}+{at(row['assistant'], k)}" for k in months]
    other = [at(row["other_revenue_usd"], k) for k in months]
    for key, label, usd, values in (
        ("without_ai", "advertising without AI", plain, advertising.without_ai),
        ("attributed", "advertising attributed to AI", attributed, advertising.attributed),
        ("other_revenue", "other revenue", other, plan["other_revenue"]),
    ):
        row[key] = rows.formulas(label, "cents", _whole_cents(usd), values.tolist(), "cents")
    for rest in ("rest_costs", "rest_capex"):
        planned = _planned(scenario, inputs, facts, rest)
        row[rest] = rows.formulas(rest.replace("_", " of "), "cents", planned, plan[rest].tolist(), "cents")
    return Revenue(rows, row)


def _whole_cents(usd: Sequence[str]) -> Callable[[int], str]:
    """USD by month, rounded to the cent."""
    return lambda k: f"ROUND(({usd[k]})*100,0)"


def _grown(scenario: Scenario, inputs: Inputs, facts: Facts, name: str, growth: str) -> Callable[[int], str]:
    """A reported quarter grown year by year, by the simulated days of the month."""
    months = scenario.clock.months

    def text(k: int) -> str:
        if scenario.company is None:
            return "0"
        reported: Key = (name, (months[k].month - 1) // 3)
        years = range(months[0].year, months[k].year + 1)
        rates = "".join(f"*(1+{inputs[growth, year]})" for year in years)
        return f"{inputs[reported]}*1000000{rates}/{facts.at(('quarter',), k)}*{facts.at(('covered',), k)}"

    return text


def _assistant(rows: MonthlyRows, scenario: Scenario, inputs: Inputs, facts: Facts) -> int:
    """Advertising on the assistant by its users, USD."""
    assistant, months = scenario.revenue.assistant, range(len(scenario.clock.months))
    if assistant is None:
        return rows.values("advertising on the assistant", "USD", [0.0 for _ in months], "usd")
    midpoint = inputs["assistant", "midpoint"]
    rate, ceiling = inputs["assistant", "growth"], inputs["assistant", "ceiling"]
    days = [date.fromordinal(int(day) + SPREADSHEET_DAY_0) for day in facts.numbers["assistant_day",]]
    users = rows.formulas(
        "users of the assistant",
        "million",
        lambda k: f"{ceiling}/(1+EXP(-{rate}*(({facts.at(('assistant_day',), k)}-{midpoint})/365.25)))",
        [assistant.users_millions(day) for day in days],
    )
    per_user = inputs["assistant", "per_user"]
    return rows.formulas(
        "advertising on the assistant",
        "USD",
        lambda k: f"{rows.at(users, k)}*1000000*{per_user}*{facts.at(('assistant_days',), k)}/365.25",
        [assistant_usd(scenario, k) for k in months],
        "usd",
    )


def _planned(scenario: Scenario, inputs: Inputs, facts: Facts, name: str) -> Callable[[int], str]:
    """A yearly amount by month: a twelfth of its cents, times the share of the month simulated."""
    months = scenario.clock.months

    def text(k: int) -> str:
        if scenario.company is None:
            return "0"
        m, amount = months[k].month, f"ROUND({inputs[name, months[k].year]}*100,0)"
        twelfth = f"(INT({amount}*{m}/12)-INT({amount}*{m - 1}/12))"
        return f"ROUND({twelfth}*{facts.at(('covered',), k)}/{facts.at(('days',), k)},0)"

    return text
