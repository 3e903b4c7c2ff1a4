"""What outcomes a plan's replicas have, and what was meant by a name that none has."""

from pathlib import Path

import plans
import pytest

from simcluster.model.load import load
from simcluster.study.known_outcomes import hint_of, known_outcomes
from simcluster.study.run import run
from simcluster.study.sweep_frame import plan_of

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
ONE_OF = 'finance.wacc={one_of = [{label = "a", weight = 1, value = 0.1}, {label = "b", weight = 1, value = 0.2}]}'


def test_the_first_replica_tells_them_unless_it_fails_or_structure_differs() -> None:
    small, document = load(SMALL)
    assert known_outcomes(plan_of(small, document)) == list(run(small).outcomes)
    assert known_outcomes(plans.Faulty(small, bad=(0,))) is None
    assert known_outcomes(plan_of(*load(SMALL, [ONE_OF]))) is None


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("npv_us", "did you mean 'npv_usd'?"),
        ("ready", "did you mean 'jobs.pilot.ready' or 'jobs.flagship.ready'?"),
        ("x", "outcomes.json of a run lists them"),
    ],
)
def test_what_was_probably_meant_is_told(name: str, hint: str) -> None:
    assert hint_of(name, ["npv_usd", "jobs.pilot.ready", "jobs.flagship.ready"]) == hint
