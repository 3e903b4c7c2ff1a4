"""How many nodes the power of a site lets in: by what was promised to each, or by what the meter has shown."""

from __future__ import annotations

from typing import Protocol

from simcluster.model.site import Site, whole_nodes
from simcluster.sim.metering import Meter


class Headroom(Protocol):
    """The power of a site that is still to be had."""

    def energise(self, facility_mw: float) -> None:
        """A source added power."""

    def room(self, cluster: int) -> int:
        """How many more nodes of a cluster may come in."""

    def take(self, cluster: int, nodes: int) -> None:
        """Nodes of a cluster came in, or (fewer than none) left for good."""


class Promised:
    """Each node takes its nameplate x provisioned fraction x peak PUE until it is sold, whatever it draws."""

    def __init__(self, site: Site, it_kw: list[float]) -> None:
        self._it_kw = it_kw
        self._facility_per_it = site.provided_share * site.pue_peak
        self._left_kw = 0.0

    def energise(self, facility_mw: float) -> None:
        """A source added power."""
        self._left_kw += facility_mw * 1000 / self._facility_per_it

    def room(self, cluster: int) -> int:
        """How many more nodes of a cluster may come in."""
        return whole_nodes(self._left_kw, self._it_kw[cluster])

    def take(self, cluster: int, nodes: int) -> None:
        """Nodes of a cluster came in, or left for good."""
        self._left_kw -= nodes * self._it_kw[cluster]


class Metered:
    """What the meter has shown counts, and the busy draw of what it cannot have seen yet (see `Meter`)."""

    def __init__(self, site: Site, meter: Meter) -> None:
        self._meter, self._pue_peak = meter, site.pue_peak
        self._it_kw = 0.0

    def energise(self, facility_mw: float) -> None:
        """A source added power."""
        self._it_kw += facility_mw * 1000 / self._pue_peak

    def room(self, cluster: int) -> int:
        """How many more nodes of a cluster may come in."""
        return whole_nodes(self._it_kw - self._meter.committed_kw, self._meter.busy_kw[cluster])

    def take(self, cluster: int, nodes: int) -> None:
        """Nodes of a cluster came in, or left for good."""
        self._meter.admitted[cluster] += nodes
