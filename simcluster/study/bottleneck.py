"""What binds a build, what it is worth to ease each constraint by some days, and what the last node waited for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from simcluster.core.calendar import HOURS_PER_YEAR
from simcluster.model.relief import relieved
from simcluster.record.binding import CONSTRAINTS
from simcluster.record.campus_path import Leg, campus_path
from simcluster.record.events import ModelReady, NodesInService
from simcluster.study.run import run

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from simcluster.model.scenario import Scenario
    from simcluster.study.result import Result

HOURS_PER_DAY = 24.0


@dataclass(frozen=True)
class Outcome:
    """What is compared of one run.

    `gpu_days` in service until the horizon; `last_hour`, when the last ordered node entered service, by site; hours at
    which models were ready, by job; `npv_usd` where anything is to pay for the build.
    """

    gpu_days: float
    last_hour: dict[str, float]
    ready_hour: dict[str, float]
    npv_usd: float | None


@dataclass(frozen=True)
class Marginal:
    """One constraint: what it held up, and what comes of easing it, the luck being the same.

    `days_bound`, `gpu_days_held`, `usd_days_held` are the run's own (see `record.binding`), `held_usd` the charge on
    that capital: WACC / (1 - tax) a year. Eased: `gpu_days` more in service by the horizon, and what so many cost the
    run in the mean (`worth_usd`); `last_days` earlier by site and `ready_days` by job, of those that came in both runs;
    `npv_usd` more. A gain of another constraint's is none of this one's: what is freed may wait for the next.
    """

    constraint: str
    days_bound: int
    gpu_days_held: float
    usd_days_held: float
    held_usd: float
    gpu_days: float
    worth_usd: float
    last_days: dict[str, float]
    ready_days: dict[str, float]
    npv_usd: float | None


@dataclass(frozen=True)
class Bottleneck:
    """A run, its constraints in the order of `CONSTRAINTS`, and the critical path of each site that was built."""

    result: Result
    days: int
    marginals: list[Marginal]
    paths: dict[str, list[Leg]]


def bottleneck(
    scenario: Scenario, seed: int | None = None, days: int = 7, executor: Executor | None = None
) -> Bottleneck:
    """Run a scenario as it is and once more for each constraint that held anything up, eased by whole days.

    Installation and burn-in take their time also where no crew is short, so they are eased wherever there are orders.
    """
    base = run(scenario, seed)
    plain, binding = _outcome(base), base.binding
    held, tied = binding.gpu_days.sum(axis=(0, 1)), binding.usd_days.sum(axis=(0, 1))
    eased = [name for k, name in enumerate(CONSTRAINTS) if held[k] > 0 or (name == "crew" and scenario.orders)]
    scenarios = [relieved(scenario, name, days) for name in eased]
    again = partial(_run, base.seed)
    found = dict(zip(eased, executor.map(again, scenarios) if executor else map(again, scenarios), strict=True))
    charge = scenario.finance.wacc / (1 - scenario.finance.tax_rate) * HOURS_PER_DAY / HOURS_PER_YEAR
    a_gpu_day = HOURS_PER_DAY * float(base.outcomes["usd_per_gpu_hour"] or 0.0)
    marginals = []
    for k, name in enumerate(CONSTRAINTS):
        other = found.get(name, plain)
        marginals.append(
            Marginal(
                constraint=name,
                days_bound=int((binding.of_all == k).sum()),
                gpu_days_held=float(held[k]),
                usd_days_held=float(tied[k]),
                held_usd=float(tied[k]) * charge,
                gpu_days=other.gpu_days - plain.gpu_days,
                worth_usd=(other.gpu_days - plain.gpu_days) * a_gpu_day,
                last_days=_earlier(plain.last_hour, other.last_hour),
                ready_days=_earlier(plain.ready_hour, other.ready_hour),
                npv_usd=None if plain.npv_usd is None or other.npv_usd is None else other.npv_usd - plain.npv_usd,
            )
        )
    paths = {site.name: campus_path(scenario, base.log, k) for k, site in enumerate(scenario.sites)}
    return Bottleneck(base, days, marginals, {name: path for name, path in paths.items() if path})


def _run(seed: int, scenario: Scenario) -> Outcome:
    return _outcome(run(scenario, seed))


def _outcome(result: Result) -> Outcome:
    scenario, entered = result.scenario, result.log.columns(NodesInService)
    npv = result.outcomes.get("npv_usd")
    last: dict[str, float] = {}
    for hour, order, cluster in zip(entered["hour"], entered["order"], entered["cluster"], strict=True):
        if order >= 0:
            last[scenario.clusters[cluster].site] = float(hour)
    gpus = np.array([server.gpus for server in map(scenario.server_of, range(len(scenario.clusters)))])
    served = (scenario.clock.horizon_hours - entered["hour"]) * entered["nodes"] * gpus[entered["cluster"]]
    ready = {scenario.jobs[fact.job].name: fact.hour for fact in result.log.rows(ModelReady)}
    return Outcome(float(served.sum()) / HOURS_PER_DAY, last, ready, None if npv is None else float(npv))


def _earlier(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {name: (hour - after[name]) / HOURS_PER_DAY for name, hour in before.items() if name in after}
