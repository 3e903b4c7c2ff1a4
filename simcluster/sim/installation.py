"""From admission to service: crews rack and cable in steps, benches burn in, and what fails acceptance goes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator

import simpy

from simcluster.core.rng import Luck
from simcluster.model.scenario import Scenario
from simcluster.model.site import Site, Step
from simcluster.record.events import BurnInStarted, InstallEnded, InstallStarted, NodesReplaced, NodesReturned
from simcluster.record.log import EventLog
from simcluster.sim.campus import Consignment
from simcluster.sim.crew import Crew
from simcluster.sim.draws import duration, share
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.shedding import Shedding

Commission = Callable[[int, int], None]
"""Called with (order, nodes) when nodes enter service."""


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
        self._drawn: Counter[tuple[str, int]] = Counter()

    def admit(self, consignment: Consignment, nodes: int) -> None:
        """Nodes of a consignment have a place: install them."""
        self._pass_on(consignment.order, consignment.cluster, nodes, 0)

    def _pass_on(self, order: int, cluster: int, nodes: int, number: int) -> None:
        """Hand nodes to a step of installation batch by batch, or to the benches after the last."""
        if number == len(self._steps):
            for batch in _batches(nodes, self._bench_step):
                self._env.process(self._burn_in(order, cluster, batch))
            return
        step, crew = self._steps[number]
        for batch in _batches(nodes, step):
            self._env.process(self._work(order, cluster, batch, number, crew))

    def _work(
        self, order: int, cluster: int, nodes: int, number: int, crew: Crew
    ) -> Generator[simpy.Event, None, None]:
        env, step = self._env, self._steps[number][0]
        begin, end = crew.take_up(env.now, self._hours(f"procurement.install.{number}", order, step))
        yield env.timeout(begin - env.now)
        self._log.add(InstallStarted(env.now, order, cluster, number, nodes))
        yield env.timeout(end - env.now)
        self._log.add(InstallEnded(env.now, order, cluster, number, nodes))
        self._pass_on(order, cluster, nodes, number + 1)

    def _burn_in(self, order: int, cluster: int, nodes: int) -> Generator[simpy.Event, None, None]:
        """Burn a batch in, and again what comes for those that are rejected."""
        env, log, row = self._env, self._log, self._scenario.orders[order]
        hours = self._hours("procurement.burn_in", order, self._bench_step)
        bench = None if self._benches is None else self._benches.request()
        if bench is not None:
            yield bench
        log.add(BurnInStarted(env.now, order, cluster, nodes))
        if self._shedding is None:
            yield env.timeout(hours)
        else:  # a bench without power stands still
            yield from self._shedding.burn_in(cluster, nodes, hours)
        if self._benches is not None and bench is not None:
            self._benches.release(bench)
        rejected = share(
            self._luck, "procurement.rejected", row.name, self._next("rejected", order), nodes, row.rejected
        )
        if nodes > rejected:
            self._commission(order, nodes - rejected)
        if rejected:
            log.add(NodesReturned(env.now, order, cluster, rejected, 1))
            index = self._next("replaced", order)
            yield env.timeout(duration(self._luck, "procurement.replaced", row.name, index, row.replacement))
            log.add(NodesReplaced(env.now, order, cluster, rejected, 1))
            yield from self._burn_in(order, cluster, rejected)

    def _hours(self, quantity: str, order: int, step: Step) -> float:
        name = self._scenario.orders[order].name
        return duration(self._luck, quantity, name, self._next(quantity, order), step.duration)

    def _next(self, quantity: str, order: int) -> int:
        """How many draws of a quantity an order has had: batches of an order are drawn in the order of their coming."""
        self._drawn[quantity, order] += 1
        return self._drawn[quantity, order] - 1


def _batches(nodes: int, step: Step) -> list[int]:
    """Nodes cut into batches of the step, the last one maybe smaller."""
    size = step.batch or nodes
    whole, rest = divmod(nodes, size) if size else (0, 0)
    return [size] * whole + [rest] * (rest > 0)
