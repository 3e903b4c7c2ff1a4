"""Sobol's indices of a scenario's inputs, with luck as a factor like the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simcluster.core.rng import seed_at
from simcluster.study.draws import Plan as Draws
from simcluster.study.factors import Factor, Points, central_of
from simcluster.study.saltelli import estimates
from simcluster.study.sample import replica_of, replicas
from simcluster.study.sensitivity import LUCK_FACTOR, Effect, Sensitivity, failures, ranked
from simcluster.study.sweep import gather
from simcluster.study.variants import Trials

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario
    from simcluster.study.crew import Crew
    from simcluster.study.sample import Replica

MEASURES = ("first", "total")
FEWEST_ROWS = 8


def sobol_points(scenario: Scenario, document: Document, factors: Sequence[Factor], n: int) -> Points:
    """N rows of k + 3 replicas: A, B, A with each factor from B in turn, and A with the luck of B.

    A has the draws and the luck of a sweep of the scenario's seed, B those of another seed, each column addressed by
    its input's name. Inputs of no factor are central.
    """
    other = seed_at(scenario.seed, "sensitivity.other", 0)
    a, b = (replicas(document, Draws(seed), range(n)) for seed in (scenario.seed, other))
    varied = {address for factor in factors for address in factor.addresses}
    fixed = {key: value for key, value in central_of(document.uncertainty).items() if key not in varied}
    points: list[Replica] = []
    for one, another in zip(a, b, strict=True):
        rows: list[tuple[int, dict[str, Any]]] = [(one.seed, one.drawn), (another.seed, another.drawn)]
        rows += [(one.seed, one.drawn | {key: another.drawn[key] for key in factor.addresses}) for factor in factors]
        rows.append((another.seed, one.drawn))
        points += [replica_of(document, len(points) + k, seed, drawn | fixed) for k, (seed, drawn) in enumerate(rows)]
    return Points(scenario, document, tuple(points))


def sobol(
    scenario: Scenario,
    document: Document,
    factors: Sequence[Factor],
    outcomes: Sequence[str],
    n: int,
    crew: Crew,
    tell: Callable[[], None] | None = None,
) -> list[Sensitivity]:
    """First and total indices of independent factors and of luck from n rows of k + 3 runs; a result an outcome.

    Rows in which a run failed or lacks the outcome are left out, and a factor that varies in none of the others, such
    as a choice on which it hangs whether there is an outcome, has no figures.

    Raises:
        WorkersDiedError: workers die without finishing anything.
    """
    columns = len(factors) + 3
    points = sobol_points(scenario, document, factors, n)
    ran = Trials(tuple(gather(points, n * columns, crew, tell)))
    failed = failures(points, ran.replicas)
    names = [*(factor.name for factor in factors), LUCK_FACTOR]
    found = []
    for outcome in outcomes:
        table = ran.outcome(outcome).reshape(n, columns)
        rows = np.flatnonzero(np.isfinite(table).all(axis=1))
        whole, k = table[rows].T, len(rows)
        told = estimates(whole[0], whole[1], whole[2:], scenario.seed) if k > 1 else []
        effects = [
            Effect(
                name, dict(zip(MEASURES, told[i], strict=True)) if told and _varies(points, rows, columns, i) else {}
            )
            for i, name in enumerate(names)
        ]
        figures = ranked(effects, "total")
        counts = k, n - k, n * columns, failed, ran.is_date(outcome)
        found.append(Sensitivity("sobol", outcome, "total", MEASURES, figures, *counts))
    return found


def _varies(points: Points, rows: np.ndarray, columns: int, factor: int) -> bool:
    """Whether A and A with a factor from B differ in any of some rows, in inputs or in luck."""
    pairs = ((points.points[j], points.points[j + 2 + factor]) for j in rows * columns)
    return any(one.drawn != other.drawn or one.seed != other.seed for one, other in pairs)
