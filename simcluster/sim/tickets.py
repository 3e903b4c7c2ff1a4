"""Tickets: what befalls a thing at the end of each of its lives, drawn a page at a time.

A ticket says how long the life lasts, which cause ends it, how long the failure goes unnoticed and how long the repair
takes. It is addressed by (entity, k-th life, place in the entity), so that no failure moves another's luck. Drawn
alone a variate costs many times its share of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simcluster.core.rng import PAGE, Luck
from simcluster.model.distributions import Exponential, Law, draw
from simcluster.model.reliability import Cause

Floats = NDArray[np.float64]
LARGEST_LEAF = 16
"""Pages of luck drawn at once at most: the fixed cost of a draw is then a small part."""


@dataclass(frozen=True, slots=True)
class Threat:
    """A cause as it threatens one thing: its number in the scenario, and its constant rate per hour if it has one."""

    number: int
    cause: Cause
    rate_per_hour: float | None
    detection: Law


class Page:
    """The tickets of `leaf` consecutive places in one of their lives; lists by place."""

    __slots__ = ("_columns", "_tickets", "causes", "life", "lives", "number", "repairs")

    def __init__(self, tickets: Tickets, life: int, number: int) -> None:
        self._tickets = tickets
        self.life, self.number = life, number
        which = np.zeros(tickets.leaf, np.int64)
        if len(tickets.threats) > 1:
            which = np.searchsorted(tickets.thresholds, tickets.uniforms("cause", life, number), side="right")
        self.causes: list[int] = tickets.numbers[which].tolist()
        self.lives: list[float] = tickets.law.quantile(tickets.uniforms("life", life, number)).tolist()
        self.repairs: list[float] = tickets.durations("repair", lambda threat: threat.cause.repair, self, which)
        self._columns: dict[str, list[float]] = {}

    def luck(self, quantity: str) -> list[float]:
        """Uniforms of one more question that some failures raise."""
        column = self._columns.get(quantity)
        if column is None:
            column = self._tickets.uniforms(quantity, self.life, self.number).tolist()
            self._columns[quantity] = column
        return column

    @property
    def detections(self) -> list[float]:
        """Hours until each failure is noticed."""
        column = self._columns.get("detection")
        if column is None:
            which = np.searchsorted(self._tickets.numbers, np.array(self.causes))
            column = self._tickets.durations("detection", lambda threat: threat.detection, self, which)
            self._columns["detection"] = column
        return column

    def threat(self, place: int) -> Threat:
        """What strikes a place."""
        number = self.causes[place]
        return next(threat for threat in self._tickets.threats if threat.number == number)

    def after(self, quantity: str, law: Law, place: int) -> float:
        """A duration of one law for one place."""
        return draw(law, self.luck(quantity)[place])


class Pages(dict[tuple[int, int], Page]):
    """Pages by (life, number): the tickets of `leaf` places from `number` x `leaf` on, in their life-th life (from 0).

    A page is drawn when it is first looked up; after that a look-up costs no call.
    """

    __slots__ = ("_tickets",)

    def __init__(self, tickets: Tickets) -> None:
        super().__init__()
        self._tickets = tickets

    def __missing__(self, address: tuple[int, int]) -> Page:
        """Draw a page."""
        page = self[address] = Page(self._tickets, *address)
        return page


class Tickets:
    """Pages of one entity under causes that compete: constant rates, superposed, or one law of life.

    With constant rates the next failure of any cause is exponential at the summed rate and its cause is drawn by
    weight, exactly (superposition of Poisson processes). An entity of many `places` is drawn in larger leaves, to the
    same numbers.
    """

    def __init__(
        self,
        luck: Luck,
        entity: str,
        prefix: str,
        threats: Sequence[Threat],
        law: Law | None = None,
        places: int = PAGE,
    ) -> None:
        self.leaf = min(-(-places // PAGE), LARGEST_LEAF) * PAGE or PAGE
        self._luck, self._entity, self._prefix = luck, entity, prefix
        self.threats = tuple(threats)
        self.numbers = np.array([threat.number for threat in threats], dtype=np.int64)
        rates = np.array([threat.rate_per_hour or 0.0 for threat in threats])
        self.rate_per_hour = float(rates.sum())
        self.law = law or Exponential.model_construct(mean=1.0 / self.rate_per_hour if self.rate_per_hour else np.inf)
        self.thresholds: Floats = np.cumsum(rates)[:-1] / rates.sum() if self.rate_per_hour else rates[:0]
        self.pages = Pages(self)

    def uniforms(self, quantity: str, life: int, number: int) -> Floats:
        """Uniforms of a quantity for one page."""
        stream = self._luck.stream(f"{self._prefix}.{quantity}.{life}", self._entity)
        return stream.block(number * (self.leaf // PAGE), self.leaf)

    def durations(
        self, quantity: str, law_of: Callable[[Threat], Law], page: Page, which: NDArray[np.int64]
    ) -> list[float]:
        """A duration a place, each by the law of the cause that strikes it."""
        luck = self.uniforms(quantity, page.life, page.number)
        if len(self.threats) == 1:
            return list(law_of(self.threats[0]).quantile(luck).tolist())
        hours = np.zeros(self.leaf)
        for k in np.unique(which):
            struck = which == k
            hours[struck] = law_of(self.threats[k]).quantile(luck[struck])
        return hours.tolist()
