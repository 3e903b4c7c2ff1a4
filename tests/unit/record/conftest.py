from pathlib import Path

import pytest

from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.levels import Levels
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"


@pytest.fixture(scope="session")
def small() -> Scenario:
    """The small scenario with a hundredfold failures, so that every state is seen."""
    scenario, _ = load(SMALL)
    profile = scenario.catalog.failures["llama3_h100"]
    causes = tuple(cause.model_copy(update={"rate": cause.rate * 100}) for cause in profile.causes)
    profiles = {"llama3_h100": profile.model_copy(update={"causes": causes})}
    return scenario.model_copy(update={"catalog": scenario.catalog.model_copy(update={"failures": profiles})})


@pytest.fixture(scope="session")
def small_log(small: Scenario) -> EventLog:
    return simulate(small, 1)


@pytest.fixture(scope="session")
def small_levels(small: Scenario, small_log: EventLog) -> Levels:
    return Levels(small, small_log)
