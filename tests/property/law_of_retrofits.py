"""Retrofits on generated scenarios, against a plain reading of their facts."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from drawn import Drawn

from simcluster.core.money import cents
from simcluster.model.scenario import Scenario
from simcluster.model.site import house, whole_nodes
from simcluster.record.events import HallOpened, NodesAdmitted, NodesQueued, RetrofitFinished, RetrofitStarted
from simcluster.record.log import EventLog

Key = tuple[int, int]


def works(scenario: Scenario, log: EventLog) -> dict[Key, list[tuple[float, float]]]:
    """Begin and end (infinite while under way) of the retrofits of each hall, in order."""
    ended = {(f.site, f.hall, f.retrofit): f.hour for f in log.rows(RetrofitFinished)}
    found: defaultdict[Key, list[tuple[float, float]]] = defaultdict(list)
    for begun in log.rows(RetrofitStarted):
        assert begun.retrofit == len(found[begun.site, begun.hall]), "done in declared order"
        end = ended.pop((begun.site, begun.hall, begun.retrofit), float("inf"))
        found[begun.site, begun.hall].append((begun.hour, end))
    assert not ended, "what ended was begun"
    return found


def a_hall_takes_what_it_offers_in_that_hour_and_nobody_during_a_retrofit(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    found = works(scenario, log)
    for fact in log.rows(NodesAdmitted):
        hall = scenario.sites[fact.site].halls[fact.hall]
        spans = found[fact.site, fact.hall]
        assert not any(begin < fact.hour < end for begin, end in spans)
        # In the hour in which a retrofit ends, or begins, nodes may come before it or after.
        first, last = (sum(end < fact.hour for _, end in spans), sum(end <= fact.hour for _, end in spans))
        assert any(offer.takes(scenario.rack_of(fact.cluster)) for offer in hall.offers[first : last + 1])


def a_retrofit_begins_when_it_is_due_and_the_hall_is_free_or_when_nodes_call_for_it(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    opened = {(fact.site, fact.hall): max(fact.hour, 0.0) for fact in log.rows(HallOpened)}
    for (site, number), spans in works(scenario, log).items():
        hall = scenario.sites[site].halls[number]
        free = [opened[site, number], *(end for _, end in spans)]
        assert all(end >= begin for begin, end in spans)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
        for k, (begin, _) in enumerate(spans):
            start = hall.retrofits[k].start
            if start is not None:
                assert begin == max(free[k], scenario.clock.hours(start))
            else:
                assert begin >= free[k]
                assert _waited(scenario, log, site, number, begin)


def _waited(scenario: Scenario, log: EventLog, site: int, number: int, until: float) -> bool:
    """Whether, up to an hour, nodes lacked a hall that this one takes after its last retrofit."""
    hall = scenario.sites[site].halls[number]
    return any(
        fact.waiting_hall and fact.hour <= until and hall.offers[-1].takes(scenario.rack_of(fact.cluster))
        for fact in log.rows(NodesQueued)
        if scenario.clusters[fact.cluster].site == scenario.sites[site].name
    )


def rooms_at_the_end(scenario: Scenario, log: EventLog, site: int) -> list[float]:
    """Free kW of each hall, open or not."""
    place = scenario.sites[site]
    room = [hall.it_power * 1000 for hall in place.halls]
    for row in scenario.installed:
        if scenario.clusters[scenario.cluster_index[row.cluster]].site == place.name:
            fitting = [k for k in scenario.halls_for(row.cluster) if place.halls[k].stands_by(scenario.start)]
            rooms = [room[k] for k in fitting]
            house(rooms, scenario.nodes(row.cluster, row.gpus), scenario.server_of(row.cluster).nameplate_kw)
            for k, left in zip(fitting, rooms, strict=True):
                room[k] = left
    for fact in log.rows(NodesAdmitted):
        if fact.site == site:
            room[fact.hall] -= fact.nodes * scenario.server_of(fact.cluster).nameplate_kw
    return room


def where_nodes_lack_room_for_good_every_retrofit_that_helps_was_called_for(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    begun = Counter((fact.site, fact.hall) for fact in log.rows(RetrofitStarted))
    done = Counter((fact.site, fact.hall) for fact in log.rows(RetrofitFinished))
    opened = {(fact.site, fact.hall) for fact in log.rows(HallOpened)}
    waiting = {fact.cluster: fact.waiting_hall for fact in log.rows(NodesQueued)}
    for cluster, nodes in waiting.items():
        site = scenario.site_index[scenario.clusters[cluster].site]
        rack, kw = scenario.rack_of(cluster), scenario.server_of(cluster).nameplate_kw
        room = rooms_at_the_end(scenario, log, site)
        assert min(room) >= -1e-6
        will, uncalled = 0, []
        for k, hall in enumerate(scenario.sites[site].halls):
            dated = sum(row.start is not None for row in hall.retrofits)
            since = begun[site, k]
            last = max(dated, since)
            takes = any(offer.takes(rack) for offer in hall.offers[since : last + 1])
            fits = whole_nodes(room[k], kw)
            if takes:
                will += fits
            elif (
                fits
                and hall.offers[-1].takes(rack)
                and (site, k) in opened
                and done[site, k] == begun[site, k] == dated
            ):
                uncalled.append(k)
        assert not uncalled or nodes <= will, (cluster, uncalled)


def every_retrofit_finished_is_an_asset_at_its_cost_and_one_under_way_is_in_progress(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    whole, most = 0, 0
    for begun in log.rows(RetrofitStarted):
        hall = scenario.sites[begun.site].halls[begun.hall]
        most += cents(hall.it_power * hall.retrofits[begun.retrofit].cost)
    for ended in log.rows(RetrofitFinished):
        hall = scenario.sites[ended.site].halls[ended.hall]
        whole += cents(hall.it_power * hall.retrofits[ended.retrofit].cost)
    mine = [entry for entry in drawn.result.journal.entries if entry.text.startswith("retrofit ")]
    paid = sum(p.cents for entry in mine for p in entry.postings if p.account.under("assets:cip"))
    texts = ("retrofit ", "plant of retrofit ")
    assets = [asset for asset in drawn.result.journal.assets if asset.text.startswith(texts)]
    assert sum(asset.cost_cents for asset in assets) == whole
    assert whole <= paid <= most
    assert {asset.asset_class for asset in assets} <= {"buildings", "plant"}


def a_row_of_construction_for_each_retrofit(drawn: Drawn) -> None:
    scenario, log = drawn.scenario, drawn.log
    frame = drawn.result.construction[drawn.result.construction["kind"] == "retrofit"]
    assert len(frame) == sum(len(hall.retrofits) for site in scenario.sites for hall in site.halls)
    assert (frame["state"] == "finished").sum() == log.count(RetrofitFinished)
    assert (frame["state"] != "waiting").sum() == log.count(RetrofitStarted)
    took = (frame["finish"] - frame["start"]).dropna().dt.total_seconds().sum() / 3600
    facts = log.rows(RetrofitFinished)
    assert took == pytest.approx(sum(fact.hour - fact.started_hour for fact in facts), abs=1e-3)


LAWS = (
    a_hall_takes_what_it_offers_in_that_hour_and_nobody_during_a_retrofit,
    a_retrofit_begins_when_it_is_due_and_the_hall_is_free_or_when_nodes_call_for_it,
    where_nodes_lack_room_for_good_every_retrofit_that_helps_was_called_for,
)

LAWS_OF_RESULTS = (
    every_retrofit_finished_is_an_asset_at_its_cost_and_one_under_way_is_in_progress,
    a_row_of_construction_for_each_retrofit,
)
