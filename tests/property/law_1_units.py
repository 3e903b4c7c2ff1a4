from collections import Counter, defaultdict
from math import inf

from drawn import Drawn

from simcluster.model.scenario import Scenario
from simcluster.model.site import Step
from simcluster.record.events import (
    InstallEnded,
    InstallStarted,
    KitDelivered,
    LotDelivered,
    Mended,
    NodeFailed,
    NodesAdmitted,
    NodesInService,
    NodesSold,
    OrderPlaced,
    RepairEnded,
)
from simcluster.record.log import EventLog

BEFORE_SERVICE = ("cancelled", "coming", "waiting", "crew", "returned", "installing", "burn_in")
PLACES = (*BEFORE_SERVICE, "up", "failed", "retired", "sold")


def every_ordered_node_is_in_exactly_one_place_at_every_instant(drawn: Drawn) -> None:
    scenario = drawn.scenario
    for hour, state in drawn.instants:
        for cluster in range(len(scenario.clusters)):
            places = {place: state.at(place, cluster) for place in PLACES}
            assert min(places.values()) >= 0, (hour, cluster, places)
            assert state.at("ordered", cluster) == sum(places.values()), (hour, cluster, places)


def the_queue_recorded_is_what_was_delivered_and_not_admitted(drawn: Drawn) -> None:
    scenario = drawn.scenario
    for hour, state in drawn.instants:
        for cluster in range(len(scenario.clusters)):
            waiting = state.waiting.get(cluster, (0, 0, 0))
            assert min(waiting) >= 0, (hour, cluster)
            if hour >= 0:  # what was delivered before the start joins the queue at the start
                assert sum(waiting) == state.at("waiting", cluster), (hour, cluster)


def jobs_and_failures_never_hold_more_nodes_than_are_in_service(drawn: Drawn) -> None:
    scenario = drawn.scenario
    for hour, state in drawn.instants:
        for cluster in range(len(scenario.clusters)):
            held = state.at("computing", cluster) + state.at("holding", cluster)
            assert 0 <= held <= state.at("up", cluster), (hour, cluster)


def a_node_enters_service_once_and_fails_only_while_it_is_up(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    entered = _entries(log)
    up_since = {node: hour for node, (hour, _) in entered.items()}
    sold = _sold(log)
    for fact in sorted(log.rows(RepairEnded), key=lambda fact: fact.failed_hour):
        assert fact.hour <= sold.get(fact.node, inf), fact
        assert fact.node in entered, fact
        assert fact.cluster == entered[fact.node][1], fact
        assert up_since[fact.node] <= fact.failed_hour, fact
        steps = (fact.failed_hour, fact.detected_hour, fact.automatic_hour, fact.part_hour, fact.repair_hour)
        assert list(steps) == sorted(steps), fact
        assert steps[-1] <= fact.mended_hour <= fact.hour <= scenario.clock.horizon_hours, fact
        up_since[fact.node] = inf if fact.outcome == Mended.RETIRED else fact.hour


def every_failure_has_its_repair_and_every_repair_but_a_planned_one_its_failure(drawn: Drawn) -> None:
    log = drawn.log
    failed = Counter((fact.hour, fact.node, fact.cause) for fact in log.rows(NodeFailed))
    mended = Counter((fact.failed_hour, fact.node, fact.cause) for fact in log.rows(RepairEnded) if fact.cause >= 0)
    assert failed == mended


def _sold(log: EventLog) -> dict[int, float]:
    sold: dict[int, float] = {}
    for fact in log.rows(NodesSold):
        for node in range(fact.first_node, fact.first_node + fact.nodes):
            assert node not in sold, f"node {node} was sold twice"
            sold[node] = fact.hour
    return sold


def a_sale_takes_what_it_may_and_no_more_and_only_nodes_in_service(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    entered, taken, purchase = _entries(log), Counter[int](), {}
    for batch in log.rows(NodesInService):
        row = scenario.installed[batch.installed] if batch.order < 0 else scenario.orders[batch.order]
        purchase |= dict.fromkeys(range(batch.first_node, batch.first_node + batch.nodes), row.name)
    for fact in log.rows(NodesSold):
        sale = scenario.sales[fact.sale]
        assert fact.hour >= scenario.clock.hours(sale.date)
        for node in range(fact.first_node, fact.first_node + fact.nodes):
            hour, cluster = entered[node]
            assert hour <= fact.hour
            assert cluster == fact.cluster == scenario.cluster_of_sale(sale)
            assert sale.purchase in (None, purchase[node])
        taken[fact.sale] += fact.nodes * scenario.server_of(fact.cluster).gpus
    assert all(gpus <= scenario.sales[k].gpus for k, gpus in taken.items())


def _entries(log: EventLog) -> dict[int, tuple[float, int]]:
    entered: dict[int, tuple[float, int]] = {}
    for fact in log.rows(NodesInService):
        for node in range(fact.first_node, fact.first_node + fact.nodes):
            assert node not in entered, f"node {node} entered service twice"
            entered[node] = (fact.hour, fact.cluster)
    return entered


def an_order_is_placed_once_and_delivers_no_more_than_was_ordered(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    placed = {fact.order: fact for fact in log.rows(OrderPlaced)}
    assert len(placed) == log.count(OrderPlaced)
    delivered: dict[int, list[int]] = defaultdict(list)
    for fact in log.rows(LotDelivered):
        assert fact.hour >= placed[fact.order].hour, fact
        delivered[fact.order].append(fact.nodes)
    for order, lots in delivered.items():
        row = scenario.orders[order]
        assert sum(lots) <= placed[order].nodes
        assert len(lots) <= row.lots
        if len(lots) == row.lots:
            assert sum(lots) * scenario.server_of(row.cluster).gpus == row.gpus


def technicians_mend_no_more_nodes_at_once_than_there_are_of_them(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    for cluster, row in enumerate(scenario.clusters):
        if row.repair.technicians is None:
            continue
        mended = [fact for fact in log.rows(RepairEnded) if fact.cluster == cluster and _by_hand(scenario, fact)]
        ends = [(fact.mended_hour, -1) for fact in mended]
        changes = sorted([*ends, *((fact.repair_hour, 1) for fact in mended)])  # at one instant, ends come first
        working = 0
        for hour, change in changes:
            working += change
            assert working <= row.repair.technicians, (hour, cluster)


def _by_hand(scenario: Scenario, fact: RepairEnded) -> bool:
    """Whether a technician was at work on it: a part is swapped in a node, not in what it shares with others."""
    if fact.cause < 0 or fact.mended_hour <= fact.repair_hour:
        return False
    cause = scenario.causes[fact.cause]
    return cause.remedy == "swap" and cause.scope in ("gpu", "node")


def crews_and_benches_take_no_more_batches_at_once_than_there_are_lines(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    for number, site in enumerate(scenario.sites):
        here = {k for k, cluster in enumerate(scenario.clusters) if scenario.site_index[cluster.site] == number}
        for k, step in enumerate(site.install):
            begun, ended = (
                [(row.hour, row.nodes) for row in log.rows(event) if row.cluster in here and row.step == k]
                for event in (InstallStarted, InstallEnded)
            )
            _check_lines(step, begun, [hour for hour, _ in ended], scenario.clock.horizon_hours)


def _check_lines(step: Step, begun: list[tuple[float, int]], ended: list[float], horizon: float) -> None:
    """Batches are no larger, and no more at work at once, than the step allows."""
    assert step.batch is None or all(nodes <= step.batch for _, nodes in begun)
    if step.lines is None:
        return
    changes = sorted([*((hour, -1) for hour in ended), *((hour, 1) for hour, _ in begun if hour < horizon)])
    working = 0
    for hour, change in changes:
        working += change
        assert working <= step.lines, hour


def an_order_comes_into_service_whole_in_its_own_places(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    entered: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for fact in log.rows(NodesInService):
        if fact.order >= 0:
            entered[fact.order].append((fact.first_node, fact.nodes))
    for order, places in entered.items():
        row = scenario.orders[order]
        assert [first for first, _ in places[1:]] == [first + nodes for first, nodes in places[:-1]]
        assert sum(nodes for _, nodes in places) <= scenario.nodes(row.cluster, row.gpus)


def nodes_are_admitted_with_a_share_of_each_item_of_their_kit(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    for cluster, row in enumerate(scenario.clusters):
        for item in row.kit:
            arrived = [
                (max(fact.hour, 0.0), 0, fact.nodes)
                for fact in log.rows(KitDelivered)
                if (scenario.kits[fact.kit].cluster, scenario.kits[fact.kit].item) == (row.name, item)
            ]
            used = [(fact.hour, 1, -fact.nodes) for fact in log.rows(NodesAdmitted) if fact.cluster == cluster]
            left = 0
            for hour, _, change in sorted([*arrived, *used]):
                left += change
                assert left >= 0, (hour, row.name, item)


LAWS = (
    every_ordered_node_is_in_exactly_one_place_at_every_instant,
    the_queue_recorded_is_what_was_delivered_and_not_admitted,
    jobs_and_failures_never_hold_more_nodes_than_are_in_service,
    a_node_enters_service_once_and_fails_only_while_it_is_up,
    every_failure_has_its_repair_and_every_repair_but_a_planned_one_its_failure,
    a_sale_takes_what_it_may_and_no_more_and_only_nodes_in_service,
    an_order_is_placed_once_and_delivers_no_more_than_was_ordered,
    technicians_mend_no_more_nodes_at_once_than_there_are_of_them,
    crews_and_benches_take_no_more_batches_at_once_than_there_are_lines,
    an_order_comes_into_service_whole_in_its_own_places,
    nodes_are_admitted_with_a_share_of_each_item_of_their_kit,
)
