"""What GPU-hours cost by what they were spent on: useful work, failures, waiting, and each training run.

The cost of a month is what revenue would have to cover (`books.measures.cost_by_month`). Nodes given up bear what was
left of their book value, the rest is borne by all other GPU-hours in service of the month, those of a cluster in
proportion to the price of its GPUs; what a month without any cost is `empty`. Gains and losses of sales are borne by no
hour, as they belong to the years before. Before service a GPU costs the charge on its price, WACC / (1 - tax) a year,
whether it is paid for yet or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.disposals import sold_at_a_loss
from simcluster.books.measures import cost_by_month
from simcluster.books.register import installed_cost, order_costs
from simcluster.core.calendar import HOURS_PER_YEAR
from simcluster.record.events import JobHeld, KitOrdered, OrderPlaced, SegmentEnded
from simcluster.record.spread import spread
from simcluster.record.states import STATES, USEFUL, GpuState

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.books.journal import Journal
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
    GpuState.BURN_IN_HALTED,
)
"""States of a GPU that was delivered and waits for what is not there."""
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
    """USD by month, cluster and state, axes as `GpuHours`; what an hour in service cost by month and cluster.

    `empty_usd` is what months cost in which nobody bore it, `sold_usd` book value sold less its price, both by month.
    """

    usd: Floats
    usd_per_gpu_hour: Floats
    empty_usd: Floats
    sold_usd: Floats

    def of(self, *states: GpuState) -> float:
        """USD of some states over the run."""
        return float(self.usd[:, :, _places(states)].sum())


def _places(states: tuple[GpuState, ...]) -> list[int]:
    return [STATES.index(state) for state in states]


def account_costs(scenario: Scenario, log: EventLog, journal: Journal, gpu_hours: GpuHours) -> Costs:
    """The costs of a run by what GPU-hours were spent on: with `empty` and `sold` all that revenue has to cover."""
    hours, worth = gpu_hours.hours, price_per_gpu_usd(scenario, log)
    early, gone = _places(BEFORE_SERVICE), _places((GpuState.RETIRED,))
    late = [k for k in range(len(STATES)) if k not in (*early, *gone)]
    cost = cost_by_month(scenario, journal)
    sold = sold_at_a_loss(scenario, journal.assets)
    disposals = (cost.disposals - sold) / 100
    rate, empty = _borne(hours[:, :, late], worth, cost.in_service_usd)
    disposal, not_borne = _borne(hours[:, :, gone], worth, disposals)
    an_hour = scenario.finance.wacc / (1 - scenario.finance.tax_rate) / HOURS_PER_YEAR * worth
    usd = np.zeros_like(hours)
    for places, per_hour in ((late, rate), (gone, disposal), (early, np.broadcast_to(an_hour, rate.shape))):
        usd[:, :, places] = hours[:, :, places] * per_hour[:, :, None]
    return Costs(usd, rate, empty + not_borne, sold / 100)


def _borne(hours: Floats, worth: Floats, month_usd: Floats) -> tuple[Floats, Floats]:
    """USD an hour by month and cluster that together bear what each month cost, and what nobody bore, by month."""
    weight = hours.sum(axis=2) @ worth
    per_weight = np.divide(month_usd, weight, out=np.zeros(len(weight)), where=weight > 0)
    return per_weight[:, None] * worth[None, :], np.where(weight > 0, 0.0, month_usd)


def price_per_gpu_usd(scenario: Scenario, log: EventLog) -> Floats:
    """Mean price of a GPU with its share of server, network and kits, by cluster, USD; 1 where nothing has a price.

    Prices are those agreed on the day of an order, and what the opening fleet cost.
    """
    cents, gpus, kits = (np.zeros(len(scenario.clusters)) for _ in range(3))
    agreed = order_costs(log)
    bought = [(row.cluster, row.gpus, installed_cost(scenario, k).total) for k, row in enumerate(scenario.installed)]
    for fact in log.rows(OrderPlaced):
        order = scenario.orders[fact.order]
        bought.append((order.cluster, order.gpus, agreed[fact.order].total))
    for name, count, unit in bought:
        cluster = scenario.cluster_index[name]
        cents[cluster] += unit * count / scenario.server_of(cluster).gpus
        gpus[cluster] += count
    for kit in log.rows(KitOrdered):
        kits[scenario.cluster_index[scenario.kits[kit.kit].cluster]] += kit.price_usd * kit.nodes
    found = np.divide(cents / 100 + kits, gpus, out=np.zeros(len(gpus)), where=gpus > 0)
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
    """A row a cluster and state that took any time: `cluster`, `state`, `gpu_hours`, `usd`, `usd_per_gpu_hour`.

    Last rows without a cluster tell what months cost in which nobody was in service, and what sales lost (or gained).
    """
    import pandas as pd

    hours, usd = gpu_hours.hours.sum(axis=0), costs.usd.sum(axis=0)
    rows: list[tuple[str, str, float, float, float | None]] = [
        (cluster.name, str(state), hours[c, s], usd[c, s], usd[c, s] / hours[c, s])
        for c, cluster in enumerate(scenario.clusters)
        for s, state in enumerate(STATES)
        if hours[c, s] > 0
    ]
    for name, months_usd in (("nobody_in_service", costs.empty_usd), ("sold", costs.sold_usd)):
        if total := float(months_usd.sum()):
            rows.append(("", name, 0.0, total, None))
    return pd.DataFrame(rows, columns=["cluster", "state", "gpu_hours", "usd", "usd_per_gpu_hour"])


def in_service_usd(costs: Costs) -> float:
    """USD of all that was in service, given up or sold."""
    return costs.of(*(state for state in STATES if state not in BEFORE_SERVICE)) + float(costs.sold_usd.sum())


def useful_hours(gpu_hours: GpuHours) -> float:
    """GPU-hours of useful work: training and serving."""
    return sum(gpu_hours.of(state) for state in USEFUL)
