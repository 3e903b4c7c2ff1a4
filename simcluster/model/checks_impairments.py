"""Checks of impairments: within the scenario, in order, and of purchases that there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcluster.model.checks_supply import unknown
from simcluster.model.kind import Located

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario


def impairments(scenario: Scenario) -> Iterator[Located]:
    """Impairments after the end, out of order, or of what was not bought."""
    bought = [*(row.name for row in scenario.purchases), *(kit.name for kit in scenario.kits)]
    leased = [row.name for row in scenario.orders if row.lease is not None]
    rows = scenario.finance.impairments
    for k, row in enumerate(rows):
        at = ("finance", "impairments", k)
        if row.date > scenario.end:
            yield Located((*at, "date"), "impaired after the scenario's end", "leave it out, or end later")
        if k and row.date < rows[k - 1].date:
            yield Located((*at, "date"), "before the impairment above it", "order impairments by date")
        if row.purchases and row.asset_class not in ("servers", "network"):
            message = f"{row.asset_class} do not come with purchases"
            yield Located((*at, "purchases"), message, "leave purchases out")
        for j, name in enumerate(row.purchases):
            yield from unknown("opening row, order or kit", name, bought, (*at, "purchases", j))
            if name in leased:
                yield Located((*at, "purchases", j), f"{name!r} is leased", "name what was bought: a lessor bears this")
