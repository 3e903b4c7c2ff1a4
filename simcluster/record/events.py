"""The facts a run records: frozen rows, `hour` first, in past participles.

Names of clusters, jobs, orders and causes are indices into the scenario's declared order (`cluster`, `job`, `order`,
`cause` are positions in `scenario.clusters`, `.jobs`, `.orders`, `.causes`, and so on; -1 means none), so that a fact
is a row of numbers and the log stays small. A node's number counts the nodes of one cluster after another, in each
cluster the opening rows, then the orders.
"""

from __future__ import annotations

from dataclasses import dataclass

from simcluster.record.events_buildout import (
    BurnInStarted,
    HallOpened,
    InstallEnded,
    InstallStarted,
    NodesAdmitted,
    NodesInService,
    NodesQueued,
    NodesReplaced,
    NodesReturned,
    NodesSold,
    PowerEnergized,
)
from simcluster.record.events_construction import (
    EquipmentDelivered,
    EquipmentOrdered,
    HallTested,
    RetrofitFinished,
    RetrofitStarted,
    TaskCancelled,
    TaskFinished,
    TaskStarted,
)
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
from simcluster.record.events_orders import (
    BudgetOpened,
    KitDelivered,
    KitOrdered,
    LotDelivered,
    OptionBought,
    OptionLapsed,
    OrderCancelled,
    OrderPlaced,
    OrderPostponed,
)
from simcluster.record.events_power import BatteryChanged, ClocksChanged, NodesShed, SupplyChanged

__all__ = [
    "CONSTRUCTION",
    "EVENTS",
    "PLANNED",
    "BackgroundChanged",
    "BatteryChanged",
    "BudgetOpened",
    "BurnInStarted",
    "ClocksChanged",
    "DomainFailed",
    "DomainMended",
    "EquipmentDelivered",
    "EquipmentOrdered",
    "HallOpened",
    "HallTested",
    "Held",
    "InstallEnded",
    "InstallStarted",
    "JobFinished",
    "JobHeld",
    "JobInterrupted",
    "JobStarted",
    "KitDelivered",
    "KitOrdered",
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
    "NodesReplaced",
    "NodesReturned",
    "NodesShed",
    "NodesSold",
    "OptionBought",
    "OptionLapsed",
    "OrderCancelled",
    "OrderPlaced",
    "OrderPostponed",
    "PartsChanged",
    "PowerEnergized",
    "RepairEnded",
    "ReplicasChanged",
    "RestartFailed",
    "RetrofitFinished",
    "RetrofitStarted",
    "SegmentEnded",
    "StandbysChanged",
    "StateCorrupted",
    "SupplyChanged",
    "TaskCancelled",
    "TaskFinished",
    "TaskStarted",
]


@dataclass(frozen=True, slots=True)
class BackgroundChanged:
    """A background load wants so many GPUs from this hour on."""

    hour: float
    background: int
    gpus: int


CONSTRUCTION: tuple[type, ...] = (
    TaskStarted,
    TaskFinished,
    TaskCancelled,
    EquipmentOrdered,
    EquipmentDelivered,
    HallTested,
)

EVENTS: tuple[type, ...] = (
    BudgetOpened,
    OrderPostponed,
    OptionBought,
    OptionLapsed,
    OrderPlaced,
    OrderCancelled,
    LotDelivered,
    KitOrdered,
    KitDelivered,
    *CONSTRUCTION,
    HallOpened,
    RetrofitStarted,
    RetrofitFinished,
    PowerEnergized,
    SupplyChanged,
    BatteryChanged,
    NodesShed,
    ClocksChanged,
    NodesQueued,
    NodesAdmitted,
    InstallStarted,
    InstallEnded,
    NodesReturned,
    NodesReplaced,
    BurnInStarted,
    NodesInService,
    NodesSold,
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
