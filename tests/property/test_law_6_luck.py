from collections import defaultdict
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from copy import deepcopy
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Document, documents, finances, revenues, scenarios, validated

from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.events import LotDelivered, Mended, NodeFailed, NodesInService, OrderPlaced, RepairEnded
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate
from simcluster.study.run import replicate, run

Node = tuple[str, int]
Fate = tuple[float, int, float]

SMALL = Path(__file__).parents[2] / "scenarios" / "small.toml"


@given(scenarios())
def test_the_same_seed_gives_the_same_log_bit_for_bit(scenario: Scenario) -> None:
    assert simulate(scenario, scenario.seed).same_as(simulate(scenario, scenario.seed))


@given(scenarios())
def test_a_clock_that_moves_in_place_gives_the_same_log(scenario: Scenario) -> None:
    assert simulate(scenario, scenario.seed).same_as(simulate(scenario, scenario.seed, in_place=False))


@given(scenarios())
def test_another_seed_gives_another_log_where_there_is_luck(scenario: Scenario) -> None:
    log = simulate(scenario, scenario.seed)
    if log.count(NodeFailed):
        assert not log.same_as(simulate(scenario, scenario.seed + 1))


@given(documents(), finances(), revenues())
def test_an_edit_of_finance_revenue_or_the_company_changes_no_fact(
    document: Document, finance: Document, revenue: Document
) -> None:
    scenario = validated(document)
    company = deepcopy(document["company"])
    for row in company["plan"]:
        row["rest_costs"] = "1 GUSD"
    edited = validated({**document, "finance": finance, "revenue": revenue, "company": company})
    assert simulate(scenario, scenario.seed).same_as(simulate(edited, scenario.seed))


@given(documents())
def test_prices_that_no_budget_reads_change_no_fact(document: Document) -> None:
    """Of halls, retrofits, tasks, land, operations and energy, of the opening fleet, and what is sent to suppliers."""
    scenario, edited = validated(document), deepcopy(document)
    for site in edited["sites"]:
        site |= {"operations": "1.7 MUSD/MW/year", "land": {"cost": "3 MUSD", "bought": document["start"]}}
        for source in site["power"]:
            source["price"] = "0.3 USD/kWh"
        for hall in site["halls"]:
            hall.update({"cost": "1.1 MUSD/MW", "plant_share": 0.5} if "ready" in hall else {})
            for row in hall.get("retrofits", []):
                row |= {"cost": "0.7 MUSD/MW", "plant_share": 0.9}
        for task in site.get("construction", {}).get("tasks", []):
            task |= {"cost": "4 MUSD", "paid_at_start": 0.4}
    for row in edited["installed"]:
        row["server_price"] = "123 kUSD"
    for row in edited["orders"]:
        row.update({} if "lease" in row else {"components": {"share": 0.5, "ahead": "9 days"}})
    assert simulate(scenario, scenario.seed).same_as(simulate(validated(edited), scenario.seed))


@given(documents(), st.integers(1, 40))
def test_an_edit_of_the_power_plan_moves_no_failure(document: Document, days: int) -> None:
    document = _lonely(document)
    later = deepcopy(document)
    for site in later["sites"]:
        for source in site["power"]:
            for step in source.get("phases", [source]):
                step["delay"] = f"{days} days"
    _assert_same_fates(*(_fates(scenario) for scenario in (validated(document), validated(later))))


@given(documents(), st.data())
def test_orders_keep_their_luck_in_any_order_in_the_file(document: Document, data: st.DataObject) -> None:
    document = _lonely(document)
    shuffled = {**document, "orders": data.draw(st.permutations(document["orders"]))}
    before, after = validated(document), validated(shuffled)
    _assert_same_fates(_fates(before), _fates(after))
    leads, others = _lead_hours(before), _lead_hours(after)
    for name in leads.keys() & others.keys():
        assert leads[name] == pytest.approx(others[name], abs=1e-6)


@given(documents())
def test_an_order_added_moves_no_failure_of_another(document: Document) -> None:
    added = {
        "name": "added",
        "cluster": document["clusters"][0]["name"],
        "gpus": 16,
        "placed": document["start"],
        "deposit": 0.2,
        "lead_time": "1 week",
    }
    document = _lonely(document)
    more = {**document, "orders": [added, *document["orders"]]}
    _assert_same_fates(*(_fates(validated(one)) for one in (document, more)))


def _lonely(document: Document) -> Document:
    """The document with what ties a node's fate to others and to the calendar taken out: its own causes remain."""
    plain = deepcopy(document)
    for profile in plain["catalog"]["failures"].values():
        for name in ("frailty", "growth"):
            profile.pop(name, None)
        profile["causes"] = [cause for cause in profile.get("causes", []) if _is_a_nodes_own(cause)]
    for cluster in plain["clusters"]:
        cluster.pop("maintenance", None)
        for name in ("shifts", "misdiagnosis", "manual_false_success", "automatic", "retirement"):
            cluster["repair"].pop(name, None)
    return plain


def _is_a_nodes_own(cause: Document) -> bool:
    odd = cause.get("silent") or "slows" in cause or cause.get("clock") == "busy"
    return cause["scope"] in ("node", "gpu") and not odd


def _fates(scenario: Scenario) -> dict[Node, list[Fate]]:
    """Of each node, by declared row and place: length of the k-th life, its cause, and the hours of its repair."""
    log = simulate(scenario, scenario.seed)
    up_since, names = _entries(scenario, log)
    fates: dict[Node, list[Fate]] = defaultdict(list)
    for fact in sorted(log.rows(RepairEnded), key=lambda fact: fact.failed_hour):
        if fact.outcome == Mended.GOOD:
            fate = (fact.failed_hour - up_since[fact.node], fact.cause, fact.mended_hour - fact.repair_hour)
            fates[names[fact.node]].append(fate)
            up_since[fact.node] = fact.hour
    return fates


def _entries(scenario: Scenario, log: EventLog) -> tuple[dict[int, float], dict[int, Node]]:
    rows = [*scenario.installed, *scenario.orders]
    starts, first = {}, 0
    for cluster in scenario.clusters:
        for number, mine in enumerate(rows):
            if mine.cluster == cluster.name:
                starts[number] = first
                first += mine.gpus // scenario.server_of(cluster.name).gpus
    up_since: dict[int, float] = {}
    names: dict[int, Node] = {}
    for fact in log.rows(NodesInService):
        row = fact.installed if fact.installed >= 0 else len(scenario.installed) + fact.order
        for node in range(fact.first_node, fact.first_node + fact.nodes):
            up_since[node], names[node] = fact.hour, (rows[row].name, node - starts[row])
    return up_since, names


def _assert_same_fates(before: dict[Node, list[Fate]], after: dict[Node, list[Fate]]) -> None:
    """Fates agree as far as both runs saw them: a node that enters later sees fewer of its lives."""
    for node in before.keys() & after.keys():
        for one, other in zip(before[node], after[node], strict=False):
            assert one[0] == pytest.approx(other[0], abs=1e-6), node
            assert one[1] == other[1], node
            assert one[2] == pytest.approx(other[2], abs=1e-6), node


def _lead_hours(scenario: Scenario) -> dict[str, float]:
    """Hours from placing an order to its first lot; of one placed before the start, the hour of the lot."""
    log = simulate(scenario, scenario.seed)
    placed = {fact.order: max(fact.hour, 0.0) for fact in log.rows(OrderPlaced)}
    return {
        scenario.orders[lot.order].name: lot.hour - placed[lot.order] for lot in log.rows(LotDelivered) if lot.lot == 0
    }


@pytest.fixture(scope="module")
def small() -> Scenario:
    return load(SMALL, ["end=2024-04-30"])[0]


@pytest.fixture(scope="module")
def serial(small: Scenario) -> pd.DataFrame:
    return replicate(small, range(6))


@pytest.mark.parametrize(
    "pool",
    [
        pytest.param(lambda: ThreadPoolExecutor(1), id="one thread"),
        pytest.param(lambda: ThreadPoolExecutor(3), id="three threads"),
        pytest.param(lambda: ProcessPoolExecutor(2, mp_context=get_context("spawn")), id="two processes"),
    ],
)
def test_any_number_of_workers_gives_the_same_table(
    small: Scenario, serial: pd.DataFrame, pool: type[Executor]
) -> None:
    with pool() as executor:
        pd.testing.assert_frame_equal(replicate(small, range(6), executor), serial, check_exact=True)


def test_replicas_come_in_the_order_asked_for_and_equal_single_runs(small: Scenario, serial: pd.DataFrame) -> None:
    backwards = replicate(small, reversed(range(6)))
    pd.testing.assert_frame_equal(backwards[::-1].reset_index(drop=True), serial, check_exact=True)
    row = serial[serial["seed"] == 3].iloc[0]
    for name, value in run(small, 3).outcomes.items():
        assert row[name] == value or (value is None and pd.isna(row[name])), name
    assert serial["failures"].nunique() > 1
