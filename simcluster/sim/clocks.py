"""A site that reads its meter: over what its sources and its battery give it throttles clocks, and sheds what is left.

The draw is judged once everything of an hour has happened, at the PUE of the month. The battery gives first, then
clocks go down to the highest at which the draw fits; they come back with supply or when less is drawn. What would not
fit at the lowest clock is shed as by `Shedding`, down to what cannot go over at that clock whatever nodes do.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Generator, Sequence
from math import inf
from typing import Any

import simpy

from simcluster.model.admission import Measured, Shed
from simcluster.model.pue import most_per_nameplate, slopes
from simcluster.model.scenario import Scenario
from simcluster.record.events import ClocksChanged
from simcluster.record.log import EventLog
from simcluster.sim.clocked import Clocked
from simcluster.sim.commons import Darkness
from simcluster.sim.kernel import Alarm, KernelEnvironment
from simcluster.sim.metering import AFTER_ALL, Meter, Panel, Reading
from simcluster.sim.serving import Serving
from simcluster.sim.shedding import SLACK, Shedding
from simcluster.sim.sources import Sources
from simcluster.sim.strikes import nothing
from simcluster.sim.wards import Ward


class Governor(Shedding):
    """Keeps what the nodes of one site draw within what its sources and its battery give.

    `draw_mw` is what it draws from the last reading on, facility MW; `clock` the clock from then on.
    """

    def __init__(
        self,
        env: KernelEnvironment,
        log: EventLog,
        scenario: Scenario,
        supply: Sources,
        wards: list[Ward],
        dark: Darkness,
        runs: Sequence[Clocked],
        serving: Serving,
    ) -> None:
        super().__init__(env, log, scenario, supply, wards, dark)
        site, clock = supply.site, scenario.clock
        self.runs, self._serving = runs, serving
        self.number, self._over_cap = supply.number, site.over_cap or Shed()
        self._least = self._over_cap.above_idle(self._over_cap.lowest_clock)
        self.clock, self.draw_mw = 1.0, 0.0
        self._pending = False
        self._settle_at, self._turn_at = env.enlist(self._settle), env.enlist(self._turn)
        self._notice = Alarm(env, self.decide)
        self._edges, self._slopes = clock.month_edges, slopes(site.metered_pue)
        self._months = [month.month - 1 for month in clock.months]
        servers = [scenario.server_of(k) for k in range(len(scenario.clusters))]
        self.meter = Meter([server.nameplate_kw * server.busy_draw for server in servers])
        self._panels: dict[int, Panel] = {}
        self._burning_mw = {number: circuit.mw for number, circuit in self._circuits.items()}
        for number, circuit in self._circuits.items():
            server = servers[number]
            lowest = server.idle_draw + (server.busy_draw - server.idle_draw) * self._least
            circuit.mw = server.nameplate_kw * most_per_nameplate(site.metered_pue, lowest) / 1000
            self._panels[number] = Panel(circuit, server, [run for run in runs if run.cluster == number])
        self._window = site.admission.window if isinstance(site.admission, Measured) else inf
        self._tripped_mw = 0.0
        self._forget = Alarm(env, self._forgive)
        self.let_in: Callable[[], None] = nothing

    def start(self) -> None:
        """Read the meter at the start, at each month's edge where the PUE changes, and at each end of a window."""
        self.decide()
        for hour in self._edges if self._supply.site.metered_pue.depends_on_nameplate else ():
            self._env.plan(hour, AFTER_ALL, self._settle_at)
        if self._window < inf:
            self._env.plan(self._env.now, AFTER_ALL, self._turn_at)

    def decide(self) -> None:
        """Something may have changed: read the meter when everything of this hour has happened."""
        if not self._pending:
            self._pending = True
            self._env.plan(self._env.now, AFTER_ALL, self._settle_at)

    def enter(self, ward: Ward, nodes: range) -> None:
        """Nodes entered service."""
        super().enter(ward, nodes)
        self.meter.enter(ward.number, len(nodes))

    def leave(self, ward: Ward, nodes: Collection[int]) -> None:
        """Nodes left for good."""
        super().leave(ward, nodes)
        self.meter.leave(ward.number, len(nodes))

    def burn_in(self, cluster: int, nodes: int, hours: float) -> Generator[simpy.Event, Any, None]:
        """Burn nodes in for so many hours under power, at full clocks."""
        yield from super().burn_in(cluster, nodes, hours)
        self.decide()

    def _settle(self, hour: float, _number: int, _detail: int) -> None:
        """Set clocks, darkness and battery to what is drawn and given from this hour on."""
        self._pending = False
        reserve, reading = 0.0, self._read(hour)
        if self._battery is not None:
            self._battery.settle()
            reserve = self._battery.reserve_mw
        supply = self._supply.available_mw
        most = supply + reserve
        if self._sheds(hour, reading, most) or (self._halted and self._relights(supply)):
            self.decide()
            return
        self._set_clock(hour, self._clock_for(hour, reading, most))
        share = self._over_cap.above_idle(self.clock)
        self.draw_mw = self._facility_mw(hour, reading, share)
        self.meter.note(reading.fixed_kw + reading.clocked_kw * share, reading.burning_kw)
        self._notice.set(reading.until)
        if self._battery is not None:
            surplus = supply - self.draw_mw
            self._battery.balance(0.0 if abs(surplus) <= supply * (SLACK - 1) else surplus)
        for number, circuit in self._circuits.items():
            self._note(circuit)
            self.meter.dark[number] = circuit.dark

    def _read(self, hour: float) -> Reading:
        serving = self._serving.nodes() if self._serving.loads else None
        parts = [
            panel.read(hour, 0.0 if serving is None else serving[number], self._halted)
            for number, panel in self._panels.items()
        ]
        if not parts:
            return Reading(0.0, 0.0, 0.0, 0.0)
        *amounts, until = zip(*parts, strict=True)
        fixed_kw, clocked_kw, nameplate_kw, burning_kw = (sum(column) for column in amounts)
        return Reading(fixed_kw, clocked_kw, nameplate_kw, burning_kw, min(until))

    def _of_month(self, hour: float) -> tuple[float, float]:
        month = min(bisect_right(self._edges, hour), len(self._months)) - 1
        return self._slopes[self._months[month]]

    def _facility_mw(self, hour: float, reading: Reading, above_idle: float) -> float:
        of_it, of_nameplate = self._of_month(hour)
        it_kw = reading.fixed_kw + reading.clocked_kw * above_idle
        return (it_kw * of_it + reading.nameplate_kw * of_nameplate) / 1000

    def _clock_for(self, hour: float, reading: Reading, most_mw: float) -> float:
        """The highest clock at which the draw fits."""
        if not reading.clocked_kw or self._facility_mw(hour, reading, 1.0) <= most_mw * SLACK:
            return 1.0
        of_it, of_nameplate = self._of_month(hour)
        it_kw = (most_mw * 1000 - reading.nameplate_kw * of_nameplate) / of_it
        return self._over_cap.clock_at((it_kw - reading.fixed_kw) / reading.clocked_kw)

    def _set_clock(self, hour: float, clock: float) -> None:
        if clock == self.clock:
            return
        self.clock = clock
        self._log.add(ClocksChanged(hour, self._supply.number, clock))
        self._pending = True  # a job that changes its speed goes on doing what it does
        for run in self.runs:
            run.clock = clock
            run.slowed()
        self._pending = False

    def _sheds(self, hour: float, reading: Reading, most_mw: float) -> bool:
        """Shed what could not run at the lowest clock, and remember at what power that happened."""
        if self._facility_mw(hour, reading, self._least) <= most_mw * SLACK:
            return False
        if self._window < inf:
            self._tripped_mw = max(self._tripped_mw, most_mw)
            self._forget.set(hour + self._window)
        before = self._lit()
        self._reduce_to(most_mw)
        return before != self._lit()

    def _forgive(self) -> None:
        self._tripped_mw = 0.0
        self.decide()

    def _relights(self, supply_mw: float) -> bool:
        """Bring back what cannot go over at the lowest clock; where the meter admits, all that it has shown to fit.

        The meter is not trusted at a power at which the site went over within the last window.
        """
        load = budget = self._load_mw()
        trusted = supply_mw > self._tripped_mw * SLACK and self._window < inf
        if trusted and self.meter.highest_kw * self._supply.site.pue_peak / 1000 <= supply_mw * SLACK:
            budget += sum(circuit.dark * circuit.mw for circuit in self._circuits.values()) + self._of_burn_in_mw()
        budget = max(budget, supply_mw)
        if load >= budget:
            return False
        before = self._lit()
        self._restore_up_to(budget)
        return before != self._lit()

    def _lit(self) -> list[int]:
        """How far the power reaches in each cluster, and whether in burn-in."""
        return [*(circuit.lit for circuit in self._circuits.values()), -self._halted]

    def _load_mw(self) -> float:
        """The most that nodes can draw at the lowest clock, in the worst month."""
        return sum(circuit.powered * circuit.mw for circuit in self._circuits.values()) + (
            0.0 if self._halted else self._of_burn_in_mw()
        )

    def _of_burn_in_mw(self) -> float:
        return sum(circuit.burning * self._burning_mw[number] for number, circuit in self._circuits.items())

    def _turn(self, hour: float, _number: int, _detail: int) -> None:
        """A window is over: let in what waits, as far as the meter allows."""
        self.meter.turn()
        self._env.plan(hour + self._window, AFTER_ALL, self._turn_at)
        self.let_in()
