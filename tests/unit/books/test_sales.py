"""Sales in the books, worked out by hand: the four opening nodes, a year in service at the start of 2024."""

from typing import Any

import numpy as np
import pytest

from simcluster.books.cash import cash_by_activity, sale_proceeds
from simcluster.books.company import programme_capex
from simcluster.books.disposals import sold_at_a_loss
from simcluster.books.journal import Account, Journal
from simcluster.books.keep import keep_books
from simcluster.books.law import check_law_5
from simcluster.books.statements import statements_by_quarter
from simcluster.books.unit_costs import account_costs, costs_frame, in_service_usd
from simcluster.books.valuation import in_life_share, simulated_flows
from simcluster.model.capex import GrossProductiveAssets
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.events import (
    HallOpened,
    KitDelivered,
    KitOrdered,
    LotDelivered,
    Mended,
    NodeFailed,
    NodesInService,
    NodesSold,
    OrderPlaced,
    RepairEnded,
)
from simcluster.record.log import EventLog

DAY = 24.0
SERVER, NETWORK = 25_000_000, 5_000_000
"""Prices of a node, cents."""
LIFE_HOURS = 5 * 8766.0
SOLD = 91 * DAY
"""2024-04-01; the opening fleet came into service on 2023-01-01, 365 days before the start."""
AGE_HOURS = (365 + 91) * DAY
Price = dict[str, Any]


def sold(document: dict[str, Any], price: Price | None, **keys: Any) -> Scenario:
    row = {"name": "away", "purchase": "first", "gpus": 24, "date": "2024-04-01", **keys}
    return Scenario.model_validate({**document, "sales": [row | ({"price": price} if price else {})]})


def books(scenario: Scenario, gpu_hours: GpuHours, energy: Energy, *facts: Any) -> Journal:
    log = EventLog()
    log.add(HallOpened(0.0, 0, 0, 1.0))
    log.add(NodesInService(0.0, -1, 0, 0, 0, 4))
    for fact in facts:
        log.add(fact)
    return keep_books(scenario, log, gpu_hours, energy)


THREE = NodesSold(SOLD, 0, 0, 0, 0, 0, 3)


def test_a_sale_at_book_value_is_no_capex_that_came_back(
    document: dict[str, Any], gpu_hours: GpuHours, energy: Energy
) -> None:
    """Lives of half a year are over, and the residual is the price: nothing is lost nor gained on servers."""
    lives = document["finance"]["lives"] | {"servers": "0.5 years", "residual": {"servers": 0.1}}
    document = document | {"finance": document["finance"] | {"lives": lives}}
    scenario = sold(document, {"kind": "per_node", "price": "25 kUSD"})
    journal, kept = books(scenario, gpu_hours, energy, THREE), books(scenario, gpu_hours, energy)
    assert journal.moved(Account.DISPOSALS)[3] == 3 * NETWORK - worn(3 * NETWORK, AGE_HOURS)
    assert sale_proceeds(journal)[3] == 3 * SERVER // 10
    assert programme_capex(journal).tolist() == programme_capex(kept).tolist()
    both = GrossProductiveAssets()
    assert programme_capex(journal, both).tolist() == programme_capex(kept, both).tolist()


def worn(cost: int, hours: float) -> int:
    return round(cost * hours / LIFE_HOURS)


@pytest.mark.parametrize(
    ("price", "each"),
    [
        (None, 0),
        ({"kind": "per_node", "price": "100 kUSD"}, 10_000_000),
        ({"kind": "per_gpu", "price": "45 kUSD"}, 36_000_000),
        ({"kind": "decay", "rate": 0.276}, round(SERVER * 0.724 ** (AGE_HOURS / 8766))),
    ],
)
def test_cost_and_depreciation_leave_and_what_is_left_but_for_the_price_is_a_loss(
    document: dict[str, Any], gpu_hours: GpuHours, energy: Energy, price: Price | None, each: int
) -> None:
    scenario = sold(document, price)
    journal, kept = books(scenario, gpu_hours, energy, THREE), books(scenario, gpu_hours, energy)
    assert check_law_5(journal) == []
    left = 3 * (SERVER + NETWORK) - worn(3 * SERVER, AGE_HOURS) - worn(3 * NETWORK, AGE_HOURS)
    assert journal.moved(Account.DISPOSALS).tolist() == [0, 0, 0, left - 3 * each, *[0] * 8]
    assert journal.balance(Account.PPE_SERVERS) == SERVER
    assert journal.balance(Account.PPE_NETWORK) == NETWORK, "the share of the network goes with a node"
    assert journal.balance(Account.ACCUMULATED_SERVERS) == pytest.approx(-worn(SERVER, (365 + 366) * DAY), abs=1)
    gained = journal.moved("expenses:depreciation") - kept.moved("expenses:depreciation")
    assert abs(gained[:3]).max() <= 1, "vintages round by themselves"
    assert (gained[3:] < -1_000_000).all(), "depreciation ends that hour"
    moved = cash_by_activity(journal)["investing"] - cash_by_activity(kept)["investing"]
    assert moved.tolist() == sale_proceeds(journal).tolist() == [0, 0, 0, 3 * each, *[0] * 8]
    saved = kept.moved(Account.OPERATIONS) - journal.moved(Account.OPERATIONS)
    assert saved[2:4].tolist() == [0, pytest.approx(20_000_000 * 0.03 * 30 * DAY / 8766, abs=1)], "30 kW less to run"
    assert (cash_by_activity(journal)["operating"] - cash_by_activity(kept)["operating"] == saved).all()
    assert (programme_capex(journal) == programme_capex(kept)).all(), "capital spending is purchases"
    flows = np.array([usd for _, usd in simulated_flows(scenario, journal)])
    before = np.array([usd for _, usd in simulated_flows(scenario, kept)])
    assert (flows - before)[4] == pytest.approx((3 * each + saved[3]) / 100), "the outlay, three months, and April"


def test_a_sale_above_book_value_is_a_gain_in_the_statements(
    document: dict[str, Any], gpu_hours: GpuHours, energy: Energy
) -> None:
    scenario = sold(document, {"kind": "per_gpu", "price": "45 kUSD"})
    statements = statements_by_quarter(scenario, books(scenario, gpu_hours, energy, THREE))
    left = 3 * (SERVER + NETWORK) - worn(3 * SERVER, AGE_HOURS) - worn(3 * NETWORK, AGE_HOURS)
    gain = 3 * 36_000_000 - left
    assert gain > 0
    assert statements.loc[("income_statement", "disposals"), "2024Q2"] == -gain / 100
    assert statements.loc[("roll_forward", "ppe_retired"), "2024Q2"] == 3 * (SERVER + NETWORK) / 100
    assert statements.loc[("roll_forward", "ppe_placed_in_service"), "2024Q2"] == 0


def test_a_node_given_up_is_not_sold_and_leaves_its_share_of_the_network(
    document: dict[str, Any], gpu_hours: GpuHours, energy: Energy
) -> None:
    at = 40 * DAY
    lost = NodeFailed(at, 3, 0, 1, -1), RepairEnded(at, 3, 0, 1, at, at, at, at, at, at, Mended.RETIRED)
    scenario = sold(document, {"kind": "per_node", "price": "100 kUSD"})
    journal = books(scenario, gpu_hours, energy, *lost, THREE)
    assert journal.balance(Account.PPE_SERVERS) == 0
    assert journal.balance(Account.PPE_NETWORK) == NETWORK
    (loss,) = (e for e in journal.entries if e.text == "given up: 1 nodes of first")
    assert {posting.account for posting in loss.postings} == {
        Account.ACCUMULATED_SERVERS,
        Account.DISPOSALS,
        Account.PPE_SERVERS,
    }
    assert int(sale_proceeds(journal).sum()) == 3 * 10_000_000


def test_shares_of_kits_go_with_the_nodes_of_an_order(
    document: dict[str, Any], gpu_hours: GpuHours, energy: Energy
) -> None:
    """Four nodes of an order, with leaves of two kits at 100 and 200 USD a GPU; the last node sold has the second's."""
    document["clusters"][0]["kit"] = ["leaf"]
    document["orders"] = [document["orders"][0] | {"gpus": 32, "lots": 1}]
    kit = {"cluster": "k", "item": "leaf", "placed": "2024-01-01", "lead_time": "1 week", "deposit": 0.0}
    document["kits"] = [
        {**kit, "name": "cheap", "gpus": 24, "price": "100 USD"},
        {**kit, "name": "dear", "gpus": 8, "price": "200 USD"},
    ]
    scenario = sold(document, {"kind": "decay", "rate": 0.0}, purchase="next", gpus=16)
    facts = (
        KitOrdered(0.0, 0, 3, 800.0, 0.0),
        KitOrdered(0.0, 1, 1, 1600.0, 0.0),
        KitDelivered(7 * DAY, 0, 0, 3),
        KitDelivered(7 * DAY, 1, 0, 1),
        OrderPlaced(31 * DAY, 0, 4, 250_000.0, 0.0, 0.0),
        LotDelivered(40 * DAY, 0, 0, 4),
        NodesInService(45 * DAY, 0, -1, 0, 4, 4),
        NodesSold(SOLD, 0, 0, 0, 0, 5, 2),
    )
    journal = books(scenario, gpu_hours, energy, *facts)
    assert check_law_5(journal) == []
    sold_kits = [(a.text, a.cost_cents) for a in journal.assets if a.sale == 0 and a.text.startswith("leaf")]
    assert sold_kits == [("leaf of 1 nodes from cheap", 80_000), ("leaf of 1 nodes from dear", 160_000)]
    assert int(sale_proceeds(journal).sum()) == 2 * SERVER, "without decay a server fetches what was paid"


def test_run_off_counts_no_server_that_was_sold(document: dict[str, Any], gpu_hours: GpuHours, energy: Energy) -> None:
    """All opening servers but one are sold: the one left is in its life for four years, and then nothing is."""
    scenario = sold(document, None)
    journal = books(scenario, gpu_hours, energy, THREE)
    years = np.array([2.0, 4.1])
    assert in_life_share(scenario, journal, years * 8766.0).tolist() == [1.0, 0.0]
    everything = sold(document, None, gpus=32)
    journal = books(everything, gpu_hours, energy, NodesSold(SOLD, 0, 0, 0, 0, 0, 4))
    assert in_life_share(everything, journal, years * 8766.0).tolist() == [0.0, 0.0]


def test_unit_costs_show_what_a_sale_lost_in_a_row_of_its_own(
    document: dict[str, Any], gpu_hours: GpuHours, energy: Energy
) -> None:
    scenario = sold(document, {"kind": "per_node", "price": "100 kUSD"})
    log = EventLog()
    journal = books(scenario, gpu_hours, energy, THREE)
    costs = account_costs(scenario, log, journal, gpu_hours)
    loss = sold_at_a_loss(scenario, journal.assets)
    assert (loss == journal.moved(Account.DISPOSALS)).all()
    assert costs.sold_usd[3] == loss[3] / 100 > 0
    row = costs_frame(scenario, gpu_hours, costs).iloc[-1]
    assert (row["state"], row["usd"]) == ("sold", pytest.approx(loss.sum() / 100))
    assert in_service_usd(costs) == pytest.approx(costs.usd.sum() + loss.sum() / 100)
    kept = account_costs(scenario, log, books(scenario, gpu_hours, energy), gpu_hours)
    assert np.allclose(costs.usd[:3], kept.usd[:3], rtol=0, atol=0.05)
    assert costs.usd[3:].sum() < kept.usd[3:].sum(), "the hours bear less depreciation, and nothing of the loss"
