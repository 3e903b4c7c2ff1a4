"""What befalls the nodes of one lot: how long each life lasts, which cause ends it, and how long the repair takes.

Node-scoped causes have constant rates, so their superposition is one exponential life and the cause is drawn by
weight (exact for independent Poisson processes). Each draw is addressed by (lot, k-th life, place in the lot): no
failure moves another's luck. Fates are made a page of nodes at a time, since a draw alone costs many times its share of
a page.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcluster.core.rng import PAGE, Luck
from simcluster.model.distributions import Exponential
from simcluster.model.reliability import FailureProfile

Page = tuple[list[float], list[int], list[float]]
"""Life, cause and repair of consecutive places: hours, positions in the failure profile, hours."""


class Fates:
    """Pages of fates of one lot under one failure profile."""

    def __init__(self, luck: Luck, lot: str, profile: FailureProfile) -> None:
        self._luck = luck
        self._lot = lot
        self._profile = profile
        causes = profile.of_scope("node")
        rates = np.array([cause.rate for cause in causes])
        self.harmless = not causes
        self._life = Exponential.model_construct(mean=24.0 / rates.sum() if causes else np.inf)
        self._thresholds = np.cumsum(rates)[:-1] / rates.sum() if causes else rates
        self._numbers = np.array([profile.causes.index(cause) for cause in causes], dtype=np.int64)
        self._pages: dict[tuple[int, int], Page] = {}

    def page(self, life: int, number: int) -> Page:
        """The fates of `PAGE` places from `number` x `PAGE` on, in their life-th life (from 0)."""
        page = self._pages.get((life, number))
        if page is None:
            page = self._pages[life, number] = self._make(life, number)
        return page

    def _make(self, life: int, number: int) -> Page:
        lives = self._life.quantile(self._uniforms("failures.life", life, number))
        marks = self._uniforms("failures.cause", life, number)
        causes = self._numbers[np.searchsorted(self._thresholds, marks, side="right")]
        luck = self._uniforms("repair.time", life, number)
        repairs = np.zeros(PAGE)
        for cause in np.unique(causes):
            struck = causes == cause
            repairs[struck] = self._profile.causes[cause].repair.quantile(luck[struck])
        return lives.tolist(), causes.tolist(), repairs.tolist()

    def _uniforms(self, quantity: str, life: int, number: int) -> NDArray[np.float64]:
        return self._luck.stream(f"{quantity}.{life}", self._lot).block(number, PAGE)
