"""When a job writes checkpoints."""

import math
from typing import Annotated, Literal

from pydantic import Field

from simcluster.model.kind import Hours, Value


class FixedInterval(Value):
    """A checkpoint after every `interval` of work, each blocking for `cost`."""

    kind: Literal["fixed"] = "fixed"
    interval: Hours
    cost: Hours

    def interval_hours(self, mtbf_hours: float) -> float:
        """Hours of work between checkpoints, whatever the MTBF of the job."""
        return self.interval


class Young(Value):
    """Young's first-order optimum, sqrt(2 cost MTBF) (Young 1974)."""

    kind: Literal["young"] = "young"
    cost: Hours

    def interval_hours(self, mtbf_hours: float) -> float:
        """Hours of work between checkpoints for a job's MTBF in hours; infinite if it never fails."""
        return math.sqrt(2 * self.cost * mtbf_hours)


CheckpointPolicy = Annotated[FixedInterval | Young, Field(discriminator="kind")]
