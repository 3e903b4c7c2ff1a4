"""What a buildout costs: by its events, not by its GPUs."""

from typing import Any

import lab
import pytest
import stopwatch as watch

from simcluster.model.scenario import Scenario
from simcluster.record.events import LotDelivered, NodesInService

pytestmark = pytest.mark.bench
LOTS, ROUNDS = 200, 7


def buildout(nodes: int) -> Scenario:
    """A year in which so many nodes come in two hundred lots; nothing fails and nothing trains."""
    document: dict[str, Any] = lab.base(nodes)
    document["catalog"]["failures"]["f"]["causes"] = []
    document["jobs"], document["installed"] = [], []
    order = {"name": "o", "cluster": "k", "gpus": 8 * nodes, "placed": "2024-01-01", "deposit": 0.1}
    document["orders"] = [{**order, "lead_time": "2 weeks", "lots": LOTS, "lot_interval": "36 hours"}]
    return lab.scenario(document)


def test_a_million_gpus_in_as_many_lots_cost_what_a_hundred_thousand_do() -> None:
    scenarios = [buildout(nodes) for nodes in (12_500, 125_000)]
    small, large = (watch.engine(scenario) for scenario in scenarios)
    rounds = watch.by_turns(ROUNDS, *(lambda s=scenario: watch.engine(s)[0].seconds for scenario in scenarios))
    small_ms, large_ms = (watch.micros(rounds, k) / 1e3 for k in range(2))
    print(f"\n100,000 GPUs {small_ms:.0f} ms, 1,000,000 GPUs {large_ms:.0f} ms of CPU")
    watch.at_most("ten times the GPUs in as many lots", watch.ratio(rounds, 1, 0), 1.5)
    for _, log in (small, large):
        assert log.count(LotDelivered) == log.count(NodesInService) == LOTS
