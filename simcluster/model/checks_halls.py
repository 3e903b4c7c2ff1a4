"""Checks of halls and what stands in them: retrofits that can be done, and a hall for every cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcluster.model.kind import Located

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario


def problems_of_retrofits(scenario: Scenario) -> Iterator[Located]:
    """A retrofit belongs to the run."""
    for s, site in enumerate(scenario.sites):
        for h, hall in enumerate(site.halls):
            for k, row in enumerate(hall.retrofits):
                if row.start is not None and row.start < scenario.start:
                    at = ("sites", s, "halls", h, "retrofits", k, "start")
                    message = f"retrofit {row.name!r} begins before the scenario's start"
                    yield Located(at, message, "let the hall offer that from the first, or begin it in the run")


def homeless(scenario: Scenario) -> Iterator[Located]:
    """Clusters with orders that no hall takes, neither as it is built nor after a retrofit."""
    for k, cluster in enumerate(scenario.clusters):
        rack, site = scenario.rack_of(k), scenario.sites[scenario.site_index[cluster.site]]
        ordered = any(order.cluster == cluster.name for order in scenario.orders)
        if ordered and not any(offer.takes(rack) for hall in site.halls for offer in hall.offers):
            cooled = "" if rack.cooling == "any" else f", cooled by {rack.cooling}"
            message = f"no hall at {site.name!r} takes the racks of {cluster.name!r} ({rack.kw:.4g} kW{cooled})"
            cooling = "" if rack.cooling == "any" else f'cooling = "{rack.cooling}" and '
            hint = f'add a hall, or [[sites.halls.retrofits]] with {cooling}rack_power = "{rack.kw:.4g} kW" or more'
            yield Located(("clusters", k), message, hint)
