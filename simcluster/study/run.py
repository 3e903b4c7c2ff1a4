"""One run, and the same scenario under many seeds."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from simcluster.books.company import company_by_quarter
from simcluster.books.keep import keep_books
from simcluster.books.measures import offset
from simcluster.books.statements import statements_by_quarter
from simcluster.books.unit_costs import account_costs
from simcluster.record.accounts import account_gpu_hours
from simcluster.record.binding import account_binding
from simcluster.record.energy import meter
from simcluster.record.levels import Levels
from simcluster.record.reliability import account_reliability
from simcluster.record.timeline import daily
from simcluster.sim.run import simulate
from simcluster.study.outcomes import outcomes_of
from simcluster.study.result import Outcomes, Result

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog


class Timings:
    """CPU seconds by phase, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the CPU time of a block to a phase."""
        began = time.process_time()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - began


def run(scenario: Scenario, seed: int | None = None, timings: Timings | None = None) -> Result:
    """Simulate a scenario, keep its books, and gather what came out.

    `seed` overrides the scenario's; the same scenario and seed give the same result to the last bit.
    """
    seed = scenario.seed if seed is None else seed
    timings = timings or Timings()
    with timings.phase("simulate"):
        log = simulate(scenario, seed)
    return settle(scenario, seed, log, timings)


def settle(scenario: Scenario, seed: int, log: EventLog, timings: Timings | None = None) -> Result:
    """Accounts, books and outcomes of facts already recorded: repricing and replaying never simulate again."""
    timings = timings or Timings()
    with timings.phase("accounts"):
        levels = Levels(scenario, log)
        gpu_hours = account_gpu_hours(scenario, log, levels)
        energy = meter(scenario, log, levels)
        timeline = daily(scenario, log, levels)
        reliability = account_reliability(scenario, log)
        binding = account_binding(scenario, log)
    with timings.phase("books"):
        journal = keep_books(scenario, log, gpu_hours, energy)
        result = Result(
            scenario=scenario,
            seed=seed,
            log=log,
            gpu_hours=gpu_hours,
            energy=energy,
            reliability=reliability,
            daily=timeline,
            binding=binding,
            journal=journal,
            costs=account_costs(scenario, log, journal, gpu_hours),
            statements=statements_by_quarter(scenario, journal),
            company=company_by_quarter(scenario, journal, gpu_hours),
            offset=offset(scenario, journal),
            outcomes={},
        )
        return replace(result, outcomes=outcomes_of(result))


def _outcomes(scenario: Scenario, seed: int) -> Outcomes:
    return {"seed": seed, **run(scenario, seed).outcomes}


def replicate(scenario: Scenario, seeds: Iterable[int], executor: Executor | None = None) -> pd.DataFrame:
    """Outcomes of one scenario under many seeds: a row a seed, in the order given, whatever the executor.

    Without an executor the replicas run one after another in this process.
    """
    import pandas as pd

    replica = partial(_outcomes, scenario)
    rows = list(executor.map(replica, seeds) if executor else map(replica, seeds))
    return pd.DataFrame(rows)
