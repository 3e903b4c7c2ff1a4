"""The one addition to SimPy's engine: a clock that moves in place while nothing else is due, and lazy alarms."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import simpy


class KernelEnvironment(simpy.Environment):
    """A SimPy environment whose calendar walker may advance the clock without queueing a timeout."""

    def __init__(self, in_place: bool = True) -> None:
        super().__init__()
        self.in_place = in_place

    def advance(self, hour: float) -> bool:
        """Move the clock to `hour` if nothing is queued up to it; otherwise the caller yields a timeout."""
        if self.in_place and self.peek() > hour:
            self._now = hour
            return True
        return False

    def call_at(self, hour: float, action: Callable[[], None]) -> None:
        """Run `action` at an hour (now, if it has passed).

        The clock then stands at `hour` to the last bit: now + (hour - now) may be one rounding away from it.
        """
        hour = max(hour, self.now)

        def ring(_: simpy.Event) -> None:
            self._now = hour
            action()

        timeout = self.timeout(hour - self.now)
        assert timeout.callbacks is not None
        timeout.callbacks.append(ring)


class Alarm:
    """Calls `action` at its target hour. A target moved later costs nothing until the earlier timeout expires."""

    __slots__ = ("_action", "_armed", "_env", "target")

    def __init__(self, env: KernelEnvironment, action: Callable[[], None]) -> None:
        self._env = env
        self._action = action
        self._armed = inf
        self.target = inf

    def set(self, hour: float) -> None:
        """Ring at `hour` instead of any earlier target; infinity means never."""
        self.target = hour
        if hour < self._armed:
            self._armed = hour
            self._env.call_at(hour, lambda: self._expire(hour))

    def _expire(self, armed: float) -> None:
        if armed == self._armed:
            self._armed = inf
        if self.target <= self._env.now:
            self.target = inf
            self._action()
        elif self.target < self._armed:
            self.set(self.target)
