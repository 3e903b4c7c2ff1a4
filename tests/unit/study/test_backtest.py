"""Backtests: what a row says, and that Llama 3's predicted rows hold."""

from dataclasses import replace

import pytest

from simcluster.model.load import load
from simcluster.model.packaged import packaged_scenario
from simcluster.record.events import JobHeld, SegmentEnded
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate
from simcluster.study.backtest import AT_LEAST, INSIDE, Case, Claim, Part, Row, cases, holds, within
from simcluster.study.backtest_llama3 import COUNTS, LLAMA3_405B, effective_time, figures

ROW = Row("x", 10.0, 9.0, 0.5, 8.0, 11.0, 5, "predicted", True, True)


def test_a_published_figure_is_inside_at_least_or_within() -> None:
    assert INSIDE.of(ROW)
    assert not INSIDE.of(replace(ROW, low=10.5))
    assert not AT_LEAST.of(ROW)
    assert AT_LEAST.of(replace(ROW, simulated=10.0))
    assert within(0.1).of(ROW)
    assert not within(0.05).of(ROW)


def test_only_rows_that_must_hold_decide() -> None:
    assert holds([replace(ROW, must_hold=False, ok=False), ROW])
    assert not holds([ROW, replace(ROW, ok=False)])


def test_the_counts_are_those_of_the_table() -> None:
    assert sum(COUNTS.values()) == 419
    assert len(COUNTS) == 18


def test_no_fitted_or_input_row_must_hold() -> None:
    for case in cases().values():
        assert {claim.kind for claim in case.claims.values() if claim.must_hold} == {"predicted"}


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return {row.name: row for row in LLAMA3_405B.run(24)}


def test_llama3_effective_time_and_gpu_hours_hold(rows: dict[str, Row]) -> None:
    assert rows["effective training time"].ok
    assert rows["million GPU-hours for 3.8e25 FLOP"].ok
    assert holds(rows.values())
    for row in rows.values():
        assert row.low <= row.simulated <= row.high or row.low == row.high, row
        assert row.n == 24
        assert row.half_width < (row.high - row.low) / 2 or row.low == row.high, row


def test_llama3_interruptions_are_as_given(rows: dict[str, Row]) -> None:
    assert rows["unexpected interruptions"].simulated == pytest.approx(419, rel=0.1)
    assert rows["planned interruptions"].simulated == pytest.approx(47, rel=0.1)
    by_cause = sum(row.simulated for name, row in rows.items() if name.startswith("interruptions by "))
    assert by_cause == pytest.approx(rows["unexpected interruptions"].simulated)
    span = rows["unexpected interruptions"]
    assert span.high - span.low > 2 * 1.64 * 419**0.5, "wider than a Poisson count, as the rate itself is uncertain"


def test_a_slow_restart_fails_the_backtest() -> None:
    """The must-hold rows can fail: restarts of an hour leave less than 90% effective."""
    with packaged_scenario("llama3_405b") as path:
        scenario, _ = load(path, ["jobs.llama3_405b.restart=1 hour"])
    found = [figures(scenario, simulate(scenario, seed)) for seed in range(3)]
    assert max(figure["effective training time"] for figure in found) < 0.90


def test_effective_time_counts_the_window_alone() -> None:
    log = EventLog()
    log.add(SegmentEnded(10.0, 0, 0.0, 4, 8.0, 1.0, 1.0, 0.0))
    log.add(JobHeld(15.0, 0, 10.0, 4, 0))
    log.add(SegmentEnded(25.0, 0, 15.0, 4, 10.0, 0.0, 0.0, 0.0))
    assert effective_time(log, 0.0, 25.0) == pytest.approx(18 / 25)
    assert effective_time(log, 5.0, 20.0) == pytest.approx((4 + 5) / 15)


def _totals(_, log):
    return {"a": float(log.total), "b": 1.0}


def test_rows_come_in_the_order_of_the_claims_and_seeds_are_consecutive() -> None:
    case = Case("c", "C", "small", (Part(_totals),), {}, "")
    claims = {"b": Claim(1.0, "input", INSIDE), "a": Claim(0.0, "predicted", AT_LEAST)}
    found = replace(case, claims=claims).run(2, first_seed=7)
    assert [row.name for row in found] == ["b", "a"]
    with packaged_scenario("small") as path:
        scenario, _ = load(path)
    totals = [simulate(scenario, seed).total for seed in (7, 8)]
    assert found[1].simulated == sum(totals) / 2
