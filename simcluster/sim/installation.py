"""From admission to service: crews rack and cable in steps, benches burn in, and what fails acceptance goes back."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Sequence

import simpy

from simcluster.core.rng import Luck
from simcluster.model.distributions import Law
from simcluster.model.scenario import Scenario
from simcluster.model.site import Site, Step
from simcluster.record.events import BurnInStarted, InstallEnded, InstallStarted, NodesReplaced, NodesReturned
from simcluster.record.log import EventLog
from simcluster.sim.campus import Consignment
from simcluster.sim.crew import Crew
from simcluster.sim.draws import duration
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.shedding import Shedding

Nodes = Sequence[int]
"""Nodes of an order, counted as they were admitted: the number addresses their luck, whatever batch they come in."""
Commission = Callable[[int, int, float], None]
"""Called with (order, nodes, hour of admission) when nodes enter service."""


class Installation:
    """The crews and benches of one site, each a queue of its own: first come, first served."""

    def __init__(
        self,
        env: KernelEnvironment,
        luck: Luck,
        log: EventLog,
        scenario: Scenario,
        site: Site,
        commission: Commission,
        shedding: Shedding | None = None,
    ) -> None:
        self._env, self._luck, self._log, self._scenario = env, luck, log, scenario
        self._commission, self._shedding = commission, shedding
        self._steps = [(step, Crew(step.lines, None, scenario.clock)) for step in site.install]
        self._bench_step = step = site.burn_in
        self._benches = None if step.lines is None else simpy.Resource(env, step.lines)
        self._admitted: Counter[int] = Counter()
        self._firsts: dict[int, list[int]] = defaultdict(list)
        self._hours_of: dict[int, list[float]] = defaultdict(list)

    def admit(self, consignment: Consignment, nodes: int) -> None:
        """Nodes of a consignment have a place: install them."""
        first = self._admitted[consignment.order]
        self._admitted[consignment.order] += nodes
        self._firsts[consignment.order].append(first)
        self._hours_of[consignment.order].append(self._env.now)
        self._pass_on(consignment.order, consignment.cluster, range(first, first + nodes), 0)

    def _pass_on(self, order: int, cluster: int, nodes: Nodes, number: int) -> None:
        """Hand nodes to a step of installation batch by batch, or to the benches after the last."""
        if number == len(self._steps):
            for batch in _batches(nodes, self._bench_step):
                self._env.process(self._burn_in(order, cluster, batch))
            return
        step, crew = self._steps[number]
        for batch in _batches(nodes, step):
            self._env.process(self._work(order, cluster, batch, number, crew))

    def _work(
        self, order: int, cluster: int, nodes: Nodes, number: int, crew: Crew
    ) -> Generator[simpy.Event, None, None]:
        env, step = self._env, self._steps[number][0]
        begin, end = crew.take_up(env.now, self._hours(f"install.{number}", order, nodes, step.duration))
        yield env.timeout(begin - env.now)
        self._log.add(InstallStarted(env.now, order, cluster, number, len(nodes)))
        yield env.timeout(end - env.now)
        self._log.add(InstallEnded(env.now, order, cluster, number, len(nodes)))
        self._pass_on(order, cluster, nodes, number + 1)

    def _burn_in(self, order: int, cluster: int, nodes: Nodes, attempt: int = 0) -> Generator[simpy.Event, None, None]:
        """Burn a batch in, and again what comes for those that are rejected."""
        env, log, row = self._env, self._log, self._scenario.orders[order]
        hours = self._hours(f"burn_in.{attempt}", order, nodes, self._bench_step.duration)
        bench = None if self._benches is None else self._benches.request()
        if bench is not None:
            yield bench
        log.add(BurnInStarted(env.now, order, cluster, len(nodes)))
        if self._shedding is None:
            yield env.timeout(hours)
        else:  # a bench without power stands still
            yield from self._shedding.burn_in(cluster, len(nodes), hours)
        if self._benches is not None and bench is not None:
            self._benches.release(bench)
        rejected = self._rejected(order, nodes, attempt)
        if len(nodes) > len(rejected):
            admitted = self._hours_of[order][bisect_right(self._firsts[order], nodes[0]) - 1]
            self._commission(order, len(nodes) - len(rejected), admitted)
        if rejected:
            log.add(NodesReturned(env.now, order, cluster, len(rejected), 1))
            yield env.timeout(self._hours(f"replaced.{attempt}", order, rejected, row.replacement))
            log.add(NodesReplaced(env.now, order, cluster, len(rejected), 1))
            yield from self._burn_in(order, cluster, rejected, attempt + 1)

    def _rejected(self, order: int, nodes: Nodes, attempt: int) -> Nodes:
        """Those of a batch that fail acceptance."""
        row = self._scenario.orders[order]
        if not row.rejected:
            return ()
        stream = self._luck.stream(f"procurement.rejected.{attempt}", row.name)
        return tuple(node for node in nodes if stream.at(node) < row.rejected)

    def _hours(self, quantity: str, order: int, nodes: Nodes, law: Law) -> float:
        """What a batch takes, by the luck of its first node."""
        return duration(self._luck, f"procurement.{quantity}", self._scenario.orders[order].name, nodes[0], law)


def _batches(nodes: Nodes, step: Step) -> list[Nodes]:
    """Nodes cut into batches of the step, the last one maybe smaller."""
    size = step.batch or len(nodes)
    return [nodes[first : first + size] for first in range(0, len(nodes), size)]
