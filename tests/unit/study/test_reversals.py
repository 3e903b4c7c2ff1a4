"""Power two months later: the same luck, exactly the nodes that were ready stranded, and the cost in the ledger."""

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

from simcluster.model.document import read_document
from simcluster.model.scenario import Scenario
from simcluster.record.binding import CONSTRAINTS
from simcluster.record.events import HallOpened, LotDelivered, NodesAdmitted, NodesQueued, OrderPlaced
from simcluster.study.result import Result
from simcluster.study.run import run

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
TWO_MONTHS = 61


@pytest.fixture(scope="module")
def pair() -> tuple[Result, Result]:
    """The small scenario, and the same with its last phase of power two months later."""
    document = read_document(SMALL).values
    later = deepcopy(document)
    phase = later["sites"][0]["power"][0]["phases"][-1]
    phase["date"] = phase["date"].fromordinal(phase["date"].toordinal() + TWO_MONTHS)
    return run(Scenario.model_validate(document)), run(Scenario.model_validate(later))


def test_deliveries_halls_and_prices_do_not_move(pair: tuple[Result, Result]) -> None:
    first, second = (result.log for result in pair)
    for event in (OrderPlaced, LotDelivered, HallOpened):
        assert list(first.rows(event)) == list(second.rows(event))


def test_it_strands_exactly_the_nodes_that_were_ready(pair: tuple[Result, Result]) -> None:
    """What is delivered and not admitted waits, at every instant; later power admits as many, and none earlier."""
    for result in pair:
        delivered, admitted, queued = (
            result.log.columns(event) for event in (LotDelivered, NodesAdmitted, NodesQueued)
        )
        for k, hour in enumerate(queued["hour"]):
            if k + 1 < len(queued["hour"]) and queued["hour"][k + 1] == hour:
                continue
            ready = delivered["nodes"][delivered["hour"] <= hour].sum()
            placed = admitted["nodes"][admitted["hour"] <= hour].sum()
            waiting = sum(queued[f"waiting_{name}"][k] for name in ("hall", "power", "network"))
            assert waiting == ready - placed
    on_time, late = (np.repeat(a["hour"], a["nodes"]) for a in (result.log.columns(NodesAdmitted) for result in pair))
    assert len(on_time) == len(late)
    assert (np.sort(late) >= np.sort(on_time)).all()
    held = [result.binding.gpu_days[:, :, CONSTRAINTS.index("power")].sum() for result in pair]
    moved = (np.sort(late) - np.sort(on_time)).sum() / 24 * 8
    assert held[1] - held[0] == pytest.approx(moved, rel=1e-9)


def test_it_costs_what_the_ledger_says(pair: tuple[Result, Result]) -> None:
    """Nothing is bought anew: servers enter service later, so that less is depreciated and less energy is used."""
    first, second = (result.journal for result in pair)
    for account in ("assets:cip", "assets:ppe"):
        moved = [journal.balance(f"{account}:servers") for journal in (first, second)]
        assert moved[0] == moved[1], account
    for expense in ("expenses:depreciation:servers", "expenses:energy", "expenses:operations"):
        assert second.balance(expense) < first.balance(expense)
    revenue = [-journal.balance("income:advertising") for journal in (first, second)]
    assert revenue[1] < revenue[0]
