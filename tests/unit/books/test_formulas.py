"""Printed examples: capital recovery, rental prices, amortised training, and two rates of return."""

from datetime import date

import numpy as np
import pytest
import pyxirr

from simcluster.books.valuation import internal_rate, present_value
from simcluster.books.yardsticks import (
    capital_recovery_factor,
    payment,
    rental_usd_per_gpu_hour,
    training_usd_per_gpu_hour,
)

LLAMA3_HOURS = 30.84e6


def test_capital_recovery_and_payment() -> None:
    assert capital_recovery_factor(0.07, 25) == pytest.approx(0.0858105, abs=5e-8)
    assert payment(0.13 / 12, 60, 4e9) == pytest.approx(91_012_292.18, abs=5e-3)
    assert capital_recovery_factor(0.0, 4) == 0.25
    assert capital_recovery_factor(1e-12, 4) == pytest.approx(0.25)


def test_a_loan_is_paid_back_by_its_payments() -> None:
    flows = [-1.0, *[payment(0.01, 48, 1.0)] * 48]
    assert pyxirr.irr(flows) == pytest.approx(0.01)


def test_the_rental_price_that_pays_for_a_server() -> None:
    found = rental_usd_per_gpu_hour(7_025, 1_871, 8, 1.0)
    assert found == pytest.approx(1.523, abs=5e-4)
    assert payment(0.13 / 12, 48, 262_000) == pytest.approx(7_025, rel=2e-3)
    assert payment(0.13 / 12, 60, 309_000) == pytest.approx(7_025, rel=2e-3)


def test_an_hour_of_training_as_it_is_amortised() -> None:
    """Prices of a chip and of energy in 2024 and in 2023; those of 2023 for servers 0.36 years old."""
    at_2024 = training_usd_per_gpu_hour(26_268, 0.7, 0.0771, 1.10)
    assert at_2024 == pytest.approx(2.04, abs=0.005)
    assert at_2024 * LLAMA3_HOURS == pytest.approx(62.8e6, abs=0.1e6)
    at_2023 = training_usd_per_gpu_hour(34_641, 0.7, 0.0806, 1.10, years_since_bought=0.36)
    assert at_2023 == pytest.approx(2.38, abs=0.005)
    assert at_2023 * LLAMA3_HOURS == pytest.approx(73.4e6, abs=0.1e6)


def test_flows_with_two_rates_of_return() -> None:
    """-1000, 2500, -1560 are worth nothing at 20% and at 30%: one is given, and both are roots."""
    days = [date(2023, 1, 1), date(2024, 1, 1), date(2024, 12, 31)]  # 365 days apart
    flows = list(zip(days, [-1000.0, 2500.0, -1560.0], strict=True))
    for rate in (0.20, 0.30):
        assert present_value(rate, days[0], flows) == pytest.approx(0.0, abs=1e-9)
    assert internal_rate(flows) == pytest.approx(0.20) or internal_rate(flows) == pytest.approx(0.30)


def test_value_decays_with_age() -> None:
    rates = np.array([training_usd_per_gpu_hour(30_000, 0.0, 0.0, 1.0, age) for age in (0.0, 1.0)])
    assert rates[1] / rates[0] == pytest.approx(10**-0.14)
