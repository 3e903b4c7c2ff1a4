from calendar import monthrange
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from drawn import Drawn
from walk import State
from walk import site_draw_mw as walked_draw_mw

from simcluster.books.journal import Account
from simcluster.core.calendar import Clock
from simcluster.model.power import Grid, Turbines
from simcluster.model.scenario import Scenario
from simcluster.model.site import house
from simcluster.record.draw import site_draw_mw
from simcluster.record.energy import available_mw, battery_mw, energized_mw
from simcluster.record.events import BatteryChanged, HallOpened, NodesAdmitted, NodesShed, NodesSold, SupplyChanged

SLACK = 1 + 1e-9
Metered = dict[tuple[int, int, int], tuple[float, float]]


def no_site_ever_draws_more_than_is_energised(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    levels = drawn.levels
    for site in range(len(scenario.sites)):
        drawn, peak = (site_draw_mw(scenario, levels, site, peak) for peak in (False, True))
        given, taken = battery_mw(log, levels.hours, site)
        available = sum(available_mw(log, levels.hours, site, k) for k in range(len(scenario.sites[site].power)))
        assert np.all(available <= energized_mw(log, levels.hours, site) * SLACK)
        assert np.all((peak - given)[:-1] <= available[:-1] * SLACK + 1e-12)
        assert np.all((np.maximum(peak - given, 0) + taken)[:-1] <= available[:-1] * SLACK + 1e-12)
        assert np.all(drawn <= peak * SLACK + 1e-12)
        assert np.all(drawn >= -1e-12)


def the_cap_holds_on_admitted_nameplate_at_every_instant(drawn: Drawn) -> None:
    scenario = drawn.scenario
    for hour, state in drawn.instants:
        admitted_kw: Counter[str] = Counter()
        for cluster, row in enumerate(scenario.clusters):
            admitted_kw[row.site] += state.at("admitted", cluster) * scenario.server_of(cluster).nameplate_kw
        for number, site in enumerate(scenario.sites):
            if site.admission.kind == "measured":
                continue
            energised = sum(mw for (at, _), mw in state.energised.items() if at == number)
            needed = admitted_kw[site.name] / 1000 * site.provided_share * site.pue_peak
            assert needed <= energised * SLACK, (hour, site.name)


def a_battery_holds_what_went_in_less_what_came_out(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    for number, site in enumerate(scenario.sites):
        if site.battery is None:
            continue
        stored, since, giving, taking = site.battery.energy, 0.0, 0.0, 0.0
        for fact in log.rows(BatteryChanged):
            if fact.site == number:
                stored += (taking * site.battery.round_trip - giving) * (fact.hour - since)
                assert fact.stored_mwh == pytest.approx(stored, rel=1e-9, abs=1e-9)
                assert 0 <= fact.stored_mwh <= site.battery.energy
                assert 0 <= max(fact.discharging_mw, fact.charging_mw) <= site.battery.power * SLACK
                assert fact.discharging_mw == 0 or fact.charging_mw == 0
                stored, since = fact.stored_mwh, fact.hour
                giving, taking = fact.discharging_mw, fact.charging_mw


def no_node_is_dark_while_its_power_is_there(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    """Nodes are shed only while a source of their site is held back, and all are back once none is.

    Where a meter admits more than can be busy at once, nodes may also be dark because they were.
    """
    held: dict[tuple[int, int], bool] = {}
    dark: dict[int, int] = {}
    facts = [*log.rows(SupplyChanged), *log.rows(NodesShed)]
    hours = sorted({fact.hour for fact in facts})
    for hour in hours:
        for fact in facts:
            if fact.hour == hour and isinstance(fact, SupplyChanged):
                held[fact.site, fact.source] = fact.outages + fact.windows > 0
            elif fact.hour == hour and isinstance(fact, NodesShed):
                dark[fact.cluster] = fact.nodes + fact.burning
        for cluster, nodes in dark.items():
            site = scenario.site_index[scenario.clusters[cluster].site]
            if scenario.sites[site].admission.kind == "measured":
                continue
            assert nodes == 0 or any(value for (at, _), value in held.items() if at == site), hour


def halls_hold_what_was_admitted_into_them_once_they_are_open(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    opened = {(fact.site, fact.hall): fact.hour for fact in log.rows(HallOpened)}
    used_kw = _opening_kw(scenario)
    sold = [(fact.hour, 0, fact) for fact in log.rows(NodesSold)]
    steps = [*sold, *((fact.hour, 1, fact) for fact in log.rows(NodesAdmitted))]
    for _, added, fact in sorted(steps, key=lambda step: step[:2]):
        assert opened[fact.site, fact.hall] <= fact.hour, fact
        kw = fact.nodes * scenario.server_of(fact.cluster).nameplate_kw
        used_kw[fact.site, fact.hall] += kw if added else -kw
        assert used_kw[fact.site, fact.hall] / 1000 <= scenario.sites[fact.site].halls[fact.hall].it_power * SLACK


def _opening_kw(scenario: Scenario) -> Counter[tuple[int, int]]:
    """Nameplate kW of the opening fleet by (site, hall): row by row into the halls of the start, the first first."""
    used: Counter[tuple[int, int]] = Counter()
    for row in scenario.installed:
        site = scenario.site_index[scenario.clusters[scenario.cluster_index[row.cluster]].site]
        halls = scenario.sites[site].halls
        standing = [h for h in scenario.halls_for(row.cluster) if halls[h].stands_by(scenario.start)]
        room_kw, it_kw = (
            [halls[h].it_power * 1000 - used[site, h] for h in standing],
            scenario.server_of(row.cluster).nameplate_kw,
        )
        for hall, nodes in zip(standing, house(room_kw, scenario.nodes(row.cluster, row.gpus), it_kw), strict=True):
            used[site, hall] += nodes * it_kw  # type: ignore[assignment] # a Counter of floats
    return used


def metered_energy_is_the_integral_of_the_draw_by_source_and_is_billed_at_its_price(drawn: Drawn) -> None:
    scenario = drawn.scenario
    walked = _metered_mwh(scenario, drawn.instants)
    bills = drawn.result.journal.moved(Account.ENERGY)
    for month in range(len(scenario.clock.months)):
        usd, sources = 0.0, 0
        for s, site in enumerate(scenario.sites):
            for k, source in enumerate(site.power):
                mwh, peak_mw = walked.get((s, month, k), (0.0, 0.0))
                assert drawn.result.energy.source_mwh[s][month, k] == pytest.approx(mwh, rel=1e-9, abs=1e-9)
                assert drawn.result.energy.source_peak_mw[s][month, k] == pytest.approx(peak_mw, rel=1e-9, abs=1e-9)
                usd += mwh * 1000 * source.price + _besides_energy(source, mwh, peak_mw, scenario.clock, month)
                sources += 2
        assert abs(bills[month] - usd * 100) <= sources  # each bill is rounded to a cent


def _besides_energy(source: Grid | Turbines, mwh: float, peak_mw: float, clock: Clock, month: int) -> float:
    """USD of fuel, or of the demand in the days of a month that are simulated."""
    if isinstance(source, Turbines):
        return mwh * source.heat_rate * source.fuel_price if source.heat_rate and source.fuel_price else 0.0
    hours = clock.month_edges[month + 1] - clock.month_edges[month]
    days = monthrange(clock.months[month].year, clock.months[month].month)[1]
    return peak_mw * source.demand_charge * hours / (24 * days)


def _metered_mwh(scenario: Scenario, walk: list[tuple[float, State]]) -> Metered:
    """MWh and peak MW by (site, month, source): the draw between two instants, dispatched in declared order."""
    edges = scenario.clock.month_edges
    out: Metered = {}
    numbers = [month.month for month in scenario.clock.months]
    held = [
        (
            hour,
            {
                number: [walked_draw_mw(scenario, state, number, peak) for peak in (False, True)]
                for number in set(numbers)
            },
            {
                (site, source): state.available(site, source)
                for site, row in enumerate(scenario.sites)
                for source in range(len(row.power))
            },
            dict(state.batteries),
        )
        for hour, state in walk
    ]
    ends = [hour for hour, *_ in held[1:]] + [scenario.clock.horizon_hours]
    for (since, draws, available, batteries), until in zip(held, ends, strict=True):
        for month, (first, last) in enumerate(pairwise(edges)):
            hours = min(until, last) - max(since, first)
            if hours <= 0:
                continue
            for site, drawn in enumerate(zip(*draws[numbers[month]], strict=True)):
                gives, takes = batteries.get(site, (0.0, 0.0))
                left = [max(mw - gives, 0.0) + takes for mw in drawn]
                for source in range(len(scenario.sites[site].power)):
                    given = [min(mw, available[site, source]) for mw in left]
                    left = [mw - less for mw, less in zip(left, given, strict=True)]
                    mwh, peak_mw = out.get((site, month, source), (0.0, 0.0))
                    out[site, month, source] = mwh + given[0] * hours, max(peak_mw, given[1])
                assert max(left) <= 1e-9, "more is drawn than all sources give"
    return out


LAWS = (
    no_site_ever_draws_more_than_is_energised,
    the_cap_holds_on_admitted_nameplate_at_every_instant,
    a_battery_holds_what_went_in_less_what_came_out,
    no_node_is_dark_while_its_power_is_there,
    halls_hold_what_was_admitted_into_them_once_they_are_open,
)

LAWS_OF_RESULTS = (metered_energy_is_the_integral_of_the_draw_by_source_and_is_billed_at_its_price,)
