"""What an outcome is sensitive to: the results that all methods give alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simcluster.study.intervals import CONFIDENCE, Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd

    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario
    from simcluster.record.ledger import Replica
    from simcluster.study.crew import Crew
    from simcluster.study.factors import Factor
    from simcluster.study.plan import Plan

Floats = NDArray[np.float64]
LUCK_FACTOR = "luck"
"""What a study calls the seeds where they are a factor like others."""


@dataclass(frozen=True)
class Failure:
    """A run that raised an error: its seed, the `--set` that repeat it, and what it said."""

    seed: int
    overrides: tuple[str, ...]
    error: str


@dataclass(frozen=True)
class Effect:
    """What one factor does: figures by measure, each with its interval; `low` and `high` are its ends as told."""

    factor: str
    figures: dict[str, Estimate]
    low: str = ""
    high: str = ""

    @property
    def n(self) -> int:
        """What the least founded of its figures rests on."""
        return min((figure.n for figure in self.figures.values()), default=0)


@dataclass(frozen=True)
class Sensitivity:
    """An outcome and its factors, the strongest first by the measure of `by`.

    `n` is what figures rest on (seeds, rows or trajectories, by method), of which `without` more lack the outcome
    somewhere; `runs` were made and `failed` raised an error. `base` is the outcome at central values, where it was run.
    A date (`is_date`) is an ordinal day.
    """

    method: str
    outcome: str
    by: str
    measures: tuple[str, ...]
    effects: tuple[Effect, ...]
    n: int
    without: int
    runs: int
    failed: tuple[Failure, ...]
    is_date: bool
    base: Estimate | None = None

    @property
    def frame(self) -> pd.DataFrame:
        """A row a factor: `outcome`, `factor`, `low`, `high`, each measure with `_low` and `_high`, `n`, `failed`."""
        import pandas as pd

        return pd.DataFrame([self._row(effect) for effect in self.effects])

    def _row(self, effect: Effect) -> dict[str, Any]:
        row: dict[str, Any] = {
            "outcome": self.outcome,
            "factor": effect.factor,
            "low": effect.low,
            "high": effect.high,
        }
        for measure in self.measures:
            figure = effect.figures.get(measure)
            told = (np.nan,) * 3 if figure is None else (figure.value, figure.low, figure.high)
            row |= dict(zip((measure, f"{measure}_low", f"{measure}_high"), told, strict=True))
        return row | {"n": effect.n, "failed": len(self.failed)}


class Method(Protocol):
    """A study of factors by n units of the method (rows, trajectories, runs); a result an outcome.

    Raises:
        WorkersDiedError: workers die without finishing anything.
    """

    def __call__(
        self,
        scenario: Scenario,
        document: Document,
        factors: Sequence[Factor],
        outcomes: Sequence[str],
        n: int,
        crew: Crew,
        tell: Callable[[], None] | None = None,
    ) -> list[Sensitivity]:
        """Run it; `tell` is called after each run."""


def failures(plan: Plan, replicas: Iterable[Replica]) -> tuple[Failure, ...]:
    """Those of a plan's replicas that failed."""
    return tuple(
        Failure(one.seed, plan.overrides_of(one.number), one.error or "") for one in replicas if one.outcomes is None
    )


def ranked(effects: list[Effect], by: str) -> tuple[Effect, ...]:
    """The strongest first, those without a figure last; equals stay in the order of the file."""

    def strength(effect: Effect) -> float:
        figure = effect.figures.get(by)
        return 0.0 if figure is None or np.isnan(figure.value) else -abs(figure.value)

    return tuple(sorted(effects, key=strength))


def resampled(value: float, found: Floats, n: int, confidence: float = CONFIDENCE) -> Estimate:
    """An estimate from n units with the percentile interval of its bootstrap resamples, shape (resamples,).

    Source: B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), section 13.3.
    """
    tail = (1 - confidence) / 2
    low, high = (float(end) for end in np.quantile(found, (tail, 1 - tail)))
    return Estimate(value, low, high, n, confidence)
