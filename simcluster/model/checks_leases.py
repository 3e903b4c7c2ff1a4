"""Checks of leases that stand alone: each has a name of its own, and bears on the simulated days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcluster.core.calendar import months_later
from simcluster.model.checks_names import used_twice
from simcluster.model.kind import Located

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario


def problems_of_leases(scenario: Scenario) -> Iterator[Located]:
    """Names given twice, and leases that are over before the start or commence after the end."""
    yield from used_twice(scenario.finance, ("finance",), ("leases",))
    for k, lease in enumerate(scenario.finance.leases):
        at = ("finance", "leases", k)
        if lease.commences > scenario.end:
            yield Located((*at, "commences"), "commences after the scenario's end", "leave it out, or begin it earlier")
        elif months_later(lease.commences, lease.months) <= scenario.start:
            yield Located((*at, "term"), "over by the scenario's start", "leave it out, or give a longer term")
