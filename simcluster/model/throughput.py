"""How fast a job computes: a measured utilisation, less the idle of its pipeline and what crossing pods costs."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simcluster.model.kind import Count, Fraction, Located, Name, Value, refuse

Share = Annotated[Fraction, Field(gt=0)]


def bubble(pipeline: int, microbatches: int, interleave: int = 1) -> float:
    """Share of a step in which a pipeline of p stages is idle: (p - 1) / (v m + p - 1), without unit.

    m microbatches, v chunks of layers a stage holds in turn; v = 1 is the schedule without interleaving
    (Huang et al. 2019, GPipe; Narayanan et al. 2021, arXiv 2104.04473).
    """
    return (pipeline - 1) / (interleave * microbatches + pipeline - 1)


class ThroughputRow(Value):
    """A catalog row: model FLOP of one kind of training over the peak that `flops` names.

    `mfu` is without pipeline bubble and on one pod; `pod_share` is the speed kept by a job on more than one.
    """

    title: str
    mfu: Share
    pod_share: Share
    flops: Literal["dense_bf16"] = "dense_bf16"
    known: date | None = None


class Throughput(Value):
    """The layout of a job over its GPUs: `data_parallel` replicas of a `pipeline`, on the speed of a catalog row.

    `global_batch` and `microbatch` are sequences; `network_share` replaces the row's `pod_share`.
    """

    base: Name
    pipeline: Count
    interleave: Count = 1
    global_batch: Count
    microbatch: Count = 1
    data_parallel: Count
    network_share: Share | None = None

    @model_validator(mode="after")
    def _divides(self) -> "Throughput":
        share = self.data_parallel * self.microbatch
        near = max(round(self.global_batch / share), 1) * share
        message = f"{self.global_batch} sequences are not whole microbatches of {self.microbatch}"
        whole = self.global_batch % share == 0
        at = ("global_batch",)
        refuse([] if whole else [Located(at, f"{message} on {self.data_parallel} replicas", f"for example {near}")])
        return self

    @property
    def microbatches(self) -> int:
        """Microbatches of a replica in a step: global batch / (replicas x microbatch)."""
        return self.global_batch // (self.data_parallel * self.microbatch)

    @property
    def bubble(self) -> float:
        """Share of a step in which the pipeline is idle, see `bubble`."""
        return bubble(self.pipeline, self.microbatches, self.interleave)

    def mfu(self, row: ThroughputRow, pods: int) -> float:
        """Model FLOP over the peak that the row counts against, for a job on so many pods, without unit.

        mfu = row mfu x (1 - bubble) x (share kept across pods, if there is more than one).
        """
        share = row.pod_share if self.network_share is None else self.network_share
        return row.mfu * (1 - self.bubble) * (share if pods > 1 else 1.0)


ThroughputRows = Annotated[dict[Name, ThroughputRow], Field(default_factory=dict)]
