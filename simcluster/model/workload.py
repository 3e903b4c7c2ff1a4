"""What runs: training jobs that need a gang of nodes, and background demand that takes the rest."""

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from simcluster.model.checkpoints import CheckpointPolicy
from simcluster.model.distributions import Duration
from simcluster.model.kind import Count, Flop, Fraction, Hours, Located, Name, Value, refuse
from simcluster.model.power import NO_DELAY


class Job(Value):
    """A synchronous training run: `work` at `mfu` of the gang's dense BF16 peak, restarted after each interruption.

    It starts when `earliest` has come, the jobs of `after` are done and the gang is free; the model is ready
    `post_training` later, against the `promised` day.
    """

    name: Name
    title: str = ""
    cluster: Name
    gpus: Count
    work: Flop
    mfu: Annotated[Fraction, Field(gt=0)]
    earliest: date
    after: tuple[Name, ...] = ()
    checkpoint: CheckpointPolicy
    restart: Hours
    post_training: Duration = NO_DELAY
    promised: date | None = None


class DemandStep(Value):
    """GPUs wanted from a day on."""

    start: date
    gpus: Annotated[int, Field(ge=0)]


class Background(Value):
    """Ranking, recommendation or inference load that runs on whatever training leaves free.

    It fills `clusters` in their order, up to its demand; earlier declared loads go first.
    """

    name: Name
    title: str = ""
    clusters: tuple[Name, ...] = Field(min_length=1)
    demand: tuple[DemandStep, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> "Background":
        refuse(
            [
                Located(("demand", k, "start"), "demand steps are not in order of date", "order them by start")
                for k in range(1, len(self.demand))
                if self.demand[k].start <= self.demand[k - 1].start
            ]
        )
        return self
