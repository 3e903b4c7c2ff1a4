"""Where a delivered GPU can be: every GPU-hour is in exactly one of these states."""

from __future__ import annotations

from enum import StrEnum


class GpuState(StrEnum):
    """States of a GPU from delivery on."""

    WAITING_HALL = "waiting_hall"
    WAITING_POWER = "waiting_power"
    WAITING_NETWORK = "waiting_network"
    WAITING_CREW = "waiting_crew"
    RETURNED = "returned"
    INSTALLING = "installing"
    BURN_IN = "burn_in"
    BURN_IN_HALTED = "burn_in_halted"
    IDLE = "idle"
    STANDBY = "standby"
    SERVING = "serving"
    PRODUCTIVE = "productive"
    CHECKPOINTING = "checkpointing"
    LOST_WORK = "lost_work"
    SLOWED = "slowed"
    THROTTLED = "throttled"
    RESTARTING = "restarting"
    STALLED = "stalled"
    DETECTING = "detecting"
    WAITING_REPAIR = "waiting_repair"
    REPAIRING = "repairing"
    MAINTENANCE = "maintenance"
    UNPOWERED = "unpowered"
    RETIRED = "retired"


STATES: tuple[GpuState, ...] = tuple(GpuState)
USEFUL = (GpuState.PRODUCTIVE, GpuState.SERVING)
