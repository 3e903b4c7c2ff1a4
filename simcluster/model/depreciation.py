"""Depreciation: cost less residual spread over a life from the day in service, losing no cent."""

from collections.abc import Sequence
from datetime import date
from math import inf
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from simcluster.core.calendar import HOURS_PER_YEAR
from simcluster.core.money import whole
from simcluster.model.kind import Located, Value, Years, refuse

AssetClass = Literal["servers", "network", "buildings", "plant"]
CLASSES: tuple[AssetClass, ...] = ("servers", "network", "buildings", "plant")
Floats = NDArray[np.float64]
Residue = Annotated[float, Field(ge=0, lt=1)]


class LifeChange(Value):
    """New lives from a day on, for all that is in service and all that comes later; a class not named keeps its own."""

    date: date
    servers: Years | None = None
    network: Years | None = None
    buildings: Years | None = None
    plant: Years | None = None


class Residual(Value):
    """The share of cost that is not depreciated, by class; that of plant is that of buildings unless it is given."""

    servers: Residue = 0.0
    network: Residue = 0.0
    buildings: Residue = 0.0
    plant: Residue | None = None

    def share(self, asset_class: AssetClass) -> float:
        """The share of a class."""
        given: float | None = getattr(self, asset_class)
        return self.buildings if given is None else given


class Lives(Value):
    """Book lives by asset class (straight line), their `changes` in order of date, and what is left at their end.

    Plant is what is electrical and mechanical in a building. Without a life of its own it has that of buildings, and a
    change of that, unless the change gives it another.

    A change of life is prospective (ASC 250): the net book value of its day, less the residual, is spread over what is
    left of the new life.
    """

    servers: Years
    network: Years
    buildings: Years
    plant: Years | None = None
    changes: tuple[LifeChange, ...] = ()
    residual: Residual = Residual()

    @model_validator(mode="after")
    def _above_zero(self) -> "Lives":
        hint = "for example '5.5 years'"
        found = [Located((name,), "a life must be above 0", hint) for name in CLASSES if self.years(name) <= 0]
        for k, change in enumerate(self.changes):
            given = {name: getattr(change, name) for name in CLASSES if getattr(change, name) is not None}
            found += [Located(("changes", k, n), "a life must be above 0", hint) for n, y in given.items() if y <= 0]
            if not given:
                found.append(Located(("changes", k), "changes no life", "name servers, network, buildings or plant"))
            if k and change.date <= self.changes[k - 1].date:
                found.append(Located(("changes", k, "date"), "not after the change above it", "order changes by date"))
        refuse(found)
        return self

    def years(self, asset_class: AssetClass, on: date | None = None) -> float:
        """The life of a class in force on a day, in years; the first one without a day."""
        own: float | None = getattr(self, asset_class)
        in_force = [self.buildings if own is None else own]
        in_force += [life for day, life in self.changed(asset_class) if on is not None and day <= on]
        return in_force[-1]

    def changed(self, asset_class: AssetClass) -> list[tuple[date, float]]:
        """The days on which the life of a class changes, and the new one in years."""
        rows = ((change.date, self.new_life(change, asset_class)) for change in self.changes)
        return [(day, life) for day, life in rows if life is not None]

    def new_life(self, change: LifeChange, asset_class: AssetClass) -> float | None:
        """The life that a change gives a class, in years; None where it leaves it alone."""
        given: float | None = getattr(change, asset_class)
        follows = asset_class == "plant" and self.plant is None
        return change.buildings if given is None and follows else given


Piece = tuple[float, float, float]
"""A straight line: the hour from which it holds, the share lost by then, the hour at which nothing is left."""
WriteDown = tuple[float, float]
"""An impairment: its hour, and the share of the book value that it takes."""
_CHANGE, _IMPAIRED = range(2)


class Schedule:
    """The share of its depreciable cost that an asset has lost, from the hour in service on: straight lines.

    `life_hours` holds for it at first, and from each hour of `changes` another: what is left then is spread over the
    rest of the new life, and lost at once where that is over. A piece (since, lost, ends) gives at hour t the share
    lost + (1 - lost) (t - since) / (ends - since), in this order of operations, which a workbook repeats to the bit.

    Each of `write_downs` takes a share of the book value at its hour, and the rest is spread over what is left of the
    life (ASC 360-10-35-20). With a `residual` r the book value is 1 / (1 - r) - lost of the depreciable cost, so that
    lost becomes min(1, lost + share (1 / (1 - r) - lost)): never below the residual, and never written up again.
    """

    def __init__(
        self,
        in_service_hour: float,
        life_hours: float,
        changes: Sequence[tuple[float, float]] = (),
        write_downs: Sequence[WriteDown] = (),
        residual: float = 0.0,
    ) -> None:
        self.pieces: list[Piece] = [(in_service_hour, 0.0, in_service_hour + life_hours)]
        """In order of time; the first begins with the hour in service."""
        self.impaired: list[Piece] = []
        """The hour of each write-down, and the shares lost before and after it."""
        events = [(hour, _CHANGE, life) for hour, life in changes]
        events += [(hour, _IMPAIRED, share) for hour, share in write_downs]
        for hour, kind, value in sorted(events, key=lambda event: event[:2]):
            if kind == _IMPAIRED and in_service_hour < hour < self.end_hour:
                self._write_down(hour, value, residual)
            elif kind == _CHANGE and hour <= in_service_hour:
                self.pieces = [(in_service_hour, 0.0, in_service_hour + value)]
            elif kind == _CHANGE and hour < self.end_hour:
                self.pieces.append((hour, self._lost_at(hour), max(in_service_hour + value, hour)))

    def _write_down(self, hour: float, share: float, residual: float) -> None:
        before = self._lost_at(hour)
        after = min(1.0, before + share * (1 / (1 - residual) - before))
        self.impaired.append((hour, before, after))
        self.pieces.append((hour, after, self.end_hour))

    def _lost_at(self, hour: float) -> float:
        return float(_lost(self.pieces[-1], np.array([hour]))[0])

    @property
    def end_hour(self) -> float:
        """When nothing is left to depreciate."""
        return self.pieces[-1][2]

    def worn(self, hours: Floats) -> Floats:
        """The share lost by each hour, from 0 to 1; same shape."""
        out: Floats = np.zeros(len(hours))
        for piece in self.pieces:
            out = np.where(hours > piece[0], _lost(piece, hours), out)
        return out


def _lost(piece: Piece, hours: Floats) -> Floats:
    since, lost, ends = piece
    span = ends - since or np.inf
    return np.where(hours > ends, 1.0, lost + (1 - lost) * (hours - since) / span)


def charge_cents(cost_cents: int, schedule: Schedule, edges_hours: Floats) -> NDArray[np.int64]:
    """Depreciation of so much between consecutive edges, in cents; shape (len(edges) - 1,).

    What is accumulated at an instant is `whole`(cost x share lost); each period takes the difference, so that the
    periods of a whole life sum to the cost exactly.
    """
    worn = [whole(cost_cents * share) for share in schedule.worn(edges_hours).tolist()]
    accumulated: NDArray[np.int64] = np.array(worn, dtype=np.int64)
    return accumulated[1:] - accumulated[:-1]


def straight_line_cents(
    cost_cents: int, in_service_hour: float, life_hours: float, edges_hours: Floats
) -> NDArray[np.int64]:
    """As `charge_cents`, over one life."""
    return charge_cents(cost_cents, Schedule(in_service_hour, life_hours), edges_hours)


def schedule_of(
    lives: Lives,
    asset_class: AssetClass,
    in_service_hour: float,
    start: date,
    at_most_hours: float = inf,
    write_downs: Sequence[WriteDown] = (),
) -> Schedule:
    """The schedule of an asset that came into service at an hour counted from a start; no life is above `at_most`."""

    def hours(years: float) -> float:
        return min(years * HOURS_PER_YEAR, at_most_hours)

    changes = [((day - start).days * 24.0, hours(years)) for day, years in lives.changed(asset_class)]
    residual = lives.residual.share(asset_class)
    return Schedule(in_service_hour, hours(lives.years(asset_class)), changes, write_downs, residual)
