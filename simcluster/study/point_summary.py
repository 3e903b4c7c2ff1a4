"""What the replicas of a sweep over points say: each outcome at each point, and against the first by pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.study.intervals import CONFIDENCE, Estimate, mean
from simcluster.study.pairs import Pair, paired
from simcluster.study.point_checks import matching
from simcluster.study.sweep_columns import Columns, Floats, Kind, columns_of, values_of
from simcluster.study.sweep_summary import Spread, spread_of
from simcluster.study.sweep_ties import UNKNOWN, Ties

if TYPE_CHECKING:
    from simcluster.record.ledger import Ledger
    from simcluster.study.point_sweep import PointSweep


@dataclass(frozen=True)
class AtPoints:
    """One outcome at every point.

    `values` have shape (points, replicas), dates as ordinal days, not a number where there is none; `ran`, of the same
    shape, is where a replica came out well.
    """

    outcome: str
    kind: Kind
    values: Floats
    ran: NDArray[np.bool_]

    @cached_property
    def spreads(self) -> tuple[Spread, ...]:
        """How it spreads at each point; replicas of one point are independent."""
        rows = zip(self.values, self.ran, strict=True)
        return tuple(spread_of(self.outcome, self.kind, values[ran], Ties()) for values, ran in rows)

    @cached_property
    def differences(self) -> tuple[Pair | None, ...]:
        """Each point but the first against the first, replica by replica; None where no pair has it."""
        return tuple(paired(self.values[0], other) for other in self.values[1:])


@dataclass(frozen=True)
class PointSummary:
    """What is told: the outcomes asked for, what the replicas have, and how many of them came out well and failed."""

    columns: Columns
    failed: int
    told: tuple[AtPoints, ...]

    @property
    def replicas(self) -> int:
        """How many came out well."""
        return self.columns.replicas


def at_points(ledger: Ledger, laid: PointSweep, columns: Columns) -> Iterator[AtPoints]:
    """Every outcome, one after another."""
    shape = (len(laid.points), laid.asked.replicas)
    where = (columns.numbers % shape[0], columns.numbers // shape[0])
    ran = np.zeros(shape, dtype=bool)
    ran[where] = True
    for name, values in values_of(ledger, laid.sweep.replicas, columns):
        table = np.full(shape, np.nan)
        table[where] = values
        yield AtPoints(name, columns.outcomes[name], table, ran)


def summarise_points(ledger: Ledger, laid: PointSweep) -> PointSummary:
    """The outcomes that the experiment asks for, in its order."""
    columns = columns_of(ledger, laid.sweep.replicas)
    wanted = matching(laid.asked.outcomes, columns.outcomes)
    found = {one.outcome: one for one in at_points(ledger, laid, columns) if one.outcome in wanted}
    return PointSummary(columns, ledger.failed(laid.sweep.replicas), tuple(found[name] for name in wanted))


@dataclass(frozen=True)
class Leader:
    """The point with the highest or lowest mean, and those that cannot be told from it, the nearest first.

    `unranked` points have no mean, since in some replicas the outcome did not come.
    """

    point: int
    rivals: tuple[int, ...]
    unranked: int


def leader(found: AtPoints, sign: int) -> Leader | None:
    """The highest point (`sign` 1) or the lowest (-1); None where fewer than two have a mean.

    A rival is a point whose paired difference from the leader has an interval with 0 in it. The intervals hold together
    with 95% (Bonferroni), for the leader was chosen by the same replicas. With one replica all are rivals.

    Source: B. Nelson, F. Matejcik, "Using common random numbers for indifference-zone selection", Management Science 41
    (1995).
    """
    means = np.array([spread.mean.value for spread in found.spreads])
    ranked = sorted(np.flatnonzero(np.isfinite(means)).tolist(), key=lambda v: (-sign * means[v], v))
    if len(ranked) < 2:
        return None
    confidence = 1 - (1 - CONFIDENCE) / (len(ranked) - 1)
    first, *others = ranked
    pairs = ((v, paired(found.values[v], found.values[first], confidence)) for v in others)
    rivals = tuple(v for v, pair in pairs if pair is None or pair.difference.low <= 0 <= pair.difference.high)
    return Leader(first, rivals, len(means) - len(ranked))


def main_effect(found: AtPoints, shape: tuple[int, ...], axis: int) -> list[Estimate]:
    """The mean at each level of one factor over all levels of the others, with Student's interval over replicas.

    `shape` has the number of levels of each factor, in the order in which they make the points. A replica counts where
    it has the outcome at every point with the level.
    """
    table = np.moveaxis(found.values.reshape(*shape, -1), axis, 0)
    by_level = table.reshape(shape[axis], -1, table.shape[-1]).mean(axis=1)
    known = [row[np.isfinite(row)] for row in by_level]
    return [mean(row) if len(row) else UNKNOWN for row in known]
