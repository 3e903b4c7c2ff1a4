"""What a site was short of, from facts written by hand: sources of 2 MW and 1 MW, nodes of 8 GPUs."""

from pathlib import Path

import numpy as np
import pytest

from simcluster.model.load import load
from simcluster.model.scenario import Scenario
from simcluster.record.events import BatteryChanged, NodesShed, PowerEnergized, SupplyChanged
from simcluster.record.log import EventLog
from simcluster.record.shortage import Shortage, account_shortage
from simcluster.record.spread import means

SMALL = Path(__file__).parents[3] / "scenarios" / "small.toml"


@pytest.fixture
def short() -> Shortage:
    scenario: Scenario = load(SMALL)[0]
    (site,) = scenario.sites
    two = site.model_copy(update={"power": site.power * 2})
    log = EventLog()
    log.add(PowerEnergized(0.0, 0, 0, 2.0))
    log.add(PowerEnergized(10.0, 0, 1, 1.0))
    for hour, available, outages, windows in ((0, 2.0, 0, 0), (20, 0.0, 1, 0), (22, 0.0, 1, 1), (24, 1.5, 0, 1)):
        log.add(SupplyChanged(float(hour), 0, 0, available, outages, windows))
    log.add(SupplyChanged(30.0, 0, 0, 2.0, 0, 0))
    log.add(BatteryChanged(20.0, 0, 0.5, 0.0, 1.0))
    log.add(BatteryChanged(21.0, 0, 0.0, 0.0, 0.5))
    log.add(NodesShed(21.0, 0, 8, 2, 1))
    log.add(NodesShed(24.0, 0, 10, 0, 0))
    return account_shortage(scenario.model_copy(update={"sites": (two,)}), log, 0)


def test_outages_count_before_curtailment_and_times_are_stretches(short: Shortage) -> None:
    assert (short.times_of(short.in_outage), short.hours_of(short.in_outage)) == (1, 4.0)
    assert short.integral_of(short.in_outage) == 8.0
    assert (short.times_of(short.curtailed), short.hours_of(short.curtailed)) == (1, 6.0)
    assert short.integral_of(short.curtailed) == 3.0
    missing = short.energized - short.available
    assert (short.times_of(missing), short.hours_of(missing)) == (1, 10.0)


def test_a_source_that_gives_all_takes_no_part_in_what_is_missing(short: Shortage) -> None:
    assert dict(zip(short.hours.tolist(), short.available.tolist(), strict=True)) == {
        0.0: 2.0,
        10.0: 3.0,
        20.0: 1.0,
        21.0: 1.0,
        22.0: 1.0,
        24.0: 2.5,
        30.0: 3.0,
        8784.0: 3.0,
    }


def test_the_battery_counts_in_mwh_and_what_is_shed_in_gpus_with_burn_in(short: Shortage) -> None:
    assert short.integral_of(short.discharging) == 0.5
    assert short.integral_of(short.shed) == 3 * 3 * 8.0


def test_means_and_extremes_of_bins_that_no_instant_falls_into(short: Shortage) -> None:
    edges = np.array([0.0, 5.0, 15.0, 23.0, 27.0])
    low, high = short.extremes(short.available, edges)
    assert low.tolist() == [2.0, 2.0, 1.0, 1.0]
    assert high.tolist() == [2.0, 3.0, 3.0, 2.5]
    assert short.means(short.available, edges) == pytest.approx([2.0, 2.5, (5 * 3 + 3 * 1) / 8, (1 + 3 * 2.5) / 4])
    assert means(np.array([0.0, 4.0]), np.array([7.0, 9.0]), np.array([1.0, 3.0])).tolist() == [7.0]
