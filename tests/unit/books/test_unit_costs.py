"""What GPU-hours cost: every dollar is borne once, by price, and a training run by the hours it held."""

import numpy as np
import pandas as pd
import pytest

from simcluster.books.journal import Account
from simcluster.books.keep import keep_books
from simcluster.books.measures import capital_charge_by_month, net_book_value, offset
from simcluster.books.unit_costs import (
    BEFORE_SERVICE,
    STRANDED,
    UNRELIABLE,
    account_costs,
    costs_frame,
    in_service_usd,
    price_per_gpu_usd,
    training_costs,
)
from simcluster.model.load import load
from simcluster.model.packaged import packaged_scenario
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.events import Held, JobHeld, Mended, RepairEnded, SegmentEnded
from simcluster.record.log import EventLog
from simcluster.record.states import STATES, USEFUL, GpuState
from simcluster.sim.run import simulate
from simcluster.study.result import Result
from simcluster.study.run import run

OF_TRAINING = (
    GpuState.PRODUCTIVE,
    GpuState.CHECKPOINTING,
    GpuState.LOST_WORK,
    GpuState.SLOWED,
    GpuState.RESTARTING,
    GpuState.STALLED,
    GpuState.DETECTING,
)


@pytest.fixture(scope="module")
def small() -> Result:
    with packaged_scenario("small") as path:
        return run(load(path)[0])


def total_of(frame: pd.DataFrame) -> float:
    """What revenue would have to cover, USD."""
    return float(frame[["depreciation", "disposals", "opex", "capital_charge"]].to_numpy().sum())


def test_hours_in_service_bear_what_revenue_would_have_to_cover(small: Result) -> None:
    assert in_service_usd(small.costs) == pytest.approx(total_of(small.offset), rel=1e-12)
    assert small.costs.empty_usd.sum() == 0


def test_what_is_not_in_service_yet_bears_the_charge_on_its_price(small: Result) -> None:
    hours = sum(small.gpu_hours.of(state) for state in BEFORE_SERVICE)
    a_gpu = (270_000 + 48_000) / 8
    assert small.costs.of(*BEFORE_SERVICE) == pytest.approx(hours * a_gpu * 0.1 / 0.79 / 8766)
    assert 0 < small.costs.of(*STRANDED) < small.costs.of(*BEFORE_SERVICE)


def test_waiting_costs_the_same_wherever_the_month_ends() -> None:
    """A lot that waits from the 2nd to the 25th, and one that waits as long from the 20th on."""
    with packaged_scenario("small") as path:
        found = [
            run(load(path, ["orders.summer.gpus=8", f"orders.summer.placed=2024-03-{day:02}", "budgets=[]"])[0])
            for day in (2, 20)
        ]
    for result in found:
        hours = sum(result.gpu_hours.of(state) for state in STRANDED)
        assert result.costs.of(*STRANDED) / hours == pytest.approx(39_750 * 0.1 / 0.79 / 8766)


def test_nodes_given_up_bear_their_disposal_and_nothing_else(
    scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    hour = 200 * 24.0
    log.add(RepairEnded(hour, 2, 0, 1, hour - 9, hour - 9, hour - 9, hour - 9, hour, hour, Mended.RETIRED))
    journal = keep_books(scenario, log, gpu_hours, energy)
    hours = gpu_hours.hours.copy()
    hours[6:, 0, STATES.index(GpuState.RETIRED)] = 8 * 730.0
    costs = account_costs(scenario, log, journal, GpuHours(hours))
    lost = journal.moved(Account.DISPOSALS).sum() / 100
    assert lost > 0
    assert costs.of(GpuState.RETIRED) == pytest.approx(lost)
    assert in_service_usd(costs) == pytest.approx(total_of(offset(scenario, journal)))


def test_months_with_nobody_in_service_are_told_apart(
    scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    journal = keep_books(scenario, log, gpu_hours, energy)
    hours = gpu_hours.hours.copy()
    hours[3] = 0.0
    costs = account_costs(scenario, log, journal, GpuHours(hours))
    assert costs.usd[3].sum() == 0
    assert np.flatnonzero(costs.empty_usd).tolist() == [3]
    assert in_service_usd(costs) + costs.empty_usd.sum() == pytest.approx(total_of(offset(scenario, journal)))
    frame = costs_frame(scenario, GpuHours(hours), costs)
    assert frame.iloc[-1].tolist()[:4] == ["", "nobody_in_service", 0.0, costs.empty_usd[3]]


def test_states_are_counted_once() -> None:
    assert not set(STRANDED) & set(UNRELIABLE)
    assert not set(BEFORE_SERVICE) & (set(UNRELIABLE) | set(USEFUL))


def test_a_charge_is_on_the_mean_of_the_months_two_ends(scenario: Scenario) -> None:
    tied_up = np.arange(13) * 100_00
    charge = capital_charge_by_month(scenario, tied_up)
    assert charge[0] == pytest.approx(0.1 / 0.8 * 50 * 31 / 365.25)
    assert charge[1] == pytest.approx(0.1 / 0.8 * 150 * 29 / 365.25)


def test_the_charge_of_the_offset_is_that_of_its_months(
    scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy
) -> None:
    journal = keep_books(scenario, log, gpu_hours, energy)
    months = capital_charge_by_month(scenario, net_book_value(journal))
    assert offset(scenario, journal)["capital_charge"].tolist() == pytest.approx(months.reshape(4, 3).sum(axis=1))


def test_a_dearer_cluster_bears_more() -> None:
    """By prices agreed and those of the opening fleet; an option that lapsed counts for nothing."""
    with packaged_scenario("meta_fleet_2024") as path:
        scenario, _ = load(path)
    price = price_per_gpu_usd(scenario, simulate(scenario, 1))
    names = [cluster.name for cluster in scenario.clusters]
    assert price[names.index("a100")] == pytest.approx((150_000 + 27_000) / 8)
    assert price[names.index("b200")] == pytest.approx((500_000 + 85_000) / 8)


def test_a_run_costs_its_hours_at_the_rate_of_their_month() -> None:
    with packaged_scenario("small") as path:
        scenario, _ = load(path)
    costs = run(scenario).costs
    costs.usd_per_gpu_hour[:] = np.arange(1, 13)[:, None]
    log, february = EventLog(), 31 * 24.0
    log.add(SegmentEnded(february + 10.0, 0, february - 10.0, 8, 15.0, 1.0, 4.0, 0.0))
    log.add(JobHeld(february + 12.0, 0, february + 10.0, 8, int(Held.RESTARTING)))
    pilot, flagship = training_costs(scenario, log, costs)
    assert pilot.held_usd == pytest.approx(64 * (10 * 1 + 12 * 2))
    assert pilot.undisturbed_usd == pytest.approx(64 * 7.5 * (1 + 2))
    assert (flagship.held_usd, flagship.undisturbed_usd) == (0, 0)


def test_outcomes_and_the_table_add_up(small: Result) -> None:
    out, frame = small.outcomes, costs_frame(small.scenario, small.gpu_hours, small.costs)
    assert frame["usd"].sum() == pytest.approx(small.costs.usd.sum())
    assert out["unreliability_usd"] == pytest.approx(frame[frame["state"].isin(UNRELIABLE)]["usd"].sum())
    assert out["idle_usd"] == pytest.approx(small.costs.of(GpuState.IDLE))
    useful = frame[frame["state"].isin(USEFUL)]["gpu_hours"].sum()
    assert out["usd_per_useful_gpu_hour"] == pytest.approx(in_service_usd(small.costs) / useful)
    spent = sum(float(out[f"jobs.{job.name}.cost_usd"]) for job in small.scenario.jobs)
    training = small.gpu_hours.hours[:, 0, [STATES.index(state) for state in OF_TRAINING]].sum(axis=1)
    assert spent == pytest.approx(float(training @ small.costs.usd_per_gpu_hour[:, 0]), rel=2e-3)
    assert out["jobs.pilot.undisturbed_cost_usd"] < out["jobs.pilot.cost_usd"]


def test_llama3_costs_about_what_others_amortise() -> None:
    """Result, not a fit: 62.8 M USD at prices of 2024 (Epoch AI) for all of its GPU-hours."""
    with packaged_scenario("llama3_405b") as path:
        found = run(load(path)[0]).outcomes["jobs.llama3_405b.cost_usd"]
    assert float(found) == pytest.approx(62.8e6, rel=0.2)


def test_a_single_clusters_own_yardstick_is_that_of_the_run(small: Result) -> None:
    out = small.outcomes
    assert out["clusters.train.usd_per_gpu_hour"] == pytest.approx(out["usd_per_gpu_hour"])
    found = dict(zip(small.yardsticks["yardstick"], small.yardsticks["usd_per_gpu_hour"], strict=True))
    assert out["clusters.train.rental_usd_per_gpu_hour"] == found["rental"]
    assert out["clusters.train.amortised_usd_per_gpu_hour"] == found["amortised"]
