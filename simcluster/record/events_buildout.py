"""Facts of the buildout: halls, power, and nodes from the gate of a site into service."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HallOpened:
    """A hall was handed over."""

    hour: float
    site: int
    hall: int
    it_mw: float


@dataclass(frozen=True, slots=True)
class PowerEnergized:
    """A source added facility megawatts: a step of its plan, by position."""

    hour: float
    site: int
    source: int
    facility_mw: float
    step: int = 0


@dataclass(frozen=True, slots=True)
class NodesQueued:
    """Delivered nodes of a cluster that wait, by what holds them, from this hour on (a level, not a change)."""

    hour: float
    cluster: int
    waiting_hall: int
    waiting_power: int
    waiting_network: int


@dataclass(frozen=True, slots=True)
class NodesAdmitted:
    """Nodes of an order were given a place in a hall, power and their share of the kit; they wait for a crew."""

    hour: float
    order: int
    cluster: int
    site: int
    hall: int
    nodes: int


@dataclass(frozen=True, slots=True)
class InstallStarted:
    """A crew took up a step of the installation of nodes."""

    hour: float
    order: int
    cluster: int
    step: int
    nodes: int


@dataclass(frozen=True, slots=True)
class InstallEnded:
    """A step of the installation of nodes was done; they wait for the next step, or for a place to burn in."""

    hour: float
    order: int
    cluster: int
    step: int
    nodes: int


@dataclass(frozen=True, slots=True)
class NodesReturned:
    """Nodes went back to the vendor: dead on arrival, or (`installed` is 1) rejected at acceptance."""

    hour: float
    order: int
    cluster: int
    nodes: int
    installed: int


@dataclass(frozen=True, slots=True)
class NodesReplaced:
    """Nodes came for those that went back: to the gate, or (`installed` is 1) to their place, to be burnt in."""

    hour: float
    order: int
    cluster: int
    nodes: int
    installed: int


@dataclass(frozen=True, slots=True)
class BurnInStarted:
    """Installed nodes began their acceptance burn-in."""

    hour: float
    order: int
    cluster: int
    nodes: int


@dataclass(frozen=True, slots=True)
class NodesInService:
    """Nodes became ready for use; `order` is -1 and `installed` the row for the opening fleet.

    `admitted_hour` is when they were given a place and power.
    """

    hour: float
    order: int
    installed: int
    cluster: int
    first_node: int
    nodes: int
    admitted_hour: float = 0.0


@dataclass(frozen=True, slots=True)
class NodesSold:
    """Nodes that stood in one hall left for good, by a sale: those numbered from `first_node` on, of one purchase."""

    hour: float
    sale: int
    cluster: int
    site: int
    hall: int
    first_node: int
    nodes: int
