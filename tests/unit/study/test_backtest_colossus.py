"""The backtest of Colossus: dates with power no limit, megawatts apart, and the conflict of the sources."""

import pytest

from simcluster.core.calendar import HOURS_PER_DAY
from simcluster.model.load import load
from simcluster.model.packaged import packaged_scenario
from simcluster.record.events import LotDelivered
from simcluster.sim.run import simulate
from simcluster.study.backtest import Row, holds
from simcluster.study.backtest_colossus import (
    ALL_GPUS,
    CARRIED,
    COLOSSUS,
    NO_LIMIT,
    QUICK,
    TO_ALL,
    dates,
    facility_mw,
    gpus_online,
    hour_online,
    megawatts,
)


def run_with(*overrides: str, seed: int = 1):
    with packaged_scenario("xai_colossus_2024") as path:
        scenario, _ = load(path, [*QUICK, *overrides])
    return scenario, simulate(scenario, seed)


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return {row.name: row for row in COLOSSUS.run(12)}


def test_both_dates_hold_within_three_weeks(rows: dict[str, Row]) -> None:
    assert holds(rows.values())
    assert sum(row.must_hold for row in rows.values()) == 2


def test_the_conflict_of_the_sources_is_told(rows: dict[str, Row]) -> None:
    assert not rows[CARRIED].ok
    assert COLOSSUS.remark is not None
    text = COLOSSUS.remark(rows)
    assert "85 MW" in text
    assert f"{rows[CARRIED].simulated:,.0f}" in text
    assert "46,961" in text  # 85 / 181 of 100,000


def test_lead_times_of_the_year_before_fail_the_backtest() -> None:
    scenario, log = run_with(*NO_LIMIT, "orders.h100.placed=2024-06-15")
    assert dates(scenario, log)[TO_ALL] > 131 + 21


def test_the_stated_megawatts_carry_as_many_nodes_as_fit() -> None:
    sooner = ("sites.memphis.power.utility.phases.1.delay=0 days", "orders.h100.lot_interval=1 day")
    scenario, log = run_with(*sooner)
    node_mw = facility_mw(scenario, 8)
    assert node_mw == pytest.approx(11.112 * 1.3 / 1000)
    assert megawatts(scenario, log)[CARRIED] == int(85 / node_mw) * 8


def test_a_place_is_counted_once_however_often_its_node_is_replaced() -> None:
    scenario, log = run_with(*NO_LIMIT)
    hours = log.columns(LotDelivered)["hour"]
    assert gpus_online(scenario, log, scenario.clock.horizon_hours) == ALL_GPUS
    assert gpus_online(scenario, log, float(hours.min())) == 0
    last = hour_online(scenario, log, ALL_GPUS)
    assert last >= hours.max() + 14 * HOURS_PER_DAY
    assert gpus_online(scenario, log, last) == ALL_GPUS
    assert gpus_online(scenario, log, last - 1e-6) < ALL_GPUS
    assert hour_online(scenario, log, ALL_GPUS + 1) == scenario.clock.horizon_hours
