"""Land at its cost: bought before the start or in the run, in the capital charge and never depreciated; 2024."""

from typing import Any

import pytest
from pydantic import ValidationError

from simcluster.books.company import programme_capex
from simcluster.books.journal import Account
from simcluster.books.keep import keep_books
from simcluster.books.law import check_law_5
from simcluster.books.measures import capital_charge_by_month, net_book_value
from simcluster.books.periods import quarters
from simcluster.books.statements import roll_forward
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.log import EventLog

COST = 2_000_000_050


def with_land(document: dict[str, Any], bought: str) -> Scenario:
    (site,) = document["sites"]
    return Scenario.model_validate(
        document | {"sites": [site | {"land": {"cost": "20000000.50 USD", "bought": bought}}]}
    )


@pytest.mark.parametrize(("bought", "month"), [("2023-05-01", -1), ("2024-01-01", 0), ("2024-05-31", 4)])
def test_land_is_bought_on_its_day_and_stays_at_cost(
    document: dict[str, Any], log: EventLog, gpu_hours: GpuHours, energy: Energy, bought: str, month: int
) -> None:
    scenario = with_land(document, bought)
    journal = keep_books(scenario, log, gpu_hours, energy)
    plain = keep_books(Scenario.model_validate(document), log, gpu_hours, energy)
    assert check_law_5(journal) == []
    assert journal.ending(Account.LAND).tolist() == [0] * (month + 1) + [COST] * (12 - month)
    spent = (programme_capex(journal) - programme_capex(plain)).tolist()
    assert spent == [COST if k == month else 0 for k in range(12)]
    opening = plain.balance(Account.OPENING_EQUITY) - journal.balance(Account.OPENING_EQUITY)
    assert opening == (COST if month < 0 else 0)
    assert (journal.moved("expenses") == plain.moved("expenses")).all(), "no depreciation"
    charge = [capital_charge_by_month(scenario, net_book_value(books)).sum() for books in (journal, plain)]
    days = {-1: 366, 0: 366 - 31 / 2, 4: 366 - 121 - 31 / 2}[month]  # half of the month in which it is bought
    assert charge[0] - charge[1] == pytest.approx(COST / 100 * 0.1 / 0.8 * days / 365.25), "10%, before a tax of 20%"
    rolled = roll_forward(journal, quarters(journal.months))
    assert rolled["land_bought"].sum() == (COST if month >= 0 else 0)
    grown = rolled["ppe_placed_in_service"] + rolled["land_bought"] - rolled["ppe_retired"]
    assert (rolled["ppe_opening"] + grown == rolled["ppe_closing"]).all()
    assert "land_bought" not in roll_forward(plain, quarters(plain.months))


def test_land_bought_after_the_end_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="land is bought after the scenario's end"):
        with_land(document, "2025-01-01")
