"""Facts of failures and repairs; see `events` for what all facts have in common."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

PLANNED = -1
"""The cause of what was planned: maintenance, or a stop to swap a node or to grow again."""


class Mended(IntEnum):
    """How a repair ended: the node came back good, or still bad; it was given up; or the horizon came first."""

    GOOD = 0
    STILL_BAD = 1
    RETIRED = 2
    UNDER_WAY = 3


@dataclass(frozen=True, slots=True)
class NodeFailed:
    """A node went out of service by a cause; `job` is the job it belonged to."""

    hour: float
    node: int
    cluster: int
    cause: int
    job: int


@dataclass(frozen=True, slots=True)
class RepairEnded:
    """A node that was out of service since `failed_hour` returned, was given up, or is still out at the horizon.

    From detection to `automatic_hour` a reset was tried, to `part_hour` a part was awaited, to `repair_hour` a
    technician, and to `mended_hour` the repair lasted; until `hour` what the node shares with others was still out.
    `outcome` is a `Mended`. Steps that the horizon cut off stand at the horizon. Cause `PLANNED` is maintenance.
    """

    hour: float
    node: int
    cluster: int
    cause: int
    failed_hour: float
    detected_hour: float
    automatic_hour: float
    part_hour: float
    repair_hour: float
    mended_hour: float
    outcome: int


@dataclass(frozen=True, slots=True)
class DomainFailed:
    """What nodes share went out, and `nodes` of them with it; `domain` counts those of its scope in the cluster."""

    hour: float
    cluster: int
    cause: int
    domain: int
    nodes: int


@dataclass(frozen=True, slots=True)
class DomainMended:
    """What nodes share is mended, taken up at `repair_hour`; its nodes are back unless another reason keeps them."""

    hour: float
    cluster: int
    cause: int
    domain: int
    failed_hour: float
    repair_hour: float


@dataclass(frozen=True, slots=True)
class NodeBlamed:
    """A healthy node of a job was taken out by misdiagnosis, while `bad_node` stayed in."""

    hour: float
    node: int
    cluster: int
    bad_node: int


@dataclass(frozen=True, slots=True)
class NodeSlowed:
    """A node became a straggler, `speed` of what it was; it is noticed and taken out at `noticed_hour`."""

    hour: float
    node: int
    cluster: int
    cause: int
    speed: float
    noticed_hour: float


@dataclass(frozen=True, slots=True)
class LemonCured:
    """A repair found what made a node fail more often than others."""

    hour: float
    node: int
    cluster: int


@dataclass(frozen=True, slots=True)
class PartsChanged:
    """Spare parts of a cluster from this hour on (levels): on hand, on order, and claimed by repairs that wait."""

    hour: float
    cluster: int
    on_hand: int
    on_order: int
    awaited: int
