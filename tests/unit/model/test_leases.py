"""Leases: their debt against published figures, and rows that are refused."""

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcluster.core.problems import ScenarioError, dotted
from simcluster.model.leases import FinanceLease, LeaseTerms, OperatingLease
from simcluster.model.load import load

ROOT = Path(__file__).parents[3]
SMALL = ROOT / "scenarios" / "small.toml"
ROW: dict[str, Any] = {
    "name": "a",
    "asset_class": "servers",
    "commences": "2024-03-01",
    "term": "2 years",
    "payment": "100 USD",
    "rate": 0.12,
}


def test_level_payments_are_excels_pmt() -> None:
    """PMT(13%/12, 60, -4e9) = 91,012,292.18; of Excel's help 8%, 10 months, 10,000: 1,037.03, and 1,030.16."""
    for rate, months, price, paid, payment in (
        (0.13, 60, 4e9, "in_arrears", 91_012_292.18),
        (0.08, 10, 1e4, "in_arrears", 1_037.03),
        (0.08, 10, 1e4, "in_advance", 1_030.16),
    ):
        terms = LeaseTerms.model_validate({"term": f"{months} months", "rate": rate, "paid": paid})
        assert price / terms.level_debt.present_value == pytest.approx(payment, abs=0.005)


def test_without_interest_the_debt_is_what_is_left_to_pay() -> None:
    debt = LeaseTerms.model_validate({"term": "3 months", "rate": 0.0}).level_debt
    assert debt.owed == debt.principal == (3.0, 2.0, 1.0, 0.0)
    assert debt.present_value == 3.0


@pytest.mark.parametrize("kind", [FinanceLease, OperatingLease])
@pytest.mark.parametrize("paid", ["in_advance", "in_arrears"])
@pytest.mark.parametrize("per", ["month", "year"])
def test_what_is_owed_is_the_present_value_of_what_is_due(kind: type[FinanceLease], paid: str, per: str) -> None:
    """Against the sum of payments over (1 + i)^k, with an escalator of 5%."""
    lease = kind.model_validate(ROW | {"paid": paid, "per": per, "escalation": 0.05})
    debt, months = lease.debt, np.arange(25)
    expected = [10_000] * (1 if per == "year" else 12)
    assert [x for x in debt.due if x] == expected + [round(x * 1.05) for x in expected]
    assert debt.present_value == pytest.approx(sum(np.array(debt.due) / 1.01**months), rel=1e-14)
    for k in range(25):
        left = sum(due / 1.01 ** (j - k) for j, due in enumerate(debt.due) if j > k)
        assert debt.owed[k] == pytest.approx(left, rel=1e-12, abs=1e-9)


def row(**more: Any) -> str:
    """A lease in place of none, as `--set` writes it."""
    table = {"kind": "finance", **ROW, **more}
    return "{" + ", ".join(f"{key}={value!r}" for key, value in table.items()) + "}"


WRONG: list[tuple[str, list[str], str]] = [
    (row(kind="capital"), ["finance.leases[0].kind"], "there is no kind 'capital'"),
    (row(term="2.5 months"), ["finance.leases[0].term"], "whole months"),
    (row(term="0 months"), ["finance.leases[0].term"], "of one at least"),
    (row(term="18 months", per="year"), ["finance.leases[0].term"], "whole years"),
    (row(payment="0 USD"), ["finance.leases[0].payment"], "without a payment"),
    (row(rate=1.2), ["finance.leases[0].rate"], "out of range"),
    (row(escalation=-0.1), ["finance.leases[0].escalation"], "out of range"),
    (row(asset_class="land"), ["finance.leases[0].asset_class"], "not allowed"),
    (row(commences="2025-01-01"), ["finance.leases[0].commences"], "after the scenario's end"),
    (row(commences="2021-12-01"), ["finance.leases[0].term"], "over by the scenario's start"),
    (f"{row()}, {row(kind='operating')}", ["finance.leases[0].name", "finance.leases[1].name"], "used 2 times"),
    (
        row(kind="operating", term="30 years", rate=0.5, escalation=0.3),
        ["finance.leases[0].escalation"],
        "use up more than the right is worth",
    ),
]


@pytest.mark.parametrize(("rows", "places", "message"), WRONG, ids=[case[2] for case in WRONG])
def test_a_bad_row_is_refused_with_a_hint(rows: str, places: list[str], message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(SMALL, [f"finance.leases=[{rows}]"])
    assert {dotted(problem.path) for problem in caught.value.problems} == set(places)
    assert all(message in problem.message and problem.hint for problem in caught.value.problems)


def test_what_is_leased_has_no_deposit_and_no_terms_of_payment() -> None:
    lease = '{term="48 months", rate=0.09}'
    with pytest.raises(ScenarioError) as caught:
        load(SMALL, [f"orders.spring.lease={lease}", "orders.spring.deposit=0.1", "orders.spring.payment_terms=1 week"])
    places = {dotted(problem.path): problem.message for problem in caught.value.problems}
    assert list(places) == ["orders[0].deposit", "orders[0].payment_terms"]
    assert all("which the lessor pays" in message for message in places.values())
    scenario, _ = load(SMALL, [f"orders.spring.lease={lease}", "orders.spring.deposit=0"])
    assert scenario.orders[0].lease is not None


def test_what_is_leased_is_the_lessors_to_sell() -> None:
    leased = ['orders.spring.lease={term="48 months", rate=0.09}', "orders.spring.deposit=0"]
    for of in ('purchase="spring"', 'cluster="train"'):
        sale = f'sales=[{{name="s", {of}, gpus=8, date=2024-11-01}}]'
        with pytest.raises(ScenarioError) as caught:
            load(SMALL, [*leased, sale])
        (problem,) = caught.value.problems
        assert dotted(problem.path) == f"sales[0].{of.partition('=')[0]}"
        assert "the lessor's to sell" in problem.message
        load(SMALL, [sale])


def test_the_printed_examples_are_valid() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "books.md").read_text(encoding="utf-8"), re.DOTALL)
    (table,) = (tomllib.loads(block) for block in blocks if "finance.leases" in block)
    assert [OperatingLease.model_validate(row).months for row in table["finance"]["leases"]] == [180]
    (order,) = table["orders"]
    assert LeaseTerms.model_validate(order["lease"]).months == 48


def test_what_a_company_calls_capex_is_a_kind() -> None:
    scenario, _ = load(SMALL, ['company.capex={kind="gross_productive_assets"}'])
    assert scenario.company is not None
    assert scenario.company.capex.kind == "gross_productive_assets"
    with pytest.raises(ScenarioError, match="there is no kind 'gross'"):
        load(SMALL, ['company.capex={kind="gross"}'])
