"""What the nodes of a site draw at this hour, read off what they do; and the highest of it over whole windows.

A reading is taken once everything of an hour has happened, so that it is the draw of the accounts (`record/draw.py`),
saves of jobs counted as computing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple

from simcluster.model.hardware import Server
from simcluster.sim.clocked import Clocked
from simcluster.sim.fleet import Fleet
from simcluster.sim.shedding import Circuit

AFTER_ALL = 1 << 60
"""A number behind those of all nodes and jobs: of one hour, entries of the agenda under it come last."""


class Reading(NamedTuple):
    """IT kW that clocks do not change, and that they do, at full clocks; nameplate kW under power.

    `burning_kw` of the fixed part is burn-in. `until` is the next hour at which a failure that draws yet is noticed.
    """

    fixed_kw: float
    clocked_kw: float
    nameplate_kw: float
    burning_kw: float
    until: float = inf


class WatchedFleet(Fleet):
    """A fleet that tells when the number of its free nodes may have changed."""

    changed: Callable[[], None]

    def enter(self, nodes: range) -> None:
        """Nodes entered service."""
        super().enter(nodes)
        self.changed()

    def put_up(self, node: int) -> None:
        """A node came back."""
        super().put_up(node)
        self.changed()

    def put_down(self, node: int) -> int:
        """A node failed."""
        self.changed()
        return super().put_down(node)

    def take_one(self, owner: int) -> bool:
        """A free node was lent."""
        self.changed()
        return super().take_one(owner)

    def _seat_all(self, nodes: list[int], owner: int) -> None:
        super()._seat_all(nodes, owner)
        self.changed()


class Panel:
    """What the nodes of one cluster draw."""

    def __init__(self, circuit: Circuit, server: Server, runs: Sequence[Clocked]) -> None:
        self._circuit, self._runs = circuit, runs
        self._kw = kw = server.nameplate_kw
        restart = server.busy_draw if server.restart_draw is None else server.restart_draw
        self._busy_kw, self._idle_kw = kw * server.busy_draw, kw * server.idle_draw
        self._restart_kw = kw * min(restart, server.idle_draw), kw * max(restart - server.idle_draw, 0.0)

    def read(self, hour: float, serving: float, halted: bool) -> Reading:
        """The draw while so many nodes serve; `halted` burn-in draws nothing."""
        circuit, ward = self._circuit, self._circuit.ward
        burning = 0 if halted else circuit.burning
        working, restarting, waiting = serving, 0, 0.0
        for run in self._runs:
            computing, starting, held = run.doing
            working, restarting, waiting = working + computing, restarting + starting, waiting + held
        lit = ward.first_node + circuit.lit
        noticed = [
            case.detected for node, case in ward.workshop.cases.items() if case.detected > hour and 0 <= node < lit
        ]
        idle = waiting + len(ward.fleet.free) - serving + len(noticed)
        fixed_kw = self._busy_kw * burning + self._idle_kw * (idle + working) + self._restart_kw[0] * restarting
        clocked_kw = (self._busy_kw - self._idle_kw) * working + self._restart_kw[1] * restarting
        nameplate_kw, burning_kw = self._kw * (circuit.powered + burning), self._busy_kw * burning
        return Reading(fixed_kw, clocked_kw, nameplate_kw, burning_kw, min(noticed, default=inf))


class Meter:
    """The highest IT draw of a site since the last whole window began, and what came in too late for it.

    `committed_kw` = that draw, but for burn-in, + the busy draw of the nodes admitted that were not in service when the
    last whole window began + the busy draw of those that are dark. Whoever burnt in since then is among the second.
    Until a first window is over the draw is not counted, as the busy draw of all nodes is.
    """

    def __init__(self, busy_kw: list[float]) -> None:
        self.busy_kw = busy_kw
        self.admitted, self.dark = [0] * len(busy_kw), [0] * len(busy_kw)
        self._entered, self._before, self._covered = ([0] * len(busy_kw) for _ in range(3))
        self._now, self._highest, self._last = [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]
        self._windows = -1

    def enter(self, cluster: int, nodes: int) -> None:
        """Nodes of a cluster entered service."""
        self._entered[cluster] += nodes

    def leave(self, cluster: int, nodes: int) -> None:
        """Nodes of a cluster left for good: as far as may be those that the meter saw, whose draw it remembers."""
        self._entered[cluster] -= nodes
        self._before[cluster] = max(self._before[cluster] - nodes, 0)
        self._covered[cluster] = max(self._covered[cluster] - nodes, 0)

    def note(self, it_kw: float, burning_kw: float) -> None:
        """The IT draw from now on, and what of it is burn-in."""
        self._now = [it_kw, it_kw - burning_kw]
        self._highest = [max(pair) for pair in zip(self._highest, self._now, strict=True)]

    def turn(self) -> None:
        """A window is over and the next begins; the first begins at hour 0."""
        self._windows += 1
        self._last, self._highest = self._highest, self._now
        self._covered, self._before = self._before, list(self._entered)

    @property
    def highest_kw(self) -> float:
        """The highest IT draw since the last whole window began."""
        return max(self._highest[0], self._last[0])

    @property
    def committed_kw(self) -> float:
        """IT kW that no further node may count on."""
        unseen = zip(self.busy_kw, self.admitted, self._covered, self.dark, strict=True)
        seen_kw = max(self._highest[1], self._last[1]) if self._windows > 0 else 0.0
        return seen_kw + sum(kw * (admitted - covered + dark) for kw, admitted, covered, dark in unseen)
