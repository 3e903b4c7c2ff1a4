"""The outcomes of a sweep column by column."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcluster.study.input_columns import widen
from simcluster.study.spool import Spool

if TYPE_CHECKING:
    from simcluster.record.ledger import Ledger, Value

Floats = NDArray[np.float64]


class Kind(Enum):
    """How a column is to be read where it has no value.

    A number is then undefined in that replica and left out. A date did not come by the end of the run, so it is later
    than all that did; and the margin to a promise is then less than all others.
    """

    NUMBER = "number"
    DATE = "date"
    MARGIN = "margin"


@dataclass(frozen=True)
class Columns:
    """The numbers of the replicas, units of inputs and kinds of outcomes in the order of their first appearance."""

    numbers: NDArray[np.int64]
    inputs: dict[str, str]
    outcomes: dict[str, Kind]

    @property
    def replicas(self) -> int:
        """How many there are."""
        return len(self.numbers)


def columns_of(ledger: Ledger, below: int) -> Columns:
    """What the replicas below a number have, all of them together."""
    inputs: dict[str, str] = {}
    outcomes: dict[str, Kind] = {}
    numbers = array("q")
    for replica in ledger.replicas(below):
        numbers.append(replica.number)
        widen(inputs, replica.inputs)
        for name, value in (replica.outcomes or {}).items():
            if name not in outcomes or isinstance(value, str):
                outcomes[name] = _kind(name, value)
    return Columns(np.array(numbers, dtype=np.int64), inputs, outcomes)


def _kind(name: str, value: Value) -> Kind:
    if isinstance(value, str):
        return Kind.DATE
    return Kind.MARGIN if name.endswith(".margin_days") else Kind.NUMBER


def values_of(ledger: Ledger, below: int, columns: Columns) -> Iterator[tuple[str, Floats]]:
    """Each outcome and its values by replica, not a number where there is none; dates as ordinal days."""
    names = columns.outcomes
    with Spool[str](columns.replicas) as spool:
        told = (replica.outcomes or {} for replica in ledger.replicas(below))
        spool.fill({name: _number(row[name]) for name in names if name in row} for row in told)
        yield from spool.columns(names)


def _number(value: Value) -> float:
    if value is None:
        return np.nan
    return float(date.fromisoformat(value).toordinal()) if isinstance(value, str) else float(value)
