"""An experiment: a scenario at several points, which are a grid of factors, a list, or each of a list times a grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, Literal

from pydantic import Field, model_validator

from simcluster.core.problems import KeyPath
from simcluster.model.factor import MOST_POINTS, Factor, values_of
from simcluster.model.kind import Count, Located, Name, Value, refuse
from simcluster.model.overrides import KEY_SHAPE, key_names, written_value

NOTHING_VARIES = 'give [factors], such as "finance.wacc" = [0.08, 0.1], or [[points]] with a name and what they set'


class ListedPoint(Value):
    """A point of a list: its name, and values by key as `--set` takes them; none where it is the scenario as it is."""

    name: str = Field(min_length=1)
    set: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True)
class Point:
    """Where the scenario is looked at: its name in a list (else empty), and values by key as a file writes them."""

    number: int
    name: str
    settings: dict[str, Any]

    @property
    def overrides(self) -> tuple[str, ...]:
        """Texts for `--set`."""
        return tuple(f"{key}={written_value(value)}" for key, value in self.settings.items())

    def __str__(self) -> str:
        """The name, and what is set where there is none: `finance.wacc = 0.08, orders[spring].gpus = 160`."""
        said = [f"{key} = {value}" for key, value in self.settings.items()]
        return self.name or ", ".join(said)


class Experiment(Value):
    """A scenario, the points at which it is run, how often, and the outcomes that are told.

    `base` is the scenario, a file or the name of a packaged one; `set` changes it at every point as `--set` does.
    `seed` is that of the replicas instead of the scenario's. `outcomes` are names in `outcomes.json`, or patterns.
    """

    schema_version: Literal[1] = Field(default=1, alias="schema")
    name: Name | None = None
    title: str | None = None
    base: str = Field(min_length=1)
    set: tuple[str, ...] = ()
    factors: dict[str, Factor] = Field(default_factory=dict)
    listed: tuple[ListedPoint, ...] = Field(default=(), alias="points")
    replicas: Count = 8
    seed: int | None = Field(default=None, ge=0)
    outcomes: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _makes_sense(self) -> Experiment:
        problems = [*self._of_keys(), *self._of_values(), *self._of_names()]
        if not (self.factors or self.listed):
            problems.append(Located((), "nothing varies", NOTHING_VARIES))
        elif (count := self._count) > MOST_POINTS:
            hint = "take fewer steps or factors; `simcluster optimize` searches where a grid is too large"
            problems.append(Located(("factors",), f"{count:,} points are more than {MOST_POINTS:,}", hint))
        refuse(problems)
        return self

    def _of_keys(self) -> Iterator[Located]:
        """Keys that cannot be read, are no business of a point, or are said twice."""
        said: list[tuple[KeyPath, str]] = [(("factors", key), key) for key in self.factors]
        factors: list[list[str]] = []
        for k, row in enumerate(self.listed):
            said += [(("points", k, "set", key), key) for key in row.set]
        for at, key in said:
            names = key_names(key)
            if not names:
                yield Located(at, f"cannot read the key {key!r}", KEY_SHAPE)
            elif names == ["seed"]:
                yield Located(at, "a seed is no factor: replicas have seeds of their own, the same at every point")
            elif names in factors:
                yield Located(at, f"{key} is a factor already", "let one place say it")
            elif at[0] == "factors":
                factors.append(names)
        for k, text in enumerate(self.set):
            if key_names(text.partition("=")[0]) in factors:
                yield Located(("set", k), "what is set here is a factor", "leave out one of the two")

    def _of_values(self) -> Iterator[Located]:
        """Factors without values, or with one twice."""
        for key, values in self.levels.items():
            if not values:
                yield Located(("factors", key), "has no values", "give at least one")
            counted = Counter(map(written_value, values))
            for text in (text for text, count in counted.items() if count > 1):
                yield Located(("factors", key), f"says {text} more than once", "let every value be another")

    def _of_names(self) -> Iterator[Located]:
        names = [row.name for row in self.listed]
        for k, name in enumerate(names):
            if name in names[:k]:
                yield Located(("points", k, "name"), f"there is a point {name!r} already", "give each its own name")

    @property
    def levels(self) -> dict[str, tuple[Any, ...]]:
        """The values of each factor, by key."""
        return {key: values_of(factor) for key, factor in self.factors.items()}

    @property
    def _count(self) -> int:
        return max(len(self.listed), 1) * prod(map(len, self.levels.values()))

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Every point: the list slowest, then the factors in their order, the last one fastest."""
        rows = self.listed or (None,)
        found: list[Point] = []
        for row, *values in product(rows, *self.levels.values()):
            name, said = ("", {}) if row is None else (row.name, row.set)
            found.append(Point(len(found), name, said | dict(zip(self.factors, values, strict=True))))
        return tuple(found)
