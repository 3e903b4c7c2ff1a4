"""Formulas of others for what a GPU-hour costs: level payments, rental prices, amortised training."""

from __future__ import annotations

import math

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
"""Orders of magnitude a year by which accelerators lose value (Epoch AI): 27.6% a year."""


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


def value_lost_usd_per_hour(cost_usd: float, years_since_bought: float) -> float:
    """What a thing that cost so much loses in value in an hour at an age of t years: cost x 10^(-k t) x k ln 10 / 8766.

    Source: as `training_usd_per_gpu_hour`.
    """
    value_usd: float = cost_usd * 10 ** (-VALUE_DECAY_PER_YEAR * years_since_bought)
    return value_usd * VALUE_DECAY_PER_YEAR * math.log(10) / HOURS_PER_YEAR


def training_energy_usd_per_hour(peak_kw: float, pue: float, usd_per_kwh: float) -> float:
    """Energy of an hour of training: peak kW x 0.75 x PUE x price."""
    return peak_kw * TRAINING_SHARE * pue * usd_per_kwh


def training_usd_per_gpu_hour(
    chip_usd: float, tdp_kw: float, usd_per_kwh: float, pue: float, years_since_bought: float = 0.0
) -> float:
    """Amortised cost of an hour of training on one accelerator, USD.

    [V k ln 10 / 8766] (1 + n / (1 - n)) + TDP x 1.821 x 0.75 x PUE x price, with V = chip x 1.64 x 10^(-k t): what a
    server of age t loses in value at the rate k, grown by the network's share n, and its energy.

    Source: B. Cottier et al., "The rising costs of training frontier AI models", arXiv 2405.21015 (Epoch AI).
    """
    with_network = chip_usd * OVERHEAD_OVER_CHIP * (1 + NETWORK_SHARE / (1 - NETWORK_SHARE))
    energy = training_energy_usd_per_hour(tdp_kw * KW_PER_TDP_KW, pue, usd_per_kwh)
    return value_lost_usd_per_hour(with_network, years_since_bought) + energy
