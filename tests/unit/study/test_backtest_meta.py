"""The backtest of Meta's fleet: what it is told, what it must hold, and that it can fail."""

import re

import pytest

from simcluster.model.load import load
from simcluster.model.packaged import packaged_scenario, packaged_scenarios
from simcluster.record.events import LotDelivered
from simcluster.record.log import EventLog
from simcluster.sim.run import simulate
from simcluster.study.backtest import Row, holds
from simcluster.study.backtest_meta import AT_THE_END, CLAIMS, EQUIVALENTS, META_FLEET, figures, gpus_by


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return {row.name: row for row in META_FLEET.run(10)}


def test_counts_of_the_end_hold_in_the_published_intervals(rows: dict[str, Row]) -> None:
    assert holds(rows.values())
    assert [name for name, row in rows.items() if row.must_hold] == [AT_THE_END, EQUIVALENTS]


def test_the_scenario_is_never_told_what_it_is_scored_on() -> None:
    digits = re.sub(r"[,_.]", "", packaged_scenarios()["meta_fleet_2024"].read_text())
    scored = [f"{claim.published:.0f}" for claim in CLAIMS.values() if claim.kind == "predicted"]
    assert len(scored) == 7
    assert not [number for number in scored if number in digits]


def test_half_the_share_fails_the_backtest() -> None:
    with packaged_scenario("meta_fleet_2024") as path:
        scenario, _ = load(path, ["vendors.hopper.allocation.0.share=0.06"])
    assert figures(scenario, simulate(scenario, 1))[AT_THE_END] < 369_212


def test_fleet_counts_what_stood_and_what_came() -> None:
    with packaged_scenario("meta_fleet_2024") as path:
        scenario, _ = load(path)
    log = EventLog()
    log.add(LotDelivered(10.0, 0, 0, 5))
    log.add(LotDelivered(20.0, 3, 0, 2))
    assert gpus_by(scenario, log, 9.0, ("h100",)) == 123_560
    assert gpus_by(scenario, log, 10.0, ("h100",)) == 123_600
    assert gpus_by(scenario, log, 30.0, ("h100",)) == 123_600
    assert gpus_by(scenario, log, 30.0, ("b200",)) == 16
    assert gpus_by(scenario, log, 30.0) == pytest.approx(123_600 + 16 * 2.5 + 118_176 * 0.32)
