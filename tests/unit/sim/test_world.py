"""The lab scenario end to end, every hour worked out by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.events import (
    BackgroundChanged,
    BurnInStarted,
    HallOpened,
    JobStarted,
    LotDelivered,
    ModelReady,
    NodesInService,
    OrderPlaced,
    PowerEnergized,
)
from simcluster.sim.fleet import Fleet
from simcluster.sim.queue import ClusterQueue
from simcluster.sim.run import simulate

FEBRUARY, MARCH, WEEK = 31 * 24.0, 60 * 24.0, 168.0


def order(**keys: Any) -> dict[str, Any]:
    fixed = {"name": "o", "cluster": "k", "gpus": 80, "placed": "2024-02-01", "deposit": 0.1, "lead_time": "4 weeks"}
    return {**fixed, **keys}


def test_an_order_goes_from_the_day_placed_to_service(lab: Callable[..., Scenario]) -> None:
    log = simulate(lab(orders=[order(lots=3, lot_interval="1 week", network_price="20 kUSD")]), 1)
    (placed,) = log.rows(OrderPlaced)
    assert (placed.hour, placed.nodes, placed.server_price_usd, placed.network_price_usd) == (FEBRUARY, 10, 250e3, 20e3)
    assert placed.deposit_usd == pytest.approx(0.1 * 10 * 270e3)
    arrivals = [FEBRUARY + 4 * WEEK + k * WEEK for k in range(3)]
    assert [(row.hour, row.nodes) for row in log.rows(LotDelivered)] == list(zip(arrivals, (3, 3, 4), strict=True))
    assert [row.hour for row in log.rows(BurnInStarted)] == [hour + 24 for hour in arrivals]
    entered = [(row.hour, row.first_node, row.nodes) for row in log.rows(NodesInService) if row.order == 0]
    assert entered == list(zip([hour + 72 for hour in arrivals], (4, 7, 10), (3, 3, 4), strict=True))


def test_an_order_before_the_start_is_of_the_past_and_asks_no_budget(lab: Callable[..., Scenario]) -> None:
    early = order(placed="2023-12-25", lead_time="2 weeks")
    log = simulate(lab(orders=[early], budgets=[{"year": 2023, "amount": "0 USD"}]), 1)
    assert [row.hour for row in log.rows(OrderPlaced)] == [-WEEK]
    assert [row.hour for row in log.rows(LotDelivered)] == [WEEK]


def test_halls_and_power_of_the_past_stand_at_hour_0_and_later_ones_may_be_late(
    lab: Callable[..., Scenario], lab_site: dict[str, Any]
) -> None:
    lab_site["power"][0]["phases"] += [
        {"date": "2024-02-01", "power": "1 MW", "delay": "60 days"},
        {"date": "2024-03-01", "power": "2 MW"},
    ]
    log = simulate(lab(sites=[lab_site]), 1)
    assert [(row.hour, row.hall) for row in log.rows(HallOpened)] == [(0.0, 0), (MARCH + 48, 1)]
    late = FEBRUARY + 60 * 24
    energised = [(row.hour, row.facility_mw) for row in log.rows(PowerEnergized)]
    assert energised == [(0.0, 2.25), (late, 1.0), (late, 2.0)], "a late step holds up the next"


def test_a_background_load_begins_with_the_step_in_force(lab: Callable[..., Scenario]) -> None:
    steps = [("2023-01-01", 5), ("2023-06-01", 7), ("2024-02-01", 9)]
    demand = [{"start": day, "gpus": gpus} for day, gpus in steps]
    log = simulate(lab(background=[{"name": "b", "clusters": ["k"], "demand": demand}]), 1)
    assert [(row.hour, row.gpus) for row in log.rows(BackgroundChanged)] == [(0.0, 7), (FEBRUARY, 9)]


def test_a_job_waits_for_those_before_it(lab: Callable[..., Scenario]) -> None:
    job = {
        "cluster": "k",
        "gpus": 16,
        "work": "5.76e20 FLOP",
        "mfu": 0.5,
        "earliest": "2024-01-03",
        "checkpoint": {"kind": "young", "cost": "30 min"},
        "restart": "1 hour",
        "post_training": "2 days",
    }
    log = simulate(lab(jobs=[{**job, "name": "second", "after": ["first"]}, {**job, "name": "first"}]), 1)
    assert [(row.job, row.hour) for row in log.rows(JobStarted)] == [(1, 48.0), (0, pytest.approx(68.0))]
    assert [(row.job, row.hour) for row in log.rows(ModelReady)] == [
        (1, pytest.approx(116.0)),
        (0, pytest.approx(136.0)),
    ]


class Candidate:
    """A job in the queue that takes as many nodes as it needs."""

    def __init__(self, queue: ClusterQueue, needs: int, served: list["Candidate"]) -> None:
        self.queue, self.needs, self.served = queue, needs, served

    def try_gang(self) -> bool:
        return self.try_replace()

    def try_replace(self) -> bool:
        if len(self.queue.fleet.free) < self.needs:
            return False
        self.queue.fleet.take(self.needs, 0)
        self.served.append(self)
        return True


def test_stalled_jobs_go_before_gangs_and_no_gang_overtakes() -> None:
    queue, served = ClusterQueue(Fleet(0, 6)), list[Candidate]()
    big, small, stalled = (Candidate(queue, needs, served) for needs in (4, 1, 1))
    queue.join(big)
    queue.join(small)
    queue.stall(stalled)
    for node in range(2):
        queue.fleet.put_up(node)
        queue.serve()
    assert served == [stalled], "one node is free, but the big gang came first"
    for node in range(2, 6):
        queue.fleet.put_up(node)
        queue.serve()
    assert served == [stalled, big, small]
