"""On what a site admits nodes under its power, and what it does when they draw more than there is."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from simcluster.model.kind import Hours, Located, Value, refuse

HOURS_PER_WEEK = 168.0


class Nameplate(Value):
    """A node is admitted while the nameplate of all fits, at peak PUE."""

    kind: Literal["nameplate"] = "nameplate"


class Provisioned(Value):
    """A node is admitted while the provisioned fraction of the nameplate of all fits, at peak PUE."""

    kind: Literal["provisioned"] = "provisioned"


class Measured(Value):
    """A node is admitted by the meter: more nodes than could all be busy at once may come in.

    What is counted, at peak PUE, is the highest IT draw since the last whole `window` began, the busy draw of each node
    that was admitted but not yet in service when it began, and of each that is dark. A node comes in while that and its
    own busy draw fit into what is energised.
    """

    kind: Literal["measured"] = "measured"
    window: Hours = HOURS_PER_WEEK

    @model_validator(mode="after")
    def _lasts(self) -> "Measured":
        refuse([] if self.window > 0 else [Located(("window",), "a window must last", "for example '7 days'")])
        return self


def _named(value: Any) -> Any:
    """A kind alone is that kind with its defaults."""
    return {"kind": value} if isinstance(value, str) else value


Admission = Annotated[
    Annotated[Nameplate | Provisioned | Measured, Field(discriminator="kind")],
    BeforeValidator(
        _named,
        json_schema_input_type=Literal["nameplate", "provisioned", "measured"] | Nameplate | Provisioned | Measured,
    ),
]


class Throttle(Value):
    """Clocks go down to what fits, at most to `lowest_clock`; what does not fit then is shed.

    At clock c, a share of the full one, what a node draws above idle is multiplied by c^`exponent`, and it computes or
    serves at c times its speed. Switching power is capacitance x voltage^2 x frequency: the exponent is 1 where the
    voltage stays and 3 where it falls with the clock. Its default of 2 is an assumption between the two.
    """

    kind: Literal["throttle"] = "throttle"
    lowest_clock: Annotated[float, Field(gt=0, le=1)]
    exponent: Annotated[float, Field(ge=1, le=3)] = 2.0

    def above_idle(self, clock: Any) -> Any:
        """The share of what is drawn above idle that is left at a clock; same shape."""
        return clock**self.exponent

    def clock_at(self, above_idle: float) -> float:
        """The clock at which a share of the draw above idle is left, not below the lowest."""
        clock = float(max(above_idle, 0.0) ** (1.0 / self.exponent))
        return min(max(clock, self.lowest_clock), 1.0)


class Shed(Value):
    """Nodes go dark; clocks stay as they are."""

    lowest_clock: ClassVar[float] = 1.0
    kind: Literal["shed"] = "shed"

    def above_idle(self, clock: Any) -> Any:
        """Clocks are always full."""
        return clock

    def clock_at(self, above_idle: float) -> float:
        """Clocks are always full."""
        return 1.0


OverCap = Annotated[
    Annotated[Throttle | Shed, Field(discriminator="kind")],
    BeforeValidator(_named, json_schema_input_type=Literal["shed"] | Throttle | Shed),
]
