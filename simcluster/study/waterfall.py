"""Where the difference of two scenarios comes from: from one to the other a part at a time, all luck the same.

What a part gives depends on which others were changed before it. So the way is gone in the order of the file and in
the reverse order, and with few parts each part's mean over all orders (Shapley's value) is given too. Each of the three
adds up to the whole difference, replica by replica.

Source: L. Shapley, "A value for n-person games", Contributions to the Theory of Games II (1953).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.core.problems import ScenarioError
from simcluster.study.intervals import Estimate, mean

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.mixture import Mixture
    from simcluster.model.scenario import Scenario

Floats = NDArray[np.float64]
Chosen = frozenset[int]
"""Which steps are taken from the second scenario, by number."""
Steps = list[tuple[str, ...]]
MOST_FOR_ALL_ORDERS = 4


@dataclass(frozen=True)
class Route:
    """The steps from one scenario to another, each a title of parts, and the scenarios on the way by what is chosen."""

    steps: tuple[str, ...]
    stops: Mapping[Chosen, tuple[Scenario, Document]]


@dataclass(frozen=True, slots=True)
class Step:
    """What one step adds: in the order of the file, in the reverse order, and in the mean of all orders."""

    title: str
    forward: Estimate
    reverse: Estimate
    shapley: Estimate | None


@dataclass(frozen=True)
class Waterfall:
    """An outcome from the first scenario's mean to the second's over `n` replicas; `without` more lack it somewhere.

    Dates (`is_date`) are ordinal days.
    """

    outcome: str
    is_date: bool
    first: Estimate
    second: Estimate
    difference: Estimate
    steps: tuple[Step, ...]
    n: int
    without: int


def route(mixture: Mixture) -> Route:
    """The scenarios that a waterfall needs.

    Parts that make no scenario one without the other, such as clusters and the jobs on them, are one step.
    """
    steps: Steps = [(part,) for part in mixture.parts]
    while True:
        stops: dict[Chosen, tuple[Scenario, Document]] = {}
        for chosen in _needed(len(steps)):
            found = _between(mixture, steps, chosen)
            if found is None:
                break
            stops[chosen] = found
        else:
            return Route(tuple(", ".join(map(mixture.title, step)) for step in steps), stops)
        steps = _joined(mixture, steps, chosen)


def _needed(steps: int) -> list[Chosen]:
    """All choices for few steps; else those met forward and in reverse. First none, last all."""
    if steps <= MOST_FOR_ALL_ORDERS:
        return [frozenset(some) for size in range(steps + 1) for some in combinations(range(steps), size)]
    ways = [frozenset(range(k)) for k in range(steps)] + [frozenset(range(k, steps)) for k in range(1, steps)]
    return [*ways, frozenset(range(steps))]


def _between(mixture: Mixture, steps: Steps, chosen: Chosen) -> tuple[Scenario, Document] | None:
    try:
        return mixture.between([part for k in sorted(chosen) for part in steps[k]])
    except ScenarioError:
        return None


def _joined(mixture: Mixture, steps: Steps, broken: Chosen) -> Steps:
    """One step fewer: one chosen and one not, between which it lies that what is chosen makes no scenario."""
    others = [k for k in range(len(steps)) if k not in broken]
    completing = [k for k in others if _between(mixture, steps, broken | {k})] or others
    breaking = [k for k in sorted(broken) if _between(mixture, steps, broken - {k})] or sorted(broken)
    first, second = sorted((breaking[-1], completing[0]))
    joined = steps[first] + steps[second]
    return [joined if k == first else step for k, step in enumerate(steps) if k != second]


def waterfall(
    outcome: str, steps: tuple[str, ...], values: Mapping[Chosen, Floats], is_date: bool = False
) -> Waterfall | None:
    """From the outcome by replica at each choice, shape (n,); None if no replica has it at all of them."""
    known = np.all([np.isfinite(column) for column in values.values()], axis=0)
    if not known.any():
        return None
    at = {chosen: column[known] for chosen, column in values.items()}
    every = frozenset(range(len(steps)))
    found = []
    for k, title in enumerate(steps):
        forward = at[frozenset(range(k + 1))] - at[frozenset(range(k))]
        reverse = at[frozenset(range(k, len(steps)))] - at[frozenset(range(k + 1, len(steps)))]
        shapley = mean(_shapley(k, len(steps), at)) if len(steps) <= MOST_FOR_ALL_ORDERS else None
        found.append(Step(title, mean(forward), mean(reverse), shapley))
    first, last = at[frozenset()], at[every]
    n = int(known.sum())
    return Waterfall(outcome, is_date, mean(first), mean(last), mean(last - first), tuple(found), n, len(known) - n)


def _shapley(step: int, steps: int, at: Mapping[Chosen, Floats]) -> Floats:
    """The mean over all orders of what a step adds: sum over S of |S|! (s - |S| - 1)! / s! (y(S + k) - y(S))."""
    total = np.zeros(len(at[frozenset()]))
    for chosen, before in at.items():
        if step not in chosen:
            weight = math.factorial(len(chosen)) * math.factorial(steps - len(chosen) - 1) / math.factorial(steps)
            total += weight * (at[chosen | {step}] - before)
    return total
