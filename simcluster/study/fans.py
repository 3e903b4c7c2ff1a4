"""How the lines over time of a sweep's replicas spread: percentiles date by date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from simcluster.study.intervals import Estimate
from simcluster.study.sweep_columns import MOST_BYTES
from simcluster.study.sweep_summary import PERCENTILES
from simcluster.study.sweep_ties import Ties, ties_of

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.record.ledger import Ledger
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
    keys: dict[Key, None] = {}
    for series in ledger.series(below):
        keys |= dict.fromkeys((name, date) for name, values in series.items() for date in values)
    fans: dict[str, Fan] = {}
    for (name, date), values in _columns(ledger, below, sorted(keys), len(numbers)):
        fans.setdefault(name, Fan()).dates.append(date)
        _add(fans[name], values, ties)
    return fans


def _add(fan: Fan, values: np.ndarray, ties: Ties) -> None:
    known = np.isfinite(values)
    for percent, line in fan.percentiles.items():
        line.append(ties.of(known).percentile(values[known], percent / 100))


def _columns(ledger: Ledger, below: int, keys: list[Key], replicas: int) -> Iterator[tuple[Key, np.ndarray]]:
    """The values of each line at each date by replica, read some dates at a time."""
    at_once = max(1, MOST_BYTES // (8 * max(replicas, 1)))
    for first in range(0, len(keys), at_once):
        block = keys[first : first + at_once]
        table = np.full((len(block), replicas), np.nan)
        for k, series in enumerate(ledger.series(below)):
            told = (series.get(name, {}).get(date) for name, date in block)
            table[:, k] = [np.nan if value is None else value for value in told]
        yield from zip(block, table, strict=True)
