from copy import deepcopy
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import ValidationError

from simcluster.model.pue import ConstantPue, FixedAndProportionalPue, Pue, most_per_nameplate, slopes
from simcluster.model.site import Site

SITE: dict[str, Any] = {
    "name": "s",
    "pue_peak": 1.3,
    "provisioned_fraction": 0.9,
    "halls": [{"name": "h", "it_power": "1 MW", "ready": "2024-01-01", "cost": "10 MUSD/MW"}],
    "power": [
        {"kind": "grid", "name": "g", "price": "0.05 USD/kWh", "phases": [{"date": "2024-01-01", "power": "1 MW"}]}
    ],
    "install": "1 day",
    "burn_in": "1 day",
    "operations": "0.2 MUSD/MW/year",
}
TABLES: dict[str, dict[str, Any]] = {
    "constant": {"average": 1.2},
    "fixed_and_proportional": {"fixed": 0.04, "proportional": 0.1, "months": [0.5] * 6 + [2.0] * 6},
}


@pytest.mark.parametrize("kind", get_args(get_args(Pue)[0]))
def test_a_facility_draws_at_least_its_it_and_more_for_more(kind: Any) -> None:
    pue = kind(**TABLES[kind.model_fields["kind"].default])
    it = np.linspace(0, 100, 50)
    for month in range(1, 13):
        facility = pue.facility_kw(it, np.full(50, 100.0), np.full(50, month))
        assert np.all(facility >= it)
        assert np.all(np.diff(facility) > 0)
        assert facility[-1] <= 100 * most_per_nameplate(pue, 1.0) * (1 + 1e-12)


def test_an_overhead_has_a_fixed_part_and_a_season() -> None:
    pue = FixedAndProportionalPue(**TABLES["fixed_and_proportional"])
    got = pue.facility_kw(np.array([0.0, 50.0, 50.0]), np.array([100.0, 100.0, 200.0]), np.array([6, 6, 7]))
    assert got.tolist() == pytest.approx([0.5 * 4, 50 + 0.5 * (4 + 5), 50 + 2 * (8 + 5)])
    assert most_per_nameplate(pue, 0.5) == pytest.approx(0.5 + 2 * (0.04 + 0.05))


def test_a_site_says_its_pue_once() -> None:
    assert Site.model_validate({**SITE, "pue_average": 1.1}).metered_pue == ConstantPue(average=1.1)
    table = {"kind": "fixed_and_proportional", "fixed": 0.02, "proportional": 0.05}
    assert Site.model_validate({**SITE, "pue": table}).metered_pue == FixedAndProportionalPue(**table)
    for wrong in ({}, {"pue": table, "pue_average": 1.1}):
        with pytest.raises(ValidationError, match="either pue_average or a table pue"):
            Site.model_validate({**deepcopy(SITE), **wrong})


def test_a_season_has_twelve_months() -> None:
    with pytest.raises(ValidationError, match="12"):
        FixedAndProportionalPue(fixed=0.1, proportional=0.1, months=(1.0,) * 11)


@pytest.mark.parametrize("kind", get_args(get_args(Pue)[0]))
def test_slopes_tell_the_facility_draw_of_each_month(kind: Any) -> None:
    pue = kind(**TABLES[kind.model_fields["kind"].default])
    facility = pue.facility_kw(np.full(12, 30.0), np.full(12, 100.0), np.arange(1, 13))
    assert [30 * of_it + 100 * of_plate for of_it, of_plate in slopes(pue)] == pytest.approx(facility.tolist())
