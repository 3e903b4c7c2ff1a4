import numpy as np
import pytest
from pydantic import ValidationError

from simcluster.model.depreciation import Lives, Schedule, charge_cents, straight_line_cents

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


def test_plant_goes_with_buildings_until_it_has_a_life_of_its_own() -> None:
    given = {"servers": "5 years", "network": "5 years", "buildings": "27 years", "residual": {"buildings": 0.1}}
    changes = [{"date": "2024-01-01", "buildings": "30 years"}, {"date": "2025-01-01", "plant": "12 years"}]
    lives = Lives.model_validate({**given, "changes": changes})
    assert [life for _, life in lives.changed("plant")] == [30.0, 12.0]
    assert (lives.years("plant"), lives.residual.share("plant")) == (27.0, 0.1)
    own = Lives.model_validate({**given, "plant": "15 years", "changes": changes, "residual": {"plant": 0.0}})
    assert [life for _, life in own.changed("plant")] == [12.0]
    assert (own.years("plant"), own.residual.share("plant")) == (15.0, 0.0)
    with pytest.raises(ValidationError, match="above 0"):
        Lives.model_validate({**given, "plant": "0 years"})


def test_a_longer_life_spreads_what_is_left_over_what_is_left() -> None:
    """Half worn after two years of four; then six in all: a quarter of the rest a year."""
    schedule = Schedule(0.0, 4 * YEAR, [(2 * YEAR, 6 * YEAR)])
    charge = charge_cents(8_000, schedule, np.arange(0.0, 8.0) * YEAR)
    assert charge.tolist() == [2_000, 2_000, 1_000, 1_000, 1_000, 1_000, 0]
    assert schedule.end_hour == 6 * YEAR


def test_two_changes_follow_one_another_and_one_before_service_is_the_life() -> None:
    schedule = Schedule(0.0, 4 * YEAR, [(-YEAR, 5 * YEAR), (YEAR, 9 * YEAR), (5 * YEAR, 7 * YEAR)])
    assert charge_cents(1_000, schedule, np.arange(0.0, 8.0) * YEAR).tolist() == [200, 100, 100, 100, 100, 200, 200]


def test_a_life_that_is_over_already_leaves_nothing() -> None:
    schedule = Schedule(0.0, 4 * YEAR, [(3 * YEAR, 2 * YEAR)])
    charge = charge_cents(1_000, schedule, np.array([0.0, 1.0, 3.0, 3.01, 5.0]) * YEAR)
    assert charge.sum() == 1_000
    assert charge.tolist() == [250, 500, 250, 0]
    assert Schedule(0.0, 4 * YEAR, [(5 * YEAR, 9 * YEAR)]).end_hour == 4 * YEAR, "an asset written off stays so"


def test_a_write_down_takes_its_share_of_the_book_value_and_a_later_life_spreads_the_rest() -> None:
    """Cost 1,000, residual 0.2: 800 over four years, half lost after two; 0.25 of the book value of 600 is 150."""
    schedule = Schedule(0.0, 4 * YEAR, write_downs=[(2 * YEAR, 0.25)], residual=0.2)
    assert charge_cents(800, schedule, np.array([0.0, 1.0, 2.0, 2.001, 3.0, 4.0]) * YEAR).tolist() == [
        200, 200, 150, 125, 125,
    ]  # fmt: skip
    assert schedule.impaired == [(2 * YEAR, 0.5, pytest.approx(0.6875))]
    longer = Schedule(0.0, 4 * YEAR, [(3 * YEAR, 8 * YEAR)], [(2 * YEAR, 0.25)], 0.2)
    assert charge_cents(800, longer, np.array([3.0, 4.0, 8.0]) * YEAR).tolist() == [25, 100]


def test_nothing_is_written_below_the_residual_or_twice_or_before_service() -> None:
    total = Schedule(0.0, 4 * YEAR, write_downs=[(YEAR, 1.0), (2 * YEAR, 0.5)], residual=0.2)
    assert charge_cents(800, total, np.array([0.0, 1.0, 1.5, 9.0]) * YEAR).tolist() == [200, 600, 0]
    assert total.impaired == [(YEAR, 0.25, 1.0), (2 * YEAR, 1.0, 1.0)]
    assert Schedule(0.0, 4 * YEAR, write_downs=[(0.0, 0.5), (5 * YEAR, 0.5)]).impaired == []


def test_problems_of_changes_are_told_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        Lives.model_validate(
            {
                "servers": "5 years", "network": "5 years", "buildings": "27 years",
                "changes": [
                    {"date": "2025-01-01", "servers": "0 years"},
                    {"date": "2024-01-01"},
                ],
            }
        )  # fmt: skip
    text = str(caught.value)
    assert all(part in text for part in ("must be above 0", "changes no life", "not after the change above it"))
