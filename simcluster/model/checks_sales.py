"""Checks of sales: of what there is, while there is a run, and no more than was bought."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcluster.model.checks_supply import unknown
from simcluster.model.kind import Located
from simcluster.model.procurement import Order

if TYPE_CHECKING:
    from simcluster.model.sales import Sale
    from simcluster.model.scenario import Scenario


def sale_references(scenario: Scenario) -> Iterator[Located]:
    """Names of purchases and clusters."""
    for k, sale in enumerate(scenario.sales):
        if sale.purchase is not None:
            names = (row.name for row in scenario.purchases)
            yield from unknown("installed row or order", sale.purchase, names, ("sales", k, "purchase"))
        if sale.cluster is not None:
            names = (cluster.name for cluster in scenario.clusters)
            yield from unknown("cluster", sale.cluster, names, ("sales", k, "cluster"))


def sale_dates(scenario: Scenario) -> Iterator[Located]:
    """Sales lie within the run."""
    for k, sale in enumerate(scenario.sales):
        if sale.date < scenario.start:
            message, hint = "sold before the scenario's start", "leave it out, with what it sold"
            yield Located(("sales", k, "date"), message, hint)
        elif sale.date > scenario.end:
            yield Located(("sales", k, "date"), "sold after the scenario's end", "sell it earlier, or leave it out")


def _leased(scenario: Scenario, sale: Sale, at: tuple[str | int, ...]) -> Iterator[Located]:
    leased = [row for row in scenario.orders if row.lease is not None]
    for row in leased:
        if row.name == sale.purchase or row.cluster == sale.cluster:
            message = f"nodes of order {row.name!r} are leased, and the lessor's to sell"
            yield Located((*at, "purchase" if sale.purchase else "cluster"), message, "sell nodes that were bought")


def sales(scenario: Scenario) -> Iterator[Located]:
    """Whole nodes that were bought before, sold once, and not needed by a job that begins later."""
    yield from sale_dates(scenario)
    for k, sale in enumerate(scenario.sales):
        yield from _whole_and_bought(scenario, sale, ("sales", k))
        yield from _leased(scenario, sale, ("sales", k))
        yield from _not_sold_twice(scenario, k, sale)
    yield from _jobs(scenario)


def _whole_and_bought(scenario: Scenario, sale: Sale, at: tuple[str | int, ...]) -> Iterator[Located]:
    size = scenario.server_of(scenario.cluster_of_sale(sale)).gpus
    if sale.gpus % size:
        hint = f"use {sale.gpus // size * size or size}"
        yield Located((*at, "gpus"), f"{sale.gpus} GPUs are not whole nodes of {size}", hint)
    for row in scenario.purchases:
        if sale.purchase == row.name and isinstance(row, Order) and row.placed > sale.date:
            yield Located((*at, "date"), f"sold before {row.name!r} is ordered ({row.placed})", "sell it later")


def _not_sold_twice(scenario: Scenario, number: int, sale: Sale) -> Iterator[Located]:
    """Sales up to this one take no more of the purchase, and of the cluster, than there is."""
    cluster, upto = scenario.cluster_of_sale(sale), scenario.sales[: number + 1]
    at = ("sales", number, "gpus")
    bought = sum(row.gpus for row in scenario.purchases if sale.takes(row))
    same = sum(other.gpus for other in upto if (other.purchase, other.cluster) == (sale.purchase, sale.cluster))
    what = f"cluster {sale.cluster!r}" if sale.purchase is None else f"purchase {sale.purchase!r}"
    if same > bought:
        yield Located(at, f"{same} GPUs of {what} are sold, and it never has more than {bought}", "sell fewer")
        return
    home = scenario.clusters[cluster].name
    built = sum(row.gpus for row in scenario.purchases if row.cluster == home)
    together = sum(other.gpus for other in upto if scenario.cluster_of_sale(other) == cluster)
    if together > built:
        message = f"{together} GPUs of cluster {home!r} are sold by all sales, and it never has more than {built}"
        yield Located(at, message, "sell fewer")


def _jobs(scenario: Scenario) -> Iterator[Located]:
    """A job that may begin only after nodes were sold must do without them."""
    for k, job in enumerate(scenario.jobs):
        cluster = scenario.cluster_index[job.cluster]
        built = sum(row.gpus for row in scenario.purchases if row.cluster == job.cluster)
        gone = [row for row in scenario.sales if scenario.cluster_of_sale(row) == cluster and row.date <= job.earliest]
        left = built - sum(row.gpus for row in gone)
        if left < job.gpus <= built:
            message = f"job {job.name!r} needs {job.gpus} GPUs; by its earliest day all but {left} of them are sold"
            yield Located(("jobs", k, "gpus"), message, "sell fewer, or later than the job's earliest day")
