"""What bound the build, by hand, and against the accounts of GPU-hours."""

from typing import Any

import numpy as np
import pytest

from simcluster.model.scenario import Scenario
from simcluster.record.accounts import account_gpu_hours
from simcluster.record.binding import CONSTRAINTS, Binding, account_binding, binding_frame
from simcluster.record.events import (
    LotDelivered,
    NodesAdmitted,
    NodesQueued,
    OrderCancelled,
    OrderPlaced,
    OrderPostponed,
)
from simcluster.record.levels import Levels
from simcluster.record.log import EventLog
from simcluster.record.states import GpuState

DAY = 24.0


def account(scenario: Scenario, log: EventLog) -> tuple[Binding, dict[str, Any]]:
    binding = account_binding(scenario, log)
    return binding, {name: binding.gpu_days[:, 0, k] for k, name in enumerate(CONSTRAINTS)}


def test_gpus_are_held_up_where_they_wait_and_what_was_delivered_binds_first(small: Scenario) -> None:
    log = EventLog()
    log.add(OrderPostponed(1 * DAY, 0, 1.0))
    log.add(OrderPlaced(3 * DAY, 0, 20, 100.0, 50.0, 0.0))
    log.add(LotDelivered(5.5 * DAY, 0, 0, 8))
    log.add(NodesQueued(5.5 * DAY, 0, 0, 8, 0))
    log.add(NodesQueued(7 * DAY, 0, 6, 2, 0))
    log.add(NodesQueued(8 * DAY, 0, 0, 0, 0))
    log.add(OrderCancelled(9 * DAY, 0, 12, 0.0))
    binding, held = account(small, log)
    nodes = small.nodes(small.orders[0].cluster, small.orders[0].gpus)
    assert held["budget"][:5].tolist() == [0, 8 * nodes, 8 * nodes, 0, 0]
    assert held["supply"][3:10].tolist() == [160, 160, 8 * (20 * 0.5 + 12 * 0.5), 96, 96, 96, 0]
    assert held["power"][5:9].tolist() == [32, 64, 16, 0]
    assert held["hall"][5:9].tolist() == [0, 0, 48, 0]
    names = binding_frame(small, binding)["binding"].tolist()
    assert names[:10] == ["", "budget", "budget", "supply", "supply", "power", "power", "hall", "supply", ""]
    tied = binding.usd_days[:, 0, CONSTRAINTS.index("power")]
    assert tied[5:8].tolist() == pytest.approx([4 * 150.0, 8 * 150.0, 2 * 150.0])


def test_what_waits_at_the_gate_is_what_the_accounts_say(
    small: Scenario, small_log: EventLog, small_levels: Levels
) -> None:
    _, held = account(small, small_log)
    hours = account_gpu_hours(small, small_log, small_levels)
    for name in ("hall", "power", "network", "crew"):
        waited = hours.of(GpuState(f"waiting_{name}"))
        assert held[name].sum() * DAY == pytest.approx(waited, rel=1e-9), name
        assert waited > 0 or name == "hall"


def test_a_crew_holds_up_from_admission_on(small: Scenario) -> None:
    log = EventLog()
    log.add(OrderPlaced(0.0, 0, 4, 1.0, 0.0, 0.0))
    log.add(LotDelivered(0.0, 0, 0, 4))
    log.add(NodesAdmitted(2 * DAY, 0, 0, 0, 0, 4))
    binding, held = account(small, log)
    assert held["crew"][:4].tolist() == [0, 0, 32, 32]
    assert (binding.of_all[2:] == CONSTRAINTS.index("crew")).all()
    assert np.all(binding.of_all[:2] == -1)
