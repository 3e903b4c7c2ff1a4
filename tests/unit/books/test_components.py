"""Components sent to the maker of servers, from an order of 10 nodes delivered as 3 and 7; 2024, cents.

A server costs 25,000,007, of which 15,000,004 are components: ROUND(0.6 x price, 0). The deposit is 30,000,033, of
which 3 nodes use up 9,000,010. Lots come on the days 65 and 70 (March), the order is placed on day 31 (February 1st).
"""

from typing import Any

import pytest
from pydantic import ValidationError

from simcluster.books.company import programme_capex
from simcluster.books.journal import Account, Journal
from simcluster.books.keep import keep_books
from simcluster.books.law import check_law_5
from simcluster.books.periods import quarters
from simcluster.books.statements import balance_sheet, roll_forward
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.log import EventLog

EACH, NODES_3, NODES_7 = 15_000_004, 3, 7
USED_BY_3 = 9_000_010


def books(
    document: dict[str, Any], log: EventLog, gpu_hours: GpuHours, energy: Energy, **order: Any
) -> tuple[Journal, Journal]:
    """With the order's keys, and without components."""
    (row,) = document["orders"]
    plain = {key: value for key, value in order.items() if key != "components"}
    made = (Scenario.model_validate(document | {"orders": [row | keys]}) for keys in (order, plain))
    found = tuple(keep_books(scenario, log, gpu_hours, energy) for scenario in made)
    assert check_law_5(found[0]) == []
    return found[0], found[1]


def test_they_are_held_at_the_supplier_from_their_purchase_to_the_delivery(
    document: dict[str, Any], log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    """Ten days ahead: those of the first lot on day 55, in February; those of the second on day 60, March 1st."""
    journal, plain = books(document, log, gpu_hours, energy, components={"share": 0.6, "ahead": "10 days"})
    assert journal.ending(Account.AT_SUPPLIERS).tolist()[:4] == [0, 0, EACH * NODES_3, 0]
    assert journal.ending(Account.DEPOSITS).tolist()[2] == 30_000_033 - USED_BY_3
    spent = (programme_capex(journal) - programme_capex(plain)).tolist()
    moved = EACH * NODES_3 - USED_BY_3
    assert spent[:4] == [0, moved, -moved, 0], "paid in February: what the deposit does not cover"
    for account in (Account.CIP_SERVERS, Account.CIP_NETWORK, Account.DEPOSITS, Account.PPE_SERVERS):
        assert (journal.ending(account)[3:] == plain.ending(account)[3:]).all()
    periods = quarters(journal.months)
    for line, by_quarter in roll_forward(plain, periods).items():
        assert (roll_forward(journal, periods)[line] == by_quarter).all(), f"{line}: both lots come in the quarter"
    assert balance_sheet(journal, periods)["of_which_at_suppliers"].tolist() == [0, 0, 0, 0]
    assert "of_which_at_suppliers" not in balance_sheet(plain, periods)


def test_never_before_the_order_and_on_its_terms(
    document: dict[str, Any], log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    """Bought on day 31 and owed for 36 days: paid on day 67, in March; the rest of the lots on days 101 and 106."""
    components = {"share": 0.6, "ahead": "20 weeks"}
    journal, plain = books(document, log, gpu_hours, energy, components=components, payment_terms="36 days")
    assert journal.ending(Account.AT_SUPPLIERS).tolist()[:4] == [0, 0, EACH * 10, 0]
    owed = EACH * 10 - 30_000_033
    assert journal.ending(Account.PAYABLES).tolist()[2] == -owed
    spent = (programme_capex(journal) - programme_capex(plain)).tolist()
    assert spent[:5] == [0, 0, owed, -owed, 0]


def test_components_below_the_deposit_leave_the_rest_of_it_to_the_lot(
    document: dict[str, Any], log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    journal, plain = books(document, log, gpu_hours, energy, components={"share": 0.01, "ahead": "10 days"})
    assert journal.ending(Account.DEPOSITS).tolist()[2] == 30_000_033 - 3 * 250_000
    assert (programme_capex(journal) == programme_capex(plain)).all()


def test_a_share_above_one_is_refused(document: dict[str, Any]) -> None:
    (row,) = document["orders"]
    with pytest.raises(ValidationError, match="less than or equal to 1"):
        Scenario.model_validate(document | {"orders": [row | {"components": {"share": 1.2, "ahead": "1 week"}}]})
