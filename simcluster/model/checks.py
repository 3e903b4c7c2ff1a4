"""Checks across the tables of a scenario: every problem at once, each at its key path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from simcluster.model.checks_construction import problems_of_construction
from simcluster.model.checks_debt import debt
from simcluster.model.checks_halls import homeless, problems_of_retrofits
from simcluster.model.checks_impairments import impairments
from simcluster.model.checks_leases import problems_of_leases
from simcluster.model.checks_names import duplicate_names
from simcluster.model.checks_power import power
from simcluster.model.checks_sales import sale_dates, sale_references, sales
from simcluster.model.checks_supply import order_dates, supply, supply_references, unknown
from simcluster.model.kind import Located
from simcluster.model.procurement import Purchase
from simcluster.model.reliability import NODE_SCOPES
from simcluster.model.revenue import NoLift

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario


def problems_of(scenario: Scenario) -> list[Located]:
    """Every inconsistency between tables; later checks are skipped while names do not resolve."""
    references = [*duplicate_names(scenario), *_references(scenario), *supply_references(scenario)]
    references += [*_catalog_references(scenario), *sale_references(scenario)]
    if references:
        return [*references, *_dates(scenario), *order_dates(scenario), *sale_dates(scenario), *_construction(scenario)]
    return [
        *_dates(scenario),
        *supply(scenario),
        *sales(scenario),
        *_construction(scenario),
        *homeless(scenario),
        *power(scenario),
        *impairments(scenario),
        *_whole_nodes(scenario),
        *_gangs(scenario),
        *_batches(scenario),
        *_recoveries(scenario),
        *_job_order(scenario),
        *_plan(scenario),
        *debt(scenario),
        *_known(scenario),
    ]


def _references(scenario: Scenario) -> Iterator[Located]:
    catalog = scenario.catalog
    clusters = [cluster.name for cluster in scenario.clusters]
    for name, server in catalog.servers.items():
        yield from unknown("GPU in the catalog named", server.gpu, catalog.gpus, ("catalog", "servers", name, "gpu"))
    for k, cluster in enumerate(scenario.clusters):
        at = ("clusters", k)
        yield from unknown("site", cluster.site, (site.name for site in scenario.sites), (*at, "site"))
        yield from unknown("server in the catalog named", cluster.server, catalog.servers, (*at, "server"))
        yield from unknown("failure profile", cluster.failures, catalog.failures, (*at, "failures"))
    for table in ("installed", "orders", "jobs"):
        for k, row in enumerate(getattr(scenario, table)):
            yield from unknown("cluster", row.cluster, clusters, (table, k, "cluster"))
    for k, load in enumerate(scenario.background):
        for j, name in enumerate(load.clusters):
            yield from unknown("cluster", name, clusters, ("background", k, "clusters", j))
    jobs = [job.name for job in scenario.jobs]
    for k, job in enumerate(scenario.jobs):
        for j, name in enumerate(job.after):
            yield from unknown("job", name, jobs, ("jobs", k, "after", j))
    if scenario.company is not None:
        yield from unknown("company", scenario.company.history, catalog.companies, ("company", "history"))


def _catalog_references(scenario: Scenario) -> Iterator[Located]:
    catalog = scenario.catalog
    for table in ("installed", "orders"):
        for k, row in enumerate(getattr(scenario, table)):
            if row.failures is not None:
                yield from unknown("failure profile", row.failures, catalog.failures, (table, k, "failures"))
    for k, job in enumerate(scenario.jobs):
        if job.throughput is not None:
            place = ("jobs", k, "throughput", "base")
            rows = catalog.throughput
            yield from unknown("row of throughput in the catalog named", job.throughput.base, rows, place)


def _dates(scenario: Scenario) -> Iterator[Located]:
    if scenario.end < scenario.start:
        yield Located(("end",), f"end {scenario.end} comes before start {scenario.start}", "swap them")
    for k, job in enumerate(scenario.jobs):
        if job.promised is not None and job.promised < job.earliest:
            yield Located(("jobs", k, "promised"), "promised comes before earliest", "promise a later day")
    for k, row in enumerate(scenario.installed):
        if row.in_service > scenario.start:
            message = "in service after the scenario's start"
            yield Located(("installed", k, "in_service"), message, "write an order instead")
    yield from problems_of_leases(scenario)
    years = Counter(budget.year for budget in scenario.budgets)
    for k, budget in enumerate(scenario.budgets):
        if years[budget.year] > 1:
            yield Located(("budgets", k, "year"), f"year {budget.year} has more than one budget", "keep one")


def _construction(scenario: Scenario) -> Iterator[Located]:
    for s, site in enumerate(scenario.sites):
        if site.land is not None and site.land.bought > scenario.end:
            hint = "buy it earlier, or leave it out"
            yield Located(("sites", s, "land", "bought"), "land is bought after the scenario's end", hint)
        for h, hall in enumerate(site.halls):
            at = ("sites", s, "halls", h)
            if hall.ready is None:
                continue
            if hall.construction_start is not None and hall.construction_start > hall.ready:
                message = "construction starts after the hall is ready"
                yield Located((*at, "construction_start"), message, "begin construction earlier")
            if hall.construction_start is None and hall.ready > scenario.start:
                message = f"hall {hall.name!r} is built in the run but has no construction_start"
                yield Located(at, message, "add construction_start, so that its cost can be spread")
    yield from problems_of_construction(scenario)
    yield from problems_of_retrofits(scenario)


def _whole_nodes(scenario: Scenario) -> Iterator[Located]:
    for table in ("installed", "orders", "kits", "jobs"):
        for k, row in enumerate(getattr(scenario, table)):
            size = scenario.server_of(row.cluster).gpus
            if row.gpus % size:
                yield Located(
                    (table, k, "gpus"),
                    f"{row.gpus} GPUs are not whole nodes of {size}",
                    f"use {row.gpus // size * size or size}",
                )


def _gangs(scenario: Scenario) -> Iterator[Located]:
    for k, job in enumerate(scenario.jobs):
        rows: list[Purchase] = [*scenario.installed, *scenario.orders]
        built = sum(row.gpus for row in rows if row.cluster == job.cluster)
        if job.gpus > built:
            message = f"job {job.name!r} needs {job.gpus} GPUs; cluster {job.cluster!r} never has more than {built}"
            yield Located(("jobs", k, "gpus"), message, "order more GPUs or shrink the job")


def _recoveries(scenario: Scenario) -> Iterator[Located]:
    """Replicas and steps must divide what the job has."""
    for k, job in enumerate(scenario.jobs):
        nodes, how, at = scenario.nodes(job.cluster, job.gpus), job.fault_tolerance, ("jobs", k, "fault_tolerance")
        if how.kind == "by_replica":
            if nodes % how.replicas:
                message = f"{nodes} nodes do not divide into {how.replicas} replicas"
                yield Located((*at, "replicas"), message, "a replica has whole nodes")
            if how.least > how.replicas:
                yield Located((*at, "least"), "least is above the number of replicas", "lower least")
        elif how.kind == "shrink" and max(how.step_nodes, how.least_nodes) > nodes:
            yield Located((*at, "step_nodes"), f"a step or the least is above the job's {nodes} nodes", "lower it")


def _batches(scenario: Scenario) -> Iterator[Located]:
    """A batch's own profile speaks of its nodes alone; what nodes share, and the jobs on them, are the cluster's."""
    for table in ("installed", "orders"):
        for k, row in enumerate(getattr(scenario, table)):
            if row.failures is None:
                continue
            profile = scenario.catalog.failures[row.failures]
            shared = [c.name for c in profile.causes if c.scope not in NODE_SCOPES or c.clock == "busy"]
            shared += [name for name in ("frailty", "growth") if getattr(profile, name) is not None]
            if shared:
                message = f"profile {row.failures!r} of a batch says more than how its nodes fail: {', '.join(shared)}"
                hint = "give that to the cluster's profile"
                yield Located((table, k, "failures"), message, hint)


def _job_order(scenario: Scenario) -> Iterator[Located]:
    after = {job.name: job.after for job in scenario.jobs}
    for k, job in enumerate(scenario.jobs):
        seen: set[str] = set()
        frontier = list(job.after)
        while frontier:
            name = frontier.pop()
            if name == job.name:
                message = f"job {job.name!r} waits for itself"
                yield Located(("jobs", k, "after"), message, "take the circle out of after")
                break
            if name not in seen:
                seen.add(name)
                frontier.extend(after[name])


def _plan(scenario: Scenario) -> Iterator[Located]:
    if scenario.company is None:
        if not isinstance(scenario.revenue.lift, NoLift):
            message = "a lift raises the advertising of a company, and there is none"
            yield Located(("revenue", "lift"), message, "add [company], or lift = { kind = 'none' }")
        return
    planned = {row.year for row in scenario.company.plan}
    missing = [year for year in range(scenario.start.year, scenario.end.year + 1) if year not in planned]
    if missing:
        more = f" and {len(missing) - 3} more years" if len(missing) > 3 else ""
        message = f"no plan for {', '.join(map(str, missing[:3]))}{more}"
        yield Located(("company", "plan"), message, "add a row a simulated year")
    counts = Counter(row.year for row in scenario.company.plan)
    for k, row in enumerate(scenario.company.plan):
        if counts[row.year] > 1:
            yield Located(
                ("company", "plan", k, "year"), f"year {row.year} is planned {counts[row.year]} times", "keep one"
            )
    history = scenario.catalog.companies[scenario.company.history]
    if history.year(scenario.start.year - 1) is None:
        message = f"no reported year {scenario.start.year - 1} to grow from"
        yield Located(("company", "history"), message, "add the year to the company's history or start later")


def _known(scenario: Scenario) -> Iterator[Located]:
    if scenario.known_on is None:
        return
    used = {cluster.server for cluster in scenario.clusters}
    rows: list[tuple[str, str, Any]] = [("servers", name, scenario.catalog.servers[name]) for name in sorted(used)]
    gpus = sorted({scenario.catalog.servers[name].gpu for name in used})
    rows += [("gpus", name, scenario.catalog.gpus[name]) for name in gpus]
    rows += [("failures", name, scenario.catalog.failures[name]) for name in sorted(scenario.profiles)]
    bases = sorted({job.throughput.base for job in scenario.jobs if job.throughput is not None})
    rows += [("throughput", name, scenario.catalog.throughput[name]) for name in bases]
    for table, name, row in rows:
        if row.known is not None and row.known > scenario.known_on:
            message = f"catalog row {name!r} was not known on {scenario.known_on} (known {row.known})"
            yield Located(("catalog", table, name), message, "use a row known by then, or a later known_on")
