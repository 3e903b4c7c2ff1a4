"""The battery of a site: what it gives or takes, and when it will be empty or full."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from simcluster.model.shortage import Battery
from simcluster.record.events import BatteryChanged
from simcluster.record.log import EventLog
from simcluster.sim.kernel import Alarm, KernelEnvironment


class Storage:
    """Energy stored, at a constant rate between two changes; `changed` is called when it runs empty or full."""

    def __init__(
        self, env: KernelEnvironment, log: EventLog, site: int, battery: Battery, changed: Callable[[], None]
    ) -> None:
        self._env, self._log, self._site, self._battery = env, log, site, battery
        self._alarm = Alarm(env, changed)
        self._stored, self._since = battery.energy, 0.0
        self._giving = self._taking = 0.0
        self._due, self._then = inf, 0.0

    @property
    def reserve_mw(self) -> float:
        """What it could give now, facility MW."""
        return self._battery.power if self._stored > 0 else 0.0

    def settle(self) -> None:
        """Bring what is stored up to now; at the hour at which it is due, it is empty or full to the last bit."""
        now = self._env.now
        taken = self._taking * self._battery.round_trip
        self._stored += (taken - self._giving) * (now - self._since)
        if now >= self._due:
            self._stored = self._then
        self._stored = min(max(self._stored, 0.0), self._battery.energy)
        self._since = now

    def balance(self, surplus_mw: float) -> None:
        """Give what is lacking (a negative surplus), or take of what is left over until full; settle before."""
        battery = self._battery
        giving = max(-surplus_mw, 0.0)
        taking = min(max(surplus_mw, 0.0), battery.power) if self._stored < battery.energy else 0.0
        self._due, self._then = inf, battery.energy
        if giving:
            self._due, self._then = self._env.now + self._stored / giving, 0.0
        elif taking:
            self._due = self._env.now + (battery.energy - self._stored) / (taking * battery.round_trip)
        self._alarm.set(self._due)
        if (giving, taking) != (self._giving, self._taking):
            self._giving, self._taking = giving, taking
            self._log.add(BatteryChanged(self._env.now, self._site, giving, taking, self._stored))
