"""Which servers earn after the horizon, and until when: what the run-off of the valuation rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.books.losses import depreciable_cents, schedule
from simcluster.books.register import Asset, Priced
from simcluster.core.calendar import HOURS_PER_YEAR
from simcluster.model.depreciation import charge_cents, schedule_of

if TYPE_CHECKING:
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario


def stands_alone(asset: Asset) -> bool:
    """Whether a vintage is a lease of the finance table, which brings no nodes of the fleet."""
    return isinstance(asset.priced, Priced) and asset.priced.by == "lease"


def servers_at_horizon(scenario: Scenario, assets: Iterable[Asset]) -> list[Asset]:
    """Vintages of the fleet's servers that nobody has given up or sold by the horizon.

    Interest capitalised is none, and neither is a lease that stands alone: its servers are no part of the fleet.
    """
    horizon = scenario.clock.horizon_hours
    return [asset for asset in assets if earns_in_run_off(asset) and asset.retired_hour >= horizon]


def earns_in_run_off(asset: Asset) -> bool:
    """Whether a vintage is of servers in the fleet."""
    return asset.asset_class == "servers" and not (asset.is_interest or stands_alone(asset))


def earns_until(scenario: Scenario, asset: Asset) -> float:
    """The hour until which a vintage earns in the run-off: by the economic life, or else by its book life.

    The book life is that in force at the end, also of what is leased: nodes work on after the term.
    """
    years, begun = scenario.finance.economic_life, asset.in_service_hour
    if years is not None:
        return begun + years * HOURS_PER_YEAR
    return schedule_of(scenario.finance.lives, asset.asset_class, begun, scenario.start).end_hour


def cost_in_life(scenario: Scenario, assets: Sequence[Asset], hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cost of vintages that still earn at each hour, cents; same shape."""
    cost = np.array([asset.cost_cents for asset in assets], dtype=np.float64)
    ends = np.array([earns_until(scenario, asset) for asset in assets])
    out: NDArray[np.float64] = (ends[None, :] > hours[:, None]) @ cost
    return out


def rights_amortised(scenario: Scenario, assets: Iterable[Asset], days: Sequence[date]) -> Cents:
    """Amortisation of finance leases from the horizon to each midnight in turn, cents; shape (days,)."""
    hours = [scenario.clock.horizon_hours, *map(scenario.clock.hours, days)]
    out: Cents = np.zeros(len(days), dtype=np.int64)
    for asset in assets:
        if asset.leased:
            lasted = np.minimum(hours, asset.retired_hour)
            out += charge_cents(depreciable_cents(scenario, asset), schedule(scenario, asset), lasted)
    return out
