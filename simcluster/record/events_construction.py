"""Facts of construction; see `events` for what all facts have in common.

Tasks, equipment and halls are positions in their site's declared order. What was done before the scenario's start has a
negative hour.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskStarted:
    """A task was begun: all that it waits for was there, and its crew had a team free."""

    hour: float
    site: int
    task: int


@dataclass(frozen=True, slots=True)
class TaskFinished:
    """A task begun at `started_hour` was finished."""

    hour: float
    site: int
    task: int
    started_hour: float


@dataclass(frozen=True, slots=True)
class TaskCancelled:
    """A redesign ended a task: `progress`, the fraction of its work that was done, is above 0 if it was begun.

    `started_hour` is then when, and otherwise the hour of the redesign.
    """

    hour: float
    site: int
    task: int
    started_hour: float
    progress: float


@dataclass(frozen=True, slots=True)
class EquipmentOrdered:
    """Units of equipment were ordered at a price agreed that day."""

    hour: float
    site: int
    equipment: int
    units: int
    unit_price_usd: float


@dataclass(frozen=True, slots=True)
class EquipmentDelivered:
    """The units of equipment arrived."""

    hour: float
    site: int
    equipment: int
    units: int


@dataclass(frozen=True, slots=True)
class HallTested:
    """An integrated systems test of a hall ended: the round (from 0), and 1 if it was passed.

    From `ready_hour` (all there, or rework done) to `started_hour` it waited for a team.
    """

    hour: float
    site: int
    hall: int
    round: int
    ready_hour: float
    started_hour: float
    passed: int


@dataclass(frozen=True, slots=True)
class RetrofitStarted:
    """Work began on a hall that changes what racks it takes; `retrofit` is a position in the hall's declared order."""

    hour: float
    site: int
    hall: int
    retrofit: int


@dataclass(frozen=True, slots=True)
class RetrofitFinished:
    """A retrofit begun at `started_hour` was finished: the hall takes what it says from this hour on."""

    hour: float
    site: int
    hall: int
    retrofit: int
    started_hour: float
