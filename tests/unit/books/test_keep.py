from datetime import date, timedelta
from typing import Any

import pytest

from simcluster.books import keep
from simcluster.books.company import programme_capex
from simcluster.books.journal import Account, Entry, Journal, Posting
from simcluster.books.keep import keep_books
from simcluster.books.law import BrokenLawError, check_law_5
from simcluster.books.losses import depreciate
from simcluster.books.register import Asset
from simcluster.books.valuation import owed_flows
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.events import (
    HallOpened,
    KitDelivered,
    KitOrdered,
    LotDelivered,
    Mended,
    NodesInService,
    OptionBought,
    OptionLapsed,
    OrderCancelled,
    OrderPlaced,
    RepairEnded,
)
from simcluster.record.log import EventLog

NODE = 30_000_008  # cents: 250,000.07 + 50,000.01
HALL = 1_000_000_000


def test_books_obey_the_law(scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy) -> None:
    assert check_law_5(keep_books(scenario, log, gpu_hours, energy)) == []


def test_the_deposit_is_used_up_to_the_last_cent(
    scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    journal = keep_books(scenario, log, gpu_hours, energy)
    assert journal.moved(Account.DEPOSITS).tolist()[:3] == [0, 30_000_033, -30_000_033]
    lots = [e for e in journal.entries if e.text.startswith("lot ")]
    used = [-p.cents for e in lots for p in e.postings if p.account == Account.DEPOSITS]
    assert used == [9_000_010, 21_000_023]
    paid = -sum(p.cents for e in lots for p in e.postings if p.account == Account.CASH)
    assert paid == 10 * NODE - 30_000_033


def test_an_order_of_the_past_opens_the_books_with_its_deposit(
    scenario: Scenario, gpu_hours: GpuHours, energy: Energy
) -> None:
    log = EventLog()
    log.add(OrderPlaced(-240.0, 0, 10, 250_000.0, 50_000.0, 300_000.0))
    log.add(LotDelivered(24.0, 0, 0, 10))
    journal = keep_books(scenario, log, gpu_hours, energy)
    assert journal.balance(Account.DEPOSITS, -1) == 30_000_000
    assert journal.balance(Account.DEPOSITS, 0) == 0
    assert check_law_5(journal) == []


def test_what_is_delivered_is_paid_when_the_terms_are_over(
    scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    orders = tuple(order.model_copy(update={"payment_terms": 45 * 24.0}) for order in scenario.orders)
    on_terms = scenario.model_copy(update={"orders": orders})
    journal, at_once = (keep_books(row, log, gpu_hours, energy) for row in (on_terms, scenario))
    assert check_law_5(journal) == []
    assert journal.moved("assets:cip").tolist() == at_once.moved("assets:cip").tolist()
    owed, paid = -journal.moved(Account.PAYABLES), programme_capex(journal)
    for lot in log.rows(LotDelivered):
        assert owed[scenario.clock.month_index(lot.hour)] > 0
    assert (paid + owed).tolist() == programme_capex(at_once).tolist()
    assert owed.sum() == 0


def test_what_is_owed_is_paid_where_the_flows_end(
    scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    orders = tuple(order.model_copy(update={"payment_terms": 400 * 24.0}) for order in scenario.orders)
    on_terms = scenario.model_copy(update={"orders": orders})
    journal = keep_books(on_terms, log, gpu_hours, energy)
    owed = -journal.balance(Account.PAYABLES)
    assert owed == 10 * NODE - 30_000_033
    assert owed_flows(on_terms, journal) == [(scenario.end + timedelta(days=1), -owed / 100)]
    short = on_terms.model_copy(update={"finance": on_terms.finance.model_copy(update={"evaluation_years": 0.5})})
    ((day, usd),) = owed_flows(short, journal)
    assert day == date(2024, 7, 1)
    assert usd == -owed / 100, "an evaluation that ends within the run pays what is owed by then"


def test_a_lot_of_the_past_may_still_be_owed_at_the_start(
    scenario: Scenario, gpu_hours: GpuHours, energy: Energy
) -> None:
    orders = tuple(order.model_copy(update={"payment_terms": 30 * 24.0}) for order in scenario.orders)
    log = EventLog()
    log.add(OrderPlaced(-240.0, 0, 10, 250_000.0, 50_000.0, 0.0))
    log.add(LotDelivered(-48.0, 0, 0, 10))
    journal = keep_books(scenario.model_copy(update={"orders": orders}), log, gpu_hours, energy)
    assert journal.balance(Account.PAYABLES, -1) == -300_000_000
    assert journal.balance(Account.PAYABLES, 0) == 0
    assert check_law_5(journal) == []


def test_a_cancelled_order_gives_back_what_is_left_of_its_deposit_less_the_fee(
    scenario: Scenario, gpu_hours: GpuHours, energy: Energy
) -> None:
    log = EventLog()
    log.add(OrderPlaced(24.0, 0, 10, 250_000.0, 50_000.0, 300_000.01))
    log.add(LotDelivered(800.0, 0, 0, 3))
    log.add(OrderCancelled(1500.0, 0, 7, 100_000.0))
    journal = keep_books(scenario, log, gpu_hours, energy)
    assert journal.moved(Account.DEPOSITS).tolist()[:3] == [30_000_001, -9_000_000, -21_000_001]
    assert journal.moved(Account.PROCUREMENT_FEES).tolist()[:3] == [0, 0, 10_000_000]
    (entry,) = [e for e in journal.entries if e.text.startswith("cancelled")]
    assert [p.cents for p in entry.postings if p.account == Account.CASH] == [11_000_001]


def test_a_premium_is_a_deposit_until_it_counts_towards_one_or_lapses(
    scenario: Scenario, gpu_hours: GpuHours, energy: Energy
) -> None:
    used, lapsed = EventLog(), EventLog()
    for log in (used, lapsed):
        log.add(OptionBought(24.0, 0, 100_000.009))
    used.add(OrderPlaced(800.0, 0, 10, 250_000.0, 50_000.0, 300_000.0))
    lapsed.add(OptionLapsed(800.0, 0))
    deposits = [keep_books(scenario, log, gpu_hours, energy).moved(Account.DEPOSITS).tolist() for log in (used, lapsed)]
    assert [moved[:2] for moved in deposits] == [[10_000_001, 19_999_999], [10_000_001, -10_000_001]]
    fees = keep_books(scenario, lapsed, gpu_hours, energy).moved(Account.PROCUREMENT_FEES).tolist()
    assert fees[:2] == [0, 10_000_001]


def test_a_kit_comes_into_service_with_the_nodes_that_take_it_first_in_first_out(
    document: dict[str, Any], gpu_hours: GpuHours, energy: Energy
) -> None:
    document["clusters"][0]["kit"] = ["leaf"]
    row = {
        "cluster": "k",
        "item": "leaf",
        "placed": "2024-01-02",
        "deposit": 0.0,
        "lead_time": "1 day",
        "price": "1 USD",
    }
    document["kits"] = [{**row, "name": name, "gpus": 8 * nodes} for name, nodes in (("old", 6), ("new", 9))]
    log = EventLog()
    log.add(OrderPlaced(24.0, 0, 10, 250_000.0, 0.0, 0.0))
    log.add(LotDelivered(48.0, 0, 0, 10))
    for kit, nodes, usd in ((0, 6, 1000.01), (1, 9, 2000.0)):
        log.add(KitOrdered(24.0, kit, nodes, usd, 0.3 * nodes * usd))
        log.add(KitDelivered(800.0, kit, 0, nodes))
    log.add(NodesInService(900.0, 0, -1, 0, 4, 7))
    log.add(NodesInService(1600.0, 0, -1, 0, 11, 3))
    journal = keep_books(Scenario.model_validate(document), log, gpu_hours, energy)
    assert journal.moved("assets:ppe:network").tolist()[:3] == [0, 6 * 100_001 + 200_000, 3 * 200_000]
    assert journal.balance(Account.CIP_NETWORK) == 5 * 200_000
    assert journal.moved(Account.DEPOSITS).tolist()[:2] == [720_002, -720_002]


def test_construction_in_progress_empties_into_property(
    scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    journal = keep_books(scenario, log, gpu_hours, energy)
    equipment = (journal.ending(Account.CIP_SERVERS) + journal.ending(Account.CIP_NETWORK)).tolist()
    assert equipment[2:5] == [0, 7 * NODE, 7 * NODE]
    assert equipment[-1] == 0
    assert journal.balance("assets:ppe:servers") == 4 * 25_000_000 + 10 * 25_000_007


def test_a_hall_is_paid_evenly_until_it_opens(
    scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    journal = keep_books(scenario, log, gpu_hours, energy)
    cip = journal.ending(Account.CIP_BUILDINGS).tolist()
    days = 92 + 121
    assert cip[0] == round(HALL * 92 / days)
    assert cip[3] == round(HALL * (92 + 91) / days)
    assert cip[5:] == [0] * 8
    assert journal.balance(Account.PPE_BUILDINGS) == 2 * HALL


def test_an_unopened_hall_is_paid_along_its_plan(scenario: Scenario, gpu_hours: GpuHours, energy: Energy) -> None:
    log = EventLog()
    log.add(HallOpened(0.0, 0, 0, 1.0))
    cip = keep_books(scenario, log, gpu_hours, energy).ending(Account.CIP_BUILDINGS).tolist()
    assert cip[0] == round(HALL * 92 / 183)
    assert cip[3:] == [HALL] * 10


def test_the_opening_fleet_opens_the_books_at_its_age(
    scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    journal = keep_books(scenario, log, gpu_hours, energy)
    assert journal.balance(Account.PPE_SERVERS, -1) == 100_000_000
    assert journal.balance(Account.ACCUMULATED_SERVERS, -1) == -round(100_000_000 * 365 / (5 * 365.25))
    assert journal.balance(Account.ACCUMULATED_BUILDINGS, -1) == -round(HALL * 365 / (25 * 365.25))
    assert journal.balance("assets", -1) == -journal.balance(Account.OPENING_EQUITY, -1)


def test_running_costs_follow_their_quantities(
    scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    journal = keep_books(scenario, log, gpu_hours, energy)
    assert journal.moved(Account.ENERGY).tolist() == [500_000] * 12
    node_days = [4 * 31, 4 * 29, 4 * 31 + 3 * 11]
    per_node_day = 0.01 * 200_000 / 365.25
    assert journal.moved(Account.OPERATIONS).tolist()[:3] == [round(n * per_node_day * 100) for n in node_days]
    assert journal.moved(Account.REPAIR_PARTS).tolist() == [0, 0, 100_000, *[0] * 9]


def test_the_parent_keeps_the_programme_without_cash(
    scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    journal = keep_books(scenario, log, gpu_hours, energy)
    assert set(journal.ending(Account.CASH).tolist()) == {0}
    assert journal.balance(Account.CONTRIBUTED) != 0


def test_depreciation_loses_no_cent(scenario: Scenario) -> None:
    lives = scenario.finance.lives.model_copy(update={"servers": 0.5})
    short = scenario.model_copy(update={"finance": scenario.finance.model_copy(update={"lives": lives})})
    for hour in (-1000.0, 0.0, 100.5):
        asset = Asset("servers", 1_000_003, hour, hour < 0, "x")
        assert int(depreciate(short, asset).sum()) == 1_000_003


def test_the_checks_see_what_is_wrong(scenario: Scenario) -> None:
    def written(*postings: tuple[Account, int]) -> list[str]:
        entry = Entry(0, "x", tuple(Posting(account, cents) for account, cents in postings))
        return check_law_5(Journal(scenario.clock.months[:1], (entry,)))

    assert written((Account.DEPOSITS, -5), (Account.CASH, 5)) == ["2024-01: assets:deposits is negative"]
    assert any(
        "above cost" in text for text in written((Account.ACCUMULATED_SERVERS, -5), (Account.DEPRECIATION_SERVERS, 5))
    )
    assert any("roll forward" in text for text in written((Account.PPE_NETWORK, 5), (Account.CASH, -5)))
    assert any(
        "cip:network is negative" in text for text in written((Account.CIP_NETWORK, -5), (Account.PPE_NETWORK, 5))
    )


def test_books_that_break_the_law_are_not_handed_out(
    monkeypatch: pytest.MonkeyPatch, scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    monkeypatch.setattr(keep, "post_assets", lambda *_: ())  # what depreciates was never put into service
    with pytest.raises(BrokenLawError, match="2024"):
        keep_books(scenario, log, gpu_hours, energy)


def test_nodes_given_up_leave_at_their_book_value(
    scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    """One node of the opening fleet after two of five years, one of the order two hours before the end."""
    two_years, end = scenario.clock.hours(date(2023, 1, 1)) + 2 * 8766.0, scenario.clock.horizon_hours
    hours = (min(two_years, end - 100.0), end - 2.0)
    whole = keep_books(scenario, log, gpu_hours, energy)
    for node, hour in zip((2, 8), hours, strict=True):
        log.add(RepairEnded(hour, node, 0, 1, hour - 9, hour - 9, hour - 9, hour - 9, hour, hour, Mended.RETIRED))
    journal = keep_books(scenario, log, gpu_hours, energy)
    assert check_law_5(journal) == []
    gone = [asset for asset in journal.assets if asset.retired_hour < end]
    assert [(asset.cost_cents, asset.retired_hour) for asset in gone] == [
        (25_000_000, hours[0]),
        (25_000_007, hours[1]),
    ]
    ages = [hours[0] - scenario.clock.hours(date(2023, 1, 1)), hours[1] - 130 * 24.0]
    left = [
        asset.cost_cents - round(asset.cost_cents * age / (5 * 8766.0)) for asset, age in zip(gone, ages, strict=True)
    ]
    assert journal.moved(Account.DISPOSALS).sum() == sum(left)
    assert whole.balance("assets:ppe:servers") - journal.balance("assets:ppe:servers") == 50_000_007
    assert (programme_capex(journal) == programme_capex(whole)).all()
    assert journal.balance("assets:ppe:network") == whole.balance("assets:ppe:network")
