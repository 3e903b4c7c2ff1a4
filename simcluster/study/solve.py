"""What must be true: the value of one input for which an outcome reaches a target, under common random numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from simcluster.core.problems import Problem, ScenarioError
from simcluster.record.ledger import Ledger
from simcluster.study.chunk import run_replica
from simcluster.study.crew import Alone
from simcluster.study.crossing import crossing
from simcluster.study.known_outcomes import differ, hint_of
from simcluster.study.repricing import Repricing, is_financial
from simcluster.study.solve_question import Question, Shelf, question_of
from simcluster.study.sweep import fill
from simcluster.study.variants import Floats, Trials

if TYPE_CHECKING:
    from pathlib import Path

    from simcluster.model.scenario import Scenario
    from simcluster.study.crew import Crew
    from simcluster.study.intervals import Estimate
    from simcluster.study.knob import Knob
    from simcluster.study.sweep import Sweep
    from simcluster.study.target import Target

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


@dataclass
class _Curve:
    """The outcome by place of the knob; what was run is kept."""

    asked: Question
    crew: Crew
    tell: Callable[[str], None]
    ledger: Ledger
    known: dict[int, Trial] = field(default_factory=dict)
    repricing: Repricing = field(default_factory=Repricing)

    def trial(self, place: int) -> Trial:
        """The trial at a place."""
        if place not in self.known:
            override = self.asked.knob.override(place)
            self.tell(override)
            sweep = self.asked.sweep_at(place)
            ran = self._run(sweep, Shelf(self.ledger, self.asked.knob.steps + 1, place))
            if ran.failed:
                worst = ran.failed[0]
                told = f"{len(ran.failed)} of {self.asked.n} replicas failed with {override}: {worst.error}"
                raise SolveError(f"{told}; {self.asked.command_at(place, sweep.plan)(worst)} repeats one")
            self.known[place] = self._trial(place, ran)
        return self.known[place]

    def _run(self, sweep: Sweep, shelf: Shelf) -> Trials:
        """In this process alone, what changes no fact is simulated once."""
        if isinstance(self.crew, Alone) and is_financial(self.asked.knob.key):
            for number in chain.from_iterable(shelf.gaps(sweep.replicas)):
                shelf.add(self.repricing.replica(sweep.plan, number))
        else:
            fill(shelf, sweep, self.crew)
        return shelf.trials(sweep.replicas)

    def _trial(self, place: int, ran: Trials) -> Trial:
        values = outcome_of(ran, self.asked.target)
        estimate = self.asked.target.estimate(values)
        if estimate is None:
            raise SolveError(f"no replica has {self.asked.target.outcome} with {self.asked.knob.override(place)}")
        return Trial(place, self.asked.knob.at(place), estimate, int((values != values).sum()))

    def above(self, bound: str) -> Callable[[int], float]:
        """By place: how far the percentile, or an end of its interval, is above the target."""
        return lambda place: getattr(self.trial(place).estimate, bound) - self.asked.target.value

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
    asked = question_of(scenario, vary, target, between, within, replicas, seed, overrides)
    with Ledger(None, asked.digest) as ledger:
        return answer(asked, ledger, crew or Alone(), tell)


def answer(asked: Question, ledger: Ledger, crew: Crew, tell: Callable[[str], None] | None = None) -> Solution:
    """The solution, from the replicas that the ledger has and those that it lacks, each written down as it comes.

    Raises what `solve` does, and LedgerError where the ledger cannot be written.
    """
    with crew.hired():
        return _solved(_Curve(asked, crew, tell or (lambda _: None), ledger))


def refuse_nonsense(asked: Question) -> None:
    """Read both ends of the range, and look for the outcome in one run, before anything is written.

    Raises:
        ScenarioError: an end makes no scenario, or a run has no such outcome.
    """
    for place in (asked.knob.steps, 0):
        plan = asked.sweep_at(place).plan
    ran = Trials((run_replica(plan, 0),))
    if not (differ(plan) or ran.failed):
        outcome_of(ran, asked.target)


def _solved(curve: _Curve) -> Solution:
    knob, target = curve.asked.knob, curve.asked.target
    found = crossing(curve.above("value"), 0, knob.steps)
    if found is None:
        raise NotBracketedError(knob, target, (curve.trial(0), curve.trial(knob.steps)))
    bracket = curve.trial(found[0]), curve.trial(found[1])
    low, high = _bounds(curve, rises=bracket[0].estimate.value < bracket[1].estimate.value)
    ran = tuple(curve.known[place] for place in sorted(curve.known))
    against = against_course(ran)
    value = _between(knob, target, bracket)
    return Solution(curve.asked.scenario, knob, target, curve.asked.n, value, low, high, bracket, ran, against)


def _bounds(curve: _Curve, rises: bool) -> tuple[float, float]:
    """The outer ends of the values at which the target lies within the percentile's interval.

    Where the outcome rises, its upper bound is the first to reach the target, and so gives the lower end.
    """
    ends = []
    for bound, side in zip(("high", "low") if rises else ("low", "high"), (0, 1), strict=True):
        of = curve.above(bound)
        around = curve.tightest(of)
        found = crossing(of, *around) if around else None
        ends.append((-float("inf"), float("inf"))[side] if found is None else curve.asked.knob.at(found[side]))
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


def outcome_of(ran: Trials, target: Target) -> Floats:
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
