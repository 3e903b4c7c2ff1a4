"""What must be true: the value of one input for which an outcome reaches a target, under common random numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from simcluster.core.problems import Problem, ScenarioError
from simcluster.model.load import load
from simcluster.study.crew import Alone
from simcluster.study.crossing import crossing
from simcluster.study.knob import Knob, knob_of
from simcluster.study.known_outcomes import hint_of
from simcluster.study.plan import LuckAlone, Plan
from simcluster.study.repricing import Repricing, is_financial
from simcluster.study.reproduce import reproduction
from simcluster.study.sweep_frame import plan_of
from simcluster.study.target import Target, target_of
from simcluster.study.variants import Floats, Trials, trials

if TYPE_CHECKING:
    from pathlib import Path

    from simcluster.model.scenario import Scenario
    from simcluster.study.crew import Crew
    from simcluster.study.intervals import Estimate

REPLICAS = 32
ROUNDING = 1e-9
"""What moves by less of its size has not moved."""


class SolveError(Exception):
    """A trial that cannot be used: replicas failed, or the outcome has no value."""


@dataclass(frozen=True)
class Trial:
    """The replicas with one value of the input (`x`, on the knob's scale): the outcome's percentile, and its interval.

    `estimate.n` replicas are in it and `without` have no such number.
    """

    place: int
    x: float
    estimate: Estimate
    without: int


@dataclass(frozen=True)
class Solution:
    """The value of an input of a scenario at which the outcome reaches the target, and the 95% interval of it.

    `value` lies between the two neighbours of `bracket`, linearly; of whole numbers and dates it is the one of them at
    which the outcome is nearer. `low` and `high` are infinite where the range tried, or so few replicas, give no such
    end. `against` are neighbouring trials between which the outcome moved against its course. All on the knob's scale.
    """

    scenario: Scenario
    knob: Knob
    target: Target
    n: int
    value: float
    low: float
    high: float
    bracket: tuple[Trial, Trial]
    trials: tuple[Trial, ...]
    against: tuple[tuple[Trial, Trial], ...]


class NotBracketedError(Exception):
    """The outcome is on one side of the target at both ends of the range; carries what was found there."""

    def __init__(self, knob: Knob, target: Target, ends: tuple[Trial, Trial]) -> None:
        """Keep the trials of both ends."""
        super().__init__(f"{target.outcome} does not cross the target between the ends of {knob.key}")
        self.knob, self.target, self.ends = knob, target, ends


@dataclass(frozen=True)
class Single(LuckAlone):
    """The scenario's own run, with its own seed."""

    def seed_of(self, number: int) -> int:
        """The scenario's."""
        return self.scenario.seed


@dataclass
class _Curve:
    """The outcome by place of the knob; what was run is kept."""

    scenario: Scenario
    knob: Knob
    target: Target
    n: int
    plan_at: Callable[[str], Plan]
    command: Callable[[str, Plan], Callable[..., str]]
    crew: Crew
    tell: Callable[[str], None]
    known: dict[int, Trial] = field(default_factory=dict)
    repricing: Repricing = field(default_factory=Repricing)

    def trial(self, place: int) -> Trial:
        """The trial at a place."""
        if place not in self.known:
            override = self.knob.override(place)
            self.tell(override)
            plan = self.plan_at(override)
            ran = self._run(plan)
            if ran.failed:
                worst = ran.failed[0]
                told = f"{len(ran.failed)} of {self.n} replicas failed with {override}: {worst.error}"
                raise SolveError(f"{told}; {self.command(override, plan)(worst)} repeats one")
            self.known[place] = self._trial(place, ran)
        return self.known[place]

    def _run(self, plan: Plan) -> Trials:
        """In this process alone, what changes no fact is simulated once."""
        if isinstance(self.crew, Alone) and is_financial(self.knob.key):
            return self.repricing.trials(plan, self.n)
        (ran,) = trials([plan], self.n, self.crew)
        return ran

    def _trial(self, place: int, ran: Trials) -> Trial:
        values = _values(ran, self.target)
        estimate = self.target.estimate(values)
        if estimate is None:
            raise SolveError(f"no replica has {self.target.outcome} with {self.knob.override(place)}")
        return Trial(place, self.knob.at(place), estimate, int((values != values).sum()))

    def above(self, bound: str) -> Callable[[int], float]:
        """By place: how far the percentile, or an end of its interval, is above the target."""
        return lambda place: getattr(self.trial(place).estimate, bound) - self.target.value

    def tightest(self, of: Callable[[int], float]) -> tuple[int, int] | None:
        """Neighbours among the trials known between which a function changes sign."""
        found = ((one, other) for one, other in pairwise(sorted(self.known)) if (of(one) < 0) != (of(other) < 0))
        return next(found, None)


def solve(
    scenario: str | Path,
    vary: str,
    target: str,
    *,
    between: str | None = None,
    within: str | None = None,
    replicas: int = REPLICAS,
    seed: int | None = None,
    overrides: Iterable[str] = (),
    crew: Crew | None = None,
    tell: Callable[[str], None] | None = None,
) -> Solution:
    """The value of the input `vary` for which an outcome has the value that `target` says, at a percentile.

    Texts are those of the command line (docs/solve.md). Every value tried has the same replicas: seeds and what is
    uncertain are drawn alike. One replica is the scenario's own run at central values, and gives no interval. `tell`
    hears of each value before it is tried.

    The interval inverts that of the percentile: it is all values at which the target lies between the order statistics
    that bound it. Its ends are those of their last brackets, so that the step makes it wider and never narrower.

    Raises:
        ScenarioError: the scenario, the key, the target or a value tried is wrong.
        NotBracketedError: the outcome is on one side of the target at both ends.
        SolveError: replicas failed, or have no such number.
        WorkersDiedError: workers die without finishing anything.
    """
    overrides = tuple(overrides)
    base, document = load(scenario, overrides, seed)
    knob, wanted = knob_of(document, vary, between, within), target_of(target)

    def plan_at(override: str) -> Plan:
        checked, document = load(scenario, (*overrides, override), seed)
        return Single(checked) if replicas == 1 else plan_of(checked, document)

    def command(override: str, plan: Plan) -> Callable[..., str]:
        return reproduction(str(scenario), (*overrides, override), plan)

    curve = _Curve(base, knob, wanted, replicas, plan_at, command, crew or Alone(), tell or (lambda _: None))
    with curve.crew.hired():
        return _solved(curve)


def _solved(curve: _Curve) -> Solution:
    knob, target = curve.knob, curve.target
    found = crossing(curve.above("value"), 0, knob.steps)
    if found is None:
        raise NotBracketedError(knob, target, (curve.trial(0), curve.trial(knob.steps)))
    bracket = curve.trial(found[0]), curve.trial(found[1])
    low, high = _bounds(curve, rises=bracket[0].estimate.value < bracket[1].estimate.value)
    ran = tuple(curve.known[place] for place in sorted(curve.known))
    against = against_course(ran)
    value = _between(knob, target, bracket)
    return Solution(curve.scenario, knob, target, curve.n, value, low, high, bracket, ran, against)


def _bounds(curve: _Curve, rises: bool) -> tuple[float, float]:
    """The outer ends of the values at which the target lies within the percentile's interval.

    Where the outcome rises, its upper bound is the first to reach the target, and so gives the lower end.
    """
    ends = []
    for bound, side in zip(("high", "low") if rises else ("low", "high"), (0, 1), strict=True):
        of = curve.above(bound)
        around = curve.tightest(of)
        found = crossing(of, *around) if around else None
        ends.append((-float("inf"), float("inf"))[side] if found is None else curve.knob.at(found[side]))
    return ends[0], ends[1]


def _between(knob: Knob, target: Target, bracket: tuple[Trial, Trial]) -> float:
    first, last = bracket
    below, above = (abs(trial.estimate.value - target.value) for trial in bracket)
    if knob.is_discrete or below + above in (0.0, float("inf")):
        return first.x if below < above else last.x
    return first.x + (last.x - first.x) * below / (below + above)


def against_course(ran: tuple[Trial, ...]) -> tuple[tuple[Trial, Trial], ...]:
    """Neighbours between which the outcome moves against its course from the first trial to the last."""
    rises = ran[-1].estimate.value > ran[0].estimate.value

    def is_against(one: Trial, other: Trial) -> bool:
        a, b = (one.estimate.value, other.estimate.value) if rises else (other.estimate.value, one.estimate.value)
        return a > b and not a - b <= ROUNDING * max(abs(a), abs(b))

    return tuple(pair for pair in pairwise(ran) if is_against(*pair))


def _values(ran: Trials, target: Target) -> Floats:
    """The outcome by replica.

    Raises:
        ScenarioError: there is no such outcome, or it is a date and the target is not, or the other way round.
    """
    names = [*dict.fromkeys(name for replica in ran.replicas for name in replica.outcomes or {})]
    said = f"--for {target.outcome}"
    if target.outcome not in names:
        raise ScenarioError([Problem("there is no such outcome", hint=hint_of(target.outcome, names), file=said)])
    values = ran.outcome(target.outcome)
    is_date = ran.is_date(target.outcome)
    if is_date != target.is_date and (is_date or (values == values).any()):
        shape = "a date, such as 2024-07-01" if is_date else "a number, not a date"
        raise ScenarioError([Problem(f"the outcome is {shape}", file=said)])
    return values
