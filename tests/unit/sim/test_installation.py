"""From admission to service, by hand: crews in steps, batches, benches, and nodes that go back."""

from collections.abc import Callable
from typing import Any

import pytest

from simcluster.core.rng import Luck
from simcluster.model.load import load
from simcluster.model.packaged import packaged_scenario
from simcluster.model.scenario import Scenario
from simcluster.record.events import (
    BurnInStarted,
    InstallEnded,
    InstallStarted,
    KitDelivered,
    KitOrdered,
    NodesAdmitted,
    NodesInService,
    NodesReplaced,
    NodesReturned,
)
from simcluster.record.log import EventLog
from simcluster.sim.draws import share
from simcluster.sim.run import simulate

Lab = Callable[..., Scenario]
MONTH = 31 * 24.0


def order(**keys: Any) -> dict[str, Any]:
    fixed = {"name": "o", "cluster": "k", "gpus": 80, "placed": "2024-02-01", "deposit": 0.0, "lead_time": "0 hours"}
    return {**fixed, **keys}


def hours(log: EventLog, event: type) -> list[tuple[float, int]]:
    return [(row.hour - MONTH, row.nodes) for row in log.rows(event)]


def entered(log: EventLog) -> list[tuple[float, int, int]]:
    return [(row.hour - MONTH, row.first_node, row.nodes) for row in log.rows(NodesInService) if row.order >= 0]


def test_crews_take_batches_in_turn_and_steps_follow_one_another(lab: Lab, lab_site: dict[str, Any]) -> None:
    rack = {"name": "rack", "duration": "10 hours", "lines": 2, "batch": 4}
    cable = {"name": "cable", "duration": "3 hours", "lines": 1}
    site = {**lab_site, "install": [rack, cable], "burn_in": "5 hours"}
    log = simulate(lab(sites=[site], orders=[order()]), 1)
    rows = [(row.step, row.hour - MONTH, row.nodes) for row in log.rows(InstallStarted)]
    assert sorted(rows) == [(0, 0, 4), (0, 0, 4), (0, 10, 2), (1, 10, 4), (1, 13, 4), (1, 20, 2)]
    done = [(row.step, row.hour - MONTH, row.nodes) for row in log.rows(InstallEnded)]
    assert sorted(done) == [(0, 10, 4), (0, 10, 4), (0, 20, 2), (1, 13, 4), (1, 16, 4), (1, 23, 2)]
    assert entered(log) == [(18, 4, 4), (21, 8, 4), (28, 12, 2)]


def test_benches_hold_up_what_is_installed(lab: Lab, lab_site: dict[str, Any]) -> None:
    burn_in = {"duration": "2 days", "lines": 1, "batch": 5}
    log = simulate(lab(sites=[{**lab_site, "burn_in": burn_in}], orders=[order()]), 1)
    assert hours(log, BurnInStarted) == [(24, 5), (72, 5)]
    assert entered(log) == [(72, 4, 5), (120, 9, 5)]


def test_what_is_dead_on_arrival_goes_back_from_the_gate_and_comes_again(lab: Lab) -> None:
    log = simulate(lab(orders=[order(dead_on_arrival=0.4, replacement="1 week")]), 1)
    ((_, dead),) = hours(log, NodesReturned)
    assert 0 < dead < 10
    assert hours(log, NodesReplaced) == [(168, dead)]
    assert hours(log, NodesAdmitted) == [(0, 10 - dead), (168, dead)]
    assert entered(log) == [(72, 4, 10 - dead), (240, 14 - dead, dead)]


def test_what_is_rejected_keeps_its_place_and_is_burnt_in_again(lab: Lab) -> None:
    log = simulate(lab(orders=[order(rejected=0.5, replacement="1 week")]), 2)
    assert hours(log, NodesAdmitted) == [(0, 10)]
    sent, came = hours(log, NodesReturned), hours(log, NodesReplaced)
    assert len(sent) > 1
    assert came == [(hour + 168, nodes) for hour, nodes in sent]
    assert hours(log, BurnInStarted) == [(24, 10), *came]
    assert sum(nodes for _, _, nodes in entered(log)) == 10
    assert log.columns(NodesReturned)["installed"].tolist() == [1] * len(sent)


def test_nodes_wait_for_their_share_of_the_kit(lab: Lab) -> None:
    cluster = {"name": "k", "site": "here", "server": "s", "failures": "f", "kit": ["leaf"]}
    kit = {**order(name="switches", gpus=48, lead_time="5 days", lots=2, lot_interval="2 days"), "price": "1 kUSD"}
    scenario = lab(clusters=[cluster], orders=[order()], kits=[{**kit, "item": "leaf", "deposit": 0.25}])
    log = simulate(scenario, 1)
    (ordered,) = log.rows(KitOrdered)
    assert (ordered.nodes, ordered.price_usd, ordered.deposit_usd) == (6, 8000.0, pytest.approx(12000.0))
    assert hours(log, KitDelivered) == [(120, 3), (168, 3)]
    assert hours(log, NodesAdmitted) == [(120, 3), (168, 3)]
    assert scenario.node_prices_usd(scenario.orders[0]) == (250e3, 0.0), "its network is bought apart"


def test_a_share_of_nodes_is_binomial_and_rises_with_its_uniform(luck: Any) -> None:
    drawn = [share(luck, "test", "x", k, 20, 0.3) for k in range(4000)]
    assert sum(drawn) / len(drawn) == pytest.approx(6.0, abs=4 * (20 * 0.3 * 0.7 / 4000) ** 0.5)
    assert min(drawn) >= 0
    assert max(drawn) <= 20
    uniforms = [luck.stream("test", "x").at(k) for k in range(4000)]
    ranked = [count for _, count in sorted(zip(uniforms, drawn, strict=True))]
    assert ranked == sorted(drawn)
    assert [share(luck, "test", "x", 0, 20, 0.0), share(luck, "test", "x", 0, 0, 0.5)] == [0, 0]


def test_each_node_of_an_order_has_its_own_luck_in_however_many_lots_it_comes() -> None:
    """Rejections, attempt by attempt, are those of the order's nodes by number."""
    returned = []
    for lots in (1, 5, 20):
        with packaged_scenario("small") as path:
            changes = ["budgets=[]", f"orders.spring.lots={lots}", "orders.spring.lot_interval=1 day"]
            scenario, _ = load(path, [*changes, "orders.spring.rejected=0.4", "orders.spring.replacement=1 day"])
        back = simulate(scenario, 1).columns(NodesReturned)
        returned.append(int(back["nodes"][back["installed"] == 1].sum()))
    expected, attempt, left = 0, 0, set(range(20))
    while left:
        stream = Luck(1).stream(f"procurement.rejected.{attempt}", "spring")
        left = {node for node in left if stream.at(node) < 0.4}
        expected, attempt = expected + len(left), attempt + 1
    assert returned == [expected] * 3
