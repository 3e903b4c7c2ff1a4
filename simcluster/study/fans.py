"""How the lines over time of a sweep's replicas spread: percentiles date by date."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from simcluster.study.intervals import Estimate
from simcluster.study.spool import Spool
from simcluster.study.sweep_summary import PERCENTILES
from simcluster.study.sweep_ties import Ties, ties_of

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.record.ledger import Ledger, Series
    from simcluster.study.plan import Numbers, Plan

Key = tuple[str, str]


@dataclass
class Fan:
    """One line: at each date, in order, the percentiles of the replicas that have a value, and how many these are."""

    dates: list[str] = field(default_factory=list)
    percentiles: dict[int, list[Estimate]] = field(default_factory=lambda: {percent: [] for percent in PERCENTILES})

    @property
    def n(self) -> list[int]:
        """How many replicas the percentiles rest on at each date."""
        return [estimate.n for estimate in self.percentiles[PERCENTILES[0]]]

    def frame(self) -> pd.DataFrame:
        """Columns `date` (datetime64), `n`, and `p5` to `p95`, each with `_low` and `_high`, a row a date.

        Not a number is what no replica has, and a bound that so few cannot give.
        """
        import pandas as pd

        told: dict[str, list[float]] = {}
        for percent, line in self.percentiles.items():
            told[f"p{percent}"] = [estimate.value for estimate in line]
            told[f"p{percent}_low"] = [_finite(estimate.low) for estimate in line]
            told[f"p{percent}_high"] = [_finite(estimate.high) for estimate in line]
        return pd.DataFrame({"date": pd.to_datetime(self.dates), "n": self.n, **told})


def _finite(value: float) -> float:
    return value if np.isfinite(value) else np.nan


def fans_of(ledger: Ledger, below: int, numbers: Numbers, plan: Plan) -> dict[str, Fan]:
    """The fan of each line by name; `numbers` are of the replicas below the one given that came out well."""
    ties = ties_of(plan, numbers)
    fans: dict[str, Fan] = {}
    with Spool[Key](len(numbers)) as spool:
        spool.fill(map(_flat, ledger.series(below)))
        for (name, date), values in spool.columns(sorted(spool.names)):
            fans.setdefault(name, Fan()).dates.append(date)
            _add(fans[name], values, ties)
    return fans


def _flat(series: Series) -> dict[Key, float | None]:
    return {(name, date): value for name, values in series.items() for date, value in values.items()}


def _add(fan: Fan, values: np.ndarray, ties: Ties) -> None:
    known = np.isfinite(values)
    for percent, line in fan.percentiles.items():
        line.append(ties.of(known).percentile(values[known], percent / 100))
