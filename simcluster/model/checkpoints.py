"""When a job writes checkpoints."""

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simcluster.model.kind import Hours, Located, Value, refuse


class FixedInterval(Value):
    """A checkpoint after every `interval` of work, each blocking for `cost`."""

    kind: Literal["fixed"] = "fixed"
    interval: Hours
    cost: Hours

    @model_validator(mode="after")
    def _works(self) -> "FixedInterval":
        hint = "give the work between two checkpoints, for example '4 hours'"
        refuse([] if self.interval > 0 else [Located(("interval",), "an interval must be above 0", hint)])
        return self

    def interval_hours(self, mtbf_hours: float) -> float:
        """Hours of work between checkpoints, whatever the MTBF of the job."""
        return self.interval


class Young(Value):
    """Young's first-order optimum, sqrt(2 cost MTBF) (Young 1974)."""

    kind: Literal["young"] = "young"
    cost: Hours

    @model_validator(mode="after")
    def _costs(self) -> "Young":
        hint = "Young's interval is sqrt(2 cost MTBF); write a fixed interval if checkpoints are free"
        refuse([] if self.cost > 0 else [Located(("cost",), "the cost must be above 0", hint)])
        return self

    def interval_hours(self, mtbf_hours: float) -> float:
        """Hours of work between checkpoints for a job's MTBF in hours; infinite if it never fails."""
        return math.sqrt(2 * self.cost * mtbf_hours)


CheckpointPolicy = Annotated[FixedInterval | Young, Field(discriminator="kind")]
