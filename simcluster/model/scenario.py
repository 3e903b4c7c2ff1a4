"""The scenario: everything one TOML file says, checked as a whole."""

from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simcluster.core.calendar import Clock
from simcluster.model.checks import problems_of
from simcluster.model.company import UNREPORTED, Company, CompanyHistory, Guidance
from simcluster.model.finance import Finance
from simcluster.model.hardware import Gpu, GpuRows, Server, ServerRows
from simcluster.model.kind import Name, Value, refuse
from simcluster.model.procurement import Budget, Cluster, Installed, KitOrder, Order, Purchase
from simcluster.model.reliability import Cause, FailureProfile
from simcluster.model.retrofit import Rack
from simcluster.model.revenue import NO_REVENUE, Revenue
from simcluster.model.sales import Sale
from simcluster.model.shortage import SHORTAGE
from simcluster.model.site import Site
from simcluster.model.supply import Slip, Vendor
from simcluster.model.throughput import ThroughputRow
from simcluster.model.workload import Background, Job

SCHEMA = 1
NO_CAUSE = -2
"""A number that no cause has, and not that of what is planned either."""


class Catalog(Value):
    """Rows looked up by name; a scenario may override or add."""

    gpus: GpuRows
    servers: ServerRows
    failures: Annotated[dict[Name, FailureProfile], Field(default_factory=dict)]
    throughput: Annotated[dict[Name, ThroughputRow], Field(default_factory=dict)]
    companies: Annotated[dict[Name, CompanyHistory], Field(default_factory=dict)]


class Scenario(Value):
    """A buildout, its workload and who pays. `end` is the last simulated day.

    Without a `company` the programme stands alone, and without `revenue` nothing pays for it.
    """

    schema_version: Literal[1] = Field(alias="schema")
    name: Name
    title: str = ""
    description: str = ""
    start: date
    end: date
    seed: Annotated[int, Field(ge=0)] = 1
    known_on: date | None = None
    catalog: Catalog
    sites: tuple[Site, ...] = Field(min_length=1)
    clusters: tuple[Cluster, ...] = Field(min_length=1)
    installed: tuple[Installed, ...] = ()
    vendors: tuple[Vendor, ...] = ()
    slips: tuple[Slip, ...] = ()
    orders: tuple[Order, ...] = ()
    kits: tuple[KitOrder, ...] = ()
    sales: tuple[Sale, ...] = ()
    budgets: tuple[Budget, ...] = ()
    jobs: tuple[Job, ...] = ()
    background: tuple[Background, ...] = ()
    revenue: Revenue = NO_REVENUE
    company: Company | None = None
    finance: Finance

    @model_validator(mode="after")
    def _holds_together(self) -> "Scenario":
        refuse(problems_of(self))
        return self

    @cached_property
    def clock(self) -> Clock:
        """Dates to hours and back."""
        return Clock(self.start, self.end)

    @cached_property
    def site_index(self) -> dict[str, int]:
        """Position of each site by name."""
        return {site.name: k for k, site in enumerate(self.sites)}

    @cached_property
    def cluster_index(self) -> dict[str, int]:
        """Position of each cluster by name."""
        return {cluster.name: k for k, cluster in enumerate(self.clusters)}

    @cached_property
    def vendor_index(self) -> dict[str, int]:
        """Position of each vendor by name."""
        return {vendor.name: k for k, vendor in enumerate(self.vendors)}

    @cached_property
    def job_index(self) -> dict[str, int]:
        """Position of each job by name."""
        return {job.name: k for k, job in enumerate(self.jobs)}

    def server_of(self, cluster: int | str) -> Server:
        """The server type of a cluster, by position or name."""
        return self.catalog.servers[self._cluster(cluster).server]

    def gpu_of(self, cluster: int | str) -> Gpu:
        """The accelerator of a cluster, by position or name."""
        return self.catalog.gpus[self.server_of(cluster).gpu]

    def failures_of(self, cluster: int | str) -> FailureProfile:
        """The failure profile of a cluster, by position or name."""
        return self.catalog.failures[self._cluster(cluster).failures]

    def profile_of(self, row: Purchase) -> str:
        """The name of the failure profile of a batch: its own, or its cluster's."""
        return row.failures or self._cluster(row.cluster).failures

    @cached_property
    def purchases(self) -> tuple[Purchase, ...]:
        """The opening rows, then the orders."""
        return (*self.installed, *self.orders)

    @cached_property
    def profiles(self) -> dict[str, int]:
        """The failure profiles in use, and the number of the first cause of each; facts name causes by number."""
        used = [cluster.failures for cluster in self.clusters]
        used += [self.profile_of(row) for row in self.purchases]
        first, numbers = 0, {}
        for name in dict.fromkeys(used):
            numbers[name] = first
            first += len(self.catalog.failures[name].causes)
        return numbers

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """Every cause of the profiles in use, by number."""
        own = [cause for name in self.profiles for cause in self.catalog.failures[name].causes]
        return (*own, SHORTAGE) if self.may_run_short else tuple(own)

    @property
    def may_run_short(self) -> bool:
        """Whether anything takes power away that was energised, at any site."""
        return any(site.may_run_short for site in self.sites)

    @property
    def shortage_cause(self) -> int:
        """The number of the cause of nodes shed for want of power, where a site may run short: the last."""
        return len(self.causes) - 1 if self.may_run_short else NO_CAUSE

    def nodes(self, cluster: str, gpus: int) -> int:
        """Nodes of a cluster that hold so many GPUs."""
        return -(-gpus // self.server_of(cluster).gpus)

    def node_prices_usd(self, row: Purchase) -> tuple[float, float]:
        """What a node of an order costs: the server, and its share of the network unless that is bought as a kit."""
        server_usd, network_usd = row.node_prices_usd(self.server_of(row.cluster))
        apart = bool(self._cluster(row.cluster).kit) and row.network_price is None
        return server_usd, 0.0 if apart else network_usd

    def rack_of(self, cluster: int | str) -> Rack:
        """A full rack of a cluster."""
        server = self.server_of(cluster)
        return Rack(server.nameplate_kw * self._cluster(cluster).topology.nodes_per_rack, server.cooling)

    def halls_for(self, cluster: int | str) -> list[int]:
        """The halls of its site, by number, that take the racks of a cluster as they are built."""
        rack, halls = self.rack_of(cluster), self.sites[self.site_index[self._cluster(cluster).site]].halls
        return [k for k, hall in enumerate(halls) if hall.takes(rack)]

    def mfu_of(self, job: Job) -> float:
        """Model FLOP utilisation of an undisturbed job: given, or from its layout and the pods it spans at least."""
        if job.throughput is None:
            assert job.mfu is not None
            return job.mfu
        pods = self._cluster(job.cluster).topology.pods_of(self.nodes(job.cluster, job.gpus))
        return job.throughput.mfu(self.catalog.throughput[job.throughput.base], pods)

    def nodes_of(self, cluster: str) -> int:
        """All nodes a cluster is ever to have, those sold among them."""
        return sum(self.nodes(cluster, row.gpus) for row in self.purchases if row.cluster == cluster)

    def cluster_of_sale(self, sale: Sale) -> int:
        """The position of the cluster that a sale takes nodes of."""
        name = sale.cluster or next(row.cluster for row in self.purchases if row.name == sale.purchase)
        return self.cluster_index[name]

    def sells(self, cluster: int) -> bool:
        """Whether nodes of a cluster, by position, are ever to be sold."""
        return any(self.cluster_of_sale(sale) == cluster for sale in self.sales)

    @cached_property
    def history(self) -> CompanyHistory:
        """What the company has reported; nothing without one."""
        return self.catalog.companies[self.company.history] if self.company else UNREPORTED

    def guidance_of(self, year: int) -> Guidance | None:
        """The latest capex guidance for a year."""
        given = [row for row in self.company.guidance if row.year == year] if self.company else []
        return max(given, key=lambda row: row.given) if given else None

    def _cluster(self, cluster: int | str) -> Cluster:
        return self.clusters[cluster if isinstance(cluster, int) else self.cluster_index[cluster]]
