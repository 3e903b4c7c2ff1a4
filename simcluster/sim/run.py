"""One run: build the world of a scenario, let it unfold to the horizon, return its facts."""

from __future__ import annotations

import logging

from simcluster.model.scenario import Scenario
from simcluster.record.log import EventLog
from simcluster.sim.world import World

logger = logging.getLogger(__name__)


def simulate(scenario: Scenario, seed: int, in_place: bool = True) -> EventLog:
    """Simulate a scenario: the facts of one run, the same to the last bit for the same scenario and seed.

    `in_place` off makes every entry of the agenda an event of SimPy's as well; the facts are the same, slower.
    """
    world = World(scenario, seed, in_place)
    world.begin()
    world.env.run(until=scenario.clock.horizon_hours)
    world.settle()
    logger.info("simulated %s with seed %d: %d facts", scenario.name, seed, world.log.total)
    return world.log
