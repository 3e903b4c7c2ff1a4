"""The critical path of a campus: what the last node to enter service had waited for, back to where that began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simcluster.record.as_built import as_built
from simcluster.record.events import (
    HallOpened,
    KitDelivered,
    KitOrdered,
    LotDelivered,
    NodesAdmitted,
    NodesInService,
    NodesQueued,
    NodesReturned,
    NodesSold,
    OrderPlaced,
    PowerEnergized,
    RetrofitFinished,
)

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog

LACKS = ("hall", "power", "network")


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of the path, hours since the start: what it was spent on, and the constraint that is."""

    what: str
    constraint: str
    since: float
    until: float

    @property
    def days(self) -> float:
        """How long it took."""
        return (self.until - self.since) / 24.0


def campus_path(scenario: Scenario, log: EventLog, site: int) -> list[Leg]:
    """The legs that ended with the last ordered node of a site in service, without a gap; empty if none came.

    Backwards: from service to admission (installation, burn-in, and what was rejected again); at admission what let the
    node in, which is its delivery if nothing waited, and else the hall, the power or the share of a kit that came in
    that hour, or the sale that made room; from there to its own beginning: the order, the construction of the hall, the
    day promised, the day of the sale.
    """
    last = _last_in_service(scenario, log, site)
    if last is None:
        return []
    order, hour, let_in = last
    return [*_before(scenario, log, site, order, let_in), _installation(scenario, log, order, let_in, hour)]


def _last_in_service(scenario: Scenario, log: EventLog, site: int) -> tuple[int, float, float] | None:
    """The order of the last node, the hour it entered service and that of its admission."""
    facts = log.columns(NodesInService)
    here = np.array([scenario.site_index[cluster.site] == site for cluster in scenario.clusters])
    mine = np.flatnonzero((facts["order"] >= 0) & here[facts["cluster"]])
    if not len(mine):
        return None
    last = mine[np.argmax(facts["hour"][mine])]
    return int(facts["order"][last]), float(facts["hour"][last]), float(facts["admitted_hour"][last])


def _installation(scenario: Scenario, log: EventLog, order: int, since: float, until: float) -> Leg:
    back = log.columns(NodesReturned)
    again = (back["order"] == order) & (back["installed"] == 1) & (back["hour"] > since) & (back["hour"] < until)
    what = f"installation and burn-in of {scenario.orders[order].name}"
    return Leg(f"{what}, with what was rejected" if again.any() else what, "crew", since, until)


def _before(scenario: Scenario, log: EventLog, site: int, order: int, hour: float) -> list[Leg]:
    """How what let nodes of an order in at an hour had come about."""
    cluster = scenario.cluster_index[scenario.orders[order].cluster]
    lack = _lack(log, cluster, hour)
    if lack in ("hall", "power") and (sold := _sale(scenario, log, site, lack, hour)):
        found = sold
    elif lack == "hall":
        found = _hall(scenario, log, site, order, hour)
    elif lack == "power":
        found = _power(scenario, log, site, hour)
    else:
        found = _kit(scenario, log, cluster, hour) if lack else []
    if found:
        return found
    delivery = _delivery(scenario, log, order, hour)
    waited = f"wait for {lack}" if lack else "replacement of what was dead on arrival"
    rest = Leg(waited, lack or "supply", delivery.until, hour)
    return [delivery, rest] if rest.days > 0 else [delivery]


def _lack(log: EventLog, cluster: int, hour: float) -> str | None:
    """What held up nodes of a cluster just before an hour; of several that which let most go at it."""
    facts = log.columns(NodesQueued)
    mine = facts["cluster"] == cluster
    levels = np.stack([facts[f"waiting_{name}"][mine] for name in LACKS], axis=1)
    hours = facts["hour"][mine]
    before, after = levels[hours < hour][-1:], levels[hours <= hour][-1:]
    if not len(before) or not before.any():
        return None
    return LACKS[int(np.argmax((before - after)[0]))]


def _delivery(scenario: Scenario, log: EventLog, order: int, hour: float) -> Leg:
    """From the placing of an order to the delivery of the last lot by an hour."""
    placed = min(fact.hour for fact in log.rows(OrderPlaced) if fact.order == order)
    lots = [(fact.hour, fact.lot) for fact in log.rows(LotDelivered) if fact.order == order and fact.hour <= hour]
    delivered, lot = max(lots)
    return Leg(f"delivery of lot {lot + 1} of {scenario.orders[order].name}", "supply", placed, delivered)


def _hall(scenario: Scenario, log: EventLog, site: int, order: int, hour: float) -> list[Leg]:
    """The construction of the hall that took nodes of an order at an hour, or its lateness, or a retrofit."""
    taken = {fact.hall for fact in log.rows(NodesAdmitted) if fact.order == order and fact.hour == hour}
    for done in log.rows(RetrofitFinished):
        if done.hour == hour and done.site == site and done.hall in taken:
            hall = scenario.sites[site].halls[done.hall]
            what = f"retrofit {hall.retrofits[done.retrofit].name} of hall {hall.name}"
            return [Leg(what, "hall", done.started_hour, hour)]
    opened = [
        fact.hall for fact in log.rows(HallOpened) if fact.hour == hour and fact.site == site and fact.hall in taken
    ]
    if not opened:
        return []
    hall = scenario.sites[site].halls[opened[-1]]
    if hall.ready is not None:
        planned = scenario.clock.hours(hall.ready)
        return [Leg(f"hall {hall.name} after the day it was to be ready", "hall", min(planned, hour), hour)]
    built = as_built(scenario, log, site)
    return [
        Leg(f"{span.name} (hall {hall.name})", "hall", span.start, span.finish)
        for span in built.critical_path(built.ends[hall.name])
        if span.finish > span.start
    ]


def _power(scenario: Scenario, log: EventLog, site: int, hour: float) -> list[Leg]:
    """The lateness of the phase or unit that was energised at an hour."""
    energised = [fact for fact in log.rows(PowerEnergized) if fact.site == site and fact.hour <= hour]
    if energised[-1].hour < hour:
        return []
    source = scenario.sites[site].power[energised[-1].source]
    number = energised[-1].step
    promised = scenario.clock.hours(source.steps()[number].date)
    return [Leg(f"{source.name}, step {number + 1}, after the day promised", "power", min(promised, hour), hour)]


def _sale(scenario: Scenario, log: EventLog, site: int, lack: str, hour: float) -> list[Leg]:
    """From the day of a sale to the hour at which nodes that it took made room."""
    for fact in log.rows(NodesSold):
        if fact.hour == hour and fact.site == site:
            sale = scenario.sales[fact.sale]
            return [Leg(f"sale {sale.name}, from its day on", lack, scenario.clock.hours(sale.date), hour)]
    return []


def _kit(scenario: Scenario, log: EventLog, cluster: int, hour: float) -> list[Leg]:
    """From the order of a kit to the delivery that came at an hour."""
    for fact in log.rows(KitDelivered):
        kit = scenario.kits[fact.kit]
        if fact.hour == hour and scenario.cluster_index[kit.cluster] == cluster:
            placed = min(row.hour for row in log.rows(KitOrdered) if row.kit == fact.kit)
            return [Leg(f"delivery of lot {fact.lot + 1} of {kit.name}", "network", placed, hour)]
    return []
