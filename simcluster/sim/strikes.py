"""Interruptions a job brings on itself: software, watchdogs, dependencies; their clock runs while the job computes."""

from __future__ import annotations

from math import inf

from simcluster.core.rng import Luck
from simcluster.model.distributions import Exponential, draw
from simcluster.sim.plan import JobPlan


class OwnStrikes:
    """The next strike of a job by a cause of its own: exponential in computing hours at nodes x rate."""

    def __init__(self, luck: Luck, plan: JobPlan) -> None:
        self._causes = plan.own_causes
        self._rate_per_day = plan.nodes * sum(rate for _, rate in plan.own_causes)
        self._kind = luck.stream("training.cause", plan.name)
        mean = 24.0 / self._rate_per_day if self._causes else inf
        self._life = Exponential.model_construct(mean=mean)
        self._lives = luck.stream("training.life", plan.name)
        self._strikes = 0
        self.left_hours = draw(self._life, self._lives.at(0))

    def expose(self, computing_hours: float) -> None:
        """Take computing hours off the life that is left."""
        self.left_hours = max(self.left_hours - computing_hours, 0.0)

    def cause(self) -> int:
        """The cause of the coming strike, by weight; a position in the failure profile."""
        mark = self._kind.at(self._strikes) * sum(rate for _, rate in self._causes)
        for number, rate in self._causes:
            mark -= rate
            if mark <= 0:
                return number
        return self._causes[-1][0]

    def draw_next(self) -> None:
        """After a strike: the next life."""
        self._strikes += 1
        self.left_hours = draw(self._life, self._lives.at(self._strikes))
