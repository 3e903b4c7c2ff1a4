"""What a comparison tells, row by row, computed from outcomes alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcluster.record.binding import CONSTRAINTS

if TYPE_CHECKING:
    from simcluster.model.hardware import Precision
    from simcluster.study.result import Outcomes

Value = float | int | str | None
Of = Callable[["Outcomes", "Precision"], Value]


@dataclass(frozen=True)
class Quantity:
    """A row: its group, its name in files, what it is called, its unit, and its value from outcomes.

    `compared` tells whether a ratio of two machines says anything. The unit "share" is a fraction, "date" an ISO day.
    """

    group: str
    name: str
    title: str
    unit: str
    of: Of
    compared: bool = True


def gpu_types(outcomes: Outcomes) -> list[str]:
    """Catalog names of the GPUs in service at the end."""
    parts = [name.split(".") for name in outcomes if name.startswith("gpus.") and name.endswith(".in_service_end")]
    return [".".join(words[1:-1]) for words in parts]


def of_type(gpu: str) -> Quantity:
    """GPUs of one type in service at the end."""
    return Quantity("Machine", f"gpus_{gpu}", f"  {gpu}", "GPUs", _told(f"gpus.{gpu}.in_service_end"))


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _told(name: str, per: float = 1.0) -> Of:
    """An outcome as it is, or in a unit of so many of its own."""

    def of(outcomes: Outcomes, _: Precision) -> Value:
        value = outcomes.get(name)
        return value / per if per != 1.0 and isinstance(value, int | float) else value

    return of


def _over(above: Of, below: Of, per: float = 1.0) -> Of:
    """One value over another, in a unit of so many; None where either is not known or the second is 0."""

    def of(outcomes: Outcomes, precision: Precision) -> Value:
        a, b = _number(above(outcomes, precision)), _number(below(outcomes, precision))
        return a / b / per if a is not None and b else None

    return of


def _peak(outcomes: Outcomes, precision: Precision) -> Value:
    """Dense peak of the GPUs in service, EFLOP/s."""
    return outcomes.get(f"peak_{precision}_eflops_end")


def _acquisition(outcomes: Outcomes, _: Precision) -> Value:
    """Servers, network and halls in service at cost, M USD."""
    return _together("servers", "network", "buildings", "plant")(outcomes, _)


def _together(*classes: str) -> Of:
    """Property of classes in service at cost, M USD; None where nothing is known of any."""

    def of(outcomes: Outcomes, _: Precision) -> Value:
        parts = [_number(outcomes.get(f"{name}_usd_end")) for name in classes]
        known = [part / 1e6 for part in parts if part is not None]
        return sum(known) if known else None

    return of


def _bound(outcomes: Outcomes, _: Precision) -> Value:
    """The constraint that bound the build on most days, and on how many; None where nothing was built or bound."""
    days = {name: _number(outcomes.get(f"days_bound_by_{name}")) or 0 for name in CONSTRAINTS}
    longest = max(days, key=lambda name: days[name])
    return f"{longest}, {days[longest]:.0f} d" if days[longest] else None


def _years(name: str) -> Of:
    """An outcome by calendar year, summed, M USD; None where it is 0 in all."""

    def of(outcomes: Outcomes, _: Precision) -> Value:
        found = [_number(value) or 0.0 for key, value in outcomes.items() if key.startswith(f"{name}_usd_")]
        return sum(found) / 1e6 or None

    return of


_REVENUE = _years("attributed_revenue")


def _if_earning(of_revenue: Of) -> Of:
    """A value of those alone that revenue is attributed to: without any, it would only be the cost once more."""

    def of(outcomes: Outcomes, precision: Precision) -> Value:
        return of_revenue(outcomes, precision) if _REVENUE(outcomes, precision) else None

    return of


_IT_MW, _DRAWN_MW = _told("it_nameplate_mw_end"), _told("peak_drawn_mw")
_WORK = "Reliability and work"

QUANTITIES: tuple[Quantity | None, ...] = (
    Quantity("Machine", "gpus_in_service", "GPUs in service", "GPUs", _told("gpus_in_service_end")),
    None,
    Quantity("Machine", "h100_equivalents", "Worth in H100", "H100", _told("h100e_in_service_end")),
    Quantity("Power", "it_nameplate", "IT nameplate", "MW", _IT_MW),
    Quantity("Power", "facility_nameplate", "Facility at nameplate", "MW", _told("facility_nameplate_mw_end")),
    Quantity("Power", "energised", "Energised at the end", "MW", _told("energized_mw_end")),
    Quantity("Power", "it_drawn", "IT drawn at the peak", "MW", _told("peak_it_mw")),
    Quantity("Power", "facility_drawn", "Facility drawn at the peak", "MW", _DRAWN_MW),
    Quantity("Power", "energy", "Energy in the run", "GWh", _told("energy_mwh", 1e3)),
    Quantity("Power", "pue", "PUE over the run", "", _over(_told("energy_mwh"), _told("energy_it_mwh")), False),
    Quantity("Compute", "peak", "Dense peak installed", "EFLOP/s", _peak),
    Quantity("Compute", "peak_per_mw", "EFLOP/s per facility MW drawn", "EFLOP/s per MW", _over(_peak, _DRAWN_MW)),
    Quantity("Compute", "peak_per_watt", "GFLOP/s per W of IT nameplate", "GFLOP/s per W", _over(_peak, _IT_MW, 1e-3)),
    Quantity("Cost", "servers", "Servers in service", "M USD", _told("servers_usd_end", 1e6)),
    Quantity("Cost", "network", "Network in service", "M USD", _told("network_usd_end", 1e6)),
    Quantity("Cost", "buildings", "Halls in service", "M USD", _together("buildings", "plant")),
    Quantity("Cost", "plant", "of which plant", "M USD", _told("plant_usd_end", 1e6)),
    Quantity("Cost", "acquisition", "The three together", "M USD", _acquisition),
    Quantity("Cost", "acquisition_per_peak", "k USD per peak PFLOP/s", "k USD per PFLOP/s", _over(_acquisition, _peak)),
    Quantity("Cost", "capex", "Capex in the run", "M USD", _told("capex_programme_usd", 1e6)),
    Quantity("Cost", "energy_bill", "Energy bill, last year", "M USD", _told("energy_usd_last_year", 1e6)),
    Quantity(_WORK, "availability", "Nodes up", "share", _told("availability"), False),
    Quantity(_WORK, "failures", "Failures in 1,000 node-days", "", _told("failures_per_1000_node_days")),
    Quantity(_WORK, "useful", "Useful GPU-hours", "share", _told("useful_share")),
    Quantity(_WORK, "training_useful", "Useful of training's", "share", _told("training_productive_share")),
    Quantity("Buildout", "half_in_service", "Half of the GPUs in service", "date", _told("half_in_service"), False),
    Quantity("Buildout", "all_in_service", "All of them in service", "date", _told("all_in_service"), False),
    Quantity("Buildout", "bound_longest", "Bound longest by", "", _bound, False),
    Quantity("Money", "revenue", "Revenue attributed to AI", "M USD", _REVENUE),
    Quantity("Money", "revenue_needed", "Revenue needed", "M USD", _if_earning(_years("required_revenue"))),
    Quantity("Money", "npv", "NPV", "M USD", _if_earning(_told("npv_usd", 1e6)), False),
    Quantity("Money", "irr", "IRR", "share", _if_earning(_told("irr")), False),
)
"""Every row in order; None is where GPUs by type stand."""
