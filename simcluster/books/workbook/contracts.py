"""Rent, transit, licences, support and upkeep in the workbook: their inputs, their facts, and their bills."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcluster.books.contracts import contracted_gbps_months, contracted_kw_months, gpu_years_in_service
from simcluster.books.journal import Account
from simcluster.books.support import kept_up, support_share, supported
from simcluster.books.workbook.subledger import Bill
from simcluster.core.money import cents

if TYPE_CHECKING:
    from simcluster.books.register import Asset
    from simcluster.books.workbook.facts import Facts
    from simcluster.books.workbook.inputs import Inputs, Key
    from simcluster.books.workbook.vintages import Vintages
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog


def contract_inputs(inputs: Inputs, scenario: Scenario) -> None:
    """Prices and shares, those that the scenario has."""
    for s, site in enumerate(scenario.sites):
        if site.colocation is not None:
            inputs.value(("rent", s), f"colocation at {site.name}", site.colocation.rent, "USD/kW/month")
        if site.transit is not None:
            inputs.value(("transit", s), f"transit of {site.name}", site.transit.price, "USD/Gbps/month")
        if site.upkeep is not None:
            inputs.value(("upkeep", s), f"upkeep at {site.name}", site.upkeep, "fraction of cost a year")
    for c, cluster in enumerate(scenario.clusters):
        if cluster.licences is not None:
            inputs.value(("licences", c), f"licences of {cluster.name}", cluster.licences, "USD/GPU/year")
        if cluster.support is not None:
            for what in ("servers", "network"):
                label, share = f"support of {what} of {cluster.name}", getattr(cluster.support, what)
                inputs.value(("support", c, what), label, share, "fraction of cost a year")


def contract_facts(facts: Facts, scenario: Scenario, log: EventLog, assets: tuple[Asset, ...]) -> None:
    """Quantities by month: what is contracted, and what is in service and covered."""
    rented, transit = contracted_kw_months(scenario, log), contracted_gbps_months(scenario)
    for s, site in enumerate(scenario.sites):
        if site.colocation is not None:
            facts.add(("rented", s), f"IT power rented at {site.name}", "kW-months", rented[:, s].tolist())
        if site.transit is not None:
            facts.add(("gbps", s), f"bandwidth of {site.name}", "Gbps-months", transit[:, s].tolist())
    gpu_years = gpu_years_in_service(scenario, log)
    for c, cluster in enumerate(scenario.clusters):
        if cluster.licences is not None:
            label = f"GPUs in service of {cluster.name}"
            facts.add(("gpu_years", c), label, "GPU-years", gpu_years[:, c].tolist())
    for place, covered in supported(scenario, assets).items():
        facts.add(("covered", *place), covered.text, "node-years", covered.years.tolist())
    for k, (_, covered) in enumerate(kept_up(scenario, assets)):
        facts.add(("kept_up", k), covered.text, "years", covered.years.tolist())


def contract_bills(
    scenario: Scenario, facts: Facts, inputs: Inputs, assets: tuple[Asset, ...], vintages: Vintages
) -> Iterator[Bill]:
    """Every bill: a quantity of the facts times a factor, rounded."""

    def bill(label: str, account: Account, fact: Key, factor: str, values: list[int]) -> Bill:
        return Bill(label, account, lambda k: f"ROUND({facts.at(fact, k)}*{factor},0)", values)

    def priced(label: str, account: Account, fact: Key, price: Key, usd: float) -> Bill:
        values = [cents(x * usd) for x in facts.numbers[fact]]
        return bill(label, account, fact, f"{inputs[price]}*100", values)

    for s, site in enumerate(scenario.sites):
        if site.colocation is not None:
            label, rent = f"colocation at {site.name}", site.colocation.rent
            yield priced(label, Account.COLOCATION, ("rented", s), ("rent", s), rent)
        if site.transit is not None:
            label, price = f"transit of {site.name}", site.transit.price
            yield priced(label, Account.TRANSIT, ("gbps", s), ("transit", s), price)
    for c, cluster in enumerate(scenario.clusters):
        if cluster.licences is not None:
            label = f"licences of {cluster.name}"
            yield priced(label, Account.LICENCES, ("gpu_years", c), ("licences", c), cluster.licences)
    for place, covered in supported(scenario, assets).items():
        what = "servers" if place[0].endswith("server") else "network"
        factor = f"ROUND({inputs[place]}*100,0)*{inputs['support', covered.at, what]}"
        bills = covered.bills(support_share(scenario, place[0], covered.at))
        yield bill(covered.text, Account.MAINTENANCE, ("covered", *place), factor, bills)
    for k, (asset, covered) in enumerate(kept_up(scenario, assets)):
        cost = vintages.cost_at.get(asset, str(asset.cost_cents))
        factor = f"{cost}*{inputs['upkeep', covered.at]}"
        bills = covered.bills(scenario.sites[covered.at].upkeep or 0.0)
        yield bill(covered.text, Account.MAINTENANCE, ("kept_up", k), factor, bills)
