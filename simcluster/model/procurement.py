"""Clusters, what stands in them at the start, and the orders that fill them."""

from datetime import date
from typing import Annotated

from pydantic import Field

from simcluster.model.distributions import Duration
from simcluster.model.hardware import Server
from simcluster.model.kind import Count, Fraction, Hours, Name, Usd, Value
from simcluster.model.repair import Maintenance, Repair
from simcluster.model.topology import Topology


class Cluster(Value):
    """Nodes of one server type behind one network, at one site."""

    name: Name
    site: Name
    server: Name
    failures: Name
    repair: Repair = Repair()
    topology: Topology = Topology()
    maintenance: Maintenance | None = None


class Purchase(Value):
    """Nodes bought together for a cluster, at prices of their own or else the catalog's.

    A batch may have a failure profile of its own (`failures`), since ageing and infant mortality belong to a batch.
    """

    name: Name
    cluster: Name
    gpus: Count
    server_price: Usd | None = None
    network_price: Usd | None = None
    failures: Name | None = None

    def node_prices_usd(self, server: Server) -> tuple[float, float]:
        """What a node costs: the server, and its share of the network."""
        return (
            server.price if self.server_price is None else self.server_price,
            server.network_price if self.network_price is None else self.network_price,
        )


class Installed(Purchase):
    """Nodes in service at the start, with the cost and age at which they open the books."""

    in_service: date


class Order(Purchase):
    """A purchase order: price agreed on the day, a deposit, lead time to the first lot, then equal lots."""

    placed: date
    deposit: Fraction
    lead_time: Duration
    lots: Count = 1
    lot_interval: Hours = 0.0


class Budget(Value):
    """Capital the programme may commit in a calendar year."""

    year: Annotated[int, Field(ge=1990, le=2100)]
    amount: Usd
