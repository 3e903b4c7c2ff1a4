import numpy as np
import pytest
from pydantic import ValidationError

from simcluster.model.depreciation import Lives, straight_line_cents

YEAR = 8766.0


@pytest.mark.parametrize("cost", [1, 7, 100, 123_456_789_01, 10**15 + 3])
@pytest.mark.parametrize("start", [-3 * YEAR, 0.0, 777.7])
def test_a_whole_life_sums_to_the_cost(cost: int, start: float) -> None:
    edges = np.linspace(-4 * YEAR, 9 * YEAR, 157)
    assert straight_line_cents(cost, start, 5.5 * YEAR, edges).sum() == cost


def test_equal_periods_take_equal_parts_and_stop_with_the_life() -> None:
    charge = straight_line_cents(1_000, 2.0, 4.0, np.arange(0.0, 9.0))
    assert charge.tolist() == [0, 0, 250, 250, 250, 250, 0, 0]


def test_an_older_asset_charges_what_is_left() -> None:
    assert straight_line_cents(1_000, -3.0, 4.0, np.array([0.0, 0.5, 2.0])).tolist() == [125, 125]


def test_lives_are_by_class_and_above_zero() -> None:
    lives = Lives.model_validate({"servers": "5 years", "network": "60 months", "buildings": "27 years"})
    assert [lives.years(name) for name in ("servers", "network", "buildings")] == pytest.approx([5, 5, 27])
    with pytest.raises(ValidationError, match="above 0"):
        Lives.model_validate({"servers": "0 years", "network": "5 years", "buildings": "27 years"})
