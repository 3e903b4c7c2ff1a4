"""What retrofits cost: spread over the work, an addition when it is finished; 2024, a hall of 1 MW."""

from typing import Any

import pytest

from simcluster.books.company import programme_capex
from simcluster.books.journal import Account, Journal
from simcluster.books.keep import keep_books
from simcluster.books.law import check_law_5
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.events import HallOpened, NodesInService, RetrofitFinished, RetrofitStarted
from simcluster.record.log import EventLog

DAY = 24.0
COST = 200_000_000
"""2 MUSD/MW of 1 MW, cents."""


@pytest.fixture
def refitted(document: dict[str, Any]) -> Scenario:
    row = {"name": "wet", "duration": "80 days", "cooling": "liquid", "cost": "2 MUSD/MW"}
    hall = document["sites"][0]["halls"][0]
    hall["retrofits"] = [{**row, "start": "2024-02-01"}, {**row, "name": "again", "trigger": "on_demand"}]
    return Scenario.model_validate(document)


def books(scenario: Scenario, gpu_hours: GpuHours, energy: Energy, *facts: Any) -> Journal:
    log = EventLog()
    log.add(HallOpened(0.0, 0, 0, 1.0))
    log.add(NodesInService(0.0, -1, 0, 0, 0, 4))
    for fact in facts:
        log.add(fact)
    return keep_books(scenario, log, gpu_hours, energy)


def test_it_is_paid_along_the_work_and_then_an_addition_to_the_hall(
    refitted: Scenario, gpu_hours: GpuHours, energy: Energy
) -> None:
    started, finished = 31 * DAY, 131 * DAY  # 2024-02-01 to 2024-05-11, longer than its mean
    facts = RetrofitStarted(started, 0, 0, 0), RetrofitFinished(finished, 0, 0, 0, started)
    journal, plain = (books(refitted, gpu_hours, energy, *given) for given in (facts, ()))
    assert check_law_5(journal) == []
    cip = (journal.ending(Account.CIP_BUILDINGS) - plain.ending(Account.CIP_BUILDINGS)).tolist()
    assert cip[:7] == [0, 0, COST * 29 // 100, COST * 60 // 100, COST * 90 // 100, 0, 0]
    spent = (programme_capex(journal) - programme_capex(plain)).tolist()
    assert spent[:6] == [0, COST * 29 // 100, COST * 31 // 100, COST * 30 // 100, COST * 10 // 100, 0]
    ppe = (journal.ending(Account.PPE_BUILDINGS) - plain.ending(Account.PPE_BUILDINGS)).tolist()
    assert ppe[4:6] == [0, COST]
    (asset,) = (asset for asset in journal.assets if asset.text == "retrofit wet of hall old")
    assert (asset.asset_class, asset.cost_cents, asset.in_service_hour) == ("buildings", COST, finished)
    worn = journal.balance(Account.ACCUMULATED_BUILDINGS) - plain.balance(Account.ACCUMULATED_BUILDINGS)
    assert worn == pytest.approx(-COST * (366 - 131) / (25 * 365.25), abs=1), "depreciated from its own day on"


def test_what_is_plant_of_it_is_an_asset_apart(document: dict[str, Any], gpu_hours: GpuHours, energy: Energy) -> None:
    row = {"name": "wet", "duration": "80 days", "cooling": "liquid", "cost": "2 MUSD/MW", "plant_share": 0.85}
    document["sites"][0]["halls"][0]["retrofits"] = [{**row, "start": "2024-02-01"}]
    facts = RetrofitStarted(31 * DAY, 0, 0, 0), RetrofitFinished(131 * DAY, 0, 0, 0, 31 * DAY)
    journal = books(Scenario.model_validate(document), gpu_hours, energy, *facts)
    assert check_law_5(journal) == []
    costs = {asset.text: asset.cost_cents for asset in journal.assets if "wet" in asset.text}
    assert costs == {"retrofit wet of hall old": 30_000_000, "plant of retrofit wet of hall old": 170_000_000}
    assert journal.ending(Account.CIP_PLANT).tolist()[:6] == [0, 0, 49_300_000, 102_000_000, 153_000_000, 0]


@pytest.mark.parametrize(("started_day", "share"), [(306, 0.75), (200, 1.0)])
def test_under_way_at_the_horizon_it_stays_in_progress_and_is_paid_along_its_mean(
    refitted: Scenario, gpu_hours: GpuHours, energy: Energy, started_day: int, share: float
) -> None:
    journal = books(refitted, gpu_hours, energy, RetrofitStarted(started_day * DAY, 0, 0, 1))
    plain = books(refitted, gpu_hours, energy)
    gained = journal.balance(Account.CIP_BUILDINGS) - plain.balance(Account.CIP_BUILDINGS)
    assert gained == pytest.approx(COST * share, abs=1)
    assert journal.balance(Account.PPE_BUILDINGS) == plain.balance(Account.PPE_BUILDINGS)
    assert check_law_5(journal) == []
