"""A sweep over the points of an experiment: replica k has one seed, and the same draws, at every point.

All points are variants of one luck (`study.variants`): number k V + v of the sweep is replica k of point v, so that the
ledger, the crew and the chunks are those of any sweep, and more replicas change none of the earlier ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from simcluster.study.sweep import Sweep
from simcluster.study.variants import Variants

if TYPE_CHECKING:
    from simcluster.model.experiment import Experiment, Point
    from simcluster.model.scenario import Scenario
    from simcluster.study.plan import Plan


@dataclass(frozen=True)
class PointSweep:
    """An experiment with its scenario as it is, and a plan a point.

    `resolved` is the scenario written out, `version` the program's.
    """

    asked: Experiment
    scenario: Scenario
    resolved: str
    plans: tuple[Plan, ...]
    version: str

    @property
    def name(self) -> str:
        """What its results are filed under."""
        return self.asked.name or self.scenario.name

    @property
    def title(self) -> str:
        """What it is called."""
        return self.asked.title or self.scenario.title or self.name

    @property
    def points(self) -> tuple[Point, ...]:
        """The points, in the order of their numbers."""
        return self.asked.points

    @cached_property
    def sweep(self) -> Sweep:
        """All replicas of all points as one sweep; its digest is of scenario, points, seed and version."""
        said = [f"{point.name}\n{point.overrides}" for point in self.points]
        replicas = self.asked.replicas * len(self.points)
        return Sweep(self.scenario, "\n".join([self.resolved, *said]), Variants(self.plans), replicas, self.version)

    def at(self, number: int) -> tuple[Point, int]:
        """The point of a replica of the sweep, and which replica of that point it is."""
        k, v = divmod(number, len(self.points))
        return self.points[v], k
