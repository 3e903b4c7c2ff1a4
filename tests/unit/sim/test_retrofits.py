"""Retrofits in the lab scenario, every hour worked out by hand: nodes of 10 kW, two in a rack. 2024-01-01 is hour 0."""

from collections.abc import Callable
from typing import Any

import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.construction import construction_frame
from simcluster.record.events import NodesAdmitted, NodesQueued, RetrofitFinished, RetrofitStarted
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate

DAY = 24.0
Build = Callable[..., tuple[Scenario, EventLog]]


def refit(name: str = "wet", **keys: Any) -> dict[str, Any]:
    change = {} if "rack_power" in keys else {"cooling": "liquid"}
    return {"name": name, "duration": "10 days", "cost": "1 MUSD/MW", **change, **keys}


def hall(name: str, kw: float, *retrofits: dict[str, Any], **keys: Any) -> dict[str, Any]:
    stands = {"ready": "2023-01-01", "cost": "10 MUSD/MW", "cooling": "air"}
    return {"name": name, "it_power": f"{kw} kW", **stands, "retrofits": list(retrofits), **keys}


def order(name: str, cluster: str, nodes: int, day: int, **keys: Any) -> dict[str, Any]:
    """Nodes that arrive on a day of January."""
    placed = {"placed": "2024-01-01", "deposit": 0.0, "lead_time": f"{day - 1} days"}
    return {"name": name, "cluster": cluster, "gpus": 8 * nodes, **placed, **keys}


@pytest.fixture
def build(lab: Callable[..., Scenario], lab_catalog: dict[str, Any], lab_site: dict[str, Any]) -> Build:
    """A cluster `dry` that needs air and one, `wet`, that needs liquid; the opening fleet is 4 dry nodes."""
    servers = lab_catalog["servers"]
    servers["wet"] = {**servers["s"], "cooling": "liquid"}
    servers["s"]["cooling"] = "air"

    def simulated(halls: list[dict[str, Any]], orders: list[dict[str, Any]]) -> tuple[Scenario, EventLog]:
        cluster = {"site": "here", "failures": "f"}
        clusters = [{"name": "dry", "server": "s", **cluster}, {"name": "wet", "server": "wet", **cluster}]
        installed = [{"name": "first", "cluster": "dry", "gpus": 32, "in_service": "2023-01-01"}]
        site = {**lab_site, "halls": halls}
        tables = {"catalog": lab_catalog, "sites": [site], "clusters": clusters, "installed": installed}
        scenario = lab(**tables, orders=orders)
        return scenario, simulate(scenario, 1)

    return simulated


def admitted(log: EventLog) -> list[tuple[float, int, int, int]]:
    """Day of January, order, hall, nodes."""
    return [(row.hour / DAY + 1, row.order, row.hall, row.nodes) for row in log.rows(NodesAdmitted)]


def retrofitted(log: EventLog) -> list[tuple[int, int, float, float]]:
    """Hall, retrofit, days begun and finished."""
    return [
        (row.hall, row.retrofit, row.started_hour / DAY + 1, row.hour / DAY + 1) for row in log.rows(RetrofitFinished)
    ]


def test_a_hall_takes_nobody_while_it_is_refitted_and_other_racks_afterwards(build: Build) -> None:
    orders = [
        order("before", "dry", 1, 5),
        order("during", "dry", 1, 12),
        order("waits", "wet", 2, 3),
        order("after", "dry", 1, 25),
    ]
    _, log = build([hall("a", 80, refit(start="2024-01-10"))], orders)
    assert retrofitted(log) == [(0, 0, 10, 20)]
    assert admitted(log) == [(5, 0, 0, 1), (20, 2, 0, 2)], "dry nodes no longer fit, those that stand there stay"
    waiting = {(row.hour / DAY + 1, row.cluster): row.waiting_hall for row in log.rows(NodesQueued)}
    assert waiting == {(3, 1): 2, (12, 0): 1, (20, 1): 0, (25, 0): 2}


def test_room_is_what_is_left_by_those_that_stand_there(build: Build) -> None:
    _, log = build([hall("a", 60, refit(start="2024-01-01"))], [order("many", "wet", 5, 3)])
    assert retrofitted(log) == [(0, 0, 1, 11)], "the opening fleet stood there before"
    assert admitted(log) == [(11, 0, 0, 2)], "60 kW less four nodes of 10"


def test_retrofits_of_a_hall_follow_each_other_and_its_hand_over(build: Build) -> None:
    dated = [refit("one", start="2024-02-02"), refit("two", start="2024-02-05", rack_power="30 kW")]
    late = {"ready": "2024-02-01", "delay": "3 days", "construction_start": "2023-10-01"}
    scenario, log = build([hall("a", 40), hall("b", 50, *dated, **late)], [])
    assert retrofitted(log) == [(1, 0, 35, 45), (1, 1, 45, 55)]
    frame = construction_frame(scenario, log)
    assert frame["name"].tolist() == ["b retrofit one", "b retrofit two"]
    assert frame["waited_for"].tolist() == ["hall b", "b retrofit one"]
    start = [f"{day:%m-%d}" for day in (*frame["planned_start"], *frame["planned_finish"])]
    assert start == ["02-02", "02-12", "02-12", "02-22"]
    assert (frame["kind"] == "retrofit").all()
    assert (frame["state"] == "finished").all()


def test_on_demand_the_first_hall_that_helps_begins_and_others_only_when_it_has_no_room(build: Build) -> None:
    called = refit("called", trigger="on_demand")
    halls = [
        hall("a", 40),
        hall("full", 5, called),
        hall("b", 20, called),
        hall("c", 30, called),
        hall("d", 30, called),
    ]
    scenario, log = build(halls, [order("two", "wet", 2, 3), order("three", "wet", 3, 20)])
    assert retrofitted(log) == [(2, 0, 3, 13), (3, 0, 20, 30)]
    assert admitted(log) == [(13, 0, 2, 2), (30, 1, 3, 3)]
    frame = construction_frame(scenario, log).set_index("name")
    assert frame["state"].tolist() == ["waiting", "finished", "finished", "waiting"]
    assert frame["waited_for"]["b retrofit called"] == "nodes without a hall"
    assert frame["planned_start"].isna().all()


def test_no_hall_is_called_for_where_one_will_come(build: Build) -> None:
    called, dated = refit("called", trigger="on_demand"), refit("dated", start="2024-03-01")
    later = {"ready": "2024-06-01", "construction_start": "2023-10-01", "cooling": "any"}
    orders = [order("two", "wet", 2, 3)]
    for other in (hall("b", 30, **later), hall("b", 30, dated)):
        _, log = build([hall("a", 40), other, hall("c", 30, called)], orders)
        assert not any(row.hall == 2 for row in log.rows(RetrofitStarted))
    _, log = build([hall("a", 40), hall("b", 10, dated), hall("c", 30, called)], orders)
    assert [(row.hall, row.hour / DAY + 1) for row in log.rows(RetrofitStarted)] == [(2, 3), (1, 61)], "one lacks room"


def test_a_hall_called_for_before_its_hand_over_is_refitted_from_then_on(build: Build) -> None:
    late = {"ready": "2024-02-01", "construction_start": "2023-10-01"}
    halls = [hall("a", 40), hall("b", 20, refit("called", trigger="on_demand"), **late)]
    scenario, log = build(halls, [order("two", "wet", 2, 3)])
    assert retrofitted(log) == [(1, 0, 32, 42)]
    assert construction_frame(scenario, log)["waited_for"].tolist() == ["hall b"]


def test_more_power_for_racks_leaves_the_cooling_as_it_was(build: Build) -> None:
    strong = refit("strong", start="2024-01-10", rack_power="20 kW")
    scenario, log = build([hall("a", 40), hall("b", 60, strong, rack_power="10 kW")], [order("one", "dry", 1, 3)])
    assert [offer.rack_kw for offer in scenario.sites[0].halls[1].offers] == [10, 20]
    assert {offer.cooling for offer in scenario.sites[0].halls[1].offers} == {"air"}
    assert admitted(log) == [(20, 0, 1, 1)]
