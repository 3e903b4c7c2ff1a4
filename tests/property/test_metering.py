from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents, eventful, oversubscribed, validated

from simcluster.model.scenario import Scenario
from simcluster.record.draw import site_draw_mw
from simcluster.record.events import ClocksChanged
from simcluster.record.levels import Levels
from simcluster.record.spread import level_at
from simcluster.sim.clocks import Governor
from simcluster.sim.world import World

SCENARIOS = oversubscribed(st.one_of(documents(), eventful())).map(validated)


@settings(max_examples=60)
@given(SCENARIOS)
def test_the_meter_reads_what_the_accounts_find_at_every_instant(scenario: Scenario) -> None:
    readings: dict[int, list[tuple[float, float]]] = {site: [] for site in range(len(scenario.sites))}
    settle = Governor._settle

    def settled(governor: Governor, hour: float, *rest: int) -> None:
        settle(governor, hour, *rest)
        readings[governor.number].append((hour, governor.draw_mw))

    with patch.object(Governor, "_settle", settled):
        world = World(scenario, scenario.seed)
        world.begin()
        world.env.run(until=scenario.clock.horizon_hours)
    world.settle()
    levels = Levels(scenario, world.log)
    for site, governor in world.governors.items():
        hours, read = np.array(readings[site]).T
        drawn = site_draw_mw(scenario, levels, site, peak=True)
        assert level_at(hours, read, levels.hours)[:-1] == pytest.approx(drawn[:-1], rel=1e-9, abs=1e-12)
        assert 0.0 < governor.clock <= 1.0
    for fact in world.log.rows(ClocksChanged):
        over_cap = scenario.sites[fact.site].over_cap
        assert over_cap is not None
        assert over_cap.lowest_clock <= fact.clock <= 1.0
