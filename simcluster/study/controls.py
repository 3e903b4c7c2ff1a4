"""Control variates: a mean told more narrowly by something that varies with it and whose expectation is known better.

Of an outcome y and a control c over n replicas, y - b (c - E c) has the mean of y for any b, and the least variance,
1 - r^2 times that of y, for b = cov(y, c) / var c. With b fitted to the same replicas the estimate is that of a
regression at E c, whose interval Student's t of n - 2 degrees gives.

Source: S. Lavenberg, P. Welch, "A perspective on the use of control variables to increase the efficiency of Monte Carlo
simulations", Management Science 27 (1981).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.model.efficiency import efficiency
from simcluster.sim.plan import JobPlan
from simcluster.study.draws import Plan as Draws
from simcluster.study.intervals import CONFIDENCE, Estimate, mean, t_quantile
from simcluster.study.sample import sampled
from simcluster.study.sweep_frame import plan_of
from simcluster.study.variants import trials

if TYPE_CHECKING:
    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario
    from simcluster.study.crew import Crew

Floats = NDArray[np.float64]
FEWEST = 4
"""Replicas below which nothing is left to estimate with."""


@dataclass(frozen=True, slots=True)
class Controlled:
    """The mean of an outcome without and with a control, the slope b, and what it gains.

    `gain` is the variance of the plain mean over that of the controlled one: how many times as many replicas would say
    as much without the control. Below 1 it did harm.
    """

    plain: Estimate
    controlled: Estimate
    slope: float
    gain: float


def controlled(values: Floats, control: Floats, expected: Estimate) -> Controlled:
    """The mean of `values` by a control, shape (n,) both; `expected` is the control's expectation, perhaps estimated.

    The variance of an estimated expectation counts, b^2 times, in the interval.

    Raises:
        ValueError: there are fewer than `FEWEST` replicas, or the control does not vary.
    """
    n = len(values)
    spread = float(((control - control.mean()) ** 2).sum())
    if n < FEWEST or spread <= n * (1e-12 * float(np.abs(control).max())) ** 2:
        raise ValueError(f"a control needs {FEWEST} replicas or more, and to vary")
    slope = float(((control - control.mean()) * (values - values.mean())).sum()) / spread
    off = float(control.mean()) - expected.value
    residuals = values - values.mean() - slope * (control - control.mean())
    noise = float((residuals**2).sum()) / (n - 2)
    variance = noise * (1 / n + off * off / spread) + (slope * _error(expected)) ** 2
    half = t_quantile(CONFIDENCE, n - 2) * math.sqrt(variance)
    value = float(values.mean()) - slope * off
    told = Estimate(value, value - half, value + half, n, CONFIDENCE)
    gain = float(values.var(ddof=1)) / n / variance if variance else math.inf
    return Controlled(mean(values), told, slope, gain)


def _error(expected: Estimate) -> float:
    """The standard error of an estimate with Student's interval; none of a value that is exact."""
    if expected.half_width == 0:
        return 0.0
    return expected.half_width / t_quantile(expected.confidence, expected.n - 1)


def job_efficiency(scenario: Scenario, number: int) -> float:
    """The long-run share of a job's wall that becomes kept work, in closed form (see `model.efficiency`).

    Exponential failures at the mean rate of all that strikes the job, no downtime, and its interval, blocking cost and
    restart on all its nodes: what the simulation adds to that is what a control cannot take away.
    """
    plan = JobPlan.of(scenario, number)
    tau, restart = plan.interval_hours(plan.nodes), plan.restart_hours(plan.nodes)
    return efficiency(tau, plan.checkpoint.blocking_hours, restart, 0.0, plan.mtbf_hours)


def controlled_goodput(
    scenario: Scenario,
    document: Document,
    job: str,
    n: int,
    crew: Crew,
    draws: int = 2000,
    tell: Callable[[], None] | None = None,
) -> Controlled:
    """The mean goodput of a job over n replicas of a sweep, by its closed-form efficiency at each replica's inputs.

    The control's expectation is its mean over so many further `draws` of inputs, none of which is simulated. Replicas
    in which the job has no goodput are left out.

    Raises:
        ValueError: no input of the document bears on the job's efficiency, or too few replicas have a goodput.
        WorkersDiedError: workers die without finishing anything.
    """
    number = [row.name for row in scenario.jobs].index(job)
    more = sampled(scenario, document, Draws(scenario.seed), range(n, n + draws))
    expected = mean(np.array([job_efficiency(drawn, number) for _, drawn in more]))
    own = sampled(scenario, document, Draws(scenario.seed), range(n))
    control = np.array([job_efficiency(drawn, number) for _, drawn in own])
    (ran,) = trials([plan_of(scenario, document)], n, crew, tell)
    values = ran.outcome(f"jobs.{job}.goodput")
    known = np.isfinite(values)
    return controlled(values[known], control[known], expected)
