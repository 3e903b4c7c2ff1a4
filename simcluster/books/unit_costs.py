"""What GPU-hours cost by what they were spent on: useful work, failures, waiting, and each training run.

The cost of a month is what revenue would have to cover (see `books.measures.offset`): depreciation, disposals, opex and
the charge on the capital in property. It is borne by the GPU-hours in service of the month, those of a cluster in
proportion to the price of its GPUs. Before service a GPU costs the charge on construction in progress alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.journal import Account, Journal
from simcluster.books.measures import capital_charge_by_month, net_book_value, opex_by_month
from simcluster.record.events import JobHeld, SegmentEnded
from simcluster.record.spread import spread
from simcluster.record.states import STATES, USEFUL, GpuState

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.scenario import Scenario
    from simcluster.record.accounts import GpuHours
    from simcluster.record.log import EventLog

Floats = NDArray[np.float64]

STRANDED = (
    GpuState.WAITING_HALL,
    GpuState.WAITING_POWER,
    GpuState.WAITING_NETWORK,
    GpuState.WAITING_CREW,
    GpuState.RETURNED,
)
"""States of a GPU that is paid for and waits for what is not there."""
BEFORE_SERVICE = (*STRANDED, GpuState.INSTALLING, GpuState.BURN_IN)
UNRELIABLE = (
    GpuState.CHECKPOINTING,
    GpuState.LOST_WORK,
    GpuState.SLOWED,
    GpuState.RESTARTING,
    GpuState.STALLED,
    GpuState.DETECTING,
    GpuState.WAITING_REPAIR,
    GpuState.REPAIRING,
    GpuState.MAINTENANCE,
    GpuState.STANDBY,
    GpuState.RETIRED,
)
"""States that there would be none of if nothing ever failed."""


@dataclass(frozen=True)
class Costs:
    """USD by month, cluster and state, axes as `GpuHours`, and what an hour in service cost by month and cluster."""

    usd: Floats
    usd_per_gpu_hour: Floats

    def of(self, *states: GpuState) -> float:
        """USD of some states over the run."""
        return float(self.usd[:, :, _places(states)].sum())


def _places(states: tuple[GpuState, ...]) -> list[int]:
    return [STATES.index(state) for state in states]


def account_costs(scenario: Scenario, journal: Journal, gpu_hours: GpuHours) -> Costs:
    """The costs of a run by what GPU-hours were spent on.

    A month without GPU-hours to bear its cost adds nothing.
    """
    hours, worth = gpu_hours.hours, price_per_gpu_usd(scenario)
    early = _places(BEFORE_SERVICE)
    late = [k for k in range(len(STATES)) if k not in early]
    spent = journal.moved("expenses:depreciation") + journal.moved(Account.DISPOSALS) + opex_by_month(journal)
    running = spent / 100 + capital_charge_by_month(scenario, net_book_value(journal))
    built = journal.ending(Account.CIP_SERVERS) + journal.ending(Account.CIP_NETWORK)
    carrying = capital_charge_by_month(scenario, built)
    usd = np.zeros_like(hours)
    rates = []
    for places, month_usd in ((early, carrying), (late, running)):
        weight = hours[:, :, places].sum(axis=2) @ worth
        per_weight = np.divide(month_usd, weight, out=np.zeros(len(weight)), where=weight > 0)
        rates.append(per_weight[:, None] * worth[None, :])
        usd[:, :, places] = hours[:, :, places] * rates[-1][:, :, None]
    return Costs(usd, rates[-1])


def price_per_gpu_usd(scenario: Scenario) -> Floats:
    """Mean price of a GPU with its share of server, network and kits, by cluster, USD; 1 where nothing has a price."""
    found = np.zeros(len(scenario.clusters))
    for k, cluster in enumerate(scenario.clusters):
        rows = [row for row in scenario.purchases if row.cluster == cluster.name]
        gpus = sum(row.gpus for row in rows)
        usd = sum(row.gpus * sum(scenario.node_prices_usd(row)) for row in rows) / scenario.server_of(k).gpus
        kits = sum(kit.gpus * kit.price for kit in scenario.kits if kit.cluster == cluster.name)
        found[k] = (usd + kits) / gpus if gpus else 0.0
    return np.where(found > 0, found, 1.0)


@dataclass(frozen=True)
class RunCost:
    """What a training run cost, USD: the GPU-hours it held, and those of them that a run without failures needs."""

    held_usd: float
    undisturbed_usd: float


def training_costs(scenario: Scenario, log: EventLog, costs: Costs) -> list[RunCost]:
    """The cost of each job in declared order: its GPU-hours of each month at that month's rate.

    Undisturbed are its useful hours. Those of a stretch are spread evenly over it.
    """
    edges, jobs = np.array(scenario.clock.month_edges), len(scenario.jobs)
    ran, held = log.columns(SegmentEnded), log.columns(JobHeld)
    wall = np.maximum(ran["hour"] - ran["since_hour"], np.finfo(float).tiny)
    useful = spread(ran["since_hour"], ran["hour"], ran["nodes"] * ran["useful_hours"] / wall, edges, ran["job"], jobs)
    taken = np.zeros_like(useful)
    for facts in (ran, held):
        taken += spread(facts["since_hour"], facts["hour"], facts["nodes"].astype(float), edges, facts["job"], jobs)
    found = []
    for number, job in enumerate(scenario.jobs):
        rate = costs.usd_per_gpu_hour[:, scenario.cluster_index[job.cluster]] * scenario.server_of(job.cluster).gpus
        found.append(RunCost(float((taken[:, number] * rate).sum()), float((useful[:, number] * rate).sum())))
    return found


def costs_frame(scenario: Scenario, gpu_hours: GpuHours, costs: Costs) -> pd.DataFrame:
    """A row a cluster and state that took any time: `cluster`, `state`, `gpu_hours`, `usd`, `usd_per_gpu_hour`."""
    import pandas as pd

    hours, usd = gpu_hours.hours.sum(axis=0), costs.usd.sum(axis=0)
    rows = [
        (cluster.name, str(state), hours[c, s], usd[c, s], usd[c, s] / hours[c, s])
        for c, cluster in enumerate(scenario.clusters)
        for s, state in enumerate(STATES)
        if hours[c, s] > 0
    ]
    return pd.DataFrame(rows, columns=["cluster", "state", "gpu_hours", "usd", "usd_per_gpu_hour"])


def in_service_usd(costs: Costs) -> float:
    """USD of all GPU-hours in service."""
    return costs.of(*(state for state in STATES if state not in BEFORE_SERVICE))


def useful_hours(gpu_hours: GpuHours) -> float:
    """GPU-hours of useful work: training and serving."""
    return sum(gpu_hours.of(state) for state in USEFUL)
