"""The basis of property for tax: vintages pooled by class, month and bonus, and what is left to recover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.register import periods_of
from simcluster.core.calendar import HOURS_PER_DAY, Month
from simcluster.core.money import whole
from simcluster.model.depreciation import AssetClass
from simcluster.model.tax import recovered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simcluster.books.register import Asset
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario
    from simcluster.model.tax import Tax


@dataclass(frozen=True, order=True, slots=True)
class Pool:
    """What came into service in one month under one bonus, by its position (-1 for none): one cost, one schedule.

    What was capitalised as interest is apart, since it is no property without debt.
    """

    of_interest: bool
    asset_class: AssetClass
    month: Month
    bonus: int


@dataclass(frozen=True, slots=True)
class YearSoFar:
    """A calendar year, and the part of it that has passed, from 0 to 1."""

    year: int
    passed: float


def year_so_far(end: date) -> YearSoFar:
    """That of a period which ends at a midnight: on 1 January the whole of the year before."""
    year = (end - timedelta(days=1)).year
    first = date(year, 1, 1)
    return YearSoFar(year, (end - first).days / (date(year + 1, 1, 1) - first).days)


def pool_of(scenario: Scenario, asset: Asset) -> Pool:
    """The pool of a vintage, by the day it came into service."""
    tax = scenario.finance.tax
    assert tax is not None
    day = scenario.start + timedelta(days=int(asset.in_service_hour // HOURS_PER_DAY))
    return Pool(asset.is_interest, asset.asset_class, Month.of(day), tax.bonus_in_force(day))


def pool_days(scenario: Scenario, pool: Pool) -> tuple[date, date]:
    """The days between which what a pool holds came into service: those of its month under its bonus."""
    tax = scenario.finance.tax
    assert tax is not None
    since, until = pool.month.first_day, pool.month.plus(1).first_day
    if pool.bonus >= 0:
        since = max(since, tax.bonus[pool.bonus].since)
    if pool.bonus + 1 < len(tax.bonus):
        until = min(until, tax.bonus[pool.bonus + 1].since)
    return since, until


def pooled_costs(scenario: Scenario, assets: Iterable[Asset]) -> dict[Pool, Cents]:
    """Cost of each pool in service at the opening and at each month's end, cents, in order; shape (months + 1,).

    What is leased is no property of the lessee: it costs the same in both books.
    """
    periods = len(scenario.clock.months) + 1
    found: dict[Pool, Cents] = {}
    for asset in assets:
        if asset.leased:
            continue
        cost = found.setdefault(pool_of(scenario, asset), np.zeros(periods, dtype=np.int64))
        came, gone = periods_of(scenario, asset)
        cost[came:] += asset.cost_cents
        if gone >= 0:
            cost[gone:] -= asset.cost_cents
    return {pool: found[pool] for pool in sorted(found)}


def share_recovered(tax: Tax, pool: Pool, at: YearSoFar) -> float:
    """The share of a pool's cost that is recovered: that of the years before, and of a year's the part passed."""
    years, bonus = tax.recovery.years(pool.asset_class), tax.bonus_share(pool.asset_class, pool.bonus)
    age = at.year - pool.month.year
    before, after = (recovered(years, pool.month.month, k, bonus) for k in (age - 1, age))
    return before + (after - before) * at.passed


def basis(tax: Tax, costs: Mapping[Pool, Cents], ends: Sequence[date]) -> Cents:
    """Cost less `whole`(cost x share recovered), summed over pools, at each day; cents, shape (days,).

    Days beyond the periods of `costs` find the pools of the last.
    """
    out = np.zeros(len(ends), dtype=np.int64)
    for k, at in enumerate(map(year_so_far, ends)):
        for pool, cost in costs.items():
            there = int(cost[min(k, len(cost) - 1)])
            out[k] += there - whole(there * share_recovered(tax, pool, at))
    return out


def of_interest(costs: Mapping[Pool, Cents], *, whether: bool) -> dict[Pool, Cents]:
    """The pools of interest capitalised, or the others."""
    return {pool: cost for pool, cost in costs.items() if pool.of_interest is whether}
