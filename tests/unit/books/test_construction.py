"""Milestones of a network with halls of 1 and 3 MW, from facts written by hand; 2024, hours from January 1st."""

from typing import Any

import pytest

from simcluster.books.cash import cash_by_activity
from simcluster.books.company import programme_capex
from simcluster.books.construction import abandoned_milestones, completed, milestones
from simcluster.books.journal import Account, Journal
from simcluster.books.keep import keep_books
from simcluster.books.law import check_law_5
from simcluster.books.periods import quarters
from simcluster.books.statements import income_statement, roll_forward
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.events import (
    EquipmentDelivered,
    EquipmentOrdered,
    HallOpened,
    NodesInService,
    TaskCancelled,
    TaskFinished,
    TaskStarted,
)
from simcluster.record.log import EventLog

DAY = 24.0
TASKS: list[dict[str, Any]] = [
    {"name": "shell", "cost": "1000.01 USD", "paid_at_start": 0.25},
    {"name": "fit-1", "after": ["shell", "gear"], "cost": "400 USD"},
    {"name": "fit-3", "kind": "electrical", "after": ["shell", "gear"], "cost": "700 USD", "paid_at_start": 0.5},
    {"name": "refit-3", "kind": "mechanical", "cost": "900 USD", "after": ["reserve"]},
    {"name": "fence", "cost": "77 USD", "paid_at_start": 1.0},
    {"name": "reserve", "cost": "40 USD"},
]
GEAR = {"name": "gear", "ordered": "2023-12-01", "lead_time": "90 days", "unit_power": "2 MW", "redundancy": "N+1"}


@pytest.fixture
def built(document: dict[str, Any]) -> Scenario:
    test = {"duration": "1 day", "pass_probability": 1.0}
    site = document["sites"][0]
    site["halls"][1:] = [
        {"name": f"h{mw}", "it_power": f"{mw} MW", "after": [f"fit-{mw}"], "test": test} for mw in (1, 3)
    ]
    site["construction"] = {
        "start": "2023-12-01",
        "tasks": [{"duration": "10 days", **task} for task in TASKS],
        "equipment": [{**GEAR, "unit_price": "100.03 USD", "deposit": 0.1}],
        "redesigns": [{"name": "liquid", "date": "2024-04-10", "replaces": {"fit-3": ["refit-3"]}}],
    }
    return Scenario.model_validate(document)


@pytest.fixture
def facts() -> EventLog:
    """The shell done in January, gear in February, hall h1 open on day 80, fit-3 cancelled at 40%, h3 on day 150."""
    log = EventLog()
    log.add(HallOpened(0.0, 0, 0, 1.0))
    log.add(NodesInService(0.0, -1, 0, 0, 0, 4))
    log.add(EquipmentOrdered(-31 * DAY, 0, 0, 3, 100.03))
    for task, started in ((0, -31), (4, 5), (1, 60), (2, 96), (3, 101), (5, 1)):
        log.add(TaskStarted(started * DAY, 0, task))
    log.add(EquipmentDelivered(50 * DAY, 0, 0, 3))
    for task, finished in ((0, 20), (1, 70), (3, 140), (4, 40), (5, 90)):
        log.add(TaskFinished(finished * DAY, 0, task, 0.0))
    log.add(TaskCancelled(100 * DAY, 0, 2, 96 * DAY, 0.4))
    log.add(HallOpened(80 * DAY, 0, 1, 1.0))
    log.add(HallOpened(150 * DAY, 0, 2, 3.0))
    return log


@pytest.fixture
def journal(built: Scenario, facts: EventLog, gpu_hours: GpuHours, energy: Energy) -> Journal:
    return keep_books(built, facts, gpu_hours, energy)


def test_a_task_is_paid_at_its_start_and_end_and_equipment_on_order_and_delivery(
    built: Scenario, facts: EventLog
) -> None:
    paid = {(row.of[1], row.hour / DAY): row.cents for row in milestones(built, facts)}
    assert paid == {
        ("shell", -31): 25000,
        ("shell", 20): 75001,
        ("gear", -31): 3001,
        ("gear", 50): 27008,
        ("fit-1", 60): 0,
        ("fit-1", 70): 40000,
        ("fit-3", 96): 35000,
        ("fit-3", 100): 14000,
        ("refit-3", 101): 0,
        ("refit-3", 140): 90000,
        ("fence", 5): 7700,
        ("fence", 40): 0,
        ("reserve", 1): 0,
        ("reserve", 90): 4000,
    }


def test_a_hall_costs_its_share_by_megawatts_of_all_it_depends_on(built: Scenario, facts: EventLog) -> None:
    found = {row.text: (row.hour / DAY, row.cents) for row in completed(built, facts)}
    shell, gear = round(100_001 / 4), round(30_009 / 4)
    assert found == {
        "hall h1": (80, shell + 40_000),
        "plant of hall h1": (80, gear),
        "hall h3": (150, 100_001 - shell + 4_000),
        "plant of hall h3": (150, 30_009 - gear + 90_000),
        "fence": (40, 7_700),
    }


def test_what_a_hall_with_a_day_has_of_plant_is_spent_and_depreciated_apart(
    document: dict[str, Any], log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    """10 MUSD of the hall "new" from October 1st (92 days before the start) to day 121, of which 0.4 is plant."""
    document["sites"][0]["halls"][1]["plant_share"] = 0.4
    document["finance"]["lives"]["plant"] = "10 years"
    journal = keep_books(Scenario.model_validate(document), log, gpu_hours, energy)
    assert check_law_5(journal) == []
    assert journal.balance(Account.CIP_PLANT, -1) == round(4e8 * 92 / 213)
    assert journal.balance(Account.CIP_BUILDINGS, -1) == round(6e8 * 92 / 213)
    assert (journal.balance(Account.PPE_BUILDINGS), journal.balance(Account.PPE_PLANT)) == (16 * 10**8, 4 * 10**8)
    assert -journal.balance(Account.ACCUMULATED_PLANT) == round(4e8 * (366 - 121) / 3652.5)


def test_what_is_cancelled_is_paid_for_the_work_done_and_written_off(
    built: Scenario, facts: EventLog, journal: Journal
) -> None:
    (lost,) = abandoned_milestones(built, facts)
    assert (lost.hour, lost.cents) == (100 * DAY, 49_000)
    assert journal.moved(Account.ABANDONED).tolist() == [0, 0, 0, 49_000, *[0] * 8]
    periods = quarters(journal.months)
    assert income_statement(journal, periods)["abandoned_construction"].tolist() == [0, 49_000, 0, 0]
    rolled = roll_forward(journal, periods)
    gained = rolled["cip_additions"] - rolled["cip_placed_in_service"] - rolled["cip_written_off"]
    assert (rolled["cip_opening"] + gained == rolled["cip_closing"]).all()
    assert (rolled["ppe_placed_in_service"] == rolled["cip_placed_in_service"]).all()


def test_equipment_and_what_is_electrical_or_mechanical_is_plant_with_a_life_of_its_own(
    built: Scenario, facts: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    """All of it 30,009 + 90,000 cents: the share of h1 from day 80, that of h3 from day 150, until day 366 of 2024."""
    lives = built.finance.lives.model_copy(update={"plant": 15.0})
    scenario = built.model_copy(update={"finance": built.finance.model_copy(update={"lives": lives})})
    first, journal = 7_502, keep_books(scenario, facts, gpu_hours, energy)
    days = (first * (366 - 80) + (120_009 - first) * (366 - 150)) / (15 * 365.25)
    assert journal.balance(Account.DEPRECIATION_PLANT) == pytest.approx(days, abs=1)
    assert income_statement(journal, quarters(journal.months))["depreciation_plant"].sum() == pytest.approx(days, abs=1)
    as_buildings = keep_books(built, facts, gpu_hours, energy).balance(Account.DEPRECIATION_PLANT)
    assert as_buildings == pytest.approx(days * 15 / 25, abs=1), "without a life of its own, that of buildings"


def test_the_books_keep_the_law_and_empty_construction_in_progress(journal: Journal) -> None:
    assert check_law_5(journal) == []
    buildings, plant = (journal.ending(Account.cip(name)).tolist() for name in ("buildings", "plant"))
    assert buildings[:3] == [25_000, 25_000 + 75_001 + 7_700, 25_000 + 75_001]
    assert plant[:6] == [3_001, 3_001, 30_009, 30_009 - 7_502, 30_009 - 7_502, 0]
    assert buildings[6:] == plant[6:] == [0] * 7
    assert journal.balance(Account.PPE_BUILDINGS) == 100_001 + 40_000 + 7_700 + 4_000 + 1_000_000_000
    assert journal.balance(Account.PPE_PLANT) == 30_009 + 90_000


def test_capital_spending_is_the_cash_paid_whatever_was_written_off_later(journal: Journal) -> None:
    assert programme_capex(journal).tolist() == (-cash_by_activity(journal)["investing"]).tolist()


def test_what_comes_when_the_hall_is_open_is_an_addition(built: Scenario, facts: EventLog) -> None:
    late = EventLog()
    late.add(TaskFinished(90 * DAY, 0, 5, 0.0))
    late.add(HallOpened(80 * DAY, 0, 2, 3.0))
    assert [(row.hour / DAY, row.cents, row.text) for row in completed(built, late)] == [
        (80, 0, "hall h3"),
        (90, 4_000, "reserve for hall h3"),
    ]


def test_a_hall_built_before_the_start_opens_the_books_at_its_age(
    built: Scenario, gpu_hours: GpuHours, energy: Energy
) -> None:
    log = EventLog()
    log.add(HallOpened(-10 * DAY, 0, 1, 1.0))
    log.add(HallOpened(0.0, 0, 0, 1.0))
    log.add(NodesInService(0.0, -1, 0, 0, 0, 4))
    for task, started, finished in ((0, -31, -25), (1, -20, -12)):
        log.add(TaskStarted(started * DAY, 0, task))
        log.add(TaskFinished(finished * DAY, 0, task, started * DAY))
    log.add(TaskStarted(-20 * DAY, 0, 2))
    log.add(TaskCancelled(-15 * DAY, 0, 2, -20 * DAY, 1.0))
    journal = keep_books(built, log, gpu_hours, energy)
    assert check_law_5(journal) == []
    share = round(100_001 / 4) + 40_000
    assert journal.balance(Account.PPE_BUILDINGS, -1) == 1_000_000_000 + share
    assert journal.balance(Account.CIP_BUILDINGS, -1) == 100_001 + 40_000 - share
    assert journal.balance(Account.ACCUMULATED_BUILDINGS, -1) < -round(1_000_000_000 * 365 / (25 * 365.25))
    assert journal.balance(Account.ABANDONED) == 0, "a loss of the past"
    assert journal.balance("assets", -1) == -journal.balance(Account.OPENING_EQUITY, -1)
