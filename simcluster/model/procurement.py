"""Clusters, what stands in them at the start, and the orders that fill them."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from simcluster.model.contracts import Support
from simcluster.model.distributions import Duration, Fixed
from simcluster.model.hardware import Server
from simcluster.model.kind import Count, Fraction, Hours, Located, Name, Usd, UsdPerGpuYear, Value, refuse
from simcluster.model.leases import LeaseTerms
from simcluster.model.power import NO_DELAY
from simcluster.model.repair import Maintenance, Repair
from simcluster.model.topology import Topology


class Cluster(Value):
    """Nodes of one server type behind one network, at one site.

    `kit` names what is bought apart from the servers (leaf switches, spine, optics): a node is admitted with its share
    of each. Without it servers come with their network. `support` and `licences` are paid for what is in service.
    """

    name: Name
    site: Name
    server: Name
    failures: Name
    repair: Repair = Repair()
    topology: Topology = Topology()
    kit: tuple[Name, ...] = ()
    maintenance: Maintenance | None = None
    support: Support | None = None
    licences: UsdPerGpuYear | None = None


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


Chance = Annotated[float, Field(ge=0, lt=1)]


class Option(Value):
    """The right to order later at today's prices, for a `premium`: a share of the cost, paid on the day `placed`.

    On `exercise` it becomes an order with a `probability`, and the premium counts towards the deposit; else it lapses.
    """

    premium: Fraction
    exercise: date
    probability: Fraction


class Cancellation(Value):
    """On a day, what is not delivered yet is cancelled, for a `fee`: a share of the cost of those nodes."""

    date: date
    fee: Fraction


class Components(Value):
    """What the buyer sends to the maker of its servers, GPUs above all: a `share` of the server price.

    For each lot it is bought so long `ahead` of the delivery, but not before the order is placed, and is held at the
    supplier until then.
    """

    share: Annotated[float, Field(gt=0, le=1)]
    ahead: Hours


class Supplied(Value):
    """What is bought from somebody: price agreed on the day, a deposit, then equal lots.

    The first lot comes after a `lead_time`, the others `lot_interval` apart; or all as the `vendor` has it. Each lot is
    late by a `lot_delay` of its own. What the deposit does not cover is paid `payment_terms` after delivery.
    """

    name: Name
    cluster: Name
    gpus: Count
    placed: date
    deposit: Fraction
    lead_time: Duration | None = None
    vendor: Name | None = None
    lots: Count = 1
    lot_interval: Hours = 0.0
    lot_delay: Duration = NO_DELAY
    payment_terms: Hours = 0.0

    @model_validator(mode="after")
    def _is_supplied(self) -> "Supplied":
        refuse([*self._problems()])
        return self

    def _problems(self) -> Iterator[Located]:
        if self.lead_time is None and self.vendor is None:
            yield Located((), f"nothing says when order {self.name!r} arrives", "add a lead_time or a vendor")
        if self.lead_time is not None and self.vendor is not None:
            message = "a vendor and a lead time both say when it arrives, as a lead time is the vendor's backlog"
            yield Located(("lead_time",), message, "keep one of them")


class KitOrder(Supplied):
    """Shares of one `item` of a cluster's kit, for so many GPUs, at a `price` for each of them."""

    item: Name
    price: Usd


class Order(Purchase, Supplied):
    """A purchase order of servers.

    Of each lot the share `dead_on_arrival` is sent back, and of each batch that was burnt in the share `rejected`; both
    are replaced after `replacement`, at no cost. With a `lease` the lessor pays the vendor, and the nodes come on a
    finance lease from the hour they enter service, at level payments a month worth their price.
    """

    option: Option | None = None
    cancellation: Cancellation | None = None
    components: Components | None = None
    lease: LeaseTerms | None = None
    dead_on_arrival: Chance = 0.0
    rejected: Chance = 0.0
    replacement: Duration = Fixed.model_construct(duration=336.0)

    def _problems(self) -> Iterator[Located]:
        yield from super()._problems()
        if self.option is not None and self.option.premium > self.deposit:
            message = "the premium counts towards the deposit, and is above it"
            yield Located(("option", "premium"), message, "lower the premium or raise the deposit")
        first = self.placed if self.option is None else self.option.exercise
        if first < self.placed:
            yield Located(("option", "exercise"), "exercised before it is bought", "exercise it later")
        if self.cancellation is not None and self.cancellation.date < first:
            yield Located(("cancellation", "date"), "cancelled before it is placed", "cancel it later")
        if self.lease is not None and self.deposit > 0:
            yield Located(("deposit",), "a deposit on what is leased, which the lessor pays", "write deposit = 0")
        if self.lease is not None and self.components is not None:
            yield Located(("components",), "components for what is leased, which the lessor pays", "take them out")
        if self.lease is not None and self.payment_terms > 0:
            message = "terms of payment of what is leased, which the lessor pays"
            yield Located(("payment_terms",), message, "leave payment_terms out")


class Budget(Value):
    """Capital the programme may commit in a calendar year."""

    year: Annotated[int, Field(ge=1990, le=2100)]
    amount: Usd
