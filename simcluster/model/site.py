"""Where a cluster stands: halls, power, and what it takes to bring a node into service."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from simcluster.model.admission import Admission, OverCap, Provisioned
from simcluster.model.construction import Construction, Equipment, SystemsTest
from simcluster.model.contracts import Colocation, Transit
from simcluster.model.distributions import Duration
from simcluster.model.kind import (
    Count,
    Fraction,
    Kilowatts,
    Located,
    Megawatts,
    Name,
    Usd,
    UsdPerMw,
    UsdPerMwYear,
    Value,
    refuse,
)
from simcluster.model.power import NO_DELAY, PowerSource
from simcluster.model.pue import ConstantPue, FixedAndProportionalPue, Pue
from simcluster.model.retrofit import Cooling, Offer, Rack, Retrofit, problems_of_retrofits
from simcluster.model.shortage import Battery

DATED_ONLY = ("delay", "construction_start", "cost", "plant_share")
"""Keys of a hall with a day that a hall built by tasks does not take."""


class Hall(Value):
    """A data hall: room for so many MW of nameplate IT, ready on a day or later, or built by the site's construction.

    `construction_start` to `ready` spreads the cost over construction in progress; a hall ready by the scenario's
    start stands in the opening balance. A hall with `after` is handed over once all that is finished and its integrated
    systems test is passed; it costs its share of the tasks and equipment it depends on. Of the `cost` of one with a
    day, `plant_share` is electrical and mechanical plant. It takes racks of up to `rack_power` that are cooled as it
    cools, and others after its `retrofits`, which are done in declared order.
    """

    name: Name
    it_power: Megawatts
    cooling: Cooling = "any"
    rack_power: Kilowatts | None = None
    ready: date | None = None
    delay: Duration = NO_DELAY
    construction_start: date | None = None
    cost: UsdPerMw | None = None
    plant_share: Fraction = 0.0
    after: tuple[Name, ...] | None = None
    test: SystemsTest | None = None
    retrofits: tuple[Retrofit, ...] = ()

    @model_validator(mode="after")
    def _dated_or_built(self) -> "Hall":
        """One way of coming to be, with what belongs to it and nothing of the other."""
        if (self.ready is None) == (self.after is None):
            message = f"hall {self.name!r} gives {'neither' if self.ready is None else 'both'} of ready and after"
            hint = "ready is the day it stands; after names what must be finished before its test"
            refuse([Located(() if self.ready is None else ("after",), message, hint)])
        needed, foreign = (("cost",), ("test",)) if self.ready else (("test",), DATED_ONLY)
        way = "ready" if self.ready else "after"
        problems = [
            Located((), f"hall {self.name!r} with {way} has no {key}", f"add {key}")
            for key in needed
            if key not in self.model_fields_set
        ]
        problems += [
            Located((key,), f"hall {self.name!r} with {way} takes no {key}", f"take {key} out")
            for key in foreign
            if key in self.model_fields_set
        ]
        if self.after == ():
            problems.append(Located(("after",), f"hall {self.name!r} waits for nothing", "name the tasks it waits for"))
        refuse([*problems, *problems_of_retrofits(self.retrofits, self.ready)])
        return self

    def stands_by(self, day: date) -> bool:
        """Whether the hall is planned to be ready on a day; a hall that the run builds is not."""
        return self.ready is not None and self.ready <= day

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What it offers racks as it is built, and after each retrofit."""
        found = [Offer(self.cooling, self.rack_power)]
        for retrofit in self.retrofits:
            found.append(retrofit.after(found[-1]))
        return tuple(found)

    def takes(self, rack: Rack) -> bool:
        """Whether such racks may stand here as it is built."""
        return self.offers[0].takes(rack)


def house(room_kw: list[float], nodes: int, it_kw: float) -> list[int]:
    """Whole nodes of `it_kw` that go into each hall, first hall first, as far as there is room; shape as `room_kw`.

    Takes what it uses off `room_kw`.
    """
    placed = []
    for hall, room in enumerate(room_kw):
        placed.append(min(nodes, whole_nodes(room, it_kw)))
        room_kw[hall] -= placed[-1] * it_kw
        nodes -= placed[-1]
    return placed


def whole_nodes(kw: float, it_kw: float) -> int:
    """How many nodes of `it_kw` so many kW carry; a quotient that should come out whole does."""
    return max(int(kw / it_kw * (1 + 1e-9)), 0)


class Step(Value):
    """A step of installation: `lines` at a time, each with `batch` nodes for a `duration`.

    Without `lines` nobody waits; without `batch` what was admitted together stays together.
    """

    name: Name = "install"
    duration: Duration
    lines: Count | None = None
    batch: Count | None = None


def _one_step(value: Any) -> Any:
    """A duration is a step of it for all at once."""
    is_step = isinstance(value, dict) and "duration" in value and "kind" not in value
    return value if is_step or isinstance(value, Step) else {"duration": value}


def _steps(value: Any) -> Any:
    return [_one_step(step) for step in value] if isinstance(value, list | tuple) else [_one_step(value)]


OneStep = Annotated[Step, BeforeValidator(_one_step, json_schema_input_type=Duration | Step)]
Steps = Annotated[
    tuple[Step, ...],
    Field(min_length=1),
    BeforeValidator(_steps, json_schema_input_type=Duration | Step | list[Duration | Step]),
]


class Land(Value):
    """The ground of a site, paid in cash on the day it is `bought`; it is never depreciated."""

    cost: Usd
    bought: date


class Site(Value):
    """Halls behind one set of power sources, on `land` of its own where that is given.

    Nodes are admitted while nameplate x `provisioned_fraction` x `pue_peak` fits into the energised facility MW, or as
    `admission` says; energy is metered at the PUE of the hour: `pue_average`, or what `pue` says of load and season.
    Admitted nodes go through the steps of `install` (racking, cabling, testing), each first come, first served, then
    through `burn_in`, which ends with their acceptance. When power is short the site throttles or sheds as `over_cap`
    says, and sheds where it says nothing: the nodes of its newest cluster first, or of its clusters in declared order.
    `upkeep` is what maintaining its buildings and plant costs a year, as a share of what they cost.
    """

    name: Name
    pue_peak: Annotated[float, Field(ge=1)]
    pue_average: Annotated[float, Field(ge=1)] | None = None
    pue: Pue | None = None
    provisioned_fraction: Fraction | None = None
    admission: Admission = Provisioned.model_construct()
    halls: tuple[Hall, ...] = Field(min_length=1)
    power: tuple[PowerSource, ...] = Field(min_length=1)
    install: Steps
    burn_in: OneStep
    operations: UsdPerMwYear
    upkeep: Fraction | None = None
    colocation: Colocation | None = None
    transit: Transit | None = None
    construction: Construction | None = None
    land: Land | None = None
    battery: Battery | None = None
    shedding: Literal["newest_first", "declared_order"] = "newest_first"
    over_cap: OverCap | None = None

    @model_validator(mode="after")
    def _says_enough(self) -> "Site":
        problems = []
        if (self.pue_average is None) == (self.pue is None):
            given = "both" if self.pue is not None else "none"
            message = f"a site has either pue_average or a table pue, here: {given}"
            problems.append(Located(("pue_average",), message, "for example pue_average = 1.1"))
        if self.admission.kind == "provisioned" and self.provisioned_fraction is None:
            hint = "for example provisioned_fraction = 0.9, or admission = 'nameplate'"
            problems.append(Located(("provisioned_fraction",), "provisioned_fraction is missing", hint))
        if self.admission.kind == "measured" and self.over_cap is None:
            hint = "for example over_cap = { kind = 'throttle', lowest_clock = 0.5 }, or { kind = 'shed' }"
            message = "nodes admitted by the meter may together draw more than there is, and over_cap is missing"
            problems.append(Located(("over_cap",), message, hint))
        refuse(problems)
        return self

    @property
    def may_run_short(self) -> bool:
        """Whether nodes may draw more than there is: power that was energised is taken away, or was oversubscribed."""
        is_oversubscribed = self.admission.kind == "measured"
        return is_oversubscribed or any(source.outages or source.curtailments for source in self.power)

    @property
    def is_metered(self) -> bool:
        """Whether what the site does depends on what its nodes draw, not only on what they could."""
        throttles = self.over_cap is not None and self.over_cap.kind == "throttle"
        return self.admission.kind == "measured" or (throttles and self.may_run_short)

    @property
    def provided_share(self) -> float:
        """The share of a node's nameplate that capacity is sized for: 1 on nameplate, or where none is given."""
        given = self.provisioned_fraction
        return 1.0 if given is None or self.admission.kind == "nameplate" else given

    @property
    def metered_pue(self) -> ConstantPue | FixedAndProportionalPue:
        """The law that energy is metered by."""
        if self.pue is not None:
            return self.pue
        assert self.pue_average is not None
        return ConstantPue.model_construct(average=self.pue_average)

    def halls_after(self, name: str) -> tuple[int, ...]:
        """Positions of the halls that depend on a task or on equipment, directly or not."""
        if self.construction is None:
            return ()
        return tuple(k for k, hall in enumerate(self.halls) if name in self.construction.upstream(hall.after or ()))

    def load_mw(self, name: str) -> float:
        """Peak facility MW of the halls that depend on a task or on equipment: what the cap admits into them."""
        it_mw = sum(self.halls[k].it_power for k in self.halls_after(name))
        return it_mw * self.provided_share * self.pue_peak

    def units_of(self, equipment: Equipment) -> int:
        """Units of equipment to order, by its own load or that of the halls that depend on it."""
        return equipment.units(self.load_mw(equipment.name) if equipment.load is None else equipment.load)
