"""Simulated months gathered into quarters and years."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcluster.core.calendar import Month


@dataclass(frozen=True)
class Periods:
    """Labels in order of time, and the period of each month (positions, non-decreasing)."""

    labels: tuple[str, ...]
    of_month: NDArray[np.int64]

    def total(self, by_month: NDArray[Any]) -> NDArray[Any]:
        """Sums by period of what flows in each month; the first axis is months."""
        return np.add.reduceat(by_month, self.firsts, axis=0)

    @property
    def firsts(self) -> NDArray[np.int64]:
        """The first month of each period."""
        return np.searchsorted(self.of_month, np.arange(len(self.labels)), side="left")

    @property
    def lasts(self) -> NDArray[np.int64]:
        """The last month of each period."""
        return np.searchsorted(self.of_month, np.arange(len(self.labels)), side="right") - 1


def quarters(months: Sequence[Month]) -> Periods:
    """Calendar quarters such as "2024Q1"."""
    return _gathered(months, lambda month: month.quarter)


def years(months: Sequence[Month]) -> Periods:
    """Calendar years such as "2024"."""
    return _gathered(months, lambda month: str(month.year))


def _gathered(months: Sequence[Month], label: Callable[[Month], str]) -> Periods:
    named = [label(month) for month in months]
    labels = tuple(dict.fromkeys(named))
    position = {name: k for k, name in enumerate(labels)}
    return Periods(labels, np.array([position[name] for name in named], dtype=np.int64))
