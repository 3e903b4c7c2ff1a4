from collections.abc import Callable
from typing import Any

import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.events import NodesAdmitted, NodesQueued
from simcluster.record.log import EventLog
from simcluster.sim.campus import Campus, Consignment
from simcluster.sim.kernel import KernelEnvironment


@pytest.fixture
def campus(
    lab: Callable[..., Scenario], lab_site: dict[str, Any], env: KernelEnvironment, log: EventLog
) -> tuple[Campus, list[tuple[int, int, int]]]:
    """Halls of 50 and 30 kW, both closed; 10 kW a node, so that 11.25 facility kW carry one."""
    lab_site["halls"][0]["it_power"] = "50 kW"
    installed: list[tuple[int, int, int]] = []
    scenario = lab(sites=[lab_site], installed=[])

    def install(head: Consignment, nodes: int) -> None:
        installed.append((head.order, head.first, nodes))

    return Campus(env, log, scenario, 0, install), installed


def queue(log: EventLog) -> list[tuple[int, int, int]]:
    return [(row.cluster, row.waiting_hall, row.waiting_power) for row in log.rows(NodesQueued)]


def test_nodes_wait_for_a_hall_then_for_power(campus: tuple[Campus, list[tuple[int, int, int]]], log: EventLog) -> None:
    site, installed = campus
    site.receive(Consignment(0, 0, 0, 10, 10.0))
    assert queue(log) == [(0, 10, 0)]
    site.open_hall(0)
    assert queue(log)[-1] == (0, 5, 5), "the open hall houses five, which now lack power alone"
    site.energise(0.045)
    assert installed == [(0, 0, 4)], "45 facility kW / 1.125 are 40 IT kW"
    assert queue(log)[-1] == (0, 5, 1)
    site.energise(0.045)
    assert installed[1:] == [(0, 4, 1)], "one place was left in the hall"
    assert queue(log)[-1] == (0, 5, 0)
    site.open_hall(1)
    assert installed[2:] == [(0, 5, 3)], "30 IT kW of power and of room are left"
    assert queue(log)[-1] == (0, 2, 0)
    assert [(row.hall, row.nodes) for row in log.rows(NodesAdmitted)] == [(0, 4), (0, 1), (1, 3)]


def test_the_head_of_the_queue_holds_up_those_behind_it(
    campus: tuple[Campus, list[tuple[int, int, int]]], log: EventLog
) -> None:
    site, installed = campus
    site.open_hall(0)
    site.energise(0.02)
    site.receive(Consignment(0, 0, 0, 1, 30.0))
    site.receive(Consignment(1, 1, 0, 1, 10.0))
    assert installed == [], "the second would fit, the first came first"
    assert queue(log) == [(0, 0, 1), (1, 0, 1)]
    site.energise(0.03)
    assert installed == [(0, 0, 1), (1, 0, 1)]
    assert queue(log)[-2:] == [(0, 0, 0), (1, 0, 0)]


def test_the_opening_fleet_takes_room_and_power(
    campus: tuple[Campus, list[tuple[int, int, int]]], log: EventLog
) -> None:
    site, installed = campus
    site.open_hall(0)
    site.energise(0.05625)
    site.occupy(3, 10.0)
    site.receive(Consignment(0, 0, 0, 9, 10.0))
    assert installed == [(0, 0, 2)]
    assert queue(log) == [(0, 7, 0)]
