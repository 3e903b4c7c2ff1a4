"""Depreciation: cost spread over a life from the day in service, losing no cent."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from simcluster.model.kind import Located, Value, Years, refuse

AssetClass = Literal["servers", "network", "buildings"]


class Lives(Value):
    """Book lives by asset class (straight line)."""

    servers: Years
    network: Years
    buildings: Years

    @model_validator(mode="after")
    def _above_zero(self) -> "Lives":
        refuse(
            [
                Located((name,), "a life must be above 0", "for example '5.5 years'")
                for name in type(self).model_fields
                if getattr(self, name) <= 0
            ]
        )
        return self

    def years(self, asset_class: AssetClass) -> float:
        """The life of a class, in years."""
        life: float = getattr(self, asset_class)
        return life


def straight_line_cents(
    cost_cents: int, in_service_hour: float, life_hours: float, edges_hours: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Depreciation of one asset between consecutive edges, in cents; shape (len(edges) - 1,).

    Accumulated depreciation at an instant is round(cost x min(1, age / life)); each period takes the difference, so
    the periods of a whole life sum to the cost exactly.
    """
    age = np.clip((edges_hours - in_service_hour) / life_hours, 0.0, 1.0)
    accumulated = np.array([round(cost_cents * float(a)) if a < 1.0 else cost_cents for a in age], dtype=np.int64)
    return np.diff(accumulated)
