"""Where a cluster stands: halls, power, and what it takes to bring a node into service."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simcluster.model.distributions import Duration
from simcluster.model.kind import Fraction, Located, Megawatts, Name, UsdPerMw, UsdPerMwYear, Value, refuse
from simcluster.model.power import NO_DELAY, PowerSource
from simcluster.model.pue import ConstantPue, FixedAndProportionalPue, Pue
from simcluster.model.shortage import Battery


class Hall(Value):
    """A data hall: room for so many MW of nameplate IT, ready on a day or later.

    `construction_start` to `ready` spreads the cost over construction in progress; a hall ready by the scenario's
    start stands in the opening balance.
    """

    name: Name
    it_power: Megawatts
    ready: date
    delay: Duration = NO_DELAY
    construction_start: date | None = None
    cost: UsdPerMw


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


class Site(Value):
    """Halls behind one set of power sources.

    Nodes are admitted while nameplate x `provisioned_fraction` x `pue_peak` fits into the energised facility MW;
    energy is metered at the PUE of the hour: `pue_average`, or what `pue` says of load and season.
    When power is short the site sheds the nodes of its newest cluster first, or of its clusters in declared order.
    """

    name: Name
    pue_peak: Annotated[float, Field(ge=1)]
    pue_average: Annotated[float, Field(ge=1)] | None = None
    pue: Pue | None = None
    provisioned_fraction: Fraction
    halls: tuple[Hall, ...] = Field(min_length=1)
    power: tuple[PowerSource, ...] = Field(min_length=1)
    install: Duration
    burn_in: Duration
    operations: UsdPerMwYear
    battery: Battery | None = None
    shedding: Literal["newest_first", "declared_order"] = "newest_first"

    @model_validator(mode="after")
    def _metered(self) -> "Site":
        if (self.pue_average is None) == (self.pue is None):
            given = "both" if self.pue is not None else "none"
            message = f"a site has either pue_average or a table pue, here: {given}"
            refuse([Located(("pue_average",), message, "for example pue_average = 1.1")])
        return self

    @property
    def may_run_short(self) -> bool:
        """Whether anything takes power away that was energised."""
        return any(source.outages or source.curtailments for source in self.power)

    @property
    def metered_pue(self) -> ConstantPue | FixedAndProportionalPue:
        """The law that energy is metered by."""
        if self.pue is not None:
            return self.pue
        assert self.pue_average is not None
        return ConstantPue.model_construct(average=self.pue_average)
