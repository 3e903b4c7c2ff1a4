"""The critical path of a campus: one end for each thing that can let the last node in, without a gap."""

import itertools

import pytest

from simcluster.model.load import load
from simcluster.model.packaged import packaged_scenario
from simcluster.record.campus_path import Leg, campus_path
from simcluster.record.events import NodesInService
from simcluster.sim.run import simulate

NO_LIMIT = ("sites.memphis.power.mobile.units=80", "sites.memphis.power.mobile.days_apart=0")
KIT = (
    "clusters.train.kit=['spine']",
    (
        "kits=[{ name = 'spine', item = 'spine', cluster = 'train', gpus = 240, price = '9 USD', placed = 2024-02-01, "
        "deposit = 0.1, lead_time = '40 weeks', lots = 2, lot_interval = '2 weeks' }]"
    ),
)


def path_of(name: str, *overrides: str, seed: int = 1) -> list[Leg]:
    with packaged_scenario(name) as path:
        scenario, _ = load(path, [*overrides, *(["clusters.colossus.failures=none"] if "xai" in name else [])])
    log = simulate(scenario, seed)
    legs = campus_path(scenario, log, 0)
    entered = log.columns(NodesInService)
    assert legs[-1].until == entered["hour"].max()
    for before, after in itertools.pairwise(legs):
        assert before.until == pytest.approx(after.since, abs=1e-9)
    assert all(leg.days >= 0 for leg in legs)
    return legs


def test_power_that_came_late() -> None:
    legs = path_of("small")
    assert [leg.constraint for leg in legs] == ["power", "crew"]
    assert legs[0].what == "utility, step 2, after the day promised"
    assert legs[0].since == 135 * 24  # 15 May 2024


def test_a_node_that_was_rejected_came_in_a_lot_before_the_last() -> None:
    legs = path_of("xai_colossus_2024", *NO_LIMIT, "sites.memphis.halls.b.test.pass_probability=1")
    assert legs[0].what == "delivery of lot 7 of h100"
    assert "with what was rejected" in legs[1].what


def test_the_last_lot_where_nothing_waits() -> None:
    sure = ("sites.memphis.halls.b.test.pass_probability=1", "orders.h100.rejected=0")
    legs = path_of("xai_colossus_2024", *NO_LIMIT, *sure)
    assert [leg.constraint for leg in legs] == ["supply", "crew"]
    assert legs[0].what == "delivery of lot 8 of h100"
    assert legs[0].since == 0


def test_the_construction_of_the_hall_that_came_last() -> None:
    legs = path_of("xai_colossus_2024", *NO_LIMIT, "orders.h100.placed=2024-02-01")
    assert {leg.constraint for leg in legs[:-1]} == {"hall"}
    assert [leg.what.split(" (")[0] for leg in legs[:3]] == ["clear", "fit_out_b", "b test 1"]
    assert "with what was rejected" in legs[-1].what


def test_the_hall_that_took_the_nodes_of_two_that_opened_on_one_day() -> None:
    cost, built = "cost = '9 USD/MW'", "construction_start = 2023-07-01"
    a = f"{{ name = 'a', it_power = '0.2 MW', ready = 2023-01-01, {cost} }}"
    b, tiny = (
        f"{{ name = '{name}', it_power = '{power}', ready = 2024-08-01, {built}, {cost} }}"
        for name, power in (("b", "0.3 MW"), ("c", "1 kW"))
    )
    assert path_of("small", f"sites.campus.halls=[{a}, {b}, {tiny}]")[0].what.startswith("hall b after")


def test_turbines_that_delays_put_in_another_order() -> None:
    """Four units three weeks apart, up to forty weeks late: the one that let the last nodes in was not the last."""
    turbines = (
        "sites.campus.power=[{ kind = 'turbines', name = 't', price = '0.05 USD/kWh', first = 2023-12-20, units = 4, "
        "unit_power = '0.14 MW', days_apart = 21, delay = { kind = 'uniform', low = '0 days', high = '40 weeks' } }]"
    )
    for seed in range(1, 6):
        legs = path_of("small", turbines, f"seed={seed}", seed=seed)
        number = int(legs[0].what.split("step ")[1].split(",")[0])
        assert legs[0].since == ((number - 1) * 21 - 12) * 24
        if number < 4:
            return
    pytest.fail("the unit promised last came last under every seed")


def test_a_hall_with_a_day_after_it() -> None:
    legs = path_of("small", "sites.campus.halls.b.ready=2024-08-01", "sites.campus.halls.b.delay=3 weeks")
    assert legs[0].what == "hall b after the day it was to be ready"
    assert legs[0].days == pytest.approx(21)


def test_a_retrofit_that_the_last_lot_waited_for() -> None:
    legs = path_of(
        "small",
        "sites.campus.halls.b.rack_power=2 kW",
        "sites.campus.halls.b.retrofits=[{ name = 'busway', start = 2024-06-01, duration = '8 weeks', "
        "rack_power = '50 kW', cost = '1 MUSD/MW' }]",
    )
    assert legs[0].what == "retrofit busway of hall b"
    assert legs[0].days == pytest.approx(56)


def test_a_kit_that_comes_last() -> None:
    legs = path_of("small", *KIT)
    assert [leg.constraint for leg in legs] == ["network", "crew"]
    assert legs[0].what == "delivery of lot 2 of spine"


def test_what_was_dead_on_arrival() -> None:
    legs = path_of("small", "orders.summer.dead_on_arrival=0.9", "orders.summer.replacement=30 weeks")
    assert [leg.constraint for leg in legs] == ["supply", "supply", "crew"]
    assert legs[1].days == pytest.approx(210)


def test_nothing_ordered_has_no_path() -> None:
    with packaged_scenario("llama3_405b") as path:
        scenario, _ = load(path, ["end=2024-01-03"])
    assert campus_path(scenario, simulate(scenario, 1), 0) == []
