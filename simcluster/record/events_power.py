"""Facts of power that is short; see `events` for what all facts have in common."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SupplyChanged:
    """What a source can give from this hour on (a level), facility MW; outages or windows under way hold it back."""

    hour: float
    site: int
    source: int
    available_mw: float
    outages: int
    windows: int


@dataclass(frozen=True, slots=True)
class BatteryChanged:
    """What a site's battery gives or takes from this hour on (levels), facility MW, and what it holds at this hour."""

    hour: float
    site: int
    discharging_mw: float
    charging_mw: float
    stored_mwh: float


@dataclass(frozen=True, slots=True)
class NodesShed:
    """Nodes of a cluster without power from this hour on (levels): those numbered from `first_node` on.

    `nodes` of them are in service; `burning` more had their burn-in halted.
    """

    hour: float
    cluster: int
    first_node: int
    nodes: int
    burning: int


@dataclass(frozen=True, slots=True)
class ClocksChanged:
    """The clock of all GPUs of a site that compute or serve, from this hour on (a level): a share of the full one."""

    hour: float
    site: int
    clock: float
