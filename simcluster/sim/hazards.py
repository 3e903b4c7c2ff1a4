"""From a scenario to what threatens each ward: its lots with their lives, what its nodes share, its maintenance."""

from __future__ import annotations

from collections.abc import Iterator

from simcluster.core.rng import Luck
from simcluster.model.distributions import Law
from simcluster.model.procurement import Installed, Purchase
from simcluster.model.reliability import JOB_SCOPES, NODE_SCOPES, Cause, FailureProfile
from simcluster.model.scenario import Scenario
from simcluster.sim.commons import Commons, Darkness
from simcluster.sim.lots import Lot, SteadyLot, Strand, WornLot
from simcluster.sim.tickets import Threat, Tickets
from simcluster.sim.wards import Ward


def numbered(scenario: Scenario, profile: str) -> Iterator[tuple[int, Cause]]:
    """The causes of a profile that ever happen, with their numbers in the scenario."""
    first = scenario.profiles[profile]
    for k, cause in enumerate(scenario.catalog.failures[profile].causes):
        if cause.happens:
            yield first + k, cause


def lot_of(scenario: Scenario, luck: Luck, ward: Ward, number: int, row: Purchase, first_node: int) -> Lot:
    """The lot of a declared row."""
    profile = scenario.catalog.failures[scenario.profile_of(row)]
    size = scenario.nodes(row.cluster, row.gpus)
    gpus = scenario.server_of(row.cluster).gpus
    steady: list[Threat] = []
    ageing: list[tuple[Threat, int]] = []
    for k, cause in numbered(scenario, scenario.profile_of(row)):
        if cause.scope not in NODE_SCOPES or (cause.clock == "busy" and cause.rate_per_hour is not None):
            continue
        things = ward.topology.things_per_node(cause.counted, gpus, ward.size)
        rate = cause.rate_per_hour
        threat = Threat(k, cause, None if rate is None else rate * things, cause.detection or _detection(ward))
        if rate is None:
            ageing.append((threat, int(things)))
        else:
            steady.append(threat)
    superposed = Tickets(luck, row.name, "failures", steady, places=size)
    if not ageing and profile.lemons is None and not _may_go_out_otherwise(scenario, ward, profile):
        return SteadyLot(number, row.name, ward, first_node, size, superposed)
    strands = [Strand(superposed, size)] if steady else []
    busy: list[Strand] = []
    for threat, parts in ageing:
        law = threat.cause.life
        tickets = Tickets(luck, row.name, f"failures.{threat.cause.name}", [threat], law, size * parts)
        (busy if threat.cause.clock == "busy" else strands).append(Strand(tickets, size, parts))
    worn = max(-scenario.clock.hours(row.in_service), 0.0) if isinstance(row, Installed) else 0.0
    relapse = ward.cluster.repair.relapse
    return WornLot(number, row.name, ward, first_node, size, strands, busy, luck, profile.lemons, worn, relapse)


def _detection(ward: Ward) -> Law:
    return ward.cluster.repair.detection


def _may_go_out_otherwise(scenario: Scenario, ward: Ward, own: FailureProfile) -> bool:
    """Whether more than their own failures takes nodes of a ward down, hands them back bad, or bends its clock."""
    repair, profile = ward.cluster.repair, ward.profile
    bad = repair.misdiagnosis or repair.manual_false_success or (repair.automatic and repair.automatic.false_success)
    shared = any(cause.happens and _is_shared(cause) for cause in profile.causes)
    causes = (*profile.causes, *own.causes)
    odd = any(cause.silent or cause.slows is not None or cause.clock == "busy" for cause in causes)
    site = any(
        cause.happens and cause.scope == "site"
        for cluster in scenario.clusters
        if cluster.site == ward.site
        for cause in scenario.catalog.failures[cluster.failures].causes
    )
    site = site or scenario.sites[scenario.site_index[ward.site]].may_run_short
    sold = scenario.sells(ward.number)
    return bool(bad or shared or odd or site or sold or ward.cluster.maintenance or profile.frailty or profile.growth)


def _is_shared(cause: Cause) -> bool:
    return cause.scope not in (*NODE_SCOPES, *JOB_SCOPES)


def commons_of(scenario: Scenario, luck: Luck, wards: list[Ward], ward: Ward, darkness: Darkness) -> list[Commons]:
    """What the nodes of a ward share and can fail; what a site shares belongs to the first ward that names it."""
    row, found, thing = scenario.clusters[ward.number], [], -2
    for k, cause in numbered(scenario, row.failures):
        if not (_is_shared(cause) or cause.scope == "storage"):
            continue
        struck = [ward]
        if cause.scope == "site":
            at_site = [other for other in wards if other.site == ward.site]
            first = next(w for w in at_site if scenario.clusters[w.number].failures == row.failures)
            if first is not ward:
                continue
            struck = [ward, *(other for other in at_site if other is not ward)]
        gpus = scenario.server_of(row.name).gpus
        things = ward.topology.things_in(cause.scope, cause.counted, gpus, sum(other.size for other in struck))
        rate = cause.rate_per_hour
        threat = Threat(k, cause, None if rate is None else rate * things, cause.detection or row.repair.detection)
        law = None if rate is not None else cause.life
        tickets = Tickets(luck, row.name, f"failures.{cause.name}", [threat], law)
        commons = Commons(thing, cause.scope, struck, tickets, darkness)
        thing -= commons.count
        found.append(commons)
    return found
