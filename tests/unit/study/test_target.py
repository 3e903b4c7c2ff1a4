"""What must be true of an outcome, as it is written."""

from datetime import date

import numpy as np
import pytest

from simcluster.core.problems import ScenarioError
from simcluster.study.target import Target, target_of


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("npv_usd=0", Target("npv_usd", 0.0)),
        ("npv_usd=1.5 MUSD@P20", Target("npv_usd", 1.5e6, percent=20.0)),
        ("jobs.pilot.goodput=90%@p2.5", Target("jobs.pilot.goodput", 0.9, percent=2.5)),
        ("jobs.pilot.lost_hours = 2 days", Target("jobs.pilot.lost_hours", 48.0)),
        ("peak_drawn_mw=1.2 GW", Target("peak_drawn_mw", 1200.0)),
        ("usd_per_gpu_hour=2.5", Target("usd_per_gpu_hour", 2.5)),
        (
            "jobs.pilot.ready=2024-04-01@P80",
            Target("jobs.pilot.ready", float(date(2024, 4, 1).toordinal()), True, 80.0),
        ),
    ],
)
def test_a_target_is_read(text: str, target: Target) -> None:
    assert target_of(text) == target


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("npv_usd", "cannot be read"),
        ("=3", "cannot be read"),
        ("npv_usd=0@80", "cannot be read"),
        ("npv_usd=0@P100", "between P0 and P100"),
        ("npv_usd=7 MW", "expected an amount of money such as '270 kUSD', got a power (7 MW)"),
        ("usd_per_gpu_hour=7 USD", "expected a plain number"),
        ("npv_usd=nan", "not a finite number"),
    ],
)
def test_what_is_no_target_is_refused(text: str, said: str) -> None:
    with pytest.raises(ScenarioError) as error:
        target_of(text)
    assert said in str(error.value)
    assert str(error.value).startswith(f"--for {text}: ")


def test_what_did_not_come_is_later_than_all_and_an_undefined_number_is_left_out() -> None:
    values = np.array([3.0, np.nan, 1.0, 2.0, np.nan])
    late = target_of("jobs.pilot.ready=2024-04-01").estimate(values)
    margin = target_of("jobs.pilot.margin_days=0").estimate(values)
    number = target_of("jobs.pilot.mtbi_hours=0").estimate(values)
    assert late is not None
    assert margin is not None
    assert number is not None
    assert [(found.value, found.n) for found in (late, margin, number)] == [(3.0, 5), (1.0, 5), (2.0, 3)]
    assert target_of("jobs.pilot.mtbi_hours=0").estimate(np.full(3, np.nan)) is None


@pytest.mark.parametrize("outcome", ["npv_usd", "offset_last_quarter"])
def test_a_replica_in_which_nothing_earns_is_below_all_that_earn(outcome: str) -> None:
    found = target_of(f"{outcome}=0@P50").estimate(np.array([3.0, np.nan, 1.0, 2.0, np.nan]))
    assert found is not None
    assert (found.value, found.n) == (1.0, 5)
    assert target_of(f"{outcome}=0").estimate(np.full(3, np.nan)) is None
