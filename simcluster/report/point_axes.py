"""The factors of an experiment as axes of tables and figures: short names, texts of levels, places on a scale."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from simcluster.model.scales import Dates, NotOnScaleError, Quantities, scale_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcluster.model.experiment import Experiment, Point

POINT = "point"
"""What a list of points is called beside factors."""
_PARTS = re.compile(r"(?:[^.\"\[\]]|\"[^\"]*\"|\[[^\]]*\])+")


@dataclass(frozen=True)
class Axis:
    """A factor, or the list of points (then `key` is empty).

    `places` are its levels as numbers of `unit` (dates as ordinal days), None where they are not all of one kind.
    """

    key: str
    label: str
    texts: tuple[str, ...]
    places: tuple[float, ...] | None = None
    unit: str = ""
    is_date: bool = False

    @property
    def titled(self) -> str:
        """The short name with the unit: `checkpoint interval, h`."""
        return f"{self.label}, {self.unit}" if self.unit else self.label

    @property
    def is_by_ratio(self) -> bool:
        """Whether its levels lie more evenly by their ratios than by their differences, as 1, 2, 4, 8 do."""
        if self.places is None or len(self.places) < 3 or min(self.places) <= 0:
            return False
        return _unevenness([math.log(place) for place in self.places]) < _unevenness(self.places) * (1 - 1e-6)


def _unevenness(places: Sequence[float]) -> float:
    ordered = sorted(places)
    steps = [after - before for before, after in pairwise(ordered)]
    return max(steps) / min(steps) if min(steps) > 0 else math.inf


def axes_of(asked: Experiment) -> list[Axis]:
    """The list of points if there is one, then each factor."""
    listed = [Axis("", POINT, tuple(row.name for row in asked.listed))] if asked.listed else []
    labels = short_names(list(asked.levels))
    return listed + [_axis(key, labels[key], values) for key, values in asked.levels.items()]


def _axis(key: str, label: str, values: Sequence[Any]) -> Axis:
    texts = tuple(map(str, values))
    try:
        scale = scale_of(values[0])
        places = tuple(map(scale.read, values))
    except NotOnScaleError:
        return Axis(key, label, texts)
    if isinstance(scale, Quantities):
        return Axis(key, label, texts, places, scale.unit.strip())
    return Axis(key, label, texts, places, is_date=isinstance(scale, Dates))


def short_names(keys: Sequence[str]) -> dict[str, str]:
    """The last two parts of each key, `checkpoint interval`; the whole key where two would be called the same."""
    short = {key: " ".join(_PARTS.findall(key)[-2:]) for key in keys}
    return {key: name if list(short.values()).count(name) == 1 else key for key, name in short.items()}


def columns_of_points(asked: Experiment) -> list[str]:
    """What any point sets, by key: the keys of the list, then those of factors."""
    return list(dict.fromkeys([*(key for row in asked.listed for key in row.set), *asked.levels]))


def cells_of(asked: Experiment, point: Point) -> tuple[str, ...]:
    """A point in a table: its name if there is a list, and the level of each factor."""
    return (*((point.name,) if asked.listed else ()), *(str(point.settings[key]) for key in asked.levels))


def said(asked: Experiment, point: Point) -> str:
    """A point in a sentence: `"late", checkpoint interval 2 h`."""
    labels = short_names(list(asked.levels))
    levels = [f"{labels[key]} {point.settings[key]}" for key in asked.levels]
    return ", ".join(([f'"{point.name}"'] if asked.listed else []) + levels)
