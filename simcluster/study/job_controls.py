"""A job's efficiency in closed form as a control of its goodput and its ETTR: it costs no simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.core.problems import ScenarioError
from simcluster.model.efficiency import efficiency
from simcluster.sim.plan import JobPlan
from simcluster.study.controls import Controlled, controlled, varies
from simcluster.study.draws import Plan as Draws
from simcluster.study.intervals import CONFIDENCE, Estimate, mean
from simcluster.study.sample import sampled
from simcluster.study.sampled import Sampled
from simcluster.study.sweep_columns import Columns, Kind, values_of
from simcluster.study.variants import trials

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario
    from simcluster.record.ledger import Ledger
    from simcluster.study.crew import Crew
    from simcluster.study.sweep import Sweep

Floats = NDArray[np.float64]
OUTCOMES = ("goodput", "ettr")
"""What of a job varies as its efficiency does."""
FEWEST = 32
"""Replicas from which on an interval that is told only where it is narrower still holds."""
HELPS = 1.5
"""The gain from which on a controlled mean is told."""
DRAWS_A_REPLICA = 10
MOST_DRAWS = 2000
MOST = int(MOST_DRAWS / HELPS)
"""Replicas above which no control gains `HELPS`: its expectation is known no better than that of so many draws."""
BLOCK = 500
"""Draws held in memory at a time."""


def job_efficiency(scenario: Scenario, number: int) -> float:
    """The long-run share of a job's wall that becomes kept work, in closed form (see `model.efficiency`).

    Exponential failures at the mean rate of all that strikes the job, no downtime, and its interval, blocking cost and
    restart on all its nodes: what the simulation adds to that is what a control cannot take away.
    """
    plan = JobPlan.of(scenario, number)
    tau, restart = plan.interval_hours(plan.nodes), plan.restart_hours(plan.nodes)
    return efficiency(tau, plan.checkpoint.blocking_hours, restart, 0.0, plan.mtbf_hours)


def efficiencies(plan: Sampled, numbers: range, jobs: Sequence[str]) -> dict[str, Floats]:
    """By job its efficiency at the inputs of replicas, shape (n,); not a number where there is no such job.

    Raises:
        ScenarioError: the inputs of a replica cannot be used.
    """
    rows: list[list[float]] = []
    for first in range(numbers.start, numbers.stop, BLOCK):
        block = range(first, min(first + BLOCK, numbers.stop))
        for _, drawn in sampled(plan.base, plan.document, plan.draws, block):
            at = drawn.job_index
            rows.append([job_efficiency(drawn, at[name]) if name in at else np.nan for name in jobs])
    return dict(zip(jobs, np.array(rows).T, strict=True))


def controls_of(ledger: Ledger, sweep: Sweep) -> dict[str, Controlled]:
    """By outcome the mean of a job's goodput or ETTR, told more narrowly; those that gain `HELPS` or more.

    A control's expectation is its mean over ten further draws of inputs a replica, 2,000 at most, which are addressed
    as those of further replicas. There are none above `MOST` replicas, where replicas are not independent, where one
    failed or lacks the outcome (the rest are then no fair sample of the inputs), or where a draw cannot be used.
    """
    plan, n = sweep.plan, sweep.replicas
    if not isinstance(plan, Sampled) or plan.wholes_of(np.arange(1)) is not None:
        return {}
    if not FEWEST <= n <= MOST or ledger.done(n) < n:
        return {}
    names = [job.name for job in sweep.scenario.jobs]
    own = {name: control for name, control in efficiencies(plan, range(n), names).items() if varies(control)}
    wanted = {f"jobs.{name}.{outcome}": name for name in own for outcome in OUTCOMES}
    columns = Columns(np.arange(n), {}, dict.fromkeys(wanted, Kind.NUMBER))
    values = {name: row for name, row in values_of(ledger, n, columns) if _gains(row, own[wanted[name]])}
    jobs = [name for name in own if any(wanted[outcome] == name for outcome in values)]
    try:
        expected = expectations(plan, n, jobs)
    except ScenarioError:
        return {}
    told = {name: controlled(row, own[wanted[name]], expected[wanted[name]]) for name, row in values.items()}
    return {name: one for name, one in told.items() if one.gain >= HELPS}


def _gains(values: Floats, control: Floats) -> bool:
    """Whether all replicas have an outcome and a control helps, were its expectation known."""
    if not np.isfinite(values).all() or not varies(values):
        return False
    middle = float(control.mean())
    return controlled(values, control, Estimate(middle, middle, middle, len(control), CONFIDENCE)).gain >= HELPS


def expectations(plan: Sampled, n: int, jobs: Sequence[str], draws: int | None = None) -> dict[str, Estimate]:
    """The mean efficiency of jobs over draws of inputs from number n on: independent of the replicas before.

    Raises:
        ScenarioError: a draw cannot be used.
    """
    if not jobs:
        return {}
    draws = min(DRAWS_A_REPLICA * n, MOST_DRAWS) if draws is None else draws
    return {name: mean(values) for name, values in efficiencies(plan, range(n, n + draws), jobs).items()}


def controlled_goodput(
    scenario: Scenario,
    document: Document,
    job: str,
    n: int,
    crew: Crew,
    draws: int = MOST_DRAWS,
    tell: Callable[[], None] | None = None,
) -> Controlled:
    """The mean goodput of a job over n replicas of a sweep, by its efficiency at each replica's inputs.

    The control's expectation is its mean over so many further `draws` of inputs, none of which is simulated.

    Raises:
        ValueError: no input bears on the job's efficiency, there are too few replicas, or one has no goodput, so that
            the rest are no fair sample of the inputs.
        ScenarioError: a draw of inputs cannot be used.
        WorkersDiedError: workers die without finishing anything.
    """
    plan = Sampled(scenario, document, Draws(scenario.seed))
    control, expected = efficiencies(plan, range(n), [job])[job], expectations(plan, n, [job], draws)[job]
    if not varies(control):
        raise ValueError(f"nothing that is uncertain bears on the efficiency of {job}")
    (ran,) = trials([plan], n, crew, tell)
    values = ran.outcome(f"jobs.{job}.goodput")
    if not np.isfinite(values).all():
        lacking = int(np.isnan(values).sum())
        raise ValueError(f"{lacking} of {n} replicas have no goodput of {job}: the rest are no fair sample of inputs")
    return controlled(values, control, expected)
