"""How the lines over time of a sweep's replicas spread: percentiles date by date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from simcluster.study.intervals import quantile
from simcluster.study.sweep_columns import MOST_BYTES
from simcluster.study.sweep_summary import PERCENTILES

if TYPE_CHECKING:
    import pandas as pd

    from simcluster.record.ledger import Ledger

Key = tuple[str, str]


@dataclass
class Fan:
    """One line: at each date, in order, how many replicas have a value and the percentiles of those."""

    dates: list[str] = field(default_factory=list)
    n: list[int] = field(default_factory=list)
    percentiles: dict[int, list[float | None]] = field(default_factory=lambda: {percent: [] for percent in PERCENTILES})

    def frame(self) -> pd.DataFrame:
        """Columns `date` (datetime64), `n`, `p5`, `p25`, `p50`, `p75` and `p95`, a row a date."""
        import pandas as pd

        told = {f"p{percent}": np.array(values, dtype=float) for percent, values in self.percentiles.items()}
        return pd.DataFrame({"date": pd.to_datetime(self.dates), "n": self.n, **told})


def fans_of(ledger: Ledger, below: int, replicas: int) -> dict[str, Fan]:
    """The fan of each line by name; `replicas` are those below the number that came out well."""
    keys: dict[Key, None] = {}
    for series in ledger.series(below):
        keys |= dict.fromkeys((name, date) for name, values in series.items() for date in values)
    fans: dict[str, Fan] = {}
    for (name, date), values in _columns(ledger, below, sorted(keys), replicas):
        fan, known = fans.setdefault(name, Fan()), np.sort(values[np.isfinite(values)])
        fan.dates.append(date)
        fan.n.append(len(known))
        for percent, line in fan.percentiles.items():
            line.append(quantile(known, percent / 100) if len(known) else None)
    return fans


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
