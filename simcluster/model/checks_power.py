"""Checks of power: what nodes draw against what they are admitted on, and the fleet of the start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcluster.model.kind import Located
from simcluster.model.pue import most_per_nameplate
from simcluster.model.site import Site, house

if TYPE_CHECKING:
    from simcluster.model.hardware import Server
    from simcluster.model.scenario import Scenario


def power(scenario: Scenario) -> Iterator[Located]:
    """Draws above what a node is admitted on, and an opening fleet without room or power."""
    for k, cluster in enumerate(scenario.clusters):
        index, server = scenario.site_index[cluster.site], scenario.server_of(k)
        yield from _admitted_on(scenario.sites[index], index, cluster.name, server)
        if server.idle_draw > server.busy_draw:
            at = ("catalog", "servers", cluster.server, "idle_draw")
            yield Located(at, "idle_draw is above busy_draw", "lower idle_draw")
    yield from _opening(scenario)


def _admitted_on(site: Site, index: int, cluster: str, server: Server) -> Iterator[Located]:
    pue = "pue_average" if site.pue is None else "pue in the worst month"
    if site.admission.kind == "measured":
        for what, draw in (("busy", server.busy_draw), ("idle", server.idle_draw)):
            if most_per_nameplate(site.metered_pue, draw) > draw * site.pue_peak:
                message = f"cluster {cluster!r} draws more when {what} than pue_peak allows for ({what}_draw x {pue})"
                yield Located(("sites", index, "pue_peak"), message, "raise pue_peak: the meter counts IT x pue_peak")
    elif most_per_nameplate(site.metered_pue, server.busy_draw) > site.provided_share * site.pue_peak:
        message = f"cluster {cluster!r} draws more than it is admitted on (busy_draw x {pue})"
        key, hint = "provisioned_fraction", 'raise provisioned_fraction, or admit by the meter (admission = "measured")'
        if site.admission.kind == "nameplate":
            key, hint = "pue_peak", "raise pue_peak"
        yield Located(("sites", index, key), message, hint)


def _opening(scenario: Scenario) -> Iterator[Located]:
    """The opening fleet must stand in halls and on power that are there at the start."""
    for s, site in enumerate(scenario.sites):
        room = [hall.it_power * 1000 if hall.stands_by(scenario.start) else 0.0 for hall in site.halls]
        left, needed = 0, 0.0
        for row in scenario.installed:
            if scenario.clusters[scenario.cluster_index[row.cluster]].site == site.name:
                nodes, it_kw = scenario.nodes(row.cluster, row.gpus), scenario.server_of(row.cluster).nameplate_kw
                fitting = scenario.halls_for(row.cluster)
                rooms = [room[hall] for hall in fitting]
                left += nodes - sum(house(rooms, nodes, it_kw))
                for hall, rest in zip(fitting, rooms, strict=True):
                    room[hall] = rest
                needed += nodes * it_kw / 1000 * _opens_on(site, scenario.server_of(row.cluster))
        if left:
            message = f"{left} nodes of the opening fleet find no room in the halls that are ready by the start"
            yield Located(("sites", s, "halls"), message, "add a hall that is ready by the start")
        powered = sum(p.power for source in site.power for p in source.steps() if p.date <= scenario.start)
        if needed > powered * (1 + 1e-9):
            idle = " to idle" if site.admission.kind == "measured" else ""
            message = f"the opening fleet needs {needed:.1f} MW{idle}, {powered:.1f} are energised at the start"
            yield Located(("sites", s, "power"), message, "add power that is there by the start")


def _opens_on(site: Site, server: Server) -> float:
    """Facility kW that each kW of nameplate needs at the start; where a meter admitted it, what it draws when idle."""
    if site.admission.kind == "measured":
        return most_per_nameplate(site.metered_pue, server.idle_draw)
    return site.provided_share * site.pue_peak
