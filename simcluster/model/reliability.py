"""How nodes and jobs fail, and how they are mended."""

from datetime import date
from typing import Literal

from simcluster.model.distributions import Duration
from simcluster.model.kind import Count, Hours, Name, PerDay, Usd, Value


class Cause(Value):
    """One cause of interruption: a constant rate per node and day (exponential lives).

    Scope `node` takes a node out of service until mended; scope `job` interrupts a job and breaks no node.
    """

    name: Name
    title: str
    scope: Literal["node", "job"]
    rate: PerDay
    repair: Duration
    parts_cost: Usd = 0.0


class FailureProfile(Value):
    """The causes that strike one kind of cluster; independent, so their rates add (superposition)."""

    title: str = ""
    causes: tuple[Cause, ...] = ()
    known: date | None = None

    def of_scope(self, scope: Literal["node", "job"]) -> tuple[Cause, ...]:
        """The causes of one scope with a rate above zero, in declared order."""
        return tuple(cause for cause in self.causes if cause.scope == scope and cause.rate > 0)


class Repair(Value):
    """How a cluster is mended: hours until a failure is noticed, and the technicians (all one may want if absent)."""

    detection: Hours = 0.0
    technicians: Count | None = None
