"""Catalog rows of accelerators and servers."""

from datetime import date
from typing import Annotated

from pydantic import Field

from simcluster.model.kind import Count, Fraction, Kilowatts, Name, Positive, Tflops, Usd, Value


class Gpu(Value):
    """An accelerator: dense BF16 peak, board power, and its worth in H100s."""

    title: str
    h100_equivalents: Positive
    peak_bf16: Tflops
    tdp: Kilowatts
    known: date | None = None


class Server(Value):
    """A node: its accelerators, its share of critical IT power, and list prices.

    `busy_draw` and `idle_draw` are fractions of nameplate drawn while computing and while idle.
    """

    title: str
    gpu: Name
    gpus: Count
    server_power: Kilowatts
    network_power: Kilowatts
    busy_draw: Fraction
    idle_draw: Fraction
    price: Usd
    network_price: Usd
    known: date | None = None

    @property
    def nameplate_kw(self) -> float:
        """Critical IT nameplate of one node with its share of network and storage, kW."""
        return self.server_power + self.network_power


GpuRows = Annotated[dict[Name, Gpu], Field(default_factory=dict)]
ServerRows = Annotated[dict[Name, Server], Field(default_factory=dict)]
