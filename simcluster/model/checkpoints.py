"""When a job writes checkpoints, what one costs the job, and when it is safe."""

import math
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from simcluster.model.efficiency import daly_hours, optimal_hours, young_hours
from simcluster.model.kind import Bytes, BytesPerSecond, Count, Hours, Located, Value, refuse

SECONDS_PER_HOUR = 3600.0


class Checkpoint(Value):
    """How a checkpoint is taken: what every policy has.

    A write to storage takes `cost`, given as hours or as `state` / `bandwidth`. In the mode
    - `blocking` the job stands still for the write, and the state is safe when it ends;
    - `asynchronous` the job stands still for `snapshot`, and the state is safe `cost` later;
    - `memory` every snapshot survives the loss of single nodes at once, in the memory of others, and each
      `durable_every`-th is written in the background and then survives everything.
    """

    model_config = ConfigDict(populate_by_name=False)

    write: Hours | None = Field(default=None, alias="cost")
    state: Bytes | None = None
    bandwidth: BytesPerSecond | None = None
    mode: Literal["blocking", "asynchronous", "memory"] = "blocking"
    snapshot: Hours = 0.0
    durable_every: Count = 1

    @model_validator(mode="after")
    def _works(self) -> "Checkpoint":
        refuse([*(self._cost_problems() or self._interval_problems()), *self._mode_problems()])
        return self

    def _cost_problems(self) -> list[Located]:
        """The cost is given in exactly one way."""
        hint = "give cost = '5 min', or state = '6 TB' and bandwidth = '2 TB/s'"
        missing = [name for name in ("state", "bandwidth") if getattr(self, name) is None]
        if self.write is not None:
            given = [name for name in ("state", "bandwidth") if name not in missing]
            return [Located((name,), f"the cost is given, and {name} too", hint) for name in given]
        if missing:
            at = missing[0] if len(missing) == 1 else "cost"
            return [Located((at,), f"{at} is missing", hint)]
        hint = "for example '2 TB/s'"
        return [] if self.bandwidth else [Located(("bandwidth",), "a bandwidth must be above 0", hint)]

    def _mode_problems(self) -> Iterator[Located]:
        if self.snapshot and self.mode == "blocking":
            hint = "write mode = 'asynchronous' or mode = 'memory', or leave snapshot out"
            yield Located(("snapshot",), "a blocking checkpoint has no snapshot", hint)
        if self.durable_every > 1 and self.mode != "memory":
            hint = "write mode = 'memory', or leave durable_every out"
            yield Located(("durable_every",), "every checkpoint is durable unless kept in memory", hint)

    def _interval_problems(self) -> list[Located]:
        """What is wrong with the interval, of a cost that is well given."""
        return []

    @property
    def cost(self) -> float:
        """Hours of a write to storage, which in the mode `blocking` the job waits for: given, or state / bandwidth."""
        if self.write is not None:
            return self.write
        assert self.state is not None
        assert self.bandwidth
        return self.state / self.bandwidth / SECONDS_PER_HOUR

    @property
    def blocking_hours(self) -> float:
        """Hours the job stands still for a checkpoint."""
        return self.cost if self.mode == "blocking" else self.snapshot

    @property
    def lag_hours(self) -> float:
        """Hours from the end of the standstill until the state is safe from everything; 0 when blocking."""
        return 0.0 if self.mode == "blocking" else self.cost

    @property
    def shortest_hours(self) -> float:
        """The least work between checkpoints: a background write ends before the next begins; 0 when blocking."""
        return self.lag_hours / self.durable_every


class FixedInterval(Checkpoint):
    """A checkpoint after every `interval` of work."""

    kind: Literal["fixed"] = "fixed"
    interval: Hours

    def _interval_problems(self) -> list[Located]:
        if self.interval <= 0:
            hint = "give the work between two checkpoints, for example '4 hours'"
            return [Located(("interval",), "an interval must be above 0", hint)]
        if self.interval < self.shortest_hours:
            seconds = math.ceil(round(self.shortest_hours * SECONDS_PER_HOUR, 6))
            hint = f"a write must end before the next begins: at least '{seconds} s'"
            return [Located(("interval",), "an interval is shorter than the write in the background", hint)]
        return []

    def interval_hours(self, mtbf_hours: float) -> float:
        """Hours of work between checkpoints, whatever the MTBF of the job."""
        return self.interval


class Timed(Checkpoint):
    """An interval computed from the MTBF of the job for d = `blocking_hours`, never below `shortest_hours`.

    A lag until a checkpoint is safe loses as much work at each failure whatever the interval, so it moves no optimum
    to first order.
    """

    def _interval_problems(self) -> list[Located]:
        hint = "the interval grows with the square root of the cost; write a fixed interval if checkpoints are free"
        at = "cost" if self.write is not None else "state"
        free = self.blocking_hours == 0 and self.lag_hours == 0
        return [Located((at,), "the cost must be above 0", hint)] if free else []


class Young(Timed):
    """Young's first-order optimum, sqrt(2 d M) (Young 1974)."""

    kind: Literal["young"] = "young"

    def interval_hours(self, mtbf_hours: float) -> float:
        """Hours of work between checkpoints for a job's MTBF in hours; infinite if it never fails."""
        return max(young_hours(self.blocking_hours, mtbf_hours), self.shortest_hours)


class Daly(Timed):
    """Daly's higher-order optimum (Daly 2006), see `efficiency.daly_hours`."""

    kind: Literal["daly"] = "daly"

    def interval_hours(self, mtbf_hours: float) -> float:
        """Hours of work between checkpoints for a job's MTBF in hours; infinite if it never fails."""
        return max(daly_hours(self.blocking_hours, mtbf_hours), self.shortest_hours)


class Optimal(Timed):
    """The exact optimum under exponential failures, M (1 + W0(-exp(-1 - d / M))), see `efficiency.optimal_hours`."""

    kind: Literal["optimal"] = "optimal"

    def interval_hours(self, mtbf_hours: float) -> float:
        """Hours of work between checkpoints for a job's MTBF in hours; infinite if it never fails."""
        return max(optimal_hours(self.blocking_hours, mtbf_hours), self.shortest_hours)


CheckpointPolicy = Annotated[FixedInterval | Young | Daly | Optimal, Field(discriminator="kind")]
