"""Whole small scenarios: up to 120 days, about 40 nodes, drawn as documents over the packaged catalog."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
from strategies_buildout import accepted, installs, kits, slips, steps, supplied, vendors
from strategies_construction import built, perhaps_built
from strategies_contracts import cluster_contracts, site_contracts
from strategies_debt import indebted
from strategies_halls import cooled, narrow, retrofits, varied
from strategies_leases import leases, on_lease
from strategies_power import oversubscribed, with_power
from strategies_reliability import (
    KINDS_OF_CAUSE,
    checkpoints,
    compatible,
    kind_of_cause,
    profiles,
    recoveries,
    repairs,
    shapes,
)
from strategies_sales import perhaps_sold

from simcluster.model.depreciation import CLASSES
from simcluster.model.document import read_packaged_catalog
from simcluster.model.scenario import Scenario

Document = dict[str, Any]
SERVERS = ("dgx_h100", "a100_8gpu", "b200_8gpu")
PROFILES = ("wild", "wild", "calm", "none")
BATCHES = ("batch", "batch", "none")


@cache
def _catalog() -> Document:
    """The packaged rows that the scenarios use; fewer rows validate faster."""
    rows, _ = read_packaged_catalog()
    servers = {name: rows["servers"][name] for name in SERVERS}
    gpus = {row["gpu"]: rows["gpus"][row["gpu"]] for row in servers.values()}
    return {"servers": servers, "gpus": gpus, "companies": {"meta": rows["companies"]["meta"]}}


def validated(document: Document) -> Scenario:
    """The scenario of a document."""
    return Scenario.model_validate(document)


def scenarios() -> st.SearchStrategy[Scenario]:
    """Valid small scenarios: half of them any, half with a fleet that stands from the start and fails in every way.

    A third of each have what power can have besides, and a third have less of it than the fleet could draw. Half of all
    sell nodes, and half borrow.
    """
    plain = perhaps_sold(st.one_of(documents(), eventful()))
    powered = st.one_of(plain, with_power(plain), oversubscribed(plain))
    return st.one_of(powered, indebted(powered)).map(validated)


def _text(low: float, high: float, unit: str) -> st.SearchStrategy[str]:
    """A quantity between two numbers of a unit, to a hundredth of the span."""
    return st.integers(0, 100).map(lambda k: f"{low + (high - low) * k / 100:.6g} {unit}")


_LAWS = st.sampled_from(("text", "fixed", "uniform", "triangular", "exponential", "weibull", "lognormal"))
_THREE_TENTHS = st.integers(0, 11**3 - 1).map(lambda k: sorted((k % 11, k // 11 % 11, k // 121)))


@st.composite
def durations(draw: st.DrawFn, most: int, unit: str) -> str | Document:
    """A duration of any law, whose scale is at most `most` units."""
    kind, (a, b, c) = draw(_LAWS), draw(_THREE_TENTHS)
    small, middle, large = (f"{most * x / 10:.6g} {unit}" for x in (a, b, c))
    if kind == "text":
        return large
    if kind == "lognormal":
        return {
            "kind": kind,
            "median": f"{most * (a + 1) / 22:.6g} {unit}",
            "mean": f"{most * (a + b + 1) / 22:.6g} {unit}",
        }
    tables: dict[str, Document] = {
        "fixed": {"duration": large},
        "uniform": {"low": small, "high": large},
        "triangular": {"low": small, "mode": middle, "high": large},
        "exponential": {"mean": large},
        "weibull": {"shape": 0.5 + a / 4, "scale": large},
    }
    return {"kind": kind, **tables[kind]}


@dataclass
class _Plan:
    """What the parts of one document have to agree on."""

    start: date
    days: int
    sites: int = 1
    clusters: list[Document] = field(default_factory=list)
    installed: list[Document] = field(default_factory=list)
    orders: list[Document] = field(default_factory=list)

    def day(self, offset: int) -> date:
        return self.start + timedelta(days=offset)

    def nodes_of(self, cluster: str) -> int:
        return sum(row["gpus"] for row in (*self.installed, *self.orders) if row["cluster"] == cluster) // 8

    def opening_kw(self, site: str) -> float:
        home = {cluster["name"]: cluster for cluster in self.clusters}
        servers = {
            name: _kw(row["server_power"]) + _kw(row["network_power"]) for name, row in _catalog()["servers"].items()
        }
        mine = [row for row in self.installed if home[row["cluster"]]["site"] == site]
        return sum(row["gpus"] // 8 * servers[home[row["cluster"]]["server"]] for row in mine)


def _kw(text: str) -> float:
    number, unit = text.split()
    assert unit == "kW"
    return float(number)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """The document of a valid scenario."""
    plan = _Plan(date(2023, 10, 1) + timedelta(days=draw(st.integers(0, 122))), draw(st.integers(20, 119)))
    plan.sites = draw(st.integers(1, 3))
    plan.clusters = [draw(_cluster(k, plan.sites)) for k in range(draw(st.integers(1, 3)))]
    plan.installed = [draw(_installed(plan, k)) for k in range(draw(st.sampled_from((2, 1, 3, 0))))]
    plan.orders = [draw(_order(plan, k)) for k in range(draw(st.sampled_from((2, 1, 3, 0))))]
    end, catalog = plan.day(plan.days), deepcopy(_catalog())
    catalog["servers"] = draw(cooled(catalog["servers"]))
    return {
        "schema": 1,
        "name": "drawn",
        "start": plan.start,
        "end": end,
        "seed": draw(st.integers(0, 9)),
        "catalog": {**catalog, "failures": draw(profiles(durations))},
        "sites": [draw(_site(plan, k)) for k in range(plan.sites)],
        "clusters": plan.clusters,
        "installed": plan.installed,
        "vendors": draw(vendors(durations, plan.day)),
        "slips": draw(slips(durations, plan.day, SERVERS)),
        "orders": plan.orders,
        "kits": draw(kits(durations, plan.day, plan.clusters, plan.nodes_of)),
        "budgets": draw(_budgets(plan)),
        "jobs": draw(_jobs(plan)),
        "background": [draw(_background(plan, k)) for k in range(draw(st.sampled_from((1, 2, 0))))],
        "revenue": draw(revenues()),
        "company": {"history": "meta", "plan": [_plan_year(year) for year in range(plan.start.year, end.year + 1)]},
        "finance": draw(finances(plan)) | {"impairments": draw(_impairments(plan))},
    }


@st.composite
def _impairments(draw: st.DrawFn, plan: _Plan) -> list[Document]:
    """Up to two, of any class; of servers perhaps those of one purchase."""
    days = sorted(draw(st.lists(st.integers(-30, plan.days), max_size=2)))
    bought = [row["name"] for row in (*plan.installed, *plan.orders) if "lease" not in row]
    rows = []
    for day in days:
        row: Document = {"date": plan.day(day), "asset_class": draw(st.sampled_from(CLASSES)), "reason": "drawn"}
        row["share"] = draw(st.sampled_from((0.317, 1.0)))
        if row["asset_class"] == "servers" and bought and draw(st.booleans()):
            row["purchases"] = [draw(st.sampled_from(bought))]
        rows.append(row)
    return rows


@st.composite
def eventful(draw: st.DrawFn) -> Document:
    """A dozen nodes at work from the first hour, under every kind of failure at once."""
    plan = _Plan(date(2024, 1, 1), draw(st.integers(40, 100)))
    cluster = {"name": "k", "site": "site-0", "server": "dgx_h100", "failures": "wild"}
    plan.clusters = [{**cluster, "repair": draw(repairs(durations)), **draw(shapes()), **draw(cluster_contracts())}]
    plan.installed = [{"name": "o", "cluster": "k", "gpus": 8 * 14, "in_service": plan.day(-300)}]
    sizes = draw(st.sampled_from(((12,), (6, 6), (8, 4))))
    jobs = [draw(_job(plan, k, plan.clusters[0], [], nodes)) for k, nodes in enumerate(sizes)]
    causes = [draw(kind_of_cause(k, kind, durations)) for k, kind in enumerate(KINDS_OF_CAUSE)]
    kept = draw(st.permutations(causes))[: draw(st.integers(3, len(causes)))]
    profiles_drawn = draw(profiles(durations))
    profiles_drawn["wild"] = compatible({**profiles_drawn["wild"], "causes": kept})
    site = draw(_site(plan, 0))
    return {
        "schema": 1,
        "name": "eventful",
        "start": plan.start,
        "end": plan.day(plan.days),
        "seed": draw(st.integers(0, 9)),
        "catalog": {**deepcopy(_catalog()), "failures": profiles_drawn},
        "sites": [site],
        "clusters": plan.clusters,
        "installed": plan.installed,
        "orders": [],
        "jobs": [{**job, "earliest": plan.start, "after": []} for job in jobs],
        "background": [],
        "revenue": draw(revenues()),
        "company": {"history": "meta", "plan": [_plan_year(2024)]},
        "finance": draw(finances(plan)),
    }


@st.composite
def constructions(draw: st.DrawFn) -> Document:
    """A site that is built by a network of tasks, and a cluster that is empty."""
    plan = _Plan(date(2024, 1, 1), draw(st.integers(40, 119)))
    plan.clusters = [{"name": "k", "site": "site-0", "server": "dgx_h100", "failures": "none"}]
    site = draw(_site(plan, 0))
    if "construction" not in site:
        site = draw(built(site, plan.day, plan.days, durations))
    return {
        "schema": 1,
        "name": "built",
        "start": plan.start,
        "end": plan.day(plan.days),
        "seed": draw(st.integers(0, 9)),
        "catalog": {**deepcopy(_catalog()), "failures": {"none": {"causes": []}}},
        "sites": [site],
        "clusters": plan.clusters,
        "revenue": draw(revenues()),
        "company": {"history": "meta", "plan": [_plan_year(2024)]},
        "finance": draw(finances(plan)),
    }


def _plan_year(year: int) -> Document:
    return {
        "year": year,
        "advertising": {"impressions": 0.1, "price": 0.08},
        "other_revenue_growth": 0.1,
        "rest_costs": "95 GUSD",
        "rest_capex": "39 GUSD",
    }


@st.composite
def _cluster(draw: st.DrawFn, number: int, sites: int) -> Document:
    return {
        "name": f"cluster-{number}",
        "site": f"site-{draw(st.integers(0, sites - 1))}",
        "server": draw(st.sampled_from(SERVERS)),
        "failures": draw(st.sampled_from(PROFILES)),
        "kit": draw(st.sampled_from(([], [], ["leaf"], ["leaf", "optics"]))),
        "repair": draw(repairs(durations)),
        **draw(shapes()),
        **draw(cluster_contracts()),
    }


@st.composite
def _installed(draw: st.DrawFn, plan: _Plan, number: int) -> Document:
    row: Document = {
        "name": f"opening-{number}",
        "cluster": draw(st.sampled_from(plan.clusters))["name"],
        "gpus": 8 * draw(st.integers(1, 6)),
        "in_service": plan.day(-draw(st.integers(0, 2500))),
    }
    row |= {"server_price": "200 kUSD"} if draw(st.booleans()) else {}
    return row | {"failures": draw(st.sampled_from(BATCHES))} if draw(st.booleans()) else row


@st.composite
def _order(draw: st.DrawFn, plan: _Plan, number: int) -> Document:
    nodes = draw(st.integers(1, 8))
    row: Document = {
        "name": f"order-{number}",
        "cluster": draw(st.sampled_from(plan.clusters))["name"],
        "gpus": 8 * nodes,
        "placed": plan.day(draw(st.integers(-60, plan.days))),
        "deposit": draw(st.sampled_from((0.0, 0.2, 1 / 3, 1.0))),
        "lots": draw(st.integers(1, min(nodes, 3))),
    }
    row |= draw(supplied(durations, row["placed"], row["deposit"])) | draw(accepted(durations))
    row |= {"network_price": "12345.67 USD"} if draw(st.booleans()) else {}
    if not row["deposit"] and draw(st.booleans()):
        row["lease"] = draw(on_lease())
        row.pop("payment_terms", None)
    elif draw(st.booleans()):
        share = draw(st.sampled_from((0.01, 0.613, 1.0)))
        row["components"] = {"share": share, "ahead": draw(st.sampled_from(("0 h", "17 days", "30 weeks")))}
    return row | {"failures": draw(st.sampled_from(BATCHES))} if draw(st.integers(0, 3)) == 0 else row


@st.composite
def _site(draw: st.DrawFn, plan: _Plan, number: int) -> Document:
    name = f"site-{number}"
    average = draw(st.sampled_from((1.0, 1.08, 1.25)))
    peak = average * draw(st.sampled_from((1.0, 1.2)))
    provisioned = draw(st.sampled_from((0.85, 0.9, 1.0)))
    opening_mw = plan.opening_kw(name) / 1000
    site = {
        "name": name,
        "pue_peak": peak,
        "pue_average": average,
        "provisioned_fraction": provisioned,
        "install": draw(installs(durations)),
        "burn_in": draw(steps(durations)),
        "operations": "0.3 MUSD/MW/year",
        "halls": [draw(_hall(plan, k, opening_mw)) for k in range(draw(st.integers(1, 3)))],
        "power": [draw(_source(plan, k, opening_mw * provisioned * peak)) for k in range(draw(st.integers(1, 3)))],
        **draw(site_contracts(plan.day)),
    }
    if draw(st.integers(0, 2)) == 0:
        bought = plan.day(draw(st.integers(-400, plan.days)))
        site["land"] = {"cost": draw(st.sampled_from(("0 USD", "1234567.89 USD"))), "bought": bought}
    return draw(perhaps_built(site, plan.day, plan.days, durations))


def _mw(least: float, spare: int) -> str:
    """At least so many MW and `spare` hundredths more, rounded up to a watt."""
    return f"{least * (1 + 1e-9) + (1e-6 if least else 0) + spare / 100:.9f} MW"


@st.composite
def _hall(draw: st.DrawFn, plan: _Plan, number: int, opening_mw: float) -> Document:
    """The first hall stands at the start and holds the opening fleet; others are built before, in or after the run."""
    spare = draw(st.sampled_from((0, 3, 10, 40)))
    if number == 0:
        first = {"name": "hall-0", "it_power": _mw(opening_mw, spare), "ready": plan.day(-400), "cost": "11.7 MUSD/MW"}
        return {**first, **draw(retrofits(durations, plan.day, 0))}
    ready = draw(st.integers(-50, 140))
    return {
        "name": f"hall-{number}",
        "it_power": _mw(0.0, spare),
        "ready": plan.day(ready),
        "construction_start": plan.day(ready - draw(st.integers(0, 200))),
        "delay": draw(durations(30, "days")),
        "cost": "9.87654321 MUSD/MW",
        **draw(st.sampled_from(({}, {"plant_share": 0.61}))),
        **(draw(narrow(durations)) if draw(st.integers(0, 2)) == 0 else draw(varied(durations, plan.day, ready))),
    }


@st.composite
def _source(draw: st.DrawFn, plan: _Plan, number: int, opening_mw: float) -> Document:
    """The first source carries the opening fleet from the start on; others may be turbines or late."""
    price = draw(_text(0.02, 0.2, "USD/kWh"))
    if number and draw(st.booleans()):
        return {
            "kind": "turbines",
            "name": f"source-{number}",
            "price": price,
            "first": plan.day(draw(st.integers(-30, plan.days))),
            "units": draw(st.integers(1, 3)),
            "unit_power": _mw(0.0, draw(st.integers(0, 5))),
            "days_apart": draw(st.integers(0, 20)),
            "delay": draw(durations(30, "days")),
        }
    offsets = sorted(draw(st.lists(st.integers(-30, plan.days + 20), max_size=2)))
    phases: list[Document] = [
        {"date": plan.day(k), "power": _mw(0.0, draw(st.integers(0, 10))), "delay": draw(durations(30, "days"))}
        for k in offsets
    ]
    first = [{"date": plan.day(-100), "power": _mw(opening_mw if number == 0 else 0.0, draw(st.integers(0, 8)))}]
    return {"kind": "grid", "name": f"source-{number}", "price": price, "phases": first + phases}


@st.composite
def _budgets(draw: st.DrawFn, plan: _Plan) -> list[Document]:
    years = sorted({plan.start.year, plan.day(plan.days).year})
    return [{"year": year, "amount": draw(_text(0, 4, "MUSD"))} for year in years if draw(st.booleans())]


@st.composite
def _jobs(draw: st.DrawFn, plan: _Plan) -> list[Document]:
    """Jobs on clusters that ever have nodes; each may wait for those made before it, and they stand in any order."""
    homes = [cluster for cluster in plan.clusters if plan.nodes_of(cluster["name"])]
    jobs: list[Document] = []
    for number in range(draw(st.sampled_from((2, 1, 3, 0))) if homes else 0):
        home = draw(st.sampled_from(homes))
        jobs.append(draw(_job(plan, number, home, [job["name"] for job in jobs])))
    return draw(st.permutations(jobs))


@st.composite
def _job(
    draw: st.DrawFn, plan: _Plan, number: int, home: Document, before: list[str], size: int | None = None
) -> Document:
    nodes = size or draw(st.sampled_from(_gangs(plan, home["name"])))
    mfu = draw(st.sampled_from((0.25, 0.4, 1.0)))
    hours = draw(st.sampled_from((0.5, 30.0, 200.0, 700.0, 5000.0)))
    catalog = _catalog()
    peak, unit = catalog["gpus"][catalog["servers"][home["server"]]["gpu"]]["peak_bf16"].split()
    assert unit == "TFLOP/s"
    earliest = draw(st.sampled_from((0, draw(st.integers(-20, plan.days)))))
    job: Document = {
        "name": f"job-{number}",
        "cluster": home["name"],
        "gpus": nodes * 8,
        "work": f"{nodes * 8 * float(peak) * 1e12 * mfu * 3600 * hours:.9e} FLOP",
        "mfu": mfu,
        "earliest": plan.day(earliest),
        "after": [name for name in before if draw(st.booleans())],
        "checkpoint": draw(checkpoints()),
        "restart": draw(st.sampled_from(("0 min", "10 min", "5 hours"))),
        "post_training": draw(durations(20, "days")),
        **draw(recoveries(nodes)),
    }
    return {**job, "promised": plan.day(earliest + 30)} if draw(st.booleans()) else job


def _gangs(plan: _Plan, cluster: str) -> list[int]:
    """Sizes of gangs worth drawing: small, all that stands at the start (which leaves no spare), half, and all."""
    total = plan.nodes_of(cluster)
    opening = sum(row["gpus"] for row in plan.installed if row["cluster"] == cluster) // 8
    return sorted({1, opening or 1, (total + 1) // 2, total})


@st.composite
def _background(draw: st.DrawFn, plan: _Plan, number: int) -> Document:
    names = draw(st.permutations([cluster["name"] for cluster in plan.clusters]))
    offsets = sorted(draw(st.sets(st.integers(-30, plan.days), min_size=1, max_size=3)))
    return {
        "name": f"load-{number}",
        "clusters": names[: draw(st.integers(1, len(names)))],
        "demand": [{"start": plan.day(k), "gpus": draw(st.integers(0, 200))} for k in offsets],
    }


@st.composite
def revenues(draw: st.DrawFn) -> Document:
    """Any lift, with or without an assistant."""
    lift = draw(st.sampled_from(({"kind": "none"}, {"kind": "saturating", "ceiling": 0.0002, "scale_h100e": 200.0})))
    revenue: Document = {"contribution_margin": draw(st.sampled_from((0.8, 1.0))), "lift": lift}
    if draw(st.booleans()):
        revenue["assistant"] = {
            "ceiling_musers": 1000.0,
            "growth_per_year": 1.5,
            "midpoint": date(2024, 6, 1),
            "revenue_per_user": "6 USD/year",
            "monetised": date(2023, 12, 1),
        }
    return revenue


@st.composite
def taxes(draw: st.DrawFn) -> Document:
    """Income tax with or without a bonus, by either rule of losses, and any recovery."""
    days, periods = (date(2023, 11, 20), date(2024, 2, 1)), st.sampled_from((3, 5, 7, 10, 15, 20, 39))
    shares = st.sampled_from((0.0, 0.6, 0.8, 1.0))
    losses = draw(st.sampled_from(({"losses": "used_by_parent"}, {"losses": "carried_forward", "loss_limit": 0.8})))
    return {
        "bonus": [{"from": day, "share": draw(shares)} for day in days[: draw(st.integers(0, 2))]],
        "recovery": {name: draw(periods) for name in ("servers", "network", "plant", "buildings")},
        **losses,
    }


@st.composite
def finances(draw: st.DrawFn, plan: _Plan | None = None) -> Document:
    """Assumptions of valuation, and leases where there is a plan of days to hold them."""
    lives = {name: draw(_text(0.1, 25, "years")) for name in ("servers", "network", "buildings")}
    if draw(st.booleans()):
        lives["plant"] = draw(_text(0.1, 25, "years"))
    if draw(st.booleans()):
        lives["residual"] = {"servers": 0.0437, "buildings": 1 / 3}
    years = draw(st.sampled_from((0.2, 3.0, 6.0)))
    rate = draw(st.sampled_from((0.21, 0.0)))
    finance: Document = {"wacc": 0.1, "tax_rate": rate, "evaluation_years": years, "lives": lives}
    finance |= {"tax": draw(taxes())} if draw(st.integers(0, 2)) else {}
    finance |= {"economic_life": draw(_text(0.1, 8, "years"))} if draw(st.booleans()) else {}
    return finance | ({"leases": draw(leases(plan.day, plan.days))} if plan else {})
