"""Facts of training jobs; see `events` for what all facts have in common."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Held(IntEnum):
    """Why a job holds nodes without computing."""

    DETECTING = 0
    STALLED = 1
    RESTARTING = 2
    SELECTING = 3
    REGROUPING = 4
    BACKING_OFF = 5


@dataclass(frozen=True, slots=True)
class JobStarted:
    """A job took its gang."""

    hour: float
    job: int
    cluster: int
    nodes: int


@dataclass(frozen=True, slots=True)
class SegmentEnded:
    """A stretch of computing on `nodes` ended: its wall hours are useful + checkpoint + lost + slowed.

    Slowed are the hours that stragglers, missing replicas, nodes without a group and low clocks took. The work done is
    useful_hours x nodes / gang, in hours of the undisturbed gang.
    """

    hour: float
    job: int
    since_hour: float
    nodes: int
    useful_hours: float
    checkpoint_hours: float
    lost_hours: float
    slowed_hours: float


@dataclass(frozen=True, slots=True)
class JobHeld:
    """A stretch in which a job held nodes without computing ended; `state` is a `Held`."""

    hour: float
    job: int
    since_hour: float
    nodes: int
    state: int


@dataclass(frozen=True, slots=True)
class JobInterrupted:
    """A job was stopped: by a node's failure (`node` >= 0), by a cause of its own, or by plan (`PLANNED`)."""

    hour: float
    job: int
    node: int
    cause: int


@dataclass(frozen=True, slots=True)
class RestartFailed:
    """A restart of a job failed, for the `attempt`-th time in a row (from 1)."""

    hour: float
    job: int
    attempt: int


@dataclass(frozen=True, slots=True)
class ReplicasChanged:
    """A data-parallel group dropped out of a job or came back; `replicas` are at work from now on."""

    hour: float
    job: int
    node: int
    cause: int
    replicas: int


@dataclass(frozen=True, slots=True)
class StandbysChanged:
    """Warm standbys that a job holds from this hour on (a level); `swapped` of them have just gone into its gang."""

    hour: float
    job: int
    nodes: int
    swapped: int


@dataclass(frozen=True, slots=True)
class StateCorrupted:
    """A job's state was corrupted unnoticed; what it computes until `found_hour` is lost."""

    hour: float
    job: int
    node: int
    cause: int
    found_hour: float


@dataclass(frozen=True, slots=True)
class JobFinished:
    """A job's work was done and its nodes were released."""

    hour: float
    job: int
    useful_hours: float


@dataclass(frozen=True, slots=True)
class ModelReady:
    """A model was released after post-training."""

    hour: float
    job: int
