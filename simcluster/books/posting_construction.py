"""Entries of construction: land, halls along their days, milestones of tasks and equipment, retrofits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simcluster.books.construction import abandoned_milestones, class_of, milestones
from simcluster.books.journal import OPENING, Account, Entry, entry
from simcluster.books.posting import month_of, payer
from simcluster.books.register import Priced, hall_parts, is_opening_hall, retrofit_parts, retrofit_text
from simcluster.core.money import cents
from simcluster.model.depreciation import straight_line_cents
from simcluster.record.events import HallOpened, RetrofitFinished, RetrofitStarted

if TYPE_CHECKING:
    from simcluster.core.money import Cents
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog

_INSTANT_HOURS = 1e-6


def post_land(scenario: Scenario) -> Iterator[Entry]:
    """Land at cost on the day it is bought; what was bought before the start opens the books."""
    for site in scenario.sites:
        if site.land is not None:
            month, cost = month_of(scenario, scenario.clock.hours(site.land.bought)), cents(site.land.cost)
            yield from entry(month, f"land of {site.name}", (Account.LAND, cost), (payer(month), -cost))


def post_milestones(scenario: Scenario, log: EventLog) -> Iterator[Entry]:
    """Construction paid by milestone into construction in progress, and what was abandoned written off it.

    What was abandoned before the start is a loss of the past: it lessens the opening equity.
    """
    for paid in milestones(scenario, log):
        month, text = month_of(scenario, paid.hour), f"construction at {scenario.sites[paid.of[0]].name}: {paid.text}"
        cip = Account.cip(class_of(scenario, paid.of))
        yield from entry(month, text, (cip, paid.cents), (payer(month), -paid.cents))
    for lost in abandoned_milestones(scenario, log):
        month, text = month_of(scenario, lost.hour), f"construction at {scenario.sites[lost.of[0]].name}: {lost.text}"
        loss = Account.OPENING_EQUITY if month == OPENING else Account.ABANDONED
        yield from entry(month, text, (loss, lost.cents), (Account.cip(class_of(scenario, lost.of)), -lost.cents))


@dataclass(frozen=True, slots=True)
class Spread:
    """What is paid evenly over so many hours: a hall with a day, or a retrofit; of its cost in cents, one class."""

    text: str
    cents: int
    begin_hour: float
    hours: float
    priced: Priced


def spreads(scenario: Scenario, log: EventLog) -> Iterator[Spread]:
    """Halls with a day that are paid for along the way, then retrofits; those with plant in two parts."""
    for s, h, begin, hours in _hall_spans(scenario, log):
        text = f"construction of hall {scenario.sites[s].halls[h].name}"
        for cost, priced in hall_parts(scenario, s, h):
            yield Spread(text, cost, begin, hours, priced)
    ended = {(fact.site, fact.hall, fact.retrofit): fact.hour for fact in log.rows(RetrofitFinished)}
    for fact in log.rows(RetrofitStarted):
        row = scenario.sites[fact.site].halls[fact.hall].retrofits[fact.retrofit]
        end = ended.get((fact.site, fact.hall, fact.retrofit), fact.hour + row.duration.mean_hours)
        hours = max(end - fact.hour, _INSTANT_HOURS)
        for cost, priced in retrofit_parts(scenario, fact.site, fact.hall, fact.retrofit):
            yield Spread(retrofit_text(scenario, fact), cost, fact.hour, hours, priced)


def post_construction(scenario: Scenario, log: EventLog) -> Iterator[Entry]:
    """Cost of halls with a day, and of retrofits, spread evenly over the work, in construction in progress.

    A hall is paid for from the start of construction to the hour it was handed over, or along its planned dates where
    it was not by the horizon. A retrofit under way at the horizon is paid for along its mean duration, and if that is
    over, as a whole. What was spent before the start opens the books.
    """
    for row in spreads(scenario, log):
        for k, spent in enumerate(spread_cents(scenario, row.cents, row.begin_hour, row.hours).tolist()):
            month = OPENING + k
            yield from entry(month, row.text, (Account.cip(row.priced.asset_class), spent), (payer(month), -spent))


def _hall_spans(scenario: Scenario, log: EventLog) -> Iterator[tuple[int, int, float, float]]:
    """Halls with a day that are paid for along the way: site, hall, hour at which that begins, hours it lasts."""
    opened = {(fact.site, fact.hall): fact.hour for fact in log.rows(HallOpened)}
    for s, site in enumerate(scenario.sites):
        for h, hall in enumerate(site.halls):
            if hall.ready is not None and not is_opening_hall(scenario, s, h):
                end = opened.get((s, h), scenario.clock.hours(hall.ready))
                begin = scenario.clock.hours(hall.construction_start or hall.ready)
                yield s, h, begin, max(end - begin, _INSTANT_HOURS)


def spread_cents(scenario: Scenario, cost: int, begin: float, hours: float) -> Cents:
    """Spending before the start, then by month, cents; shape (months + 1,)."""
    edges = np.array([min(begin, 0.0), *scenario.clock.month_edges])
    return straight_line_cents(cost, begin, hours, edges)
