"""What runs: training jobs that need a gang of nodes, and background demand that takes the rest."""

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from simcluster.model.checkpoints import CheckpointPolicy
from simcluster.model.distributions import Duration
from simcluster.model.kind import Count, Flop, Fraction, Located, Name, Value, refuse
from simcluster.model.policies import FaultTolerance, Replacement, RestartAll, RestartTime, Retry
from simcluster.model.power import NO_DELAY
from simcluster.model.throughput import Throughput


class Job(Value):
    """A training run: `work` at `mfu` of the gang's dense BF16 peak, interrupted, mended and restarted.

    It starts when `earliest` has come, the jobs of `after` are done and the gang is free; the model is ready
    `post_training` later, against the `promised` day. What an interruption costs follows from `checkpoint`, `restart`,
    `fault_tolerance`, `replacement` and `retry`. The MFU is given, or follows from how the job is laid out
    (`throughput`).
    """

    name: Name
    title: str = ""
    cluster: Name
    gpus: Count
    work: Flop
    mfu: Annotated[Fraction, Field(gt=0)] | None = None
    throughput: Throughput | None = None
    earliest: date
    after: tuple[Name, ...] = ()
    checkpoint: CheckpointPolicy
    restart: RestartTime
    fault_tolerance: FaultTolerance = RestartAll()
    replacement: Replacement = Replacement()
    retry: Retry = Retry()
    post_training: Duration = NO_DELAY
    promised: date | None = None

    @model_validator(mode="after")
    def _computes(self) -> "Job":
        hint = "give mfu = 0.4, or a table throughput"
        given = (self.mfu is not None) + (self.throughput is not None)
        refuse([] if given == 1 else [Located(("mfu",), "a job has exactly one of mfu and throughput", hint)])
        return self


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
