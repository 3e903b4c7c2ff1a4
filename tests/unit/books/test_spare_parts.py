"""A stock of spare parts by hand: bought on delivery, used up at its price, and what is left on the balance sheet."""

from typing import Any

import numpy as np
import pytest

from simcluster.books.journal import Account, Journal
from simcluster.books.keep import keep_books
from simcluster.books.repairs import parts_bought, parts_taken
from simcluster.books.statements import statements_by_quarter
from simcluster.books.valuation import simulated_flows
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.events import PartsChanged
from simcluster.record.log import EventLog

PRICE = 123_457
DAY = 24.0
PARTS = {"stock": 2, "reorder_point": 1, "order": 3, "lead_time": "30 days"}


def stocked(document: dict[str, Any], **parts: Any) -> Scenario:
    """The scenario with a stock of two parts."""
    (k,) = document["clusters"]
    return Scenario.model_validate(document | {"clusters": [k | {"repair": {"parts": PARTS | parts}}]})


@pytest.fixture
def priced(document: dict[str, Any]) -> Scenario:
    return stocked(document, price="1234.57 USD")


@pytest.fixture
def used_up(log: EventLog) -> EventLog:
    """A part taken in January and one in February; a third repair waits for the delivery of April, which serves it."""
    for day, on_hand, on_order, awaited in ((9, 1, 3, 0), (40, 0, 3, 0), (50, 0, 3, 1), (100, 2, 0, 0)):
        log.add(PartsChanged(day * DAY, 0, on_hand, on_order, awaited))
    return log


@pytest.fixture
def journal(priced: Scenario, used_up: EventLog, gpu_hours: GpuHours, energy: Energy) -> Journal:
    return keep_books(priced, used_up, gpu_hours, energy)


def test_what_is_on_hand_is_an_asset_at_its_price(journal: Journal) -> None:
    assert journal.ending(Account.SPARE_PARTS).tolist() == [n * PRICE for n in (2, 1, 0, 0, *[2] * 9)]
    assert journal.moved(Account.REPAIR_PARTS).tolist() == [n * PRICE for n in (1, 1, 0, 1, *[0] * 8)]


def test_a_delivery_is_paid_from_operations_and_the_opening_stock_is_sunk(
    journal: Journal, priced: Scenario, scenario: Scenario, used_up: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    """Against the same run without a stock: its part of March is not bought, three of April are."""
    plain = keep_books(scenario, used_up, gpu_hours, energy)
    sheets = [statements_by_quarter(*kept) for kept in ((scenario, plain), (priced, journal))]
    bought = (sheets[0] - sheets[1].reindex(sheets[0].index)).loc["cash_flow"]
    assert bought.loc["operating"].tolist() == pytest.approx([-1000.0, 3 * PRICE / 100, 0, 0])
    assert not bought.loc["investing"].any()
    assert set(sheets[1].index) - set(sheets[0].index) == {("balance_sheet", "spare_parts")}
    sheet = sheets[1].loc["balance_sheet"]
    assert sheet.loc["spare_parts"].tolist() == pytest.approx([0, *[2 * PRICE / 100] * 3])
    assert np.allclose(sheet.loc["total_assets"], sheet.loc["payables"] + sheet.loc["total_equity"], rtol=0, atol=0.01)
    outlay = [simulated_flows(*kept)[0][1] for kept in ((scenario, plain), (priced, journal))]
    assert outlay[0] - outlay[1] == pytest.approx(2 * PRICE / 100)


def test_without_a_price_parts_are_bought_as_they_are_taken(
    document: dict[str, Any], used_up: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    journal = keep_books(stocked(document), used_up, gpu_hours, energy)
    assert not journal.ending(Account.SPARE_PARTS).any()
    assert journal.moved(Account.REPAIR_PARTS).tolist() == [0, 0, 100_000, *[0] * 9]


def test_only_what_a_swap_takes_comes_from_the_stock(
    priced: Scenario, document: dict[str, Any], used_up: EventLog
) -> None:
    assert parts_taken(priced, used_up).sum() == 1
    assert parts_bought(priced, used_up).sum() == 0
    a, b = document["catalog"]["failures"]["f"]["causes"]
    returned = document["catalog"] | {"failures": {"f": {"causes": [a, b | {"remedy": "return"}]}}}
    assert parts_bought(stocked(document | {"catalog": returned}, price="1 USD"), used_up).sum() == 1
