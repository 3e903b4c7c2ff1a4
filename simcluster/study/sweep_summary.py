"""What a sweep says of each outcome: mean and percentiles, and the chances that people ask for, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simcluster.study.statistics import Estimate, chance_of, mean_of, quantile_of
from simcluster.study.sweep_columns import Columns, Floats, Kind, columns_of, values_of

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.record.ledger import Ledger

PERCENTILES = (5, 25, 50, 75, 95)
ROUNDING = 1e-9
"""Values that differ by less of themselves are the same."""


@dataclass(frozen=True)
class Histogram:
    """How many replicas fell between each two of `edges`, of which there is one more."""

    counts: list[int]
    edges: list[float]


@dataclass(frozen=True)
class Spread:
    """One outcome over the replicas.

    `n` replicas have a value and `without` have none. Dates are ordinal days (`date.fromordinal`). Percentiles of dates
    and margins count those without as later than the end of the run; None then stands for a percentile beyond it.
    `mean` is None where that would be needed to know it. `histogram` is of those with a value, where they differ.
    """

    outcome: str
    kind: Kind
    n: int
    without: int
    mean: Estimate
    sd: float | None
    percentiles: dict[int, Estimate]
    histogram: Histogram | None


@dataclass(frozen=True)
class Chance:
    """The probability of an event, from `hits` in `n` replicas that can say."""

    event: str
    hits: int
    n: int
    share: Estimate


@dataclass(frozen=True)
class Summary:
    """What `replicas` replicas say that came out well; `failed` more did not, and are in no figure."""

    columns: Columns
    failed: int
    spreads: dict[str, Spread]
    chances: dict[str, Chance]

    @property
    def replicas(self) -> int:
        """How many came out well."""
        return self.columns.replicas


def summarise(ledger: Ledger, scenario: Scenario, below: int) -> Summary:
    """The summary of the replicas below a number; `scenario` says what was promised."""
    columns = columns_of(ledger, below)
    promises = {f"jobs.{job.name}.margin_days": job for job in scenario.jobs if job.promised is not None}
    spreads, chances = {}, {}
    for name, values in values_of(ledger, below, columns):
        spreads[name] = _spread(name, columns.outcomes[name], values)
        if name in promises:
            job = promises[name]
            over = job.promised is not None and job.promised <= scenario.end
            chances[name] = _chance(f"{job.name} ready as promised", values >= 0, over | np.isfinite(values))
        elif name == "npv_usd":
            chances[name] = _chance("NPV above 0", values > 0, np.isfinite(values))
        elif name.startswith("offset_"):
            when = name.removeprefix("offset_").replace("_", " ")
            chances[name] = _chance(f"offset of {when} above 1", values > 1, np.isfinite(values))
    return Summary(columns, ledger.failed(below), spreads, chances)


def _spread(name: str, kind: Kind, values: Floats) -> Spread:
    known = np.sort(values[np.isfinite(values)])
    without = len(values) - len(known)
    complete = known
    if kind is Kind.DATE:
        complete = np.concatenate([known, np.full(without, np.inf)])
    elif kind is Kind.MARGIN and len(known):
        complete = np.concatenate([np.full(without, -np.inf), known])
    has_mean = kind is Kind.NUMBER or not without
    return Spread(
        name,
        kind,
        len(known),
        without,
        mean_of(known) if has_mean else Estimate(None, None, None),
        float(np.std(known, ddof=1)) if has_mean and len(known) > 1 else None,
        {percent: quantile_of(complete, percent / 100) for percent in PERCENTILES},
        _histogram(known),
    )


def _histogram(known: Floats) -> Histogram | None:
    """Some sqrt(n) bins of one width, from 5 to 40."""
    if len(known) < 2 or known[-1] - known[0] <= ROUNDING * np.abs(known).max():
        return None
    counts, edges = np.histogram(known, bins=min(max(round(len(known) ** 0.5), 5), 40))
    return Histogram(counts.tolist(), edges.tolist())


def _chance(event: str, hit: np.ndarray, known: np.ndarray) -> Chance:
    hits, n = int((hit & known).sum()), int(known.sum())
    return Chance(event, hits, n, chance_of(hits, n))
