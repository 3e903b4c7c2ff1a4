from pathlib import Path

import pytest

from simcluster.model.document import read_document
from simcluster.model.scenario import Scenario
from simcluster.record.levels import Levels
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"


@pytest.fixture(scope="session")
def small() -> Scenario:
    """The small scenario with a hundredfold failures, stragglers, standbys and maintenance, so that all is seen."""
    document = read_document(SMALL).values
    causes = document["catalog"]["failures"]["llama3_h100"]["causes"]
    for cause in causes:
        number, unit = cause["rate"].split(" ", 1)
        cause["rate"] = f"{100 * float(number)!r} {unit}"
    slow = {"name": "straggler", "scope": "node", "rate": "0.02 / day", "slows": 0.9, "detection": "9 hours"}
    causes.append({**slow, "repair": "2 hours"})
    (cluster,) = document["clusters"]
    cluster["repair"] |= {"technicians": 2, "retirement": {"failures": 22, "window": "50 days"}}
    cluster["maintenance"] = {"every": "6 days", "duration": "8 hours", "domain": "rack"}
    document["jobs"][0]["replacement"] = {"standbys": 1, "swap": "1 min", "pull": "10 min"}
    cluster["kit"] = ["leaf"]
    kit = {"name": "leaves", "cluster": cluster["name"], "item": "leaf", "gpus": 240, "price": "1 USD", "deposit": 0.0}
    document["kits"] = [{**kit, "placed": document["orders"][0]["placed"], "lead_time": "90 days"}]
    (site,) = document["sites"]
    site["install"] = {"duration": "3 days", "lines": 1, "batch": 3}
    for order in document["orders"]:
        order |= {"dead_on_arrival": 0.2, "rejected": 0.2, "replacement": "4 days"}
    return Scenario.model_validate(document)


@pytest.fixture(scope="session")
def small_log(small: Scenario) -> EventLog:
    return simulate(small, 1)


@pytest.fixture(scope="session")
def small_levels(small: Scenario, small_log: EventLog) -> Levels:
    return Levels(small, small_log)
