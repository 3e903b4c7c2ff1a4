"""Printed examples: capital recovery, rental prices, amortised training, and two rates of return."""

import math
from datetime import date

import numpy as np
import pytest
import pyxirr

from simcluster.books.valuation import internal_rate, present_value
from simcluster.core.calendar import HOURS_PER_YEAR

HOURS_PER_MONTH_730 = 730.0
"""A month as rental prices count it: 8,760 hours over twelve."""
NETWORK_SHARE = 0.19
"""The network's share of a cluster's cost (Epoch AI)."""
OVERHEAD_OVER_CHIP = 1.64
"""A server's price over that of its chips (Epoch AI)."""
KW_PER_TDP_KW = 1.821
"""Peak kW of a server a kW of its accelerators' TDP (Epoch AI: 10.2 kW for eight of 0.7)."""
TRAINING_SHARE = 0.75
"""Draw in training as a share of a server's peak (Epoch AI)."""
VALUE_DECAY_PER_YEAR = 0.14
"""Orders of magnitude a year by which accelerators lose value (Epoch AI)."""


def capital_recovery_factor(rate: float, periods: float) -> float:
    """The share of a loan paid back in each of so many periods at a rate a period: r / (1 - (1 + r)^-n).

    At a rate of 0 it is 1 / n.
    """
    return rate / -math.expm1(-periods * math.log1p(rate)) if rate else 1.0 / periods


def payment(rate: float, periods: float, principal: float) -> float:
    """What a loan costs in each period, in the unit of the principal: `capital_recovery_factor` x principal."""
    return capital_recovery_factor(rate, periods) * principal


def rental_usd_per_gpu_hour(capital_usd_month: float, hosting_usd_month: float, gpus: int, utilisation: float) -> float:
    """What an hour of a GPU must earn to pay for its server: (capital + hosting) / (GPUs x 730 x utilisation).

    Source: SemiAnalysis, GPU Cloud Economics, 2023-12.
    """
    return (capital_usd_month + hosting_usd_month) / (gpus * HOURS_PER_MONTH_730 * utilisation)


def training_usd_per_gpu_hour(
    chip_usd: float, tdp_kw: float, usd_per_kwh: float, pue: float, years_since_bought: float = 0.0
) -> float:
    """Amortised cost of an hour of training on one accelerator, USD.

    [V k ln 10 / 8766] (1 + n / (1 - n)) + TDP x 1.821 x 0.75 x PUE x price, with V = chip x 1.64 x 10^(-k t): what a
    server of age t loses in value at the rate k, grown by the network's share n, and its energy.

    Source: B. Cottier et al., "The rising costs of training frontier AI models", arXiv 2405.21015 (Epoch AI).
    """
    value_usd = chip_usd * OVERHEAD_OVER_CHIP * 10 ** (-VALUE_DECAY_PER_YEAR * years_since_bought)
    capital = value_usd * VALUE_DECAY_PER_YEAR * math.log(10) / HOURS_PER_YEAR
    with_network = capital * (1 + NETWORK_SHARE / (1 - NETWORK_SHARE))
    return with_network + tdp_kw * KW_PER_TDP_KW * TRAINING_SHARE * pue * usd_per_kwh


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
