"""Inputs of lives, their changes, residuals and impairments, and of debt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.model.depreciation import CLASSES, AssetClass

if TYPE_CHECKING:
    from simcluster.books.workbook.inputs import Inputs
    from simcluster.model.scenario import Scenario

NEVER = 1e30
"""The hour of a change of life that is not made."""


def life_inputs(inputs: Inputs, scenario: Scenario) -> None:
    """Lives and residuals, each change that the scenario declares, and an empty one to fill."""
    lives = scenario.finance.lives
    inputs.heading("Lives")
    for name in CLASSES:
        inputs.follows(("life", name), f"life of {name}", lives.years(name), "years", getattr(lives, name))
        left, own = lives.residual.share(name), getattr(lives.residual, name)
        inputs.follows(("residual", name), f"residual of {name}", left, "fraction of cost", own)
    for k in range(len(lives.changes) + 1):
        change = lives.changes[k] if k < len(lives.changes) else None
        label = f"change {k + 1} of lives"
        inputs.value(("change", k), f"{label}: date", change.date if change else None, "date")
        for name in CLASSES:
            _new_life(inputs, scenario, k, name, label)
    _impairments(inputs, scenario)


def _impairments(inputs: Inputs, scenario: Scenario) -> None:
    """The share of each impairment; its day stays, since it belongs to a column."""
    for k, row in enumerate(scenario.finance.impairments):
        label = f"impairment {k + 1} of {row.asset_class}"
        inputs.day(("impaired", k), f"{label}: date", row.date)
        text = f"({inputs['impaired', k]}-{inputs['start',]})*24"
        hour = (row.date - scenario.start).days * 24.0
        inputs.formula(("impaired_hour", k), f"{label}: hour", text, hour, "hours from the start")
        inputs.value(("impairment", k), label, row.share, f"fraction of book value; {row.reason}")


def _new_life(inputs: Inputs, scenario: Scenario, k: int, name: AssetClass, label: str) -> None:
    """The life that a change gives a class, and the hour of it; plant goes with buildings as long as it has none."""
    lives = scenario.finance.lives
    change = lives.changes[k] if k < len(lives.changes) else None
    life, key = (None if change is None else lives.new_life(change, name)), ("change", k, name)
    unit = "years; empty: no change"
    if name == "plant" and lives.plant is None and (change is None or change.plant is None):
        building = inputs["change", k, "buildings"]
        inputs.formula(key, f"{label}: {name}", f'IF({building}="","",{building})', "" if life is None else life, unit)
    else:
        inputs.value(key, f"{label}: {name}", life, unit)
    text = f'IF(OR({inputs["change", k]}="",{inputs[key]}=""),1E+30,'
    text += f"({inputs['change', k]}-{inputs['start',]})*24)"
    hour = NEVER if change is None or life is None else (change.date - scenario.start).days * 24.0
    inputs.formula(("change_hour", k, name), f"{label}: hour for {name}", text, hour, "hours from the start")


def debt_inputs(inputs: Inputs, scenario: Scenario) -> None:
    """Rates, drawings, limits and terms."""
    if scenario.finance.debt:
        inputs.heading("Debt")
    for d, debt in enumerate(scenario.finance.debt):
        inputs.value(("debt_rate", d), f"rate of {debt.name}", debt.rate, "1/year")
        for k, change in enumerate(debt.rate_changes):
            inputs.value(("debt_rate", d, k), f"rate of {debt.name} from {change.date}", change.rate, "1/year")
        for k, drawing in enumerate(debt.drawn):
            inputs.value(("debt_drawn", d, k), f"drawn on {debt.name} on {drawing.date}", drawing.amount, "USD")
        if debt.delayed is not None:
            inputs.value(("debt_share", d), f"share drawn on {debt.name}", debt.delayed.share, "fraction")
            inputs.value(("debt_limit", d), f"limit of {debt.name}", debt.delayed.limit, "USD")
        inputs.value(("debt_term", d), f"term of {debt.name}", debt.term, "years")
        inputs.value(("debt_grace", d), f"grace of {debt.name}", debt.grace, "years")
