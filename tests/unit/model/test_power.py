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


def test_a_utility_bills_energy_and_the_peak_of_the_month() -> None:
    grid = Grid.model_validate(
        {
            "name": "g",
            "price": "50 USD/MWh",
            "demand_charge": "12 kUSD/MW/month",
            "phases": [{"date": "2024-05-01", "power": "1 MW"}],
        }
    )
    lines = grid.bill(100.0, 0.8, 0.5)
    assert lines["energy from"] == pytest.approx(5000)
    assert lines["demand charge of"] == pytest.approx(0.8 * 12_000 * 0.5)


TURBINES = {
    "name": "t",
    "price": "0.01 USD/kWh",
    "first": "2024-06-29",
    "units": 1,
    "unit_power": "2 MW",
    "days_apart": 0,
}


def test_turbines_burn_fuel_by_their_heat_rate() -> None:
    fuelled = Turbines.model_validate({**TURBINES, "heat_rate": "10 MMBtu/MWh", "fuel_price": "4 USD/MMBtu"})
    lines = fuelled.bill(100.0, 2.0, 1.0)
    assert lines == {"energy from": pytest.approx(1000), "fuel for": pytest.approx(4000)}
    assert list(Turbines.model_validate(TURBINES).bill(100.0, 2.0, 1.0)) == ["energy from"]


def test_fuel_needs_a_price_and_a_heat_rate() -> None:
    with pytest.raises(ValidationError, match="needs fuel_price too"):
        Turbines.model_validate({**TURBINES, "heat_rate": "10 MMBtu/MWh"})
    with pytest.raises(ValidationError, match="needs heat_rate too"):
        Turbines.model_validate({**TURBINES, "fuel_price": "4 USD/MMBtu"})
