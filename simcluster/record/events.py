"""The facts a run records: frozen rows, `hour` first, in past participles.

Names of clusters, jobs, orders and causes are indices into the scenario's declared order (`cluster`, `job`, `order`
are positions in `scenario.clusters`, `.jobs`, `.orders`, and so on; -1 means none), so that a fact is a row of numbers
and the log stays small.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Held(IntEnum):
    """Why a job holds nodes without computing."""

    DETECTING = 0
    STALLED = 1
    RESTARTING = 2


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
class NodeFailed:
    """A node failed; noticed, taken up by a technician and back in service at the hours given."""

    hour: float
    node: int
    cluster: int
    cause: int
    job: int
    detected_hour: float
    repair_hour: float
    return_hour: float


@dataclass(frozen=True, slots=True)
class BackgroundChanged:
    """A background load wants so many GPUs from this hour on."""

    hour: float
    background: int
    gpus: int


@dataclass(frozen=True, slots=True)
class JobStarted:
    """A job took its gang."""

    hour: float
    job: int
    cluster: int
    nodes: int


@dataclass(frozen=True, slots=True)
class SegmentEnded:
    """A stretch of computing by a full gang ended: its wall hours are useful + checkpoint + lost."""

    hour: float
    job: int
    since_hour: float
    nodes: int
    useful_hours: float
    checkpoint_hours: float
    lost_hours: float


@dataclass(frozen=True, slots=True)
class JobHeld:
    """A stretch in which a job held nodes without computing ended; `state` is a `Held`."""

    hour: float
    job: int
    since_hour: float
    nodes: int
    state: int


@dataclass(frozen=True, slots=True)
class JobInterrupted:
    """A job was struck: by a node's failure (`node` >= 0) or by a cause of its own."""

    hour: float
    job: int
    node: int
    cause: int


@dataclass(frozen=True, slots=True)
class JobFinished:
    """A job's work was done and its nodes were released."""

    hour: float
    job: int
    useful_hours: float


@dataclass(frozen=True, slots=True)
class ModelReady:
    """A model was released after post-training."""

    hour: float
    job: int


EVENTS: tuple[type, ...] = (
    BudgetOpened,
    OrderPostponed,
    OrderPlaced,
    LotDelivered,
    HallOpened,
    PowerEnergized,
    NodesQueued,
    NodesAdmitted,
    BurnInStarted,
    NodesInService,
    NodeFailed,
    BackgroundChanged,
    JobStarted,
    SegmentEnded,
    JobHeld,
    JobInterrupted,
    JobFinished,
    ModelReady,
)
