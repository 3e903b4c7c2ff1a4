"""Nodes that leave for good: sold at a price, or decommissioned."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simcluster.core.calendar import HOURS_PER_YEAR
from simcluster.core.money import cents, whole
from simcluster.model.kind import Count, Located, Name, Usd, Value, refuse
from simcluster.model.procurement import Purchase


class NoPrice(Value):
    """Nothing is paid: the nodes are decommissioned."""

    kind: Literal["none"] = "none"

    def node_cents(self, paid_cents: int, age_hours: float, gpus: int) -> int:
        """What a node fetches, cents, by the price paid for its server, its hours in service and its GPUs."""
        return 0


class PerNode(Value):
    """A price a node, with its share of the network."""

    kind: Literal["per_node"] = "per_node"
    price: Usd

    def node_cents(self, paid_cents: int, age_hours: float, gpus: int) -> int:
        """What a node fetches, cents, by the price paid for its server, its hours in service and its GPUs."""
        return cents(self.price)


class PerGpu(Value):
    """A price a GPU, with its shares of the server and the network."""

    kind: Literal["per_gpu"] = "per_gpu"
    price: Usd

    def node_cents(self, paid_cents: int, age_hours: float, gpus: int) -> int:
        """What a node fetches, cents, by the price paid for its server, its hours in service and its GPUs."""
        return cents(self.price * gpus)


class Decay(Value):
    """The price paid for the server less a share a year: paid x (1 - rate)^(hours in service / 8,766).

    Epoch AI finds 27.6% a year for GPUs. The share of the network, which goes with the node, fetches nothing.
    """

    kind: Literal["decay"] = "decay"
    rate: Annotated[float, Field(ge=0, lt=1)]

    def node_cents(self, paid_cents: int, age_hours: float, gpus: int) -> int:
        """What a node fetches, cents, by the price paid for its server, its hours in service and its GPUs."""
        return whole(paid_cents * (1 - self.rate) ** (age_hours / HOURS_PER_YEAR))


SalePrice = Annotated[NoPrice | PerNode | PerGpu | Decay, Field(discriminator="kind")]


class Sale(Value):
    """So many GPUs of a `purchase`, or of any in a `cluster`, leave from a `date` on, at a `price`.

    Free nodes go that day, the oldest rows first; others as soon as nobody holds them, no repair has them, and no job
    that has begun waits for a node. What is given up before stays where it stands.
    """

    name: Name
    purchase: Name | None = None
    cluster: Name | None = None
    gpus: Count
    date: date
    price: SalePrice = NoPrice()

    @model_validator(mode="after")
    def _says_of_what(self) -> "Sale":
        found = []
        if self.purchase is None and self.cluster is None:
            found.append(Located((), f"sale {self.name!r} does not say of what", "give its purchase or its cluster"))
        if self.purchase is not None and self.cluster is not None:
            message = f"sale {self.name!r} names a purchase and a cluster"
            found.append(Located(("cluster",), message, "a purchase stands in its cluster: keep one of them"))
        refuse(found)
        return self

    def takes(self, row: Purchase) -> bool:
        """Whether nodes of a purchase may go with it."""
        return self.cluster == row.cluster if self.purchase is None else self.purchase == row.name
