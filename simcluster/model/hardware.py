"""Catalog rows of accelerators and servers."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simcluster.model.kind import (
    Count,
    Fraction,
    Kilograms,
    Kilowatts,
    Located,
    Name,
    Positive,
    Tflops,
    Usd,
    Value,
    refuse,
)

Precision = Literal["bf16", "fp64"]
"""What peaks are stated at. A comparison takes one of them for all machines."""


class Gpu(Value):
    """An accelerator: peaks by precision, board power, and its worth in H100s.

    Peaks are dense and of the matrix units (tensor cores), which is what training in BF16 and Linpack in FP64 use; the
    vector units of some chips reach half their FP64 peak. `peak_fp64` may be unknown.
    """

    title: str
    h100_equivalents: Positive
    peak_bf16: Tflops
    peak_fp64: Tflops | None = None
    tdp: Kilowatts
    known: date | None = None

    @model_validator(mode="after")
    def _computes(self) -> "Gpu":
        hint = "for example '989 TFLOP/s'"
        peaks = {"peak_bf16": self.peak_bf16, "peak_fp64": self.peak_fp64}
        refuse([Located((name,), "a peak must be above 0", hint) for name, peak in peaks.items() if peak == 0])
        return self

    def peak_tflops(self, precision: Precision) -> float | None:
        """Dense peak at a precision, TFLOP/s; None where it is not known."""
        return {"bf16": self.peak_bf16, "fp64": self.peak_fp64}[precision]


class Server(Value):
    """A node: its accelerators, its share of critical IT power, and list prices.

    `busy_draw` and `idle_draw` are fractions of nameplate drawn while computing and while idle; `checkpoint_draw` and
    `restart_draw` while a job on it saves its state or restarts, as busy where they are not given.
    `embodied_carbon` is what making and shipping one emitted, CO2 equivalents.
    """

    title: str
    gpu: Name
    gpus: Count
    server_power: Kilowatts
    network_power: Kilowatts
    busy_draw: Fraction
    idle_draw: Fraction
    checkpoint_draw: Fraction | None = None
    restart_draw: Fraction | None = None
    embodied_carbon: Kilograms | None = None
    price: Usd
    network_price: Usd
    cooling: Literal["any", "air", "liquid"] = "any"
    known: date | None = None

    @model_validator(mode="after")
    def _draws(self) -> "Server":
        hint = "for example '10.2 kW'"
        none = [] if self.nameplate_kw > 0 else [Located(("server_power",), "a server's power must be above 0", hint)]
        above = [
            Located((name,), f"{name} is above busy_draw", f"lower {name}: busy is the most")
            for name in ("checkpoint_draw", "restart_draw")
            if (getattr(self, name) or 0.0) > self.busy_draw
        ]
        refuse([*none, *above])
        return self

    @property
    def nameplate_kw(self) -> float:
        """Critical IT nameplate of one node with its share of network and storage, kW."""
        return self.server_power + self.network_power


GpuRows = Annotated[dict[Name, Gpu], Field(default_factory=dict)]
ServerRows = Annotated[dict[Name, Server], Field(default_factory=dict)]
