from datetime import date

import numpy as np
import pytest
from pydantic import ValidationError

from simcluster.model.tax import PERIODS, Tax, half_year, recovered, regular

PUBLISHED = {
    3: (33.33, 44.45, 14.81, 7.41),
    5: (20.0, 32.0, 19.2, 11.52, 11.52, 5.76),
    7: (14.29, 24.49, 17.49, 12.49, 8.93, 8.92, 8.93, 4.46),
    10: (10.0, 18.0, 14.4, 11.52, 9.22, 7.37, 6.55, 6.55, 6.56, 6.55, 3.28),
    15: (5.0, 9.5, 8.55, 7.7, 6.93, 6.23, 5.9, 5.9, 5.91, 5.9, 5.91, 5.9, 5.91, 5.9, 5.91, 2.95),
}
"""IRS Publication 946, Table A-1, percent of cost by year; printed to two digits that sum to 100."""
MID_MONTH = (2.461, 2.247, 2.033, 1.819, 1.605, 1.391, 1.177, 0.963, 0.749, 0.535, 0.321, 0.107)
"""The same, Table A-7a: the first year by month placed in service; then 2.564, and in the last year the rest."""


@pytest.mark.parametrize("years", PUBLISHED)
def test_declining_balance_gives_the_published_percentages(years: int) -> None:
    shares = 100 * np.diff(half_year(years), prepend=0.0)
    assert shares == pytest.approx(PUBLISHED[years], abs=0.0101)


def test_five_years_are_published_without_rounding() -> None:
    assert 100 * np.diff(half_year(5), prepend=0.0) == pytest.approx(PUBLISHED[5], abs=1e-12)


@pytest.mark.parametrize("years", PERIODS)
def test_cost_is_recovered_in_full_and_never_given_back(years: int) -> None:
    shares = half_year(years)
    assert shares[-1] == 1.0
    assert len(shares) == years + 1
    assert (np.diff(shares) > 0).all()


@pytest.mark.parametrize("month", range(1, 13))
def test_real_property_goes_by_the_middle_of_the_month(month: int) -> None:
    shares = 100 * np.diff([regular(39, month, age) for age in range(41)])
    halves, first = 25 - 2 * month, 100 * regular(39, month, 0)
    assert MID_MONTH[month - 1] == pytest.approx(0.107 * halves), "the table multiplies a rounded half month"
    assert first == pytest.approx(MID_MONTH[month - 1], abs=5e-4 * halves)
    assert first / halves == pytest.approx(0.107, abs=5e-4)
    assert shares[:38] == pytest.approx([2.564] * 38, abs=5.1e-4)
    assert shares[38] == pytest.approx(MID_MONTH[12 - month], abs=5e-4 * (2 * month - 1))
    assert regular(39, month, 39) == pytest.approx(1.0, abs=1e-12)
    assert regular(39, month, 50) == 1.0


def test_a_bonus_comes_off_first_and_the_rest_by_the_table() -> None:
    assert recovered(5, 7, 0, 0.8) == pytest.approx(0.8 + 0.2 * 0.2)
    assert recovered(5, 7, 1, 0.6) == pytest.approx(0.6 + 0.4 * 0.52)
    assert recovered(5, 7, 5, 0.6) == 1.0
    assert recovered(5, 7, -1, 0.6) == 0.0


def test_the_bonus_is_that_of_the_day_and_none_of_buildings() -> None:
    rows = [{"from": "2023-01-01", "share": 0.8}, {"from": "2024-01-01", "share": 0.6}]
    tax = Tax.model_validate({"bonus": rows})
    days = (date(2022, 12, 31), date(2023, 1, 1), date(2023, 12, 31), date(2024, 1, 1))
    assert [tax.bonus_in_force(day) for day in days] == [-1, 0, 0, 1]
    assert [tax.bonus_share("servers", k) for k in (-1, 0, 1)] == [0.0, 0.8, 0.6]
    assert tax.bonus_share("buildings", 1) == 0.0
    assert tax.recovery.years("buildings") == 39


def test_losses_offset_up_to_the_limit_and_the_rest_is_carried_on() -> None:
    tax = Tax.model_validate({"losses": "carried_forward"})
    assert tax.taxed(-1_000, 0, -800) == (0, 1_000)
    assert tax.taxed(-500, 1_000, -400) == (0, 1_500)
    assert tax.taxed(1_000, 1_500, 800) == (200, 700)
    assert tax.taxed(1_000, 700, 800) == (300, 0)
    assert Tax().taxed(-1_000, 0, -800) == (-1_000, 0)


def test_a_loss_limit_may_stay_where_losses_are_used_by_the_parent() -> None:
    tax = Tax.model_validate({"losses": "used_by_parent", "loss_limit": 0.5})
    assert tax.taxed(-1_000, 0, -500) == Tax().taxed(-1_000, 0, -800) == (-1_000, 0)


def test_bonuses_out_of_order_and_unknown_periods_are_refused() -> None:
    rows = [{"from": "2024-01-01", "share": 0.6}, {"from": "2023-01-01", "share": 0.8}]
    with pytest.raises(ValidationError, match=r"not after the bonus above it"):
        Tax.model_validate({"bonus": rows})
    with pytest.raises(ValidationError):
        Tax.model_validate({"recovery": {"servers": 6}})
