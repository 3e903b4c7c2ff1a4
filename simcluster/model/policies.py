"""What a job does when it is interrupted: who replaces a lost node, how it goes on, how a restart may fail."""

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from simcluster.model.kind import Count, Hours, Located, Value, refuse


class RestartAll(Value):
    """Synchronous: the whole gang stops, loses what is not durable, and restarts whole."""

    kind: Literal["restart_all"] = "restart_all"


class ByReplica(Value):
    """The lost data-parallel group drops out; the rest stalls for `regroup`, loses nothing and goes on without it.

    The group is back `rejoin` after its replacement stands, at the price of another `regroup`. With fewer than `least`
    groups the job waits. Progress is proportional to the groups at work.
    """

    kind: Literal["by_replica"] = "by_replica"
    replicas: Count
    regroup: Hours
    rejoin: Hours
    least: Count = 1


class Shrink(Value):
    """Elastic: the job restarts without waiting, on the largest multiple of `step_nodes` left, down to `least_nodes`.

    When replacements come it saves, and restarts on the whole gang.
    """

    kind: Literal["shrink"] = "shrink"
    step_nodes: Count
    least_nodes: Count = 1


FaultTolerance = Annotated[RestartAll | ByReplica | Shrink, Field(discriminator="kind")]


class Replacement(Value):
    """Where a replacement comes from.

    `standbys` are warm nodes that the job holds beside its gang and swaps in within `swap`; they are filled up again
    from free nodes. A free node of the cluster takes `pull` to be ready. Before each restart the hosts are selected
    within `select`. Where no node is free the job waits for one; it keeps its other nodes meanwhile.
    """

    standbys: Annotated[int, Field(ge=0)] = 0
    swap: Hours = 0.0
    pull: Hours = 0.0
    select: Hours = 0.0


class Retry(Value):
    """After a failed restart: wait `backoff`, twice that after the next, and so on.

    The `attempts`-th failure in a row calls people, who take `escalation`; then it begins anew.
    """

    backoff: Hours = 0.0
    attempts: Count = 3
    escalation: Hours = 1.0


class RestartPoint(Value):
    """How long a restart of a job of so many GPUs takes."""

    gpus: Count
    time: Hours


class RestartBySize(Value):
    """Restart time as a function of job size: linear between the points, in proportion beyond the last."""

    points: tuple[RestartPoint, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rising(self) -> "RestartBySize":
        sizes = [point.gpus for point in self.points]
        ordered = all(a < b for a, b in pairwise(sizes))
        refuse([] if ordered else [Located(("points",), "points are not in order of size", "order them by gpus")])
        return self

    def hours(self, gpus: int) -> float:
        """Hours of a restart; the first point's below it."""
        first, last = self.points[0], self.points[-1]
        if gpus <= first.gpus:
            return first.time
        if gpus >= last.gpus:
            return last.time * gpus / last.gpus
        k = next(k for k, point in enumerate(self.points) if point.gpus >= gpus)
        low, high = self.points[k - 1], self.points[k]
        return low.time + (high.time - low.time) * (gpus - low.gpus) / (high.gpus - low.gpus)


def _text_is_one_point(value: Any) -> Any:
    if isinstance(value, int | float):
        raise PydanticCustomError(
            "quantity", "a restart time needs a unit", {"hint": 'for example "10 min", or points by number of GPUs'}
        )
    return {"points": [{"gpus": 2**40, "time": value}]} if isinstance(value, str) else value


RestartTime = Annotated[RestartBySize, BeforeValidator(_text_is_one_point, json_schema_input_type=str | RestartBySize)]
"""A restart time: text such as "10 min" for any size, or `points` by size."""
