from collections.abc import Callable
from typing import Any

import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.events import NodesAdmitted, NodesQueued
from simcluster.record.log import EventLog
from simcluster.sim.admission import Promised
from simcluster.sim.campus import Campus, Consignment
from simcluster.sim.kernel import KernelEnvironment


@pytest.fixture
def campus(
    lab: Callable[..., Scenario], lab_site: dict[str, Any], env: KernelEnvironment, log: EventLog
) -> tuple[Campus, list[tuple[int, int]]]:
    """Halls of 50 and 30 kW, both closed; 10 kW a node, so that 11.25 facility kW carry one."""
    lab_site["halls"][0]["it_power"] = "50 kW"
    return campus_of(lab(sites=[lab_site], installed=[]), env, log)


def campus_of(scenario: Scenario, env: KernelEnvironment, log: EventLog) -> tuple[Campus, list[tuple[int, int]]]:
    installed: list[tuple[int, int]] = []

    def install(head: Consignment, nodes: int) -> None:
        installed.append((head.order, nodes))

    promised = Promised(scenario.sites[0], [scenario.server_of(k).nameplate_kw for k in range(len(scenario.clusters))])
    return Campus(env, log, scenario, 0, install, promised), installed


def queue(log: EventLog) -> list[tuple[int, int, int, int]]:
    return [(row.cluster, row.waiting_hall, row.waiting_power, row.waiting_network) for row in log.rows(NodesQueued)]


def test_nodes_wait_for_what_is_scarcest(campus: tuple[Campus, list[tuple[int, int]]], log: EventLog) -> None:
    site, installed = campus
    site.receive(0, 0, 10)
    assert queue(log) == [(0, 10, 0, 0)]
    site.open_hall(0)
    assert queue(log)[-1] == (0, 0, 10, 0), "there is room for five, and power for none"
    site.energise(0.045)
    assert installed == [(0, 4)], "45 facility kW / 1.125 are 40 IT kW"
    assert queue(log)[-1] == (0, 0, 6, 0)
    site.energise(0.045)
    assert installed[1:] == [(0, 1)], "one place was left in the hall"
    assert queue(log)[-1] == (0, 5, 0, 0)
    site.open_hall(1)
    assert installed[2:] == [(0, 3)], "30 IT kW of power and of room are left"
    assert queue(log)[-1] == (0, 2, 0, 0)
    assert [(row.hall, row.nodes) for row in log.rows(NodesAdmitted)] == [(0, 4), (0, 1), (1, 3)]


def test_what_lacks_power_keeps_it_from_those_behind(
    lab: Callable[..., Scenario],
    lab_catalog: dict[str, Any],
    lab_site: dict[str, Any],
    env: KernelEnvironment,
    log: EventLog,
) -> None:
    site, installed = campus_of(two_clusters(lab, lab_catalog, lab_site, []), env, log)
    site.open_hall(0)
    site.energise(0.02)
    site.receive(0, 1, 1)
    site.receive(1, 0, 1)
    assert installed == [], "the second would fit, the first came first"
    assert queue(log) == [(1, 0, 1, 0), (0, 0, 1, 0)]
    site.energise(0.03)
    assert installed == [(0, 1), (1, 1)]
    assert queue(log)[-2:] == [(1, 0, 0, 0), (0, 0, 0, 0)]


def test_what_lacks_its_kit_holds_up_nobody_and_takes_a_share_of_each_item(
    lab: Callable[..., Scenario],
    lab_catalog: dict[str, Any],
    lab_site: dict[str, Any],
    env: KernelEnvironment,
    log: EventLog,
) -> None:
    site, installed = campus_of(two_clusters(lab, lab_catalog, lab_site, ["leaf", "optics"]), env, log)
    site.open_hall(0)
    site.energise(1.0)
    site.receive(0, 1, 3)
    site.supply(1, "leaf", 3)
    site.receive(1, 0, 1)
    assert installed == [(1, 1)]
    assert queue(log) == [(1, 0, 0, 3)]
    site.supply(1, "optics", 2)
    assert installed[1:] == [(0, 2)]
    assert queue(log)[-1] == (1, 0, 0, 1)


def test_a_hall_takes_the_racks_it_can_power_and_cool(
    lab: Callable[..., Scenario],
    lab_catalog: dict[str, Any],
    lab_site: dict[str, Any],
    env: KernelEnvironment,
    log: EventLog,
) -> None:
    scenario = two_clusters(
        lab, lab_catalog, lab_site, [], {"cooling": "air"}, {"cooling": "liquid", "rack_power": "25 kW"}
    )
    assert [scenario.halls_for(k) for k in range(2)] == [[0], []], "the wide node needs liquid and 30 kW in a rack"
    site, installed = campus_of(scenario, env, log)
    for hall in range(2):
        site.open_hall(hall)
    site.energise(1.0)
    site.receive(0, 1, 1)
    site.receive(1, 0, 4)
    assert installed == [(1, 4)]
    assert queue(log) == [(1, 1, 0, 0)]


def two_clusters(
    lab: Callable[..., Scenario], catalog: dict[str, Any], site: dict[str, Any], kit: list[str], *halls: dict[str, Any]
) -> Scenario:
    """Cluster 0 of nodes of 10 kW; cluster 1 of nodes of 30 kW that are cooled by liquid, with a kit."""
    catalog["servers"]["s"]["cooling"] = "air"
    catalog["servers"]["wide"] = {**catalog["servers"]["s"], "server_power": "29 kW", "cooling": "liquid"}
    cluster = {"name": "k", "site": site["name"], "server": "s", "failures": "f"}
    for hall, more in zip(site["halls"], halls, strict=False):
        hall.update(more)
    clusters = [cluster, {**cluster, "name": "w", "server": "wide", "kit": kit}]
    return lab(catalog=catalog, sites=[site], clusters=clusters, installed=[])


def test_the_opening_fleet_takes_room_and_power(campus: tuple[Campus, list[tuple[int, int]]], log: EventLog) -> None:
    site, installed = campus
    site.open_hall(0)
    site.energise(0.05625)
    site.occupy(0, 0, 3)
    site.receive(0, 0, 9)
    assert installed == [(0, 2)]
    assert queue(log) == [(0, 7, 0, 0)]
