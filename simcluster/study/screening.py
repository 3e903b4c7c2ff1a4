"""Screening by Morris's elementary effects and by PAWN, both of SALib."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simcluster.core.rng import seed_at
from simcluster.study.draws import Plan as Draws
from simcluster.study.draws import uniforms
from simcluster.study.factors import Factor, Points, drawn_at
from simcluster.study.intervals import CONFIDENCE, Estimate, mean
from simcluster.study.sample import LUCK, replica_of
from simcluster.study.sensitivity import Effect, Failure, Sensitivity, failures, ranked
from simcluster.study.sweep import gather
from simcluster.study.variants import Trials

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario
    from simcluster.study.crew import Crew

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
LEVELS = 4
EDGE = 0.05
"""Morris's grid goes from this probability to one less it, since many laws have no ends."""
SLIDES = 10
RESAMPLES = 100
DUMMY = "dummy"
"""A factor that no run knows: what does no more than it cannot be told from nothing."""
MORRIS_MEASURES, PAWN_MEASURES = ("mu_star", "mu", "sigma"), ("median", "maximum")


def morris(
    scenario: Scenario,
    document: Document,
    factors: Sequence[Factor],
    outcomes: Sequence[str],
    n: int,
    crew: Crew,
    tell: Callable[[], None] | None = None,
) -> list[Sensitivity]:
    """Elementary effects of independent factors on n trajectories of k + 1 runs, each with a seed of its own.

    An effect is the change of the outcome for a step in probability, scaled to the whole way from the 5th to the 95th
    percentile, and between alternatives the change itself: `mu_star` is the mean of its size, `mu` its mean, and
    `sigma` its standard deviation over trajectories (interaction, curvature or luck). Tied inputs move together, as one
    factor (see `Factor.at`).

    Source: M. Morris, "Factorial sampling plans for preliminary computational experiments", Technometrics 33 (1991).

    Raises:
        ImportError: SALib is missing.
        WorkersDiedError: workers die without finishing anything.
    """
    from SALib.sample import morris as sampling

    choices = {row.address for row in document.uncertainty.alternatives}
    names, steps = [factor.name for factor in factors], len(factors) + 1
    grid = sampling.sample(_problem(names), n, num_levels=LEVELS, seed=_seed(scenario))
    rows = [_at(factors, EDGE + (1 - 2 * EDGE) * row) for row in grid]
    seeds = [seed_at(scenario.seed, LUCK, k // steps) for k in range(len(rows))]
    ran, failed = _run(scenario, document, rows, seeds, crew, tell)
    found = []
    for outcome in outcomes:
        values = ran.outcome(outcome)
        whole = np.array([np.isfinite(one).all() for one in values.reshape(n, steps)])
        figures = _ranked(names, _elementary(names, choices, grid, values, whole), "mu_star")
        k = int(whole.sum())
        counts = k, n - k, len(rows), failed, ran.is_date(outcome)
        found.append(Sensitivity("morris", outcome, "mu_star", MORRIS_MEASURES, figures, *counts))
    return found


def _elementary(
    names: Sequence[str], choices: Set[str], grid: Floats, values: Floats, whole: Bools
) -> dict[str, dict[str, Estimate]]:
    """The measures by factor over whole trajectories, which are independent."""
    n = int(whole.sum())
    if n < 2:
        return {}
    rows, found = np.repeat(whole, len(names) + 1), {}
    for i, name in enumerate(names):
        effects = _effects(grid[rows], values[rows], i, len(names), name in choices)
        spread = _deviation(float(effects.std(ddof=1)), n)
        size = mean(np.abs(effects))
        found[name] = {"mu_star": replace(size, low=max(size.low, 0.0)), "mu": mean(effects), "sigma": spread}
    return found


def _effects(grid: Floats, values: Floats, factor: int, factors: int, is_choice: bool) -> Floats:
    """The elementary effects of one factor, a trajectory each; between alternatives nothing is to be scaled."""
    steps = np.diff(grid.reshape(-1, factors + 1, factors), axis=1)[:, :, factor]
    changes = np.diff(values.reshape(-1, factors + 1), axis=1)
    moved = steps != 0
    found: Floats = changes[moved] / (np.sign(steps[moved]) if is_choice else steps[moved])
    return found


def _deviation(sigma: float, n: int) -> Estimate:
    """A standard deviation with the interval that it has if effects are normal: s sqrt((n - 1) / chi2)."""
    from scipy.special import chdtri

    tail = (1 - CONFIDENCE) / 2
    low, high = (sigma * math.sqrt((n - 1) / float(chdtri(n - 1, p))) for p in (tail, 1 - tail))
    return Estimate(sigma, low, high, n, CONFIDENCE)


def pawn(
    scenario: Scenario,
    document: Document,
    factors: Sequence[Factor],
    outcomes: Sequence[str],
    n: int,
    crew: Crew,
    tell: Callable[[], None] | None = None,
) -> list[Sensitivity]:
    """PAWN's index of single factors from n replicas of a random sweep; a result an outcome.

    How far the outcome's distribution moves (Kolmogorov and Smirnov's distance, 0 to 1) when the factor is known to lie
    in a tenth of its range, in the median of the ten and at most. Even a factor without effect has one above 0 in a
    sample: that of `dummy`.

    Source: F. Pianosi, T. Wagener, "Distribution-based sensitivity analysis from a generic input-output sample",
    Environmental Modelling & Software 108 (2018).

    Raises:
        ImportError: SALib is missing.
        WorkersDiedError: workers die without finishing anything.
    """
    import SALib.analyze.pawn  # noqa: F401 # missed before anything is run

    seeds = [seed_at(scenario.seed, LUCK, k) for k in range(n)]
    names, at = _placed(document, factors, Draws(scenario.seed), n)
    ran, failed = _run(scenario, document, [_at(factors, row) for row in at], seeds, crew, tell)
    found = []
    for outcome in outcomes:
        values = ran.outcome(outcome)
        known = np.isfinite(values)
        figures = _ranked(names, _distances(at[known], values[known], names, _seed(scenario)), "median")
        k = int(known.sum())
        counts = k, n - k, n, failed, ran.is_date(outcome)
        found.append(Sensitivity("pawn", outcome, "median", PAWN_MEASURES, figures, *counts))
    return found


def _placed(document: Document, factors: Sequence[Factor], draws: Draws, n: int) -> tuple[list[str], Floats]:
    """The factors' names and that of the dummy, the last, and the probabilities of each in n replicas, a row each."""
    numbers = np.arange(n)
    columns = uniforms(document.uncertainty, draws, numbers)
    dummy = draws.column("sensitivity.dummy", DUMMY, draws.places(numbers), numbers)
    names = [factor.name for factor in factors]
    return [*names, DUMMY], np.column_stack([*(columns[name] for name in names), dummy])


def _ranked(names: Sequence[str], told: Mapping[str, dict[str, Estimate]], by: str) -> tuple[Effect, ...]:
    return ranked([Effect(name, told.get(name, {})) for name in names], by)


def _distances(at: Floats, values: Floats, names: list[str], seed: int) -> dict[str, dict[str, Estimate]]:
    """Median and maximum over the slides by factor, each +- 1.96 standard deviations of a bootstrap of replicas.

    Replicas that are drawn twice make distances larger, so the percentiles of the bootstrap would not do.
    """
    n = len(values)
    if n < 2 * SLIDES:
        return {}
    rng = np.random.default_rng(seed)
    some = [rng.integers(0, n, n) for _ in range(RESAMPLES)]
    told = _analysed(at, values, names)
    again = [_analysed(at[rows], values[rows], names) for rows in some]
    return {
        name: {
            measure: _spread(float(told[key][i]), np.array([one[key][i] for one in again]), n)
            for measure, key in zip(PAWN_MEASURES, ("median", "maximum"), strict=True)
        }
        for i, name in enumerate(names)
    }


def _spread(value: float, found: Floats, n: int) -> Estimate:
    from scipy.special import ndtri

    half = float(ndtri((1 + CONFIDENCE) / 2)) * float(found.std(ddof=1))
    return Estimate(value, value - half, value + half, n, CONFIDENCE)


def _analysed(at: Floats, values: Floats, names: list[str]) -> dict[str, Any]:
    from SALib.analyze import pawn as analysis

    with np.errstate(invalid="ignore"):  # SALib divides by the mean of distances, which is 0 where nothing moves
        told: dict[str, Any] = analysis.analyze(_problem(names), at, values, S=SLIDES)
    return told


def _run(
    scenario: Scenario,
    document: Document,
    rows: Sequence[dict[str, float]],
    seeds: Sequence[int],
    crew: Crew,
    tell: Callable[[], None] | None,
) -> tuple[Trials, tuple[Failure, ...]]:
    """A replica for each row of probabilities by address; what is in no row is central."""
    said, numbered = document.uncertainty, enumerate(zip(rows, seeds, strict=True))
    points = tuple(replica_of(document, k, seed, drawn_at(said, row)) for k, (row, seed) in numbered)
    plan = Points(scenario, document, points)
    ran = Trials(tuple(gather(plan, len(points), crew, tell)))
    return ran, failures(plan, ran.replicas)


def _at(factors: Sequence[Factor], row: Floats) -> dict[str, float]:
    return {name: at for factor, p in zip(factors, row, strict=False) for name, at in factor.at(float(p)).items()}


def _problem(names: list[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _seed(scenario: Scenario) -> int:
    """A seed for what is not addressed, of 32 bits."""
    return seed_at(scenario.seed, "sensitivity.salib", 0) % 2**32
