"""What one run of a scenario gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from simcluster.books.yardstick_rows import Booked, yardsticks_frame
from simcluster.record.construction import construction_frame

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.books.journal import Journal
    from simcluster.books.unit_costs import Costs
    from simcluster.model.scenario import Scenario
    from simcluster.record.accounts import GpuHours
    from simcluster.record.binding import Binding
    from simcluster.record.energy import Energy
    from simcluster.record.log import EventLog
    from simcluster.record.reliability import Reliability

Outcomes = dict[str, float | int | str | None]
"""The flat row a sweep collects."""


@dataclass(frozen=True)
class Result:
    """Facts, accounts and statements of one run.

    `reliability` has a frame of the jobs, of what interrupted them, of the causes of failure and of the clusters (see
    `record.reliability`); `binding` is what held up the build day by day (see `record.binding`); `daily` has a row a
    day (see `record.timeline`); `costs` is what GPU-hours cost by what they were spent on (see `books.unit_costs`);
    `statements` is the programme by quarter and `company` the company by quarter (see `books.statements`,
    `books.company`), one row a line, one column a quarter such as "2024Q1", USD; `offset` has a row a quarter (see
    `books.measures`).
    """

    scenario: Scenario
    seed: int
    log: EventLog
    gpu_hours: GpuHours
    energy: Energy
    reliability: Reliability
    daily: pd.DataFrame
    binding: Binding
    journal: Journal
    costs: Costs
    statements: pd.DataFrame
    company: pd.DataFrame
    offset: pd.DataFrame
    outcomes: Outcomes

    @cached_property
    def yardsticks(self) -> pd.DataFrame:
        """A GPU-hour of each cluster by our books and by others' formulas, USD (see `books.yardstick_rows`)."""
        run = Booked(self.scenario, self.log, self.journal, self.gpu_hours, self.energy, self.costs)
        return yardsticks_frame(run)

    @cached_property
    def construction(self) -> pd.DataFrame:
        """Tasks, equipment and tests as planned and as built, a row each (see `record.construction`)."""
        return construction_frame(self.scenario, self.log)
