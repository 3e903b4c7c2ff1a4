"""The clock on which a cluster's causes run: calendar hours at a speed that all its nodes share.

Where the speed is z, hazards are z times what they were (for constant rates exactly; a law that ages does so faster).
A failure that is due after so many hours of the clock strikes when the integral of the speed has grown by as much.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from itertools import pairwise

import numpy as np

from simcluster.core.calendar import Clock
from simcluster.core.rng import Luck
from simcluster.model.reliability import EarlyWeeks, Frailty, HotSeason

STEPS_OF_EARLY_WEEKS = 16
"""The straight fall of the early weeks is cut into so many steps of constant speed."""


class Clockwork:
    """A piecewise linear clock; `edges` in calendar hours, `speeds` between them, the last one for ever."""

    __slots__ = ("_edges", "_read", "_speeds")

    def __init__(self, edges: list[float], speeds: list[float]) -> None:
        self._edges, self._speeds = edges, speeds
        self._read = [0.0]
        for (since, until), speed in zip(pairwise(edges), speeds, strict=False):
            self._read.append(self._read[-1] + (until - since) * speed)

    def read(self, hour: float) -> float:
        """What the clock shows at a calendar hour."""
        k = max(bisect_right(self._edges, hour) - 1, 0)
        return self._read[k] + (hour - self._edges[k]) * self._speeds[k]

    def hour(self, reading: float) -> float:
        """The calendar hour at which the clock shows a reading."""
        k = max(bisect_right(self._read, reading) - 1, 0)
        speed = self._speeds[k]
        return self._edges[k] + (reading - self._read[k]) / speed if speed > 0 else float("inf")


def clockwork(luck: Luck, cluster: str, frailty: Frailty | None, clock: Clock, began_hour: float) -> Clockwork | None:
    """The clock of a cluster whose first node entered service at `began_hour`; None if it runs with the calendar."""
    if frailty is None:
        return None
    horizon = clock.horizon_hours
    edges = {0.0, *np.arange(0.0, horizon, frailty.window).tolist()}
    if frailty.early is not None:
        step = frailty.early.lasts / STEPS_OF_EARLY_WEEKS
        edges |= {began_hour + k * step for k in range(STEPS_OF_EARLY_WEEKS + 1)}
    if frailty.season is not None:
        edges |= set(clock.month_edges)
    cut = sorted(edge for edge in edges if 0 <= edge < horizon)
    draws = _gammas(luck, cluster, frailty, len(cut) + 1)
    middles = [(edge + following) / 2 for edge, following in pairwise([*cut, horizon])]
    speeds = [
        draws[int(middle / frailty.window)]
        * _early(frailty.early, middle - began_hour)
        * _seasonal(frailty.season, clock.date(middle))
        for middle in middles
    ]
    return Clockwork(cut, speeds)


def _gammas(luck: Luck, cluster: str, frailty: Frailty, count: int) -> list[float]:
    """The shared multipliers of successive windows."""
    from scipy.special import gammaincinv

    def draw(quantity: str, variance: float, size: int) -> np.ndarray:
        if variance == 0:
            return np.ones(size)
        uniforms = luck.stream(quantity, cluster).block(0, size)
        return np.asarray(gammaincinv(1 / variance, uniforms) * variance)

    lasting = draw("failures.lasting", frailty.lasting, 1)[0]
    return [float(x * lasting) for x in draw("failures.frailty", frailty.variance, count)]


def _early(early: EarlyWeeks | None, age: float) -> float:
    if early is None or not 0 <= age < early.lasts:
        return 1.0
    return 1.0 + (early.multiple - 1.0) * (1.0 - age / early.lasts)


def _seasonal(season: HotSeason | None, day: date) -> float:
    if season is None:
        return 1.0
    first, last = season.first_month, season.last_month
    inside = first <= day.month <= last if first <= last else not last < day.month < first
    return season.multiple if inside else 1.0
