"""Scenarios compared over many replicas that share their luck, and where a difference comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simcluster.model.mixture import mixture
from simcluster.study.compare import Column, column_names, expanded, lacking_peaks
from simcluster.study.pairs import Pair, paired
from simcluster.study.sweep_frame import plan_of
from simcluster.study.variants import Trials, number_of, trials
from simcluster.study.waterfall import Waterfall, route, waterfall

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.hardware import Precision
    from simcluster.model.scenario import Scenario
    from simcluster.record.ledger import Replica
    from simcluster.study.compare_rows import Quantity
    from simcluster.study.crew import Crew
    from simcluster.study.plan import Plan

Tell = Callable[[], None]
NPV = "npv_usd"


@dataclass(frozen=True)
class PairedRow:
    """A quantity of the first scenario against each other one; None where no pair has it."""

    quantity: Quantity
    pairs: tuple[Pair | None, ...]


@dataclass(frozen=True)
class PairedComparison:
    """Scenarios over `n` replicas each, of one `seed`: what each draws and its luck are those of its number.

    `rows` are the quantities that `compare` prints, those that are numbers or days; `outcomes` has every such outcome
    by name, each against the first scenario. `lacking` names, by scenario, the GPUs without a peak at the precision.
    """

    precision: Precision
    seed: int
    n: int
    names: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    plans: tuple[Plan, ...]
    ran: tuple[Trials, ...]
    rows: tuple[PairedRow, ...]
    outcomes: dict[str, tuple[Pair | None, ...]]
    lacking: dict[str, tuple[str, ...]]

    @property
    def failed(self) -> dict[str, tuple[Replica, ...]]:
        """The replicas that raised an error, by scenario."""
        return {name: ran.failed for name, ran in zip(self.names, self.ran, strict=True) if ran.failed}


def compare_paired(
    loaded: Sequence[tuple[Scenario, Document]],
    n: int,
    crew: Crew,
    precision: Precision = "bf16",
    seed: int | None = None,
    tell: Tell | None = None,
) -> PairedComparison:
    """Run n replicas of each scenario, all with the seeds and the draws of inputs that the first would have.

    `seed` replaces the first scenario's.

    Raises:
        NoPeakError: no scenario has GPUs with a peak at the precision.
        WorkersDiedError: workers die without finishing anything.
    """
    scenarios = [scenario for scenario, _ in loaded]
    lacking = lacking_peaks(scenarios, precision)
    seed = scenarios[0].seed if seed is None else seed
    plans = tuple(_seeded(scenario, document, seed) for scenario, document in loaded)
    names, ran = tuple(column_names(scenarios)), tuple(trials(plans, n, crew, tell))
    rows, outcomes = _rows(names, scenarios, ran, precision), _outcomes(ran)
    return PairedComparison(precision, seed, n, names, tuple(scenarios), plans, ran, rows, outcomes, lacking)


def explain(
    loaded: Sequence[tuple[Scenario, Document]],
    found: PairedComparison,
    outcome: str,
    crew: Crew,
    telling: Callable[[int], Tell] | None = None,
) -> Waterfall | None:
    """Where the difference of the two scenarios compared comes from; None where no replica has the outcome throughout.

    `telling` is told how many runs that takes, and gives what is called after each.

    Raises:
        WorkersDiedError: workers die without finishing anything.
    """
    way = route(mixture(*loaded))
    plans = {chosen: _seeded(*stop, found.seed) for chosen, stop in way.stops.items()}
    chosen = [some for some in plans if 0 < len(some) < len(way.steps)]
    tell = telling(len(chosen) * found.n) if telling and chosen else None
    ran = trials([plans[some] for some in chosen], found.n, crew, tell) if chosen else []
    stops = dict(zip(chosen, ran, strict=True)) | {frozenset(): found.ran[0]}
    stops[frozenset(range(len(way.steps)))] = found.ran[1]
    values = {some: column.outcome(outcome) for some, column in stops.items()}
    return waterfall(outcome, way.steps, values, any(column.is_date(outcome) for column in found.ran))


def _seeded(scenario: Scenario, document: Document, seed: int) -> Plan:
    return plan_of(scenario.model_copy(update={"seed": seed}), document)


def _rows(
    names: Sequence[str], scenarios: Sequence[Scenario], ran: Sequence[Trials], precision: Precision
) -> tuple[PairedRow, ...]:
    columns = [
        Column(name, scenario, replica.seed, replica.outcomes)
        for name, scenario, one in zip(names, scenarios, ran, strict=True)
        for replica in one.replicas
        if replica.outcomes is not None
    ]
    rows = []
    for quantity in expanded(columns):
        values = [_values(one, quantity, precision) for one in ran]
        pairs = _against_first(values)
        if any(pairs):
            rows.append(PairedRow(quantity, pairs))
    return tuple(rows)


def _values(ran: Trials, quantity: Quantity, precision: Precision) -> np.ndarray:
    told = (None if one.outcomes is None else quantity.of(one.outcomes, precision) for one in ran.replicas)
    return np.array([number_of(value) for value in told])


def _outcomes(ran: Sequence[Trials]) -> dict[str, tuple[Pair | None, ...]]:
    names = dict.fromkeys(name for one in ran for replica in one.replicas for name in replica.outcomes or {})
    found = {name: _against_first([one.outcome(name) for one in ran]) for name in names}
    return {name: pairs for name, pairs in found.items() if any(pairs)}


def _against_first(values: Sequence[np.ndarray]) -> tuple[Pair | None, ...]:
    return tuple(paired(values[0], other) for other in values[1:])
