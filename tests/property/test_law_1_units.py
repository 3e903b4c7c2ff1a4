from collections import Counter, defaultdict
from math import inf

from hypothesis import given
from strategies import scenarios
from walk import instants

from simcluster.model.scenario import Scenario
from simcluster.record.events import (
    BurnInStarted,
    LotDelivered,
    Mended,
    NodeFailed,
    NodesAdmitted,
    NodesInService,
    OrderPlaced,
    RepairEnded,
)
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate

PLACES = ("cancelled", "coming", "waiting", "installing", "burn_in", "up", "failed", "retired")


@given(scenarios())
def test_every_ordered_node_is_in_exactly_one_place_at_every_instant(scenario: Scenario) -> None:
    for hour, state in instants(scenario, simulate(scenario, scenario.seed)):
        for cluster in range(len(scenario.clusters)):
            places = {place: state.at(place, cluster) for place in PLACES}
            assert min(places.values()) >= 0, (hour, cluster, places)
            assert state.at("ordered", cluster) == sum(places.values()), (hour, cluster, places)


@given(scenarios())
def test_the_queue_recorded_is_what_was_delivered_and_not_admitted(scenario: Scenario) -> None:
    for hour, state in instants(scenario, simulate(scenario, scenario.seed)):
        for cluster in range(len(scenario.clusters)):
            hall, power = state.waiting.get(cluster, (0, 0))
            assert hall >= 0, (hour, cluster)
            assert power >= 0, (hour, cluster)
            if hour >= 0:  # what was delivered before the start joins the queue at the start
                assert hall + power == state.at("waiting", cluster), (hour, cluster)


@given(scenarios())
def test_jobs_and_failures_never_hold_more_nodes_than_are_in_service(scenario: Scenario) -> None:
    for hour, state in instants(scenario, simulate(scenario, scenario.seed)):
        for cluster in range(len(scenario.clusters)):
            held = state.at("computing", cluster) + state.at("holding", cluster)
            assert 0 <= held <= state.at("up", cluster), (hour, cluster)


@given(scenarios())
def test_a_node_enters_service_once_and_fails_only_while_it_is_up(scenario: Scenario) -> None:
    log = simulate(scenario, scenario.seed)
    entered = _entries(log)
    up_since = {node: hour for node, (hour, _) in entered.items()}
    for fact in sorted(log.rows(RepairEnded), key=lambda fact: fact.failed_hour):
        assert fact.node in entered, fact
        assert fact.cluster == entered[fact.node][1], fact
        assert up_since[fact.node] <= fact.failed_hour, fact
        steps = (fact.failed_hour, fact.detected_hour, fact.automatic_hour, fact.part_hour, fact.repair_hour)
        assert list(steps) == sorted(steps), fact
        assert steps[-1] <= fact.mended_hour <= fact.hour <= scenario.clock.horizon_hours, fact
        up_since[fact.node] = inf if fact.outcome == Mended.RETIRED else fact.hour


@given(scenarios())
def test_every_failure_has_its_repair_and_every_repair_but_a_planned_one_its_failure(scenario: Scenario) -> None:
    log = simulate(scenario, scenario.seed)
    failed = Counter((fact.hour, fact.node, fact.cause) for fact in log.rows(NodeFailed))
    mended = Counter((fact.failed_hour, fact.node, fact.cause) for fact in log.rows(RepairEnded) if fact.cause >= 0)
    assert failed == mended


def _entries(log: EventLog) -> dict[int, tuple[float, int]]:
    entered: dict[int, tuple[float, int]] = {}
    for fact in log.rows(NodesInService):
        for node in range(fact.first_node, fact.first_node + fact.nodes):
            assert node not in entered, f"node {node} entered service twice"
            entered[node] = (fact.hour, fact.cluster)
    return entered


@given(scenarios())
def test_an_order_is_placed_once_and_delivers_no_more_than_was_ordered(scenario: Scenario) -> None:
    log = simulate(scenario, scenario.seed)
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


@given(scenarios())
def test_technicians_mend_no_more_nodes_at_once_than_there_are_of_them(scenario: Scenario) -> None:
    log = simulate(scenario, scenario.seed)
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


@given(scenarios())
def test_a_batch_of_nodes_stays_whole_from_admission_to_service(scenario: Scenario) -> None:
    log = simulate(scenario, scenario.seed)
    admitted, burning, entered = (
        Counter((fact.order, fact.nodes) for fact in log.rows(event) if fact.order >= 0)
        for event in (NodesAdmitted, BurnInStarted, NodesInService)
    )
    assert entered <= burning <= admitted
