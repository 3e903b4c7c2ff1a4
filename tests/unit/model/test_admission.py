from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from simcluster.model.admission import Admission, Measured, Nameplate, OverCap, Provisioned, Shed, Throttle
from simcluster.model.site import Site

ADMISSION: TypeAdapter[Nameplate | Provisioned | Measured] = TypeAdapter(Admission)
OVER_CAP: TypeAdapter[Throttle | Shed] = TypeAdapter(OverCap)


def test_a_name_alone_is_a_kind_with_its_defaults() -> None:
    for name, kind in (("nameplate", Nameplate()), ("provisioned", Provisioned()), ("measured", Measured())):
        assert ADMISSION.validate_python(name) == kind == ADMISSION.validate_python({"kind": name})
    measured = ADMISSION.validate_python({"kind": "measured", "window": "36 hours"})
    assert isinstance(measured, Measured)
    assert measured.window == 36
    assert Measured().window == 7 * 24
    assert OVER_CAP.validate_python("shed") == Shed()
    with pytest.raises(ValidationError, match="must last"):
        ADMISSION.validate_python({"kind": "measured", "window": "0 days"})


@pytest.mark.parametrize("over_cap", [Shed(), Throttle(lowest_clock=0.4), Throttle(lowest_clock=0.4, exponent=3)])
def test_a_clock_draws_the_share_that_asks_for_it(over_cap: Throttle | Shed) -> None:
    assert over_cap.above_idle(1.0) == over_cap.clock_at(1.0) == over_cap.clock_at(7.0) == 1.0
    assert over_cap.clock_at(-0.1) == over_cap.clock_at(0.0) == over_cap.lowest_clock
    clock = max(0.7, over_cap.lowest_clock)
    assert over_cap.clock_at(over_cap.above_idle(clock)) == pytest.approx(clock, rel=1e-14)
    if isinstance(over_cap, Throttle):
        assert over_cap.above_idle(0.5) == 0.5**over_cap.exponent


def test_a_site_says_what_it_needs_to_for_its_admission() -> None:
    site: dict[str, Any] = {
        "name": "s",
        "pue_peak": 1.3,
        "pue_average": 1.1,
        "halls": [{"name": "h", "it_power": "1 MW", "ready": "2024-01-01", "cost": "10 MUSD/MW"}],
        "power": [
            {"kind": "grid", "name": "g", "price": "0.05 USD/kWh", "phases": [{"date": "2024-01-01", "power": "1 MW"}]}
        ],
        "install": "1 day",
        "burn_in": "1 day",
        "operations": "0.2 MUSD/MW/year",
    }
    throttle = {"kind": "throttle", "lowest_clock": 0.5}
    with pytest.raises(ValidationError, match="provisioned_fraction is missing"):
        Site.model_validate(site)
    with pytest.raises(ValidationError, match="may together draw more than there is"):
        Site.model_validate({**site, "admission": "measured"})
    plain = Site.model_validate({**site, "provisioned_fraction": 0.9, "over_cap": throttle})
    assert not plain.is_metered, "nothing takes power away, so that it never goes over"
    by_plate = Site.model_validate({**site, "admission": "nameplate"})
    assert (by_plate.provided_share, by_plate.may_run_short) == (1.0, False)
    by_meter = Site.model_validate({**site, "admission": "measured", "over_cap": throttle})
    assert by_meter.is_metered
    assert by_meter.may_run_short
