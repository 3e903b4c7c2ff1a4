"""One at a time: each factor from low to high with all others at their central values, all luck the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from simcluster.model.inputs import active
from simcluster.model.redraw import redraw
from simcluster.study.factors import TOGETHER, central_of, drawn_at, independent_factors
from simcluster.study.intervals import Estimate, mean
from simcluster.study.pairs import paired
from simcluster.study.plan import LuckAlone
from simcluster.study.sample import replica_of
from simcluster.study.sensitivity import Effect, Failure, Sensitivity, failures, ranked
from simcluster.study.variants import Trials, trials

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario
    from simcluster.study.crew import Crew

BAND = (0.1, 0.9)
"""The probabilities from which to which an input goes."""
MEASURES = ("at_low", "at_high", "swing")


@dataclass(frozen=True)
class End(LuckAlone):
    """The plan of a scenario with one value changed, and the texts for `--set` that change it."""

    sets: tuple[str, ...] = ()

    def overrides_of(self, number: int) -> tuple[str, ...]:
        """The change."""
        return self.sets


@dataclass(frozen=True)
class Variation:
    """A factor at two ends, as told and as plans of checked scenarios; an alternative has but the one not central."""

    factor: str
    low: str
    high: str
    ends: tuple[End | None, End]


def variations(scenario: Scenario, document: Document) -> list[Variation]:
    """Each input that a run at central values meets, from its 10th to its 90th percentile, and each other alternative.

    Tied inputs go together, as one factor (see `Factor.at`).

    Raises:
        ScenarioError: an end cannot be used.
    """
    said = document.uncertainty
    central = central_of(said)
    choices = {row.address: row for row in said.alternatives}

    def end(drawn: dict[str, Any]) -> End:
        return End(redraw(scenario, document, drawn), replica_of(document, 0, scenario.seed, drawn).overrides)

    found = []
    for factor in independent_factors(document, active(said.template, central)):
        row = choices.get(factor.name)
        if row is None:
            low, high = (drawn_at(said, factor.at(p)) for p in BAND)
            first, last = (TOGETHER.join(str(at[address]) for address in factor.addresses) for at in (low, high))
            found.append(Variation(factor.name, first, last, (end(low), end(high))))
            continue
        found += [
            Variation(factor.name, row.labels[row.central], label, (None, end(central | {factor.name: k})))
            for k, label in enumerate(row.labels)
            if k != row.central
        ]
    return found


def tornado(
    base: Scenario,
    varied: Sequence[Variation],
    outcomes: Sequence[str],
    n: int,
    crew: Crew,
    tell: Callable[[], None] | None = None,
) -> list[Sensitivity]:
    """The base and every end under the same n seeds, addressed by the base's; a result an outcome.

    `at_low` and `at_high` are mean differences from the base, `swing` that of high from low (of an alternative,
    from the base), each with Student's interval over the seeds.

    Raises:
        WorkersDiedError: workers die without finishing anything.
    """
    ends = [end for row in varied for end in row.ends if end is not None]
    plans = [replace(end, scenario=end.scenario.model_copy(update={"seed": base.seed})) for end in (End(base), *ends)]
    ran = trials(plans, n, crew, tell)
    failed = tuple(one for plan, its in zip(plans, ran, strict=True) for one in failures(plan, its.replicas))
    return [_told(outcome, varied, ran, failed) for outcome in outcomes]


def _told(outcome: str, varied: Sequence[Variation], ran: list[Trials], failed: tuple[Failure, ...]) -> Sensitivity:
    """From what ran at the base and at each end in turn; a seed that lacks the outcome counts in no difference."""
    centre, *ends = [one.outcome(outcome) for one in ran]
    kept, effects = iter(ends), []
    for row in varied:
        low = None if row.ends[0] is None else next(kept)
        effects.append(Effect(row.factor, _figures(centre, low, next(kept)), row.low, row.high))
    known, runs = centre[np.isfinite(centre)], len(centre) * len(ran)
    counts = len(known), len(centre) - len(known), runs, failed, any(one.is_date(outcome) for one in ran)
    at = mean(known) if len(known) else None
    return Sensitivity("tornado", outcome, "swing", MEASURES, ranked(effects, "swing"), *counts, at)


def _figures(centre: np.ndarray, low: np.ndarray | None, high: np.ndarray) -> dict[str, Estimate]:
    """Those of which any seed has both ends."""
    above, swing = paired(centre, high), paired(centre if low is None else low, high)
    below = None if low is None else paired(centre, low)
    told = {"at_low": below, "at_high": above, "swing": swing}
    return {name: pair.difference for name, pair in told.items() if pair is not None}
