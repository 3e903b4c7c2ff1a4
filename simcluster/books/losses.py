"""What vintages lose: depreciation over their lives, and impairment with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.impairments import write_downs
from simcluster.core.money import between, whole
from simcluster.model.depreciation import Schedule, charge_cents, schedule_of

if TYPE_CHECKING:
    from simcluster.books.register import Asset
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario


def depreciate(scenario: Scenario, asset: Asset) -> Cents:
    """What a vintage loses, cents: what was accumulated at the start, then each month; shape (months + 1,).

    Straight-line depreciation, and impairment with it (see `impair`).
    """
    edges = np.array([min(asset.in_service_hour, 0.0), *scenario.clock.month_edges])
    lasted = np.minimum(edges, asset.retired_hour)
    return charge_cents(depreciable_cents(scenario, asset), schedule(scenario, asset), lasted)


def impair(scenario: Scenario, asset: Asset) -> Cents:
    """What of the loss of each month is impairment, cents, shape (months + 1,); what was before the start is past."""
    out: Cents = np.zeros(len(scenario.clock.months) + 1, dtype=np.int64)
    for hour, before, after in schedule(scenario, asset).impaired:
        if 0 <= hour < min(asset.retired_hour, scenario.clock.horizon_hours):
            out[scenario.clock.month_index(hour) + 1] += between(depreciable_cents(scenario, asset), before, after)
    return out


def schedule(scenario: Scenario, asset: Asset) -> Schedule:
    """How a vintage loses its value over its lives."""
    lives, term = scenario.finance.lives, asset.term_ends - asset.in_service_hour
    taken = write_downs(scenario, asset)
    return schedule_of(lives, asset.asset_class, asset.in_service_hour, scenario.start, term, taken)


def depreciable_cents(scenario: Scenario, asset: Asset) -> int:
    """Cost less residual, cents; a lessee keeps nothing of what was leased."""
    if asset.leased:
        return asset.cost_cents
    return asset.cost_cents - whole(asset.cost_cents * scenario.finance.lives.residual.share(asset.asset_class))
