"""How nodes, what they share, and jobs fail: causes with rates or laws of life, and what befalls a whole batch."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simcluster.core.calendar import HOURS_PER_DAY
from simcluster.model.distributions import Duration, Exponential, Life
from simcluster.model.kind import Fraction, Hours, Located, Name, PerDay, Positive, Usd, Value, refuse

Scope = Literal["gpu", "node", "rack", "switch", "pod", "feed", "loop", "building", "site", "job", "storage"]
Counted = Literal["gpu", "node", "link", "rack", "switch", "pod", "feed", "loop", "building", "site", "job", "restart"]

NODE_SCOPES = ("gpu", "node")
JOB_SCOPES = ("job", "storage")
OF_A_NODE = ("gpu", "node", "link")
"""What a node holds one or more of."""


class Cause(Value):
    """One cause of failure.

    `scope` is what goes down: a GPU takes its node with it; a rack, a top-of-rack switch, a pod, a power feed, a
    cooling loop, a building or the site takes all its nodes; `job` interrupts one job and breaks no node; `storage`
    interrupts every job of the cluster. How often is said once: a constant `rate` of what `per` counts (the scope
    itself if absent), a law of `life` of each of what `per` counts, or the `chance` that a restart fails
    (`per = "restart"`).

    `clock`: powered hours run while a node is up, busy hours while a job computes on it. `detection` is how long until
    it is noticed (the cluster's if absent), `remedy` what mends it: a restart of the job alone, a reboot, a part that a
    technician swaps, or a return to the vendor; `repair` how long that takes. A `silent` cause corrupts the job's
    state, which is found only at detection; one that `slows` leaves the node at that fraction of its speed until it
    is noticed.
    """

    name: Name
    title: str = ""
    scope: Scope
    per: Counted | None = None
    rate: PerDay | None = None
    life: Life | None = None
    chance: Fraction | None = None
    clock: Literal["powered", "busy"] = "powered"
    detection: Duration | None = None
    remedy: Literal["restart", "reboot", "swap", "return"] = "swap"
    repair: Duration
    parts_cost: Usd = 0.0
    silent: bool = False
    slows: Annotated[float, Field(gt=0, lt=1)] | None = None

    @model_validator(mode="after")
    def _said_once(self) -> "Cause":
        refuse(list(self._problems()))
        return self

    def _problems(self) -> list[Located]:
        problems = []
        given = [name for name in ("rate", "life", "chance") if getattr(self, name) is not None]
        if len(given) != 1:
            message = f"a cause has exactly one of rate, life and chance, here: {', '.join(given) or 'none'}"
            problems.append(Located(("rate",), message, "for example rate = '1e-3 / day'"))
        if (self.counted == "restart") != (self.chance is not None):
            problems.append(
                Located(("chance",), "a chance is that of a restart", 'write per = "restart" with a chance')
            )
        if not _counts(self.scope, self.counted):
            message = f"the rate of scope {self.scope!r} cannot count {self.counted!r}"
            problems.append(Located(("per",), message, "count what the scope is or holds"))
        ages = self.life is not None and not isinstance(self.life, Exponential)
        if ages and self.scope in JOB_SCOPES:
            message = "a law that ages belongs to a thing that ages"
            problems.append(Located(("life",), message, "give a rate, or an exponential life"))
        if self.clock == "busy" and self.scope not in (*NODE_SCOPES, "job"):
            problems.append(Located(("clock",), "what nodes share runs on powered hours", "leave clock out"))
        if ages and self.counted not in (self.scope, *(OF_A_NODE if self.scope in NODE_SCOPES else ())):
            message = "a law that ages counts the scope itself, or what a node holds"
            problems.append(Located(("per",), message, "leave per out"))
        if (self.silent or self.slows is not None) and self.scope not in NODE_SCOPES:
            problems.append(Located(("scope",), "only a GPU or a node corrupts silently or slows", "use scope node"))
        if self.silent and self.slows is not None:
            problems.append(Located(("slows",), "a cause is silent or slows, not both", "write two causes"))
        return problems

    @property
    def counted(self) -> str:
        """What the rate, life or chance counts."""
        return self.scope if self.per is None else self.per

    @property
    def rate_per_hour(self) -> float | None:
        """Constant failures per hour of what is counted; None if it ages or is the chance of a restart."""
        if self.rate is not None:
            return self.rate / HOURS_PER_DAY
        if isinstance(self.life, Exponential):
            return 1.0 / float(self.life.mean)
        return None

    @property
    def takes_part(self) -> bool:
        """Whether its repair takes a part from the cluster's stock, where there is one."""
        return self.remedy == "swap" and self.parts_cost > 0

    @property
    def happens(self) -> bool:
        """Whether it ever strikes."""
        return self.rate != 0.0 and self.chance != 0.0


def _counts(scope: str, counted: str) -> bool:
    """Whether a rate of a scope may count such things: it or what it holds; a job's own rate may count its size."""
    if scope == "job":
        return counted in (*OF_A_NODE, "job", "restart")
    if scope == "storage":
        return counted in ("storage", "site")
    if scope in NODE_SCOPES:
        return counted not in ("job", "restart")
    return counted in (*OF_A_NODE, "switch", scope)


class Lemons(Value):
    """A fraction of a batch fails at a multiple of the rate; a repair cures one with some probability."""

    fraction: Fraction
    multiple: Annotated[float, Field(ge=1)]
    cure: Fraction = 0.0


class EarlyWeeks(Value):
    """A new cluster fails at a multiple of its rate at first, falling in a straight line to 1."""

    multiple: Positive
    lasts: Hours


class HotSeason(Value):
    """A calendar season of a multiple of the rate, such as hot summers: months 1 to 12, both inclusive."""

    first_month: Annotated[int, Field(ge=1, le=12)]
    last_month: Annotated[int, Field(ge=1, le=12)]
    multiple: Positive


class Frailty(Value):
    """A multiplier of all rates of a cluster, shared by its nodes, that makes counts as overdispersed as they are.

    In each `window` the clock of every cause runs at a speed drawn from a gamma law of mean 1 and `variance`; `lasting`
    is the variance of one more gamma factor drawn once a run. A count of mean m then has the variance
    m + m^2 x variance of the multiplier (Greenwood and Yule, 1920).
    """

    window: Hours = 720.0
    variance: Annotated[float, Field(ge=0)] = 0.0
    lasting: Annotated[float, Field(ge=0)] = 0.0
    early: EarlyWeeks | None = None
    season: HotSeason | None = None

    @model_validator(mode="after")
    def _passes(self) -> "Frailty":
        refuse([] if self.window > 0 else [Located(("window",), "a window must be above 0", "for example '30 days'")])
        return self


class SizeGrowth(Value):
    """Rates per node that grow with the size of a job: times (nodes / `reference`)^`exponent` above the reference.

    An exponent of 0 is the linear law: twice the nodes, twice the interruptions.
    """

    reference_nodes: Annotated[int, Field(ge=1)]
    exponent: Annotated[float, Field(ge=0)]

    def excess(self, nodes: int) -> float:
        """How much more than 1 the multiplier is for a job of so many nodes."""
        return max(float((nodes / self.reference_nodes) ** self.exponent) - 1.0, 0.0)


class FailureProfile(Value):
    """The causes that strike one kind of cluster or batch; independent, so their hazards add (superposition)."""

    title: str = ""
    causes: tuple[Cause, ...] = ()
    lemons: Lemons | None = None
    frailty: Frailty | None = None
    growth: SizeGrowth | None = None
    known: date | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> "FailureProfile":
        problems = []
        seen: set[str] = set()
        for k, cause in enumerate(self.causes):
            if cause.name in seen:
                message = f"the name {cause.name!r} is used twice"
                problems.append(Located(("causes", k, "name"), message, "a cause's name addresses its luck"))
            seen.add(cause.name)
            constant, of_node = cause.rate_per_hour is not None, cause.scope in NODE_SCOPES
            if self.lemons is not None and of_node and constant and cause.clock == "busy":
                message = "a constant rate on busy hours strikes any node alike, and cannot tell lemons"
                problems.append(Located(("causes", k, "clock"), message, "leave clock out, or give a law that ages"))
            if self.growth is not None and of_node and not constant:
                message = "growth with size multiplies constant rates, and this cause ages"
                problems.append(Located(("causes", k, "life"), message, "give a rate, or leave growth out"))
        refuse(problems)
        return self
