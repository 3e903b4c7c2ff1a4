"""What bound the build: GPUs held up by day and constraint, and the constraint that held up most of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.core.calendar import HOURS_PER_DAY
from simcluster.record.accounts import pipeline
from simcluster.record.events import LotDelivered, OrderCancelled, OrderPlaced, OrderPostponed
from simcluster.record.log import EventLog
from simcluster.record.spread import spread
from simcluster.record.states import GpuState

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.scenario import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

AT_THE_GATE = ("hall", "power", "network", "crew")
"""What holds up nodes that were delivered."""
CONSTRAINTS = (*AT_THE_GATE, "supply", "budget")
"""All of them; of supply and budget nothing is stranded yet."""
LEAST_GPU_DAYS = 1e-6
HELD_BY = {
    GpuState.WAITING_HALL: "hall",
    GpuState.WAITING_POWER: "power",
    GpuState.WAITING_NETWORK: "network",
    GpuState.WAITING_CREW: "crew",
    GpuState.RETURNED: "supply",
}
"""What holds up the nodes of a state."""
SUPPLY: tuple[tuple[type, float], ...] = ((OrderPlaced, 1.0), (OrderCancelled, -1.0), (LotDelivered, -1.0))


@dataclass(frozen=True)
class Binding:
    """What held up the build.

    `gpu_days`, `usd_days`: GPUs, and what they cost, held up on each day; axes (day, site, constraint), constraints as
    in `CONSTRAINTS`. What waits at the vendor or for a budget is not paid for, but counts at its price all the same.
    """

    gpu_days: Floats
    usd_days: Floats

    @property
    def by_site(self) -> Ints:
        """The constraint of each day and site by position, -1 where nothing is held up.

        Of the GPUs delivered it is what holds up most; where none waits, supply, and where nothing is on order, budget.
        """
        return _binding(self.gpu_days)

    @property
    def of_all(self) -> Ints:
        """The constraint of each day over all sites; shape (days,)."""
        return _binding(self.gpu_days.sum(axis=1))


def _binding(gpu_days: Floats) -> Ints:
    """The constraint that binds along the last axis."""
    gate = gpu_days[..., : len(AT_THE_GATE)]
    found = np.full(gpu_days.shape[:-1], -1, dtype=np.int64)
    for later in (CONSTRAINTS.index("budget"), CONSTRAINTS.index("supply")):
        found[gpu_days[..., later] > LEAST_GPU_DAYS] = later
    waits = gate.max(axis=-1) > LEAST_GPU_DAYS
    found[waits] = gate.argmax(axis=-1)[waits]
    return found


def account_binding(scenario: Scenario, log: EventLog) -> Binding:
    """GPU-days and dollar-days held up, by day, site and constraint."""
    days = round(scenario.clock.horizon_hours / HOURS_PER_DAY)
    edges = np.arange(days + 1, dtype=np.float64) * HOURS_PER_DAY
    sites = len(scenario.sites)
    site_of = np.array([scenario.site_index[cluster.site] for cluster in scenario.clusters], dtype=np.int64)
    gpus = np.array([scenario.server_of(k).gpus for k in range(len(scenario.clusters))], dtype=np.float64)
    usd = _node_usd(scenario, log)
    held = np.zeros((2, days, sites, len(CONSTRAINTS)))
    for name, hours, clusters, change in _changes(scenario, log):
        until = np.full(len(hours), scenario.clock.horizon_hours)
        for k, value in enumerate((gpus, usd)):
            weight = change * value[clusters]
            held[k, :, :, CONSTRAINTS.index(name)] += spread(hours, until, weight, edges, site_of[clusters], sites)
    gpu_days, usd_days = np.maximum(held / HOURS_PER_DAY, 0.0)
    return Binding(gpu_days, usd_days)


def _node_usd(scenario: Scenario, log: EventLog) -> Floats:
    """What a node of each cluster cost in the mean over its orders, USD; 0 where none was placed."""
    placed = log.columns(OrderPlaced)
    clusters = _cluster_of_order(scenario)[placed["order"]]
    size = len(scenario.clusters)
    price = placed["server_price_usd"] + placed["network_price_usd"]
    nodes = np.bincount(clusters, placed["nodes"], size)
    spent = np.bincount(clusters, placed["nodes"] * price, size)
    mean: Floats = spent / np.maximum(nodes, 1.0)
    return mean


def _cluster_of_order(scenario: Scenario) -> Ints:
    return np.array([scenario.cluster_index[order.cluster] for order in scenario.orders], dtype=np.int64)


def _changes(scenario: Scenario, log: EventLog) -> Iterator[tuple[str, Floats, Ints, Floats]]:
    """Changes of the nodes held up by each constraint: its name, hours, clusters, nodes."""
    for part in pipeline(log, len(scenario.clusters)):
        if part.state in HELD_BY:
            yield HELD_BY[part.state], part.hours, part.clusters, part.nodes
    of_order = _cluster_of_order(scenario)
    for event, sign in SUPPLY:
        facts = log.columns(event)
        yield "supply", facts["hour"], of_order[facts["order"]], sign * facts["nodes"]
    yield ("budget", *_postponed(scenario, log))


def _postponed(scenario: Scenario, log: EventLog) -> tuple[Floats, Ints, Floats]:
    """Orders wait for a budget from the day they were first put off to the day they were placed."""
    asked: dict[int, float] = {}
    for fact in log.rows(OrderPostponed):
        asked.setdefault(fact.order, fact.hour)
    steps = [(hour, order, 1.0) for order, hour in asked.items()]
    steps += [(fact.hour, fact.order, -1.0) for fact in log.rows(OrderPlaced) if fact.order in asked]
    hours, orders = np.array([s[0] for s in steps]), np.array([s[1] for s in steps], dtype=np.int64)
    nodes = np.array([scenario.nodes(scenario.orders[k].cluster, scenario.orders[k].gpus) for k in orders])
    return hours, _cluster_of_order(scenario)[orders], np.array([s[2] for s in steps]) * nodes


def binding_frame(scenario: Scenario, binding: Binding) -> pd.DataFrame:
    """A row a day and site: `date`, `site`, `binding` (the constraint, or empty), GPUs held up by each constraint."""
    import pandas as pd

    days, sites = binding.gpu_days.shape[:2]
    dates = pd.Timestamp(scenario.start) + pd.to_timedelta(np.arange(days), unit="D")
    columns = {f"gpus_{name}": binding.gpu_days[:, :, k].ravel() for k, name in enumerate(CONSTRAINTS)}
    names = np.array([*CONSTRAINTS, ""])
    return pd.DataFrame(
        {
            "date": dates.repeat(sites),
            "site": [site.name for site in scenario.sites] * days,
            "binding": names[binding.by_site.ravel()],
            **columns,
        }
    )
