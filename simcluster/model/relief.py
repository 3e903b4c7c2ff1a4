"""A scenario with one constraint of its buildout eased by some hours, and everything else, luck included, as it was."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any, Literal, TypeVar, cast

import numpy as np

from simcluster.core.calendar import HOURS_PER_DAY
from simcluster.model.distributions import Array, Law
from simcluster.model.kind import Value
from simcluster.model.power import Grid, PowerSource
from simcluster.model.procurement import Supplied
from simcluster.model.scenario import Scenario
from simcluster.model.site import Hall, Site, Step
from simcluster.model.supply import LeadTimes, Vendor

DAYS_PER_YEAR = 365
V = TypeVar("V", bound=Value)


class Sooner(Value):
    """A duration shorter by some hours, at least 0: each quantile of `law` less them."""

    kind: Literal["sooner"] = "sooner"
    law: Any
    hours: float

    def quantile(self, p: Array) -> Array:
        """Hours at probabilities `p`, same shape."""
        found: Array = np.maximum(self.law.quantile(p) - self.hours, 0.0)
        return found

    @property
    def mean_hours(self) -> float:
        """The mean of the law less the hours, at least 0."""
        return max(float(self.law.mean_hours) - self.hours, 0.0)


def relieved(scenario: Scenario, constraint: str, days: int) -> Scenario:
    """The scenario with a constraint eased by whole days.

    supply: lead times of orders and of vendors are shorter, from a queue the transit, and what went back is replaced
    sooner; hall: halls are ready so much
    earlier, or all of a site's construction is, and retrofits shorter; power: phases and turbines come earlier;
    network: lead times of kits are shorter; crew: installation is, then burn-in; budget: a year's money grows by the
    days' share of it. Nothing gets shorter than nothing.

    Raises:
        KeyError: there is no such constraint.
    """
    return RELIEFS[constraint](scenario, days)


def _changed(value: V, **fields: Any) -> V:
    """The value with other fields. What was derived from the old ones is not carried over, nothing is checked again."""
    kept = {name: getattr(value, name) for name in type(value).model_fields}
    return cast("V", type(value).model_construct(value.model_fields_set, **(kept | fields)))


def _sooner(law: Law, days: int) -> Any:
    return Sooner(law=law, hours=days * HOURS_PER_DAY)


def _earlier(day: date, days: int, after: date) -> date:
    """A day moved forward, but what came after the start does not come to stand in the opening balance."""
    return day if day <= after else max(day - timedelta(days=days), after + timedelta(days=1))


def _supplied(row: Any, days: int) -> Any:
    known: Supplied = row
    return row if known.lead_time is None else _changed(row, lead_time=_sooner(known.lead_time, days))


def _vendor(vendor: Vendor, days: int) -> Vendor:
    if isinstance(vendor, LeadTimes):
        curve = tuple(_changed(row, lead_time=_sooner(row.lead_time, days)) for row in vendor.curve)
        return _changed(vendor, curve=curve)
    return _changed(vendor, transit=_sooner(vendor.transit, days))


def _supply(scenario: Scenario, days: int) -> Scenario:
    orders = tuple(
        _changed(_supplied(order, days), replacement=_sooner(order.replacement, days)) for order in scenario.orders
    )
    return _changed(scenario, orders=orders, vendors=tuple(_vendor(vendor, days) for vendor in scenario.vendors))


def _network(scenario: Scenario, days: int) -> Scenario:
    return _changed(scenario, kits=tuple(_supplied(kit, days) for kit in scenario.kits))


def _each_site(of: Callable[[Site, int, date], Site], scenario: Scenario, days: int) -> Scenario:
    return _changed(scenario, sites=tuple(of(site, days, scenario.start) for site in scenario.sites))


def _halls(site: Site, days: int, start: date) -> Site:
    def sooner(hall: Hall) -> Hall:
        retrofits = tuple(_changed(row, duration=_sooner(row.duration, days)) for row in hall.retrofits)
        if hall.ready is None:
            return _changed(hall, retrofits=retrofits)
        ready = _earlier(hall.ready, days, start)
        begun = hall.construction_start and hall.construction_start - (hall.ready - ready)
        return _changed(hall, ready=ready, construction_start=begun, retrofits=retrofits)

    plan, before = site.construction, timedelta(days=days)
    if plan is not None:
        plan = _changed(
            plan,
            start=plan.start - before,
            equipment=tuple(_changed(row, ordered=row.ordered - before) for row in plan.equipment),
            redesigns=tuple(_changed(row, date=row.date - before) for row in plan.redesigns),
        )
    return _changed(site, halls=tuple(map(sooner, site.halls)), construction=plan)


def _power(site: Site, days: int, _: date) -> Site:
    before = timedelta(days=days)

    def sooner(source: PowerSource) -> PowerSource:
        if isinstance(source, Grid):
            return _changed(source, phases=tuple(_changed(row, date=row.date - before) for row in source.phases))
        return _changed(source, first=source.first - before)

    return _changed(site, power=tuple(map(sooner, site.power)))


def _crew(site: Site, days: int, _: date) -> Site:
    left, steps = float(days), []
    for step in (*site.install, site.burn_in):
        taken = min(left, step.duration.mean_hours / HOURS_PER_DAY)
        steps.append(_shorter(step, taken))
        left -= taken
    return _changed(site, install=tuple(steps[:-1]), burn_in=steps[-1])


def _shorter(step: Step, days: float) -> Step:
    return _changed(step, duration=Sooner(law=step.duration, hours=days * HOURS_PER_DAY)) if days else step


def _budget(scenario: Scenario, days: int) -> Scenario:
    more = 1 + days / DAYS_PER_YEAR
    return _changed(scenario, budgets=tuple(_changed(row, amount=row.amount * more) for row in scenario.budgets))


RELIEFS: dict[str, Callable[[Scenario, int], Scenario]] = {
    "supply": _supply,
    "hall": partial(_each_site, _halls),
    "power": partial(_each_site, _power),
    "network": _network,
    "crew": partial(_each_site, _crew),
    "budget": _budget,
}
