"""The short way: nodes that fail at constant rates, are noticed after the same time always, and need only a technician.

It does what the failure calendar and the workshop do, in two functions without an object a failure: nearly all
failures of large clusters go this way. A test holds that both ways give the same facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcluster.record.events import Mended, NodeFailed, RepairEnded
from simcluster.record.log import EventLog
from simcluster.sim.crew import Crew
from simcluster.sim.fleet import NOBODY
from simcluster.sim.kernel import KernelEnvironment
from simcluster.sim.lots import SteadyLot

if TYPE_CHECKING:
    from simcluster.sim.failures import Jobs

Row = tuple[float, ...]
GOOD = float(Mended.GOOD)


class ShortWay:
    """Failures and returns of the nodes of one ward, whose lots are all steady."""

    def __init__(
        self,
        env: KernelEnvironment,
        log: EventLog,
        crew: Crew,
        detection_hours: float,
        jobs: Jobs,
        lots: list[SteadyLot],
    ) -> None:
        self._plan, self._crew, self._detection_hours = env.plan, crew, detection_hours
        self._strikes, self._jobs = jobs.strikes, jobs.total
        self._lots = {lot.number: lot for lot in lots}
        self._write_failed, self._write_ended = log.writer(NodeFailed), log.writer(RepairEnded)
        self._rows: dict[int, Row] = {}
        self.fail_at, self._back_at = env.enlist(self._fail), env.enlist(self._come_back)

    def _fail(self, hour: float, node: int, lot_number: int) -> None:
        lot = self._lots[lot_number]
        page, k = lot.strike(node - lot.first_node, hour)
        ward, cause = lot.ward, page.causes[k]
        owner = ward.fleet.put_down(node)
        self._write_failed((hour, node, ward.number, cause, owner if owner < self._jobs else NOBODY))
        detected = hour + self._detection_hours
        begun, back = self._crew.take_up(detected, page.repairs[k])
        self._rows[node] = (back, node, ward.number, cause, hour, detected, detected, detected, begun, back, GOOD)
        self._plan(back, node, self._back_at, lot_number)
        if owner != NOBODY:
            self._strikes[owner](hour, (node,), cause, self._detection_hours)

    def _come_back(self, hour: float, node: int, lot_number: int) -> None:
        lot = self._lots[lot_number]
        self._write_ended(self._rows.pop(node))
        ward, place = lot.ward, node - lot.first_node
        ward.fleet.put_up(node)
        self._plan(lot.resume(place, hour), node, self.fail_at, lot_number)
        if ward.queue.is_waited_for:
            ward.queue.serve()

    def settle_at_horizon(self, horizon: float) -> None:
        """Write down the repairs that are still under way."""
        for node in sorted(self._rows):
            _, _, ward, cause, *hours, _ = self._rows[node]
            steps = (min(hour, horizon) for hour in hours)
            self._write_ended((horizon, node, ward, cause, *steps, float(Mended.UNDER_WAY)))
