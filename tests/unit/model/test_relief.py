"""A constraint eased by a week: what moves, by how much, and that nothing else does."""

import numpy as np
import pytest

from simcluster.model.distributions import Triangular, Uniform
from simcluster.model.load import load
from simcluster.model.packaged import packaged_scenario
from simcluster.model.relief import RELIEFS, Sooner, relieved
from simcluster.record.binding import CONSTRAINTS
from simcluster.record.events import (
    HallOpened,
    InstallEnded,
    KitDelivered,
    LotDelivered,
    NodesAdmitted,
    NodesInService,
    OrderPlaced,
    PowerEnergized,
)
from simcluster.sim.run import simulate

WEEK = 168.0


def scenario_of(name="xai_colossus_2024", *overrides):
    with packaged_scenario(name) as path:
        return load(path, ["clusters.colossus.failures=none", *overrides] if name.startswith("xai") else overrides)[0]


@pytest.fixture(scope="module")
def before():
    return scenario_of(
        "xai_colossus_2024", "sites.memphis.power.mobile.units=80", "sites.memphis.power.mobile.days_apart=0"
    )


def moved(before, after, event):
    hours = [np.sort(simulate(scenario, 1).columns(event)["hour"]) for scenario in (before, after)]
    assert len(hours[0]) == len(hours[1])
    return hours[0] - hours[1]


def test_every_constraint_can_be_eased():
    assert set(RELIEFS) == set(CONSTRAINTS)


def test_a_shorter_duration_is_cut_at_nothing():
    law = Sooner(law=Triangular.model_construct(low=100.0, mode=200.0, high=300.0), hours=WEEK)
    p = np.array([0.01, 0.5, 0.99])
    assert law.quantile(p) == pytest.approx(np.maximum(law.law.quantile(p) - WEEK, 0))
    assert law.quantile(p)[0] == 0
    assert law.mean_hours == pytest.approx(200 - WEEK)
    assert Sooner(law=Uniform.model_construct(low=1.0, high=2.0), hours=WEEK).mean_hours == 0


def test_what_was_derived_from_the_old_values_is_derived_anew(before):
    assert before.purchases
    after = relieved(before, "supply", 7)
    assert after.purchases == after.orders
    assert after.clock.start == before.clock.start


def test_supply_moves_lots_by_a_week_and_no_order(before):
    after = relieved(before, "supply", 7)
    assert moved(before, after, LotDelivered) == pytest.approx(WEEK)
    assert moved(before, after, OrderPlaced) == pytest.approx(0)
    assert moved(before, after, HallOpened) == pytest.approx(0)


def test_halls_move_by_a_week_with_the_whole_construction(before):
    after = relieved(before, "hall", 7)
    assert moved(before, after, HallOpened) == pytest.approx(WEEK)
    assert moved(before, after, LotDelivered) == pytest.approx(0)


def test_power_moves_by_a_week():
    before = scenario_of()
    assert moved(before, relieved(before, "power", 7), PowerEnergized) == pytest.approx(WEEK)


def test_crews_take_a_week_off_installation_first(before):
    after = relieved(before, "crew", 7)
    assert moved(before, after, InstallEnded) == pytest.approx(WEEK)
    shortest = relieved(before, "crew", 15).sites[0]
    assert shortest.install[0].duration.mean_hours == 0
    assert shortest.burn_in.duration.mean_hours == pytest.approx(before.sites[0].burn_in.duration.mean_hours - 24)


def test_who_is_rejected_does_not_depend_on_the_batches_they_come_in():
    """Power decides in which batches nodes are admitted; each keeps its luck."""
    before = scenario_of("xai_colossus_2024", "orders.h100.replacement=1 week", "sites.memphis.burn_in=60 hours")
    first, second = (simulate(scenario, 1) for scenario in (before, relieved(before, "power", 7)))
    admitted = [log.columns(NodesAdmitted)["nodes"] for log in (first, second)]
    assert len(admitted[0]) != len(admitted[1])
    assert first.columns(NodesInService)["hour"].max() - second.columns(NodesInService)["hour"].max() == pytest.approx(
        WEEK
    )


def test_a_hall_of_the_near_future_does_not_come_to_stand_in_the_opening_balance():
    before = scenario_of("small", "sites.campus.halls.b.ready=2024-01-04")
    after = relieved(before, "hall", 7)
    assert after.sites[0].halls[1].ready.isoformat() == "2024-01-02"
    assert after.sites[0].halls[0].ready == before.sites[0].halls[0].ready


def test_kits_and_budgets_are_eased():
    before = scenario_of(
        "small", "clusters.train.kit=['spine']",
        "kits=[{ name = 'k', item = 'spine', cluster = 'train', gpus = 240, price = '1 kUSD', placed = 2024-01-10, "
        "deposit = 0.1, lead_time = '10 weeks' }]",
    )  # fmt: skip
    assert moved(before, relieved(before, "network", 7), KitDelivered) == pytest.approx(WEEK)
    assert relieved(before, "budget", 7).budgets[0].amount == pytest.approx(12e6 * 372 / 365)
