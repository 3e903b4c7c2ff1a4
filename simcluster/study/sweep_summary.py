"""What a sweep says of each outcome: mean and percentiles, and the chances that people ask for, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.study.intervals import Estimate
from simcluster.study.sweep_columns import Columns, Floats, Kind, columns_of, values_of
from simcluster.study.sweep_ties import UNKNOWN, Ties, members_of, split_of, ties_of

if TYPE_CHECKING:
    from simcluster.record.ledger import Ledger
    from simcluster.study.sweep import Sweep
    from simcluster.study.variance import Split

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
    and margins count those without as later than the end of the run, and are infinite beyond it; the mean is then not a
    number, as it is without any value. `histogram` is of those with a value, where they differ.
    """

    outcome: str
    kind: Kind
    n: int
    without: int
    mean: Estimate
    sd: float | None
    percentiles: dict[int, Estimate]
    histogram: Histogram | None

    @property
    def ranked(self) -> int:
        """How many replicas the percentiles rest on: with those that came too late, in groups the first of each."""
        return next((percentile.n for percentile in self.percentiles.values()), 0)


@dataclass(frozen=True)
class Chance:
    """The probability of an event, from `hits` in `n` replicas that can say."""

    event: str
    hits: int
    n: int
    share: Estimate


@dataclass(frozen=True)
class Summary:
    """What `replicas` replicas say that came out well; `failed` more did not, and are in no figure.

    `splits` has the parts of the variance of outcomes, where replicas are in groups.
    """

    columns: Columns
    failed: int
    spreads: dict[str, Spread]
    chances: dict[str, Chance]
    splits: dict[str, Split]

    @property
    def replicas(self) -> int:
        """How many came out well."""
        return self.columns.replicas

    @property
    def ranked(self) -> int:
        """How many replicas percentiles rest on where an outcome is lacking in none."""
        return max((spread.ranked for spread in self.spreads.values()), default=0)


def summarise(ledger: Ledger, sweep: Sweep) -> Summary:
    """What the replicas of a sweep say that are in its ledger.

    Where some replicas earn nothing, and so have neither NPV nor offset, these are not above what they have to be.
    """
    scenario, columns = sweep.scenario, columns_of(ledger, sweep.replicas)
    ties, members = ties_of(sweep.plan, columns.numbers), members_of(sweep.plan, columns.numbers)
    promises = {f"jobs.{job.name}.margin_days": job for job in scenario.jobs if job.promised is not None}
    spreads, chances, splits = {}, {}, {}
    all_of_them = np.ones(columns.replicas, dtype=bool)
    for name, values in values_of(ledger, sweep.replicas, columns):
        spreads[name] = spread_of(name, columns.outcomes[name], values, ties)
        if members is not None and (split := split_of(values, members)) is not None:
            splits[name] = split
        if name in promises:
            job = promises[name]
            over = job.promised is not None and job.promised <= scenario.end
            chances[name] = _chance(f"{job.name} ready as promised", values >= 0, over | np.isfinite(values), ties)
        elif name == "npv_usd":
            chances[name] = _chance("NPV above 0", values > 0, all_of_them, ties)
        elif name.startswith("offset_"):
            when = name.removeprefix("offset_").replace("_", " ")
            chances[name] = _chance(f"offset of {when} above 1", values > 1, all_of_them, ties)
    return Summary(columns, ledger.failed(sweep.replicas), spreads, chances, splits)


def spread_of(name: str, kind: Kind, values: Floats, ties: Ties) -> Spread:
    """How an outcome spreads over replicas that came out well, shape (n,), not a number where there is none."""
    known = np.isfinite(values)
    without = int((~known).sum())
    late = kind is not Kind.NUMBER and without < len(values)
    sample = np.where(known, values, -np.inf if kind is Kind.MARGIN else np.inf) if late else values[known]
    within = ties if late else ties.of(known)
    has_mean = not (late and without)
    return Spread(
        name,
        kind,
        int(known.sum()),
        without,
        within.mean(sample) if has_mean and len(sample) else UNKNOWN,
        float(np.std(sample, ddof=1)) if has_mean and len(sample) > 1 else None,
        {percent: within.percentile(sample, percent / 100) for percent in PERCENTILES},
        _histogram(np.sort(values[known])),
    )


def _chance(event: str, hit: NDArray[np.bool_], known: NDArray[np.bool_], ties: Ties) -> Chance:
    """The probability of what some hit, of those that can say; in groups, of their firsts."""
    asked = known if ties.firsts is None else known & ties.firsts
    return Chance(event, int((hit & asked).sum()), int(asked.sum()), ties.of(asked).chance(hit[asked]))


def _histogram(known: Floats) -> Histogram | None:
    """Some sqrt(n) bins of one width, from 5 to 40."""
    if len(known) < 2 or known[-1] - known[0] <= ROUNDING * np.abs(known).max():
        return None
    counts, edges = np.histogram(known, bins=min(max(round(len(known) ** 0.5), 5), 40))
    return Histogram(counts.tolist(), edges.tolist())
