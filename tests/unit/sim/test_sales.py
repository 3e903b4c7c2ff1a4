"""Sales in the lab scenario, every hour worked out by hand: nodes of 10 kW that fail only by what a test gives them."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.accounts import account_gpu_hours
from simcluster.record.campus_path import campus_path
from simcluster.record.draw import site_draw_mw
from simcluster.record.events import (
    DomainFailed,
    JobFinished,
    JobInterrupted,
    JobStarted,
    NodeFailed,
    NodesAdmitted,
    NodesInService,
    NodesShed,
    NodesSold,
    RepairEnded,
    StandbysChanged,
)
from simcluster.record.levels import Levels
from simcluster.record.log import EventLog
from simcluster.record.timeline import daily
from simcluster.sim.run import simulate

DAY = 24.0
Build = Callable[..., Scenario]


def sale(nodes: int, day: int, name: str = "s", **keys: Any) -> dict[str, Any]:
    """Nodes sold on a day of January: of the opening fleet where nothing else is said."""
    of = keys or {"purchase": "first"}
    return {"name": name, "gpus": 8 * nodes, "date": f"2024-01-{day:02d}", **of}


def job(nodes: int, hours: float = 240.0, **keys: Any) -> dict[str, Any]:
    """A job of so many hours of undisturbed computing from hour 0 on."""
    return {
        "name": "j",
        "cluster": "k",
        "gpus": 8 * nodes,
        "work": f"{nodes * 8 * 1e15 * 0.4 * 3600 * hours} FLOP",
        "mfu": 0.4,
        "earliest": "2024-01-01",
        "checkpoint": {"kind": "fixed", "interval": "1 hour", "cost": "0 s"},
        "restart": "0 min",
        "post_training": "1 day",
        **keys,
    }


def sold(log: EventLog) -> list[tuple[float, int, int, int, int]]:
    """Day of January, sale, hall, first node, nodes."""
    return [(row.hour / DAY + 1, row.sale, row.hall, row.first_node, row.nodes) for row in log.rows(NodesSold)]


def test_free_nodes_go_on_the_day_the_first_first_and_are_no_longer_there(lab: Build) -> None:
    scenario = lab(sales=[sale(1, 11), sale(2, 21, "t", cluster="k")])
    log = simulate(scenario, 1)
    assert sold(log) == [(11.0, 0, 0, 0, 1), (21.0, 1, 0, 1, 2)]
    levels = Levels(scenario, log)
    hours = account_gpu_hours(scenario, log, levels).hours.sum()
    assert hours == pytest.approx(8 * (10 * DAY * 4 + 10 * DAY * 3 + 346 * DAY * 1))
    last = daily(scenario, log, levels).iloc[-1]
    assert (last["in_service"], last["admitted"], last["delivered"], last["sold"]) == (8, 8, 32, 24)
    assert site_draw_mw(scenario, levels, 0)[-2] == pytest.approx(0.003), "one idle node"
    assert levels.powered(0)[-1] == 1


def test_a_job_keeps_its_nodes_and_they_go_when_it_ends(lab: Build) -> None:
    log = simulate(lab(jobs=[job(3)], sales=[sale(2, 6)]), 1)
    (done,) = log.rows(JobFinished)
    assert log.count(JobInterrupted) == 0
    assert done.hour == pytest.approx(240.0)
    free, held = sold(log)
    assert free[0] == 6.0, "the node that nobody held"
    assert held[0] == pytest.approx(done.hour / DAY + 1)
    assert {free[3], held[3]} < {0, 1, 2, 3}


def test_what_has_not_come_yet_goes_when_it_comes_into_service(lab: Build) -> None:
    order = {"name": "o", "cluster": "k", "gpus": 16, "placed": "2024-01-01", "deposit": 0.0, "lead_time": "8 days"}
    log = simulate(lab(orders=[order], sales=[sale(1, 2, purchase="o")]), 1)
    (entered,) = (row for row in log.rows(NodesInService) if row.order == 0)
    assert sold(log) == [(entered.hour / DAY + 1, 0, 0, 4, 1)]


def test_room_and_power_are_given_back_in_the_same_hour(lab: Build, lab_site: dict[str, Any]) -> None:
    """A hall and a connection for exactly four nodes: two more of another cluster wait until two are sold."""
    lab_site["halls"] = [{"name": "a", "it_power": "40 kW", "ready": "2023-01-01", "cost": "10 MUSD/MW"}]
    lab_site["power"][0]["phases"] = [{"date": "2023-01-01", "power": "0.045 MW"}]
    clusters = [{"name": name, "site": "here", "server": "s", "failures": "f"} for name in ("k", "new")]
    order = {"name": "o", "cluster": "new", "gpus": 16, "placed": "2024-01-01", "deposit": 0.0, "lead_time": "1 day"}
    tables = {"sites": [lab_site], "clusters": clusters, "orders": [order]}
    assert simulate(lab(**tables), 1).count(NodesAdmitted) == 0
    log = simulate(lab(**tables, sales=[sale(1, 11), sale(1, 16, "t")]), 1)
    assert [(row.hour / DAY + 1, row.hall, row.nodes) for row in log.rows(NodesAdmitted)] == [(11, 0, 1), (16, 0, 1)]
    levels = Levels(lab(**tables), log)
    assert levels.powered(0)[-1] + levels.powered(1)[-1] == 4


@pytest.mark.parametrize(("hall_kw", "facility_mw"), [(40, 2.25), (2000, 0.045)], ids=["hall", "power"])
def test_what_is_scarce_is_given_back_once(
    lab: Build, lab_site: dict[str, Any], hall_kw: float, facility_mw: float
) -> None:
    """Four nodes where only one of hall and power is full: for each that is sold one comes in, and the path tells."""
    lab_site["halls"] = [{"name": "a", "it_power": f"{hall_kw} kW", "ready": "2023-01-01", "cost": "10 MUSD/MW"}]
    lab_site["power"][0]["phases"] = [{"date": "2023-01-01", "power": f"{facility_mw} MW"}]
    order = {"name": "o", "cluster": "k", "gpus": 32, "placed": "2024-01-01", "deposit": 0.0, "lead_time": "1 day"}
    scenario = lab(sites=[lab_site], orders=[order], sales=[sale(2, 11), sale(1, 16, "t")])
    log = simulate(scenario, 1)
    assert [(row.hour / DAY + 1, row.nodes) for row in log.rows(NodesAdmitted)] == [(11, 2), (16, 1)]
    leg, *_ = campus_path(scenario, log, 0)
    assert (leg.what, leg.since, leg.until) == ("sale t, from its day on", 15 * DAY, 15 * DAY)


def test_a_site_that_reads_its_meter_lets_others_in_for_what_was_sold(lab: Build, lab_site: dict[str, Any]) -> None:
    lab_site |= {"admission": {"kind": "measured", "window": "1 day"}, "over_cap": "shed", "pue_peak": 1.0}
    lab_site["power"][0]["phases"] = [{"date": "2023-01-01", "power": "0.036 MW"}]
    order = {"name": "o", "cluster": "k", "gpus": 16, "placed": "2024-01-01", "deposit": 0.0, "lead_time": "1 day"}
    tables = {"sites": [lab_site], "orders": [order], "jobs": [job(4, 9000.0)]}
    assert simulate(lab(**tables), 1).count(NodesAdmitted) == 0, "4 busy nodes draw 32 of 36 kW"
    shorter = {**tables, "jobs": [job(4)], "sales": [sale(4, 6)]}
    log = simulate(lab(**shorter), 1)
    assert sum(row.nodes for row in log.rows(NodesSold)) == 4
    assert min(row.hour for row in log.rows(NodesAdmitted)) <= 240.0 + 2 * DAY, "once the meter has forgotten them"
    assert sum(row.nodes for row in log.rows(NodesAdmitted)) == 2


def test_a_job_that_waits_for_a_node_comes_before_a_sale_and_a_gang_after_it(
    lab: Build, lab_catalog: dict[str, Any]
) -> None:
    """Four nodes: one is sold, and the three of the job get what is mended, though a second sale waits for it."""
    cause = {"name": "c", "title": "C", "scope": "node", "rate": "0.02 / day", "repair": "10 hours"}
    lab_catalog["failures"] = {"f": {"causes": [cause]}}
    tables = {"catalog": lab_catalog, "jobs": [job(3, 1000.0)], "sales": [sale(4, 2)]}
    log = simulate(lab(**tables), 1)
    (done,) = log.rows(JobFinished)
    assert log.count(JobInterrupted) >= 1, "the case is there"
    assert sold(log)[0][0] == 2.0
    assert all(row.hour >= done.hour for row in log.rows(NodesSold) if row.hour > DAY)
    later = job(2, 24.0, name="late", earliest="2024-01-03", after=["j"])
    with_gang = lab(**{**tables, "jobs": [job(3, 100.0), later], "sales": [sale(2, 2)]})
    log = simulate(with_gang, 1)
    assert log.count(NodesSold) > 0
    assert log.count(JobStarted) == 2


def test_standbys_stay_with_their_job_and_are_not_filled_up_before_a_sale(lab: Build) -> None:
    held = job(2, replacement={"standbys": 1, "swap": "0 min"})
    log = simulate(lab(jobs=[held], sales=[sale(4, 6)]), 1)
    (done,) = log.rows(JobFinished)
    free, *held = sold(log)
    assert (free[0], free[4]) == (6.0, 1)
    assert sum(row[4] for row in held) == 3
    assert [row[0] for row in held] == pytest.approx([done.hour / DAY + 1] * len(held))
    assert [row.nodes for row in log.rows(StandbysChanged)] == [1, 0]


FAILS = {"name": "c", "title": "C", "scope": "node", "repair": "10 hours"}
LAWS = [
    {"rate": "0.5 / day"},
    {"life": {"kind": "weibull", "shape": 2.0, "scale": "3 days"}},
    {"rate": "0.5 / day", "slows": 0.5},
    {"rate": "0.5 / day", "silent": True},
    {"rate": "0.5 / day", "scope": "rack"},
    {"rate": "0.5 / day", "scope": "storage"},
    {"rate": "0.5 / day", "scope": "site"},
]


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_nothing_touches_a_node_once_it_is_sold(lab: Build, lab_catalog: dict[str, Any], law: dict[str, Any]) -> None:
    lab_catalog["failures"] = {"f": {"causes": [{**FAILS, **law}]}}
    maintained = {"name": "k", "site": "here", "server": "s", "failures": "f"}
    maintained["maintenance"] = {"every": "5 days", "duration": "4 hours", "domain": "rack"}  # type: ignore[assignment]
    log = simulate(lab(catalog=lab_catalog, clusters=[maintained], sales=[sale(4, 21)]), 1)
    gone = {row.first_node + k: row.hour for row in log.rows(NodesSold) for k in range(row.nodes)}
    assert len(gone) == 4
    assert log.count(NodeFailed) > 0 or law.get("scope") == "storage"
    assert all(row.failed_hour <= row.hour <= gone[row.node] for row in log.rows(RepairEnded))
    assert all(row.hour <= gone[row.node] for row in log.rows(NodeFailed))
    assert all(row.hour <= max(gone.values()) for row in log.rows(DomainFailed)), "nobody is left to share it"


def test_a_thing_that_was_deserted_fails_again_once_others_share_it(lab: Build, lab_catalog: dict[str, Any]) -> None:
    lab_catalog["failures"] = {"f": {"causes": [{**FAILS, "rate": "0.5 / day", "scope": "pod"}]}}
    order = {"name": "o", "cluster": "k", "gpus": 16, "placed": "2024-01-01", "deposit": 0.0, "lead_time": "100 days"}
    log = simulate(lab(catalog=lab_catalog, orders=[order], sales=[sale(4, 21)]), 1)
    hours = [row.hour for row in log.rows(DomainFailed)]
    quiet = max(later - earlier for earlier, later in pairwise(hours))
    assert quiet > 70 * DAY
    assert sum(hour > 101 * DAY for hour in hours) > 50


def test_a_sale_frees_power_that_is_short(lab: Build, lab_site: dict[str, Any]) -> None:
    """Four nodes that may draw 32 kW, and 16 from January 10 on: two go dark, and the sale of two frees it."""
    lab_site["power"][0]["curtailments"] = [
        {"date": "2024-01-10", "hour": 0.0, "duration": "240 hours", "power": f"{2.25 - 0.016} MW"}
    ]
    log = simulate(lab(sites=[lab_site], sales=[sale(2, 12)]), 1)
    assert sold(log) == [(12.0, 0, 0, 0, 2)], "those that are lit"
    assert [(row.hour / DAY + 1, row.nodes) for row in log.rows(NodesShed)] == [(10.0, 2), (12.0, 0)]


def test_without_a_sale_a_log_is_the_same_and_goes_the_short_way(lab: Build, lab_catalog: dict[str, Any]) -> None:
    lab_catalog["failures"] = {"f": {"causes": [{**FAILS, "rate": "0.05 / day"}]}}
    plain = simulate(lab(catalog=lab_catalog), 1)
    assert plain.same_as(simulate(lab(catalog=lab_catalog, sales=[]), 1))
    late = simulate(lab(catalog=lab_catalog, sales=[{**sale(1, 1), "date": "2024-12-31"}]), 1)
    before = [row for row in late.rows(NodeFailed) if row.hour < 365 * DAY]
    for row, other in zip(plain.rows(NodeFailed), before, strict=False):
        assert (row.node, row.hour) == (other.node, pytest.approx(other.hour)), "a sale to come moves no failure"
