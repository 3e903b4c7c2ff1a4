"""Income, what is owed and what is left out, in the words of the summary and on the tiles of the report."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from simcluster.model.tax import Tax
from simcluster.report.cards import cards
from simcluster.report.income import income_line, owed_line, value_line
from simcluster.report.lines import quarters
from simcluster.study.result import Result

DEBT = {"net_debt_usd": 22.0e6, "interest_usd": 29.3e6, "interest_capitalised_usd": 0.0}


def with_lines(result: Result, lines: dict[str, list[float]], outcomes: dict[str, Any] | None = None) -> Result:
    """The result with more lines in its statements, a value a quarter, and more outcomes."""
    index = pd.MultiIndex.from_tuples([("more", name) for name in lines], names=["statement", "line"])
    more = pd.DataFrame(list(lines.values()), index=index, columns=quarters(result.statements))
    statements = pd.concat([result.statements, more])
    return replace(result, statements=statements, outcomes={**result.outcomes, **(outcomes or {})})


def taxed(result: Result, losses: str) -> Result:
    finance = result.scenario.finance.model_copy(update={"tax": Tax.model_validate({"losses": losses})})
    return replace(result, scenario=result.scenario.model_copy(update={"finance": finance}))


def test_nothing_is_said_of_income_without_debt_tax_impairment_or_leases(result: Result) -> None:
    assert income_line(result) == owed_line(result) == ""
    assert len(cards(result)) == 8


def test_leases_stand_beside_debt_and_alone(result: Result) -> None:
    leased = with_lines(result, {"lease_liabilities": [0.0, 9.0, 120e6, 114.7e6]}, DEBT)
    owed = "Debt: 22.0 M USD owed at the end, interest 29.3 M USD; leases: 115 M USD owed at the end"
    assert owed_line(leased) == owed
    bearing = replace(leased, outcomes={**leased.outcomes, "lease_interest_usd": 2e6})
    assert owed_line(bearing) == f"{owed}, interest 2.00 M USD"
    alone = with_lines(result, {"lease_liabilities": [0.0, 9.0, 120e6, 114.7e6]})
    assert owed_line(alone) == "Leases: 115 M USD owed at the end"
    assert ("Owed at the end", "137 M USD") in [(card.label, card.value) for card in cards(leased)]


def test_income_by_year_impairment_and_tax_paid(result: Result) -> None:
    lines = {"tax_current": [0.0] * 4, "impairment": [0.0, 4e6, 0.0, 0.0]}
    operating = {"operating_income_usd_2024": -4e5, "impairment_usd": 4e6}
    taxes = {"net_income_usd_2024": 5.5e6, "tax_paid_usd": 3e6, "deferred_tax_usd": 2e6}
    told = with_lines(taxed(result, "used_by_parent"), lines, operating | taxes)
    expected = "Income: net income 2024 5.50 M USD; impairment 4.00 M USD; tax paid 3.00 M USD, deferred 2.00 M USD"
    assert income_line(told) == expected
    assert ("Net income", "5.50 M USD") in [(card.label, card.value) for card in cards(told)]
    impaired = with_lines(result, {"impairment": [0.0, 4e6, 0.0, 0.0]}, operating)
    assert income_line(impaired) == "Income: operating income 2024 −400,000 USD; impairment 4.00 M USD"


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ("used_by_parent", "tax received 41.0 M USD as losses are used by the parent, none deferred"),
        ("carried_forward", "tax received 41.0 M USD, none deferred"),
    ],
)
def test_tax_that_is_received_is_called_so(result: Result, losses: str, said: str) -> None:
    outcomes = {"tax_paid_usd": -41e6, "deferred_tax_usd": 0.0}
    told = with_lines(taxed(result, losses), {"tax_current": [0.0] * 4}, outcomes | {"net_income_usd_2024": 0.0})
    assert income_line(told).endswith(said)


def test_without_revenue_unit_costs_are_said_to_stand_for_the_value(result: Result) -> None:
    unpaid = replace(result, scenario=SimpleNamespace(revenue=SimpleNamespace(earns=False)))  # type: ignore[arg-type]
    assert value_line(unpaid) == "Value: without revenue there is neither NPV nor offset; unit costs stand instead"
    assert value_line(result).startswith("Value: NPV −1.25 M USD")
