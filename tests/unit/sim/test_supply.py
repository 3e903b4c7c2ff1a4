"""When lots arrive: lead times by date, a queue shared with others, slips, options and cancellations, by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from simcluster.model.scenario import Scenario
from simcluster.model.supply import HOURS_PER_MONTH
from simcluster.record.events import LotDelivered, OptionBought, OptionLapsed, OrderCancelled, OrderPlaced
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate

Lab = Callable[..., Scenario]
DAY, JANUARY_8, FEBRUARY = 24.0, 7 * 24.0, 31 * 24.0


def order(**keys: Any) -> dict[str, Any]:
    return {"name": "o", "cluster": "k", "gpus": 80, "placed": "2024-02-01", "deposit": 0.1, **keys}


def arrivals(log: EventLog) -> list[tuple[float, int, int]]:
    return [(row.hour, row.order, row.nodes) for row in log.rows(LotDelivered)]


def queue(**keys: Any) -> dict[str, Any]:
    made = [{"date": "2024-01-01", "gpus_per_month": 80}]
    return {"kind": "queue", "name": "v", "capacity": made, **keys}


@pytest.mark.parametrize(
    ("placed", "weeks"),
    [("2023-06-01", 40), ("2023-11-01", 40), ("2023-12-16", 25.0), ("2024-01-30", 10), ("2024-06-01", 10)],
)
def test_lead_time_follows_the_day_of_the_order(lab: Lab, placed: str, weeks: float) -> None:
    curve = [{"date": "2023-11-01", "lead_time": "40 weeks"}, {"date": "2024-01-30", "lead_time": "10 weeks"}]
    vendor = {"kind": "lead_times", "name": "v", "curve": curve}
    log = simulate(lab(vendors=[vendor], orders=[order(placed=placed, vendor="v")]), 1)
    (placed_fact,) = log.rows(OrderPlaced)
    due = placed_fact.hour + weeks * 168
    assert [hour for hour, _, _ in arrivals(log)] == [pytest.approx(max(due, 0.0), abs=1e-9) if due > 0 else due]


def test_between_two_dates_each_quantile_lies_on_the_line_between_theirs(lab: Lab) -> None:
    curve = [
        {"date": "2024-01-01", "lead_time": {"kind": "uniform", "low": "10 days", "high": "30 days"}},
        {"date": "2024-03-01", "lead_time": {"kind": "uniform", "low": "4 days", "high": "8 days"}},
    ]
    scenario = lab(vendors=[{"kind": "lead_times", "name": "v", "curve": curve}])
    day = date(2024, 1, 1).toordinal() + 45
    leads = [scenario.vendors[0].lead_hours(day, p) / 24 for p in (0.0, 0.25, 1.0)]  # type: ignore[union-attr]
    assert leads == pytest.approx([0.25 * 10 + 0.75 * 4, 0.25 * 15 + 0.75 * 5, 0.25 * 30 + 0.75 * 8])


def test_a_queue_makes_lots_one_after_another_and_rivals_stand_in_it(lab: Lab) -> None:
    rivals = [{"date": "2024-01-08", "gpus": 40}, {"date": "2024-01-20", "gpus": 800}]
    rows = [
        order(name="one", placed="2024-01-08", vendor="v", lots=2),
        order(name="two", placed="2024-01-09", vendor="v"),
    ]
    log = simulate(lab(vendors=[queue(rivals=rivals)], orders=rows), 1)
    begun = JANUARY_8 + 0.5 * HOURS_PER_MONTH  # the rival's 40 of the same day come first
    assert arrivals(log) == [
        (pytest.approx(begun + 0.5 * HOURS_PER_MONTH), 0, 5),
        (pytest.approx(begun + 1.0 * HOURS_PER_MONTH), 0, 5),
        (pytest.approx(begun + 2.0 * HOURS_PER_MONTH), 1, 10),
    ]


def test_an_allocation_is_a_share_of_what_is_made_from_a_day_on(lab: Lab) -> None:
    allocation = [{"date": "2024-01-01", "share": 0.5}, {"date": "2024-02-01", "share": 0.25}]
    vendor = queue(allocation=allocation, transit="3 days")
    log = simulate(lab(vendors=[vendor], orders=[order(placed="2024-01-01", vendor="v")]), 1)
    left = 80 - 40 * FEBRUARY / HOURS_PER_MONTH
    assert arrivals(log) == [(pytest.approx(FEBRUARY + left / 20 * HOURS_PER_MONTH + 72), 0, 10)]


def test_what_is_never_made_never_comes_and_what_is_made_to_the_last_does(lab: Lab) -> None:
    stops = [{"date": "2024-01-01", "gpus_per_month": 80}, {"date": "2024-01-31", "gpus_per_month": 0}]
    whole = int(80 * 30 * 24 / HOURS_PER_MONTH) // 8 * 8
    rows = [order(placed="2024-01-01", gpus=whole, vendor="v"), order(name="late", placed="2024-01-02", vendor="v")]
    log = simulate(lab(vendors=[queue(capacity=stops)], orders=rows), 1)
    assert [number for _, number, _ in arrivals(log)] == [0]
    assert log.count(OrderPlaced) == 2


def test_orders_before_the_start_stand_in_the_queue_by_date_not_by_row(lab: Lab) -> None:
    vendor = queue(capacity=[{"date": "2023-12-01", "gpus_per_month": 80}])
    rows = [
        order(name="b", placed="2023-12-20", vendor="v"),
        order(name="a", placed="2023-12-01", vendor="v"),
    ]
    log = simulate(lab(vendors=[vendor], orders=rows), 1)
    began = -31 * DAY
    assert arrivals(log) == [
        (pytest.approx(began + HOURS_PER_MONTH), 1, 10),
        (pytest.approx(began + 2 * HOURS_PER_MONTH), 0, 10),
    ]


def test_a_slip_holds_up_all_that_would_come_after_its_day_by_one_time(lab: Lab) -> None:
    law = {"kind": "uniform", "low": "10 days", "high": "90 days"}
    slips = [{"name": "late_chip", "server": "s", "since": "2024-03-01", "delay": law}]
    rows = [
        order(name=f"o{k}", placed=f"2024-0{2 + k}-01", lead_time="2 weeks", lots=2, lot_interval="20 days")
        for k in range(2)
    ]
    kept, slipped = (simulate(lab(orders=rows, slips=chosen), 1) for chosen in ([], slips))
    usual, late = (
        {(row[1], k): row[0] for k, row in enumerate(sorted(arrivals(log), key=lambda row: row[1]))}
        for log in (kept, slipped)
    )
    delays = [late[key] - hour for key, hour in usual.items()]
    assert delays[0] == 0
    assert delays[1] >= 240
    assert delays[1:] == pytest.approx([delays[1]] * 3)


def test_late_lots_arrive_in_order_of_time(lab: Lab) -> None:
    delays = {"kind": "uniform", "low": "0 days", "high": "60 days"}
    row = order(lead_time="4 weeks", lots=10, lot_interval="1 day", lot_delay=delays)
    log = simulate(lab(orders=[row]), 1)
    facts = log.columns(LotDelivered)
    assert (facts["hour"][1:] >= facts["hour"][:-1]).all()
    assert sorted(facts["lot"].tolist()) == list(range(10))
    assert facts["lot"].tolist() != list(range(10))


def test_what_is_not_delivered_by_the_day_of_a_cancellation_never_is(lab: Lab) -> None:
    row = order(lead_time="4 weeks", lots=4, lot_interval="1 week", cancellation={"date": "2024-03-10", "fee": 0.2})
    log = simulate(lab(orders=[row]), 1)
    assert [nodes for _, _, nodes in arrivals(log)] == [2, 3]
    (fact,) = log.rows(OrderCancelled)
    assert (fact.hour, fact.nodes) == ((31 + 29 + 9) * DAY, 5)
    assert fact.fee_usd == pytest.approx(0.2 * 5 * 300e3)


@pytest.mark.parametrize(("probability", "exercised"), [(0.0, False), (1.0, True)])
def test_an_option_becomes_an_order_on_its_day_or_lapses(lab: Lab, probability: float, exercised: bool) -> None:
    option = {"premium": 0.05, "exercise": "2024-03-01", "probability": probability}
    log = simulate(lab(orders=[order(lead_time="4 weeks", option=option)]), 1)
    (bought,) = log.rows(OptionBought)
    assert (bought.hour, bought.premium_usd) == (FEBRUARY, pytest.approx(0.05 * 10 * 300e3))
    assert [row.hour for row in log.rows(OrderPlaced)] == [60 * DAY] * exercised
    assert [row.hour for row in log.rows(OptionLapsed)] == [60 * DAY] * (not exercised)
