"""Servers and network written down, against amounts worked out by hand; 2024, 4 nodes of 2023 and an order of 10.

Opening servers cost 100,000,000 cents (4 x 250,000 USD), over 5 years from 2023-01-01 (365 days before the start).
"""

from typing import Any

import pytest
from pydantic import ValidationError

from simcluster.books.journal import Account, Journal
from simcluster.books.keep import keep_books
from simcluster.books.law import check_law_5
from simcluster.books.losses import depreciate
from simcluster.books.measures import capital_charge_by_month, net_book_value, offset, opex_by_month
from simcluster.books.periods import quarters
from simcluster.books.statements import income_statement, roll_forward
from simcluster.books.unit_costs import account_costs
from simcluster.books.yardstick_rows import Booked, yardsticks
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.log import EventLog
from simcluster.study.outcomes import offset_outcomes

COST, LIFE_DAYS = 100_000_000, 5 * 365.25
JUNE_1 = 152  # days into 2024
ROW = {
    "date": "2024-06-01",
    "asset_class": "servers",
    "share": 0.4,
    "reason": "a new generation",
    "purchases": ["first"],
}


def with_impairments(document: dict[str, Any], *rows: dict[str, Any], **lives: Any) -> Scenario:
    finance = document["finance"]
    changed = finance | {"impairments": list(rows), "lives": finance["lives"] | lives}
    return Scenario.model_validate(document | {"finance": changed})


@pytest.fixture
def impaired(document: dict[str, Any]) -> Scenario:
    return with_impairments(document, ROW)


@pytest.fixture
def journals(
    document: dict[str, Any], impaired: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> tuple[Journal, Journal]:
    plain = keep_books(Scenario.model_validate(document), log, gpu_hours, energy)
    return keep_books(impaired, log, gpu_hours, energy), plain


def test_the_book_value_loses_its_share_and_the_rest_is_spread_over_the_rest_of_the_life(
    journals: tuple[Journal, Journal],
) -> None:
    journal, plain = journals
    assert check_law_5(journal) == []
    left = COST - round(COST * (365 + JUNE_1) / LIFE_DAYS)
    assert journal.moved(Account.IMPAIRMENT).tolist() == [0] * 5 + [pytest.approx(0.4 * left, abs=1)] + [0] * 6
    less = plain.moved(Account.DEPRECIATION_SERVERS) - journal.moved(Account.DEPRECIATION_SERVERS)
    assert less[:5].tolist() == [0] * 5
    assert less[5:].sum() == pytest.approx(0.4 * left * (366 - JUNE_1) / (LIFE_DAYS - 365 - JUNE_1), abs=2)
    assert (journal.moved(Account.DEPRECIATION_NETWORK) == plain.moved(Account.DEPRECIATION_NETWORK)).all()
    assert (journal.ending(Account.PPE_SERVERS) == plain.ending(Account.PPE_SERVERS)).all(), "at cost, as it was"


def test_it_has_lines_of_its_own_where_there_is_any(journals: tuple[Journal, Journal]) -> None:
    journal, plain = journals
    periods = quarters(journal.months)
    taken = journal.moved(Account.IMPAIRMENT).sum()
    income, rolled = income_statement(journal, periods), roll_forward(journal, periods)
    assert income["impairment"].tolist() == rolled["accumulated_impaired"].tolist() == [0, taken, 0, 0]
    grown = rolled["accumulated_charge"] + rolled["accumulated_impaired"] - rolled["accumulated_retired"]
    assert (rolled["accumulated_opening"] + grown == rolled["accumulated_closing"]).all()
    assert (rolled["accumulated_charge"] == income["depreciation"]).all()
    assert "impairment" not in income_statement(plain, periods)
    assert "accumulated_impaired" not in roll_forward(plain, periods)


def test_the_gpu_hours_in_service_of_the_month_bear_it_and_the_offset_counts_it(
    impaired: Scenario, journals: tuple[Journal, Journal], log: EventLog, gpu_hours: GpuHours
) -> None:
    journal, _ = journals
    spent = journal.moved("expenses:depreciation") + journal.moved(Account.IMPAIRMENT) + opex_by_month(journal)
    june = spent[5] / 100 + capital_charge_by_month(impaired, net_book_value(journal))[5]
    costs = account_costs(impaired, log, journal, gpu_hours)
    assert costs.usd_per_gpu_hour[5, 0] * gpu_hours.hours[5].sum() == pytest.approx(june)
    table = offset(impaired, journal)
    needed = table[["depreciation", "disposals", "impairment", "opex", "capital_charge"]].sum(axis=1)
    assert table["required_revenue"].tolist() == pytest.approx((needed / 0.8).tolist())


def test_the_offset_of_a_year_counts_it_as_those_of_its_quarters_do(
    impaired: Scenario, journals: tuple[Journal, Journal]
) -> None:
    outcomes = offset_outcomes(offset(impaired, journals[0]))
    cost = float(str(outcomes["required_revenue_usd_2024"])) * 0.8
    contribution = float(str(outcomes["attributed_revenue_usd_2024"])) * 0.8
    assert outcomes["offset_2024"] == pytest.approx(contribution / cost)
    assert contribution > 0


def test_running_costs_are_the_same_of_an_hour_with_it_and_without(
    impaired: Scenario, journals: tuple[Journal, Journal], log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    costs = account_costs(impaired, log, journals[0], gpu_hours)
    booked = yardsticks(Booked(impaired, log, journals[0], gpu_hours, energy, costs))[0]
    assert booked.running_usd == pytest.approx(opex_by_month(journals[0]).sum() / 100 / gpu_hours.hours.sum())


def test_all_of_a_class_is_struck_without_purchases_and_before_the_start_it_is_past(
    document: dict[str, Any], log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    row = {key: value for key, value in ROW.items() if key != "purchases"} | {"asset_class": "network"}
    journal = keep_books(with_impairments(document, row), log, gpu_hours, energy)
    opening = 4 * 5_000_000 * (1 - (365 + JUNE_1) / LIFE_DAYS)
    ordered = 5_000_001 * (3 * (1 - (JUNE_1 - 80) / LIFE_DAYS) + 7 * (1 - (JUNE_1 - 130) / LIFE_DAYS))
    assert journal.balance(Account.IMPAIRMENT) == pytest.approx(0.4 * (opening + ordered), abs=3)
    before = keep_books(with_impairments(document, row | {"date": "2023-12-01"}), log, gpu_hours, energy)
    assert before.balance(Account.IMPAIRMENT) == 0
    left = 20_000_000 * (1 - 334 / LIFE_DAYS) * 0.6
    left *= (LIFE_DAYS - 365) / (LIFE_DAYS - 334)
    assert before.balance(Account.ACCUMULATED_NETWORK, -1) == pytest.approx(left - 20_000_000, abs=1)


def test_a_whole_impairment_leaves_the_residual_and_nothing_to_depreciate(
    document: dict[str, Any], log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    scenario = with_impairments(document, ROW | {"share": 1.0}, residual={"servers": 0.05})
    journal = keep_books(scenario, log, gpu_hours, energy)
    (first,) = (asset for asset in journal.assets if asset.opening and asset.asset_class == "servers")
    assert depreciate(scenario, first).sum() == COST * 95 // 100
    assert depreciate(scenario, first)[7:].sum() == 0


def test_problems_are_told_at_once(document: dict[str, Any]) -> None:
    document["orders"][0] |= {"deposit": 0.0, "lease": {"term": "2 years", "rate": 0.08}}
    rows = (
        ROW | {"purchases": ["frist"]},
        ROW | {"purchases": ["first", "next"]},
        ROW | {"date": "2024-05-01"},
        ROW | {"date": "2025-05-01", "asset_class": "plant"},
    )
    with pytest.raises(ValidationError) as caught:
        with_impairments(document, *rows)
    told = str(caught.value)
    for part in (
        "kit 'frist'",
        "before the impairment above",
        "after the scenario's end",
        "plant do not come with",
        "'next' is leased",
    ):
        assert part in told
