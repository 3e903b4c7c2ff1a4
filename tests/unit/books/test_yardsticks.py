"""A GPU-hour by three formulas: each by hand on a run whose books, prices and dates are known."""

import math
from typing import Any

import numpy as np
import pytest
import pyxirr

from simcluster.books.journal import Account
from simcluster.books.keep import keep_books
from simcluster.books.unit_costs import account_costs, in_service_usd
from simcluster.books.yardstick_rows import Booked, mean_age_years, yardsticks, yardsticks_frame
from simcluster.books.yardsticks import (
    KW_PER_TDP_KW,
    NETWORK_SHARE,
    OVERHEAD_OVER_CHIP,
    training_energy_usd_per_hour,
    training_usd_per_gpu_hour,
    value_lost_usd_per_hour,
)
from simcluster.model.scenario import Scenario
from simcluster.record.accounts import GpuHours
from simcluster.record.energy import Energy
from simcluster.record.log import EventLog
from simcluster.record.states import STATES, GpuState

DAY = 24.0


@pytest.fixture
def booked(scenario: Scenario, log: EventLog, gpu_hours: GpuHours, energy: Energy) -> Booked:
    journal = keep_books(scenario, log, gpu_hours, energy)
    costs = account_costs(scenario, log, journal, gpu_hours)
    return Booked(scenario, log, journal, gpu_hours, energy, costs)


def price_usd() -> float:
    """32 GPUs at the catalog's prices, and 80 at those agreed."""
    return (32 * 300_000 + 80 * 300_000.08) / 112 / 8


def test_the_books_are_what_an_hour_in_service_cost(booked: Booked) -> None:
    ours = yardsticks(booked)[0]
    hours = booked.gpu_hours.hours.sum()
    assert ours.usd_per_gpu_hour == pytest.approx(in_service_usd(booked.costs) / hours)
    running = (Account.ENERGY, Account.OPERATIONS, Account.REPAIR_PARTS)
    spent = sum(float(booked.journal.moved(account).sum()) for account in running) / 100
    assert ours.running_usd == pytest.approx(spent / hours)
    assert ours.capital_usd + ours.running_usd == pytest.approx(ours.usd_per_gpu_hour)
    assert (ours.rate_per_year, ours.life_years) == (pytest.approx(0.125), 5.0)


def test_a_rental_price_is_a_level_payment_and_hosting(booked: Booked) -> None:
    rental = yardsticks(booked)[1]
    monthly = -pyxirr.pmt(0.1 / 12, 60, price_usd())
    assert rental.capital_usd == pytest.approx(monthly / 730)
    hosting = sum(float(booked.journal.moved(account).sum()) for account in (Account.ENERGY, Account.OPERATIONS)) / 100
    assert rental.running_usd == pytest.approx(hosting / booked.gpu_hours.hours.sum())
    assert rental.usd_per_gpu_hour == pytest.approx(rental.capital_usd + rental.running_usd)


def test_an_amortised_hour_loses_value_at_its_age_and_trains_on_energy(booked: Booked) -> None:
    """4 nodes a year old at the start, 3 from day 80 and 7 from day 130 on: mean ages of 548, 143 and 118 days."""
    amortised = yardsticks(booked)[2]
    days = np.array([4 * 366, 3 * 286, 7 * 236])
    age = float(days @ np.array([365 + 183, 143, 118]) / days.sum()) / 365.25
    assert mean_age_years(booked.scenario, booked.journal, 0) == pytest.approx(age)
    lost = price_usd() * 10 ** (-0.14 * age) * 0.14 * math.log(10) / 8766
    assert amortised.capital_usd == pytest.approx(lost)
    assert amortised.running_usd == pytest.approx(10 / 8 * 0.75 * 1.0 * 0.05)
    assert amortised.usd_per_gpu_hour == pytest.approx(lost + amortised.running_usd)


def test_parts_of_the_amortised_cost_are_the_published_formula() -> None:
    chip, network = 26_268.0, 1 + NETWORK_SHARE / (1 - NETWORK_SHARE)
    parts = value_lost_usd_per_hour(chip * OVERHEAD_OVER_CHIP * network, 0.36)
    parts += training_energy_usd_per_hour(0.7 * KW_PER_TDP_KW, 1.1, 0.08)
    assert parts == pytest.approx(training_usd_per_gpu_hour(chip, 0.7, 0.08, 1.1, 0.36), rel=1e-12)


def test_clusters_bear_hosting_by_nameplate_and_one_without_gpus_has_no_row(
    document: dict[str, Any], log: EventLog, energy: Energy
) -> None:
    """Two clusters of as many GPU-hours, the second of twice the nameplate."""
    hungry = document["catalog"]["servers"]["s"] | {"server_power": "19 kW"}
    servers = {**document["catalog"]["servers"], "hungry": hungry}
    others = [{**document["clusters"][0], "name": name, "server": "hungry"} for name in ("two", "empty")]
    catalog = document["catalog"] | {"servers": servers}
    clusters = [*document["clusters"], *others]
    scenario = Scenario.model_validate(document | {"catalog": catalog, "clusters": clusters})
    hours = np.zeros((12, 3, len(STATES)))
    hours[:, :2, STATES.index(GpuState.SERVING)] = 23_000.0
    gpu_hours = GpuHours(hours)
    journal = keep_books(scenario, log, gpu_hours, energy)
    run = Booked(scenario, log, journal, gpu_hours, energy, account_costs(scenario, log, journal, gpu_hours))
    frame = yardsticks_frame(run).set_index(["cluster", "yardstick"])
    assert set(frame.index) == {(c, y) for c in ("k", "two") for y in ("booked", "rental", "amortised")}
    one, two = (frame.loc[(name, "rental"), "running_usd"] for name in ("k", "two"))
    assert two / one == pytest.approx(2.0)
    paid = sum(float(journal.moved(account).sum()) for account in (Account.ENERGY, Account.OPERATIONS)) / 100
    assert (one + two) * 12 * 23_000 == pytest.approx(paid)
