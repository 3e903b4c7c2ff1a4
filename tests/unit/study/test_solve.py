"""What must be true, against closed forms."""

from math import exp
from pathlib import Path

import numpy as np
import pytest

from simcluster.core.problems import ScenarioError
from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate
from simcluster.study import repricing
from simcluster.study.crew import Alone
from simcluster.study.intervals import Estimate, percentile
from simcluster.study.run import run
from simcluster.study.solve import NotBracketedError, Trial, against_course, solve
from simcluster.study.sweep_frame import plan_of
from simcluster.study.variants import trials

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"
DISTURBED = Path(__file__).parent / "disturbed.toml"
MARGIN = "revenue.contribution_margin"
N = 6
"""The fewest replicas whose median has an interval: its ends are the least and the greatest."""


def test_required_revenue_is_cost_over_margin() -> None:
    """offset = margin x revenue / cost: 1 where the margin is its present value over the present offset.

    So in each replica, hence of every percentile, and the interval is carried over in the same way.
    """
    found = solve(SMALL, MARGIN, "offset_2024=1@P50", between="0.65:0.8", within="0.01", replicas=N)
    (now,) = trials([plan_of(*load(SMALL))], N, Alone())
    offset = percentile(now.outcome("offset_2024"), 0.5)
    required, earned = now.outcome("required_revenue_usd_2024"), now.outcome("attributed_revenue_usd_2024")
    assert found.value == pytest.approx(0.8 / offset.value, rel=1e-6)
    assert found.value == pytest.approx(0.8 * np.median(required / earned), rel=0.01)
    low, high = 0.8 / offset.high, 0.8 / offset.low
    assert low - found.knob.step <= found.low <= low < high <= found.high <= high + found.knob.step
    assert (found.n, found.against) == (N, ())
    ratios = [trial.estimate.value / trial.x for trial in found.trials]
    assert ratios == pytest.approx([ratios[0]] * len(ratios), rel=1e-6), "not the same replicas for each value"


def test_what_changes_no_fact_is_simulated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    simulated: list[int] = []

    def counted(scenario: Scenario, seed: int) -> EventLog:
        simulated.append(seed)
        return simulate(scenario, seed)

    monkeypatch.setattr(repricing, "simulate", counted)
    found = solve(SMALL, MARGIN, "npv_usd=0", replicas=1)
    assert simulated == [load(SMALL)[0].seed]
    assert len(found.trials) > 2
    for trial in found.bracket:
        again = run(load(SMALL, [f"{MARGIN}={found.knob.written(trial.x)}"])[0])
        assert trial.estimate.value == again.outcomes["npv_usd"]
    keys = (
        "finance.wacc",
        "company.plan[2024].rest_costs",
        "revenue.lift.ceiling",
        "sites.campus.pue_peak",
        "budgets[2024].amount",
    )
    assert [repricing.is_financial(key) for key in keys] == [True, True, True, False, False]


def test_the_price_of_power_at_which_npv_is_zero() -> None:
    """NPV falls with the price on a line, which two other runs give."""
    key = "sites[campus].power[utility].price"
    found = solve(SMALL, key, "npv_usd=0", between="0.05 USD/kWh:4 USD/kWh", within="0.01 USD/kWh", replicas=1)
    free, dear = (float(run(load(SMALL, [f"{key}={price} USD/kWh"])[0]).outcomes["npv_usd"] or 0) for price in (1, 2))
    assert found.value == pytest.approx(1 + free / (free - dear), rel=1e-4)
    assert (found.low, found.high) == (-np.inf, np.inf)


def efficiency(tau: float, rate_per_day: float) -> float:
    """Work over wall of a long run: tau over the mean time of a segment of work and checkpoint.

    40 nodes; checkpoint 0.5 hours. The job's own causes strike only while it computes or saves, so that detection and
    restart, 1.25 hours together, are a downtime D: E[T] = (M + D) (exp((tau + d) / M) - 1).
    """
    mtbf = 24 / (40 * rate_per_day)
    return tau / ((mtbf + 1.25) * (exp((tau + 0.5) / mtbf) - 1))


def test_the_longest_interval_of_checkpoints_for_an_ettr() -> None:
    goal = efficiency(10.0, 0.03)
    found = solve(
        DISTURBED,
        "jobs[run].checkpoint.interval",
        f"jobs.run.ettr={goal}",
        between="7 hours:13 hours",
        within="0.5 hours",
        replicas=N,
    )
    assert found.low <= 10.0 <= found.high
    assert found.value == pytest.approx(10.0, rel=0.05)
    assert efficiency(found.high, 0.03) > 0.95 * goal, "too wide to tell"
    assert efficiency(found.low, 0.03) < 1.05 * goal, "too wide to tell"


@pytest.mark.parametrize("margin", [0.65, 0.8])
def test_an_end_at_which_the_target_is_reached_is_the_answer(margin: float) -> None:
    npv = run(load(SMALL, [f"{MARGIN}={margin}"])[0]).outcomes["npv_usd"]
    found = solve(SMALL, MARGIN, f"npv_usd={npv!r}", between="0.65:0.8", replicas=1)
    assert found.value == pytest.approx(margin)


def test_ends_on_one_side_are_told_with_their_values() -> None:
    with pytest.raises(NotBracketedError) as error:
        solve(SMALL, MARGIN, "npv_usd=1 GUSD", replicas=1)
    low, high = error.value.ends
    assert (low.x, high.x) == (0.4, 1.0)
    assert low.estimate.value < high.estimate.value < 1e9


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("npv_us=0", "did you mean 'npv_usd'?"),
        ("npv_usd=2024-01-01", "the outcome is a number, not a date"),
        ("jobs.pilot.ready=4", "the outcome is a date"),
    ],
)
def test_a_target_that_no_run_has_is_refused(target: str, said: str) -> None:
    with pytest.raises(ScenarioError) as error:
        solve(SMALL, MARGIN, target, replicas=1)
    assert said in str(error.value)


def test_what_moves_against_its_course_is_found() -> None:
    ran = tuple(Trial(k, float(k), Estimate(y, y, y, 1, 0.95), 0) for k, y in enumerate((1.0, 3.0, 2.0, 2.0, 4.0)))
    assert against_course(ran) == ((ran[1], ran[2]),)
    assert against_course(tuple(reversed(ran))) == ((ran[2], ran[1]),)
    assert against_course(ran[2:]) == ()
