"""Inputs of prices: nodes, kits, land, halls and their retrofits, construction by tasks and equipment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simcluster.books.workbook.inputs import Inputs, Key
    from simcluster.model.procurement import Purchase
    from simcluster.model.scenario import Scenario


def price_inputs(inputs: Inputs, scenario: Scenario) -> None:
    """Prices of what is bought, the catalog's where a row gives none, with deposits and shares."""
    inputs.heading("Prices of nodes, kits, land and halls")
    for name in dict.fromkeys(cluster.server for cluster in scenario.clusters):
        server = scenario.catalog.servers[name]
        inputs.value(("server", name), f"price of {name}", server.price, "USD/node")
        inputs.value(("server_network", name), f"network price of {name}", server.network_price, "USD/node")
    for k, installed in enumerate(scenario.installed):
        prices = installed.node_prices_usd(scenario.server_of(installed.cluster))
        _node_prices(inputs, scenario, installed, ("installed_server", k), ("installed_network", k), prices)
    for k, order in enumerate(scenario.orders):
        prices = scenario.node_prices_usd(order)
        _node_prices(inputs, scenario, order, ("order_server", k), ("order_network", k), prices)
        inputs.value(("order_deposit", k), f"deposit on order {order.name}", order.deposit, "fraction")
        if order.option is not None:
            inputs.value(("order_premium", k), f"option premium of {order.name}", order.option.premium, "fraction")
        if order.components is not None:
            label = f"share of components in {order.name}"
            inputs.value(("order_components", k), label, order.components.share, "fraction of server price")
        if order.cancellation is not None:
            inputs.value(("order_fee", k), f"cancellation fee of {order.name}", order.cancellation.fee, "fraction")
    for k, kit in enumerate(scenario.kits):
        gpus = scenario.server_of(kit.cluster).gpus
        inputs.value(("kit_gpu", k), f"price of kit {kit.name}", kit.price, "USD/GPU")
        text = f"{inputs['kit_gpu', k]}*{gpus}"
        inputs.formula(("kit", k), f"price a node of kit {kit.name}", text, kit.price * gpus, "USD/node")
        inputs.value(("kit_deposit", k), f"deposit on kit {kit.name}", kit.deposit, "fraction")
    _halls(inputs, scenario)


def _halls(inputs: Inputs, scenario: Scenario) -> None:
    for s, site in enumerate(scenario.sites):
        if site.land is not None:
            inputs.value(("land", s), f"cost of land of {site.name}", site.land.cost, "USD")
        for h, hall in enumerate(site.halls):
            where = f"hall {hall.name} at {site.name}"
            if hall.cost is not None:
                _built(inputs, ("hall", s, h), where, hall.cost, hall.plant_share)
            for r, row in enumerate(hall.retrofits):
                _built(inputs, ("retrofit", s, h, r), f"retrofit {row.name} of {where}", row.cost, row.plant_share)


def _built(inputs: Inputs, key: Key, what: str, usd_per_mw: float, plant_share: float) -> None:
    inputs.value(key, f"cost of {what}", usd_per_mw, "USD/MW")
    if plant_share:
        inputs.value(("plant_share", *key[1:]), f"share of plant in {what}", plant_share, "fraction of cost")


def construction_inputs(inputs: Inputs, scenario: Scenario) -> None:
    """Prices of tasks and equipment, and what of them is paid first."""
    for s, site in enumerate(scenario.sites):
        if site.construction is None:
            continue
        inputs.heading(f"Construction at {site.name}")
        for k, task in enumerate(site.construction.tasks):
            inputs.value(("task", s, k), f"cost of {task.name} at {site.name}", task.cost, "USD")
            label = f"paid at the start of {task.name} at {site.name}"
            inputs.value(("task_first", s, k), label, task.paid_at_start, "fraction")
        for k, row in enumerate(site.construction.equipment):
            inputs.value(("equipment", s, k), f"price of {row.name} at {site.name}", row.unit_price, "USD/unit")
            inputs.value(("equipment_first", s, k), f"deposit on {row.name} at {site.name}", row.deposit, "fraction")


def _node_prices(
    inputs: Inputs, scenario: Scenario, row: Purchase, server: Key, network: Key, prices_usd: tuple[float, float]
) -> None:
    """The prices of an order or an opening row: its own, or the catalog's by formula."""
    kind = scenario.clusters[scenario.cluster_index[row.cluster]].server
    own = {"server": row.server_price, "server_network": row.network_price}
    for key, of, price_usd in ((server, "server", prices_usd[0]), (network, "server_network", prices_usd[1])):
        what = "server" if of == "server" else "network"
        label = f"{what} price of {row.name}"
        listed = getattr(scenario.catalog.servers[kind], "price" if of == "server" else "network_price")
        if own[of] is None and price_usd == listed:
            inputs.formula(key, label, inputs[of, kind], price_usd, "USD/node")
        else:
            inputs.value(key, label, price_usd, "USD/node")
