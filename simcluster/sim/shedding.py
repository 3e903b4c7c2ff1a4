"""A site that runs short of power: its battery rides through, and when that is not enough it sheds nodes.

As at admission, what counts is the most that the nodes under power can draw: those in service and in burn-in at their
busy draw, in the worst month of the PUE. While the sources give less, the battery gives the rest; what exceeds its
power at once, and all of the rest when it is empty, is shed: first burn-in, which stands still, then the nodes in
service of one cluster after another, the last ones first. Power that comes back goes to them in the opposite order.
"""

from __future__ import annotations

from collections.abc import Collection, Generator
from math import ceil
from typing import Any

import simpy

from simcluster.model.pue import most_per_nameplate
from simcluster.model.scenario import Scenario
from simcluster.record.events import NodesShed
from simcluster.record.log import EventLog
from simcluster.sim.battery import Storage
from simcluster.sim.commons import Darkness, Outage
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.sources import Sources
from simcluster.sim.wards import Ward
from simcluster.sim.workshop import Case

SLACK = 1 + 1e-9
"""What rounding may make of a load that fits exactly."""


class Circuit:
    """The nodes of one ward as loads: those from place `lit` on are dark."""

    def __init__(self, ward: Ward, mw: float) -> None:
        self.ward, self.mw = ward, mw
        self.lit, self.burning, self.since = ward.size, 0, 0.0
        self.there = bytearray(ward.size)
        self.powered = self.dark = 0
        self.noted: tuple[int, int, int] = (ward.first_node + ward.size, 0, 0)

    def enter(self, nodes: range) -> None:
        """Nodes entered service."""
        for node in nodes:
            place = node - self.ward.first_node
            self.there[place] = 1
            if place < self.lit:
                self.powered += 1
            else:
                self.dark += 1

    def leave(self, node: int) -> None:
        """A node that is under power left for good."""
        self.there[node - self.ward.first_node] = 0
        self.powered -= 1

    def move(self, lit: int) -> None:
        """Power reaches up to another place."""
        low, high = sorted((lit, self.lit))
        moved = sum(self.there[low:high]) * (1 if lit > self.lit else -1)
        self.lit, self.powered, self.dark = lit, self.powered + moved, self.dark - moved

    def place_after(self, nodes: int, first: int, step: int) -> int:
        """The place up to which so many nodes in service lie from `first` on, upwards or downwards."""
        place = first
        while nodes:
            nodes -= self.there[place if step > 0 else place - 1]
            place += step
        return place


class Shedding:
    """Keeps what the nodes of one site can draw within what its sources and its battery give."""

    def __init__(
        self,
        env: KernelEnvironment,
        log: EventLog,
        scenario: Scenario,
        supply: Sources,
        wards: list[Ward],
        dark: Darkness,
    ) -> None:
        self._env, self._log, self._darkness, self._supply = env, log, dark, supply
        site, cause = supply.site, scenario.shortage_cause
        self._newest_first = site.shedding == "newest_first"
        self._cause = cause
        self._circuits: dict[int, Circuit] = {}
        for ward in wards:
            server = scenario.server_of(ward.number)
            kw = server.nameplate_kw * most_per_nameplate(site.metered_pue, server.busy_draw)
            self._circuits[ward.number] = Circuit(ward, kw / 1000)
        self._shed: list[tuple[Circuit, Outage]] = []
        self._halted = False
        self._halt, self._resume = env.event(), env.event()
        self._battery = None
        if site.battery is not None:
            self._battery = Storage(env, log, supply.number, site.battery, self.decide)
        supply.changed = self.decide

    def enter(self, ward: Ward, nodes: range) -> None:
        """Nodes entered service."""
        circuit = self._circuits[ward.number]
        if not any(circuit.there):
            circuit.since = self._env.now
        circuit.enter(nodes)
        self.decide()

    def leave(self, ward: Ward, nodes: Collection[int]) -> None:
        """Nodes that are under power left for good; `decide` sees to what that changes."""
        for node in nodes:
            self._circuits[ward.number].leave(node)

    def burn_in(self, cluster: int, nodes: int, hours: float) -> Generator[simpy.Event, Any, None]:
        """Burn nodes in for so many hours under power."""
        circuit, env = self._circuits[cluster], self._env
        circuit.burning += nodes
        self.decide()
        while True:
            if self._halted:
                yield self._resume
            since, done = env.now, env.timeout(hours)
            yield env.any_of([done, self._halt])
            if done.processed:
                break
            hours = max(hours - (env.now - since), 0.0)
        circuit.burning -= nodes

    def decide(self) -> None:
        """Shed or bring back what the power of this hour asks for, and set the battery to the difference."""
        reserve = 0.0
        if self._battery is not None:
            self._battery.settle()
            reserve = self._battery.reserve_mw
        supply = self._supply.available_mw
        if self._load_mw() > (supply + reserve) * SLACK:
            self._reduce_to(supply + reserve)
        elif self._halted and self._load_mw() < supply:
            self._restore_up_to(supply)
        if self._battery is not None:
            surplus = supply - self._load_mw()
            self._battery.balance(0.0 if -surplus <= supply * (SLACK - 1) and surplus < 0 else surplus)
        for circuit in self._circuits.values():
            self._note(circuit)

    def _load_mw(self) -> float:
        return sum(
            (circuit.powered + (0 if self._halted else circuit.burning)) * circuit.mw
            for circuit in self._circuits.values()
        )

    def _of_burn_in_mw(self) -> float:
        return sum(circuit.burning * circuit.mw for circuit in self._circuits.values())

    def _order(self) -> list[Circuit]:
        circuits = list(self._circuits.values())
        if self._newest_first:
            return sorted(circuits, key=lambda circuit: (circuit.since, circuit.ward.number), reverse=True)
        return circuits

    def _reduce_to(self, mw: float) -> None:
        if not self._halted:
            self._halted, self._resume = True, self._env.event()
            self._halt.succeed()
        for circuit in self._order():
            excess = self._load_mw() - mw * SLACK
            if excess > 0 and circuit.powered:
                nodes = min(ceil(excess / circuit.mw), circuit.powered)
                everything = nodes == circuit.powered
                self._darken(circuit, 0 if everything else circuit.place_after(nodes, circuit.lit, -1))

    def _darken(self, circuit: Circuit, lit: int) -> None:
        hour, ward, first = self._env.now, circuit.ward, circuit.ward.first_node
        outage = Outage(self._cause, hour, range(first + lit, first + circuit.lit), None, hour)
        circuit.move(lit)
        self._shed.append((circuit, outage))
        lost = self._darkness.fall(hour, ward, outage)
        for owner, nodes in sorted(lost.items()):
            self._darkness.jobs.strikes[owner](hour, tuple(nodes), self._cause, 0.0)

    def _restore_up_to(self, mw: float) -> None:
        while self._shed:
            circuit, outage = self._shed[-1]
            first = circuit.ward.first_node
            place = outage.nodes[-1] + 1 - first
            room = int((mw * SLACK - self._load_mw()) / circuit.mw)
            if room < sum(circuit.there[circuit.lit : place]):
                place = circuit.place_after(room, circuit.lit, 1)
            if place == circuit.lit:
                return
            self._relight(circuit, place)
        if self._load_mw() + self._of_burn_in_mw() <= mw * SLACK:
            self._halted, self._halt = False, self._env.event()
            self._resume.succeed()

    def _relight(self, circuit: Circuit, lit: int) -> None:
        hour, ward = self._env.now, circuit.ward
        _, outage = self._shed.pop()
        kept = lit - circuit.lit
        if kept < len(outage.nodes):
            self._shed.append((circuit, self._darkness.split(ward, outage, kept)))
        circuit.move(lit)
        done = Case(self._cause, outage.since, outage.since, hour, hour, hour)
        self._darkness.lift(hour, ward, outage, done)

    def _note(self, circuit: Circuit) -> None:
        burning = circuit.burning if self._halted else 0
        level = (circuit.ward.first_node + circuit.lit, circuit.dark, burning)
        if level != circuit.noted:
            circuit.noted = level
            self._log.add(NodesShed(self._env.now, circuit.ward.number, *level))
