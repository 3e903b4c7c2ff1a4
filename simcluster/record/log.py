"""The event log: facts of each type as packed rows of numbers, given back as columns, frames or rows.

An object a fact costs more than the run itself, so the hot writers pack tuples into an array.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from struct import Struct
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simcluster.record.events import EVENTS

if TYPE_CHECKING:
    import pandas as pd

Event = TypeVar("Event")

COLUMNS: dict[type, tuple[str, ...]] = {event: tuple(f.name for f in fields(event)) for event in EVENTS}
WHOLE: dict[type, frozenset[str]] = {
    event: frozenset(f.name for f in fields(event) if f.type == "int") for event in EVENTS
}


class EventLog:
    """Facts of one run, one packed table per type, each in order of time."""

    def __init__(self) -> None:
        self._packed: dict[type, array[float]] = {event: array("d") for event in EVENTS}

    def add(self, fact: Any) -> None:
        """Record one fact (for rare facts; hot paths use `writer`)."""
        kind = type(fact)
        self._packed[kind].extend(getattr(fact, name) for name in COLUMNS[kind])

    def writer(self, event: type) -> Callable[[Iterable[float]], None]:
        """A function that appends one fact of a type, given as a tuple in the declared order of its fields.

        Packing a row whole takes half the time of appending its numbers one by one.
        """
        append, pack = self._packed[event].frombytes, Struct(f"{len(COLUMNS[event])}d").pack

        def write(row: Iterable[float]) -> None:
            append(pack(*row))

        return write

    def put_in_order(self, event: type) -> None:
        """Sort the facts of a type by hour, for those whose fate is decided later than they happened."""
        table = np.array(self._packed[event], dtype=np.float64).reshape(-1, len(COLUMNS[event]))
        hours = table[:, 0]
        if (np.diff(hours) < 0).any():
            self._packed[event] = array("d", table[np.argsort(hours, kind="stable")].ravel())

    def count(self, event: type) -> int:
        """How many facts of a type were recorded."""
        return len(self._packed[event]) // len(COLUMNS[event])

    @property
    def total(self) -> int:
        """How many facts were recorded."""
        return sum(self.count(event) for event in EVENTS)

    def columns(self, event: type) -> dict[str, NDArray[Any]]:
        """Columns by field name: int64 for whole numbers, float64 otherwise; shape (count,)."""
        names = COLUMNS[event]
        table = np.array(self._packed[event], dtype=np.float64).reshape(-1, len(names))
        whole = WHOLE[event]
        return {
            name: table[:, k].astype(np.int64) if name in whole else np.ascontiguousarray(table[:, k])
            for k, name in enumerate(names)
        }

    def rows(self, event: type[Event]) -> Iterator[Event]:
        """Facts of a type as values, in order of time."""
        names = COLUMNS[event]
        whole = [name in WHOLE[event] for name in names]
        packed, width = self._packed[event], len(names)
        for k in range(0, len(packed), width):
            row = packed[k : k + width]
            yield event(*[int(x) if is_int else x for x, is_int in zip(row, whole, strict=True)])

    def frame(self, event: type) -> pd.DataFrame:
        """Facts of a type as a pandas frame with the event's fields as columns."""
        import pandas as pd

        return pd.DataFrame(self.columns(event))

    def same_as(self, other: EventLog) -> bool:
        """Whether two logs are equal to the last bit."""
        return all(self._packed[event].tobytes() == other._packed[event].tobytes() for event in EVENTS)
