"""The facts a run records: frozen rows, `hour` first, in past participles.

Names of clusters, jobs, orders and causes are indices into the scenario's declared order (`cluster`, `job`, `order`,
`cause` are positions in `scenario.clusters`, `.jobs`, `.orders`, `.causes`, and so on; -1 means none), so that a fact
is a row of numbers and the log stays small. A node's number counts the nodes of one cluster after another, in each
cluster the opening rows, then the orders.
"""

from __future__ import annotations

from dataclasses import dataclass

from simcluster.record.events_failures import (
    PLANNED,
    DomainFailed,
    DomainMended,
    LemonCured,
    Mended,
    NodeBlamed,
    NodeFailed,
    NodeSlowed,
    PartsChanged,
    RepairEnded,
)
from simcluster.record.events_jobs import (
    Held,
    JobFinished,
    JobHeld,
    JobInterrupted,
    JobStarted,
    ModelReady,
    ReplicasChanged,
    RestartFailed,
    SegmentEnded,
    StandbysChanged,
    StateCorrupted,
)
from simcluster.record.events_power import BatteryChanged, NodesShed, SupplyChanged

__all__ = [
    "EVENTS",
    "PLANNED",
    "BackgroundChanged",
    "BatteryChanged",
    "BudgetOpened",
    "BurnInStarted",
    "DomainFailed",
    "DomainMended",
    "HallOpened",
    "Held",
    "JobFinished",
    "JobHeld",
    "JobInterrupted",
    "JobStarted",
    "LemonCured",
    "LotDelivered",
    "Mended",
    "ModelReady",
    "NodeBlamed",
    "NodeFailed",
    "NodeSlowed",
    "NodesAdmitted",
    "NodesInService",
    "NodesQueued",
    "NodesShed",
    "OrderPlaced",
    "OrderPostponed",
    "PartsChanged",
    "PowerEnergized",
    "RepairEnded",
    "ReplicasChanged",
    "RestartFailed",
    "SegmentEnded",
    "StandbysChanged",
    "StateCorrupted",
    "SupplyChanged",
]


@dataclass(frozen=True, slots=True)
class BudgetOpened:
    """A year's capital became available."""

    hour: float
    year: int
    amount_usd: float


@dataclass(frozen=True, slots=True)
class OrderPostponed:
    """An order found no room in the year's budget and waits for the next year's."""

    hour: float
    order: int
    cost_usd: float


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """An order was placed at prices agreed that day; the deposit was paid."""

    hour: float
    order: int
    nodes: int
    server_price_usd: float
    network_price_usd: float
    deposit_usd: float


@dataclass(frozen=True, slots=True)
class LotDelivered:
    """Nodes of an order arrived and were paid for, less their share of the deposit."""

    hour: float
    order: int
    lot: int
    nodes: int


@dataclass(frozen=True, slots=True)
class HallOpened:
    """A hall was handed over."""

    hour: float
    site: int
    hall: int
    it_mw: float


@dataclass(frozen=True, slots=True)
class PowerEnergized:
    """A source added facility megawatts."""

    hour: float
    site: int
    source: int
    facility_mw: float


@dataclass(frozen=True, slots=True)
class NodesQueued:
    """Delivered nodes of a cluster that wait, by what holds them, from this hour on (a level, not a change)."""

    hour: float
    cluster: int
    waiting_hall: int
    waiting_power: int


@dataclass(frozen=True, slots=True)
class NodesAdmitted:
    """Nodes of an order were given a place in a hall and power: installation began."""

    hour: float
    order: int
    cluster: int
    site: int
    hall: int
    nodes: int


@dataclass(frozen=True, slots=True)
class BurnInStarted:
    """Installed nodes began their acceptance burn-in."""

    hour: float
    order: int
    cluster: int
    nodes: int


@dataclass(frozen=True, slots=True)
class NodesInService:
    """Nodes became ready for use; `order` is -1 and `installed` the row for the opening fleet."""

    hour: float
    order: int
    installed: int
    cluster: int
    first_node: int
    nodes: int


@dataclass(frozen=True, slots=True)
class BackgroundChanged:
    """A background load wants so many GPUs from this hour on."""

    hour: float
    background: int
    gpus: int


EVENTS: tuple[type, ...] = (
    BudgetOpened,
    OrderPostponed,
    OrderPlaced,
    LotDelivered,
    HallOpened,
    PowerEnergized,
    SupplyChanged,
    BatteryChanged,
    NodesShed,
    NodesQueued,
    NodesAdmitted,
    BurnInStarted,
    NodesInService,
    NodeFailed,
    RepairEnded,
    DomainFailed,
    DomainMended,
    NodeBlamed,
    NodeSlowed,
    LemonCured,
    PartsChanged,
    BackgroundChanged,
    JobStarted,
    SegmentEnded,
    JobHeld,
    JobInterrupted,
    RestartFailed,
    ReplicasChanged,
    StandbysChanged,
    StateCorrupted,
    JobFinished,
    ModelReady,
)
