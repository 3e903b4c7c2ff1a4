from typing import Any

import pytest
from pydantic import ValidationError

from simcluster.model.power import Grid, Turbines
from simcluster.model.shortage import SHORTAGE, Battery, Curtailment, Outage

OUTAGE = {"name": "utility", "rate": "0.01 / day", "duration": "4 hours"}
GRID: dict[str, Any] = {"name": "g", "price": "0.1 USD/kWh", "phases": [{"date": "2024-05-01", "power": "1 MW"}]}
TURBINES: dict[str, Any] = {
    "name": "t",
    "price": "0.1 USD/kWh",
    "first": "2024-05-01",
    "units": 1,
    "unit_power": "1 MW",
    "days_apart": 0,
}


def test_quantities_are_read() -> None:
    battery = Battery.model_validate({"power": "50 MW", "energy": "0.2 GWh", "round_trip": 0.88})
    assert (battery.power, battery.energy) == (50, 200)
    assert Outage.model_validate(OUTAGE).duration.mean_hours == 4
    window = Curtailment.model_validate({"date": "2024-07-15", "hour": 14, "duration": "3 hours", "power": "20 MW"})
    assert window.duration == 3


def test_a_battery_gives_something_back_and_a_window_lasts() -> None:
    with pytest.raises(ValidationError, match="round_trip"):
        Battery.model_validate({"power": "50 MW", "energy": "200 MWh", "round_trip": 0})
    with pytest.raises(ValidationError, match="a window must last"):
        Curtailment.model_validate({"date": "2024-07-15", "duration": "0 hours", "power": "20 MW"})


@pytest.mark.parametrize(("kind", "table"), [(Grid, GRID), (Turbines, TURBINES)])
def test_the_outages_of_a_source_have_names_of_their_own(kind: Any, table: dict[str, Any]) -> None:
    assert len(kind.model_validate({**table, "outages": [OUTAGE, {**OUTAGE, "name": "line"}]}).outages) == 2
    with pytest.raises(ValidationError, match="'utility' is used twice"):
        kind.model_validate({**table, "outages": [OUTAGE, OUTAGE]})


def test_the_cause_of_shed_nodes_never_strikes_by_itself() -> None:
    assert not SHORTAGE.happens
