"""Backtests: a scenario simulated many times and set against what was published of the real thing.

A row is `fitted` if the model was given the very number, `input` if it follows from what the scenario was told to do,
and `predicted` if it was neither. Only predicted rows are evidence, and only they may have to hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from simcluster.model.load import load
from simcluster.model.packaged import packaged_scenario
from simcluster.sim.run import simulate
from simcluster.study.intervals import mean

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario
    from simcluster.record.log import EventLog

Kind = Literal["fitted", "input", "predicted"]
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: as published, the mean over `n` replicas, and the range that holds 90% of the replicas.

    `low` to `high` is a predictive interval: luck and the uncertainty of rates together. `half_width` is of the mean's
    95% interval, Student's.
    """

    name: str
    published: float
    simulated: float
    half_width: float
    low: float
    high: float
    n: int
    kind: Kind
    must_hold: bool
    ok: bool

    def as_dict(self) -> dict[str, Any]:
        """The row for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Agreement:
    """When a simulated figure agrees with the published one, and how to say so."""

    says: str
    of: Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Claim:
    """A published figure, how it is known to the model, and when the simulated one agrees with it."""

    published: float
    kind: Kind
    agreement: Agreement
    must_hold: bool = False


def _is_inside(row: Row) -> bool:
    return row.low <= row.published <= row.high


def _is_at_least(row: Row) -> bool:
    return row.simulated >= row.published


def _is_within(share: float, row: Row) -> bool:
    return abs(row.simulated - row.published) <= share * row.published


def _is_between(low: float, high: float, row: Row) -> bool:
    return low <= row.simulated <= high


def _is_near(most: float, row: Row) -> bool:
    return abs(row.simulated - row.published) <= most


INSIDE = Agreement("published lies in the interval", _is_inside)
AT_LEAST = Agreement("mean is at least as published", _is_at_least)


def within(share: float) -> Agreement:
    """The simulated mean differs by no more than a share of the published figure."""
    return Agreement(f"mean within {share:.0%} of published", partial(_is_within, share))


def between(low: float, high: float) -> Agreement:
    """The simulated mean lies in the interval that was published with the figure."""
    return Agreement(f"mean in {low:,.0f} to {high:,.0f}, as published", partial(_is_between, low, high))


def days_apart(most: float) -> Agreement:
    """The simulated mean differs by no more than so many days."""
    return Agreement(f"mean within {most:g} days", partial(_is_near, most))


@dataclass(frozen=True)
class Part:
    """The figures of one run of a case's scenario, with `overrides` as of `--set`."""

    figures: Callable[[Scenario, EventLog], Figures]
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """A backtest: a packaged scenario, what is read off runs of it, and what was published.

    Figures have different names in different `parts`. `remark` is what is to be said of the rows, by name.
    """

    name: str
    title: str
    scenario: str
    parts: tuple[Part, ...]
    claims: Mapping[str, Claim]
    sources: str
    remark: Callable[[Mapping[str, Row]], str] | None = None

    def run(self, replicas: int, first_seed: int = 1, executor: Executor | None = None) -> list[Row]:
        """The rows over so many replicas, whose seeds are consecutive."""
        replica = partial(_replica, self)
        seeds = range(first_seed, first_seed + replicas)
        found = list(executor.map(replica, seeds) if executor else map(replica, seeds))
        return [_row(name, claim, [figures[name] for figures in found]) for name, claim in self.claims.items()]


def _replica(case: Case, seed: int) -> Figures:
    found: Figures = {}
    with packaged_scenario(case.scenario) as path:
        for part in case.parts:
            scenario, _ = load(path, part.overrides)
            found |= part.figures(scenario, simulate(scenario, seed))
    return found


def _row(name: str, claim: Claim, values: Iterable[float]) -> Row:
    found = np.array(list(values), dtype=float)
    middle, (low, high) = mean(found), np.quantile(found, [0.05, 0.95])
    row = Row(
        name=name,
        published=claim.published,
        simulated=middle.value,
        half_width=middle.half_width,
        low=float(low),
        high=float(high),
        n=len(found),
        kind=claim.kind,
        must_hold=claim.must_hold,
        ok=False,
    )
    return Row(**{**asdict(row), "ok": bool(claim.agreement.of(row))})


def holds(rows: Iterable[Row]) -> bool:
    """Whether every row that must hold does."""
    return all(row.ok for row in rows if row.must_hold)


def cases() -> dict[str, Case]:
    """The backtests there are, by name."""
    from simcluster.study.backtest_colossus import COLOSSUS
    from simcluster.study.backtest_llama3 import LLAMA3_405B
    from simcluster.study.backtest_meta import META_FLEET

    return {case.name: case for case in (LLAMA3_405B, COLOSSUS, META_FLEET)}
