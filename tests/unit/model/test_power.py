from datetime import date

import pytest
from pydantic import ValidationError

from simcluster.model.power import Grid, Turbines


def test_turbines_start_one_after_another() -> None:
    table = {"name": "t", "price": "0.1 USD/kWh", "first": "2024-06-29", "units": 3, "unit_power": "2500 kW"}
    steps = Turbines.model_validate({**table, "days_apart": 2}).steps()
    assert [(step.date, step.power) for step in steps] == [
        (date(2024, 6, 29), 2.5),
        (date(2024, 7, 1), 2.5),
        (date(2024, 7, 3), 2.5),
    ]


def test_phases_come_in_order_of_date() -> None:
    phases = [{"date": "2024-05-01", "power": "1 MW"}, {"date": "2024-04-01", "power": "1 MW"}]
    with pytest.raises(ValidationError, match="phase 2 comes before"):
        Grid.model_validate({"name": "g", "price": "0.1 USD/kWh", "phases": phases})
    grid = Grid.model_validate({"name": "g", "price": "0.1 USD/kWh", "phases": phases[::-1]})
    assert [step.date.month for step in grid.steps()] == [4, 5]
    assert grid.phases[0].delay.duration == 0.0  # type: ignore[union-attr]
