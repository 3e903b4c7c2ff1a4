"""What is uncertain in a scenario, and the values that a draw of it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simcluster.core.problems import KeyPath
from simcluster.model.input_laws import ChoiceInput, InputLaw, chosen
from simcluster.model.lives import Array
from simcluster.model.scales import Scale

BAND = (0.05, 0.95)
"""The probabilities between which a value lies that is shown with its band."""


@dataclass(frozen=True, eq=False)
class Input:
    """A value drawn once a replica.

    `address` is its key with rows by name, such as "orders[spring].deposit"; its luck goes by it. `path` is where it
    stands in the file's tree, `central` what a run without sampling takes. `common` names a factor that it shares, and
    `loading` is its correlation with that.
    """

    address: str
    path: KeyPath
    law: InputLaw
    scale: Scale
    central: Any
    is_given: bool
    step: float | int | None = None
    written: tuple[Any, ...] = ()
    common: str | None = None
    loading: float = 0.0

    def values(self, p: Array) -> list[Any]:
        """What a scenario would say at probabilities `p`, shape (n,): n numbers, texts with units, or dates."""
        if isinstance(self.law, ChoiceInput):
            return [self.written[int(k)] for k in self.law.index(p)]
        return [self._value(float(x)) for x in self.law.quantile(p)]

    def _value(self, x: float) -> Any:
        if self.step is None:
            return self.scale.write(x)
        whole = round(x / self.step) * self.step
        return whole if isinstance(self.step, int) else self.scale.write(whole)

    @property
    def band(self) -> tuple[Any, Any]:
        """The 5th and the 95th percentile, as a scenario would say them."""
        low, high = self.values(np.array(BAND))
        return low, high


@dataclass(frozen=True, eq=False)
class Alternatives:
    """Structures of which one holds in a replica: values, or whole tables in which there may be inputs again.

    `options` are templates (see `resolve`), one a label; `central` is the number of the one that a run without sampling
    takes: the one given, or the likeliest, of several the first.
    """

    address: str
    path: KeyPath
    labels: tuple[str, ...]
    weights: tuple[float, ...]
    options: tuple[Any, ...]
    central: int
    is_given: bool

    def indices(self, p: Array) -> list[int]:
        """Which option, counted from 0, at probabilities `p`, shape (n,)."""
        return [int(k) for k in chosen(self.weights, p)]


@dataclass(frozen=True, slots=True)
class Tie:
    """The Spearman correlation of two inputs, by address, and where the file says it."""

    first: str
    second: str
    rank: float
    path: KeyPath


@dataclass(frozen=True, eq=False, slots=True)
class Rows:
    """A list with something uncertain in it."""

    items: tuple[Any, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """A table with something uncertain in it."""

    items: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """All that is uncertain in a scenario, in the order of the file's tree.

    `template` is the tree with inputs and alternatives in their places (see `resolve`). `at` has those of them that a
    run without sampling meets, by key path of its values; `written` leads from the path of such an alternative to where
    the chosen option stands in the tree as written. `unread` are the paths of what could not be read.
    """

    inputs: tuple[Input, ...] = ()
    alternatives: tuple[Alternatives, ...] = ()
    ties: tuple[Tie, ...] = ()
    template: Any = None
    at: Mapping[KeyPath, Input | Alternatives] = field(default_factory=dict)
    written: Mapping[KeyPath, KeyPath] = field(default_factory=dict)
    unread: frozenset[KeyPath] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is uncertain."""
        return bool(self.inputs or self.alternatives)

    def written_path(self, path: KeyPath) -> KeyPath:
        """Where a value of a run without sampling stands in the tree as written."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.written:
                return (*self.written[path[:length]], *path[length:])
        return path


CERTAIN = Uncertainty()


def resolve(template: Any, drawn: Mapping[str, Any]) -> Any:
    """Plain values with inputs and alternatives replaced by what was drawn, by address: a value, a number of an option.

    What has nothing uncertain in it is not copied.
    """
    if isinstance(template, Table):
        return {key: resolve(item, drawn) for key, item in template.items.items()}
    if isinstance(template, Rows):
        return [resolve(item, drawn) for item in template.items]
    if isinstance(template, Input):
        return drawn[template.address]
    if isinstance(template, Alternatives):
        return resolve(template.options[drawn[template.address]], drawn)
    return template


def active(template: Any, drawn: Mapping[str, Any]) -> list[str]:
    """The addresses of the inputs and alternatives that a draw meets: not those inside an option that does not hold."""
    if isinstance(template, Table):
        return [address for item in template.items.values() for address in active(item, drawn)]
    if isinstance(template, Rows):
        return [address for item in template.items for address in active(item, drawn)]
    if isinstance(template, Alternatives):
        return [template.address, *active(template.options[drawn[template.address]], drawn)]
    return [template.address] if isinstance(template, Input) else []
