"""Columns of numbers in a temporary file, filled row by row and read a column at a time.

So memory holds one column and some rows, whatever the number of both, and what the rows come from is read once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

K = TypeVar("K", bound=Hashable)
AT_ONCE = 1000
"""Rows held in memory."""
WIDTH = 8
"""Bytes a number."""


class Spool(Generic[K]):
    """So many rows of named numbers; the file lies where `TMPDIR` says, 8 bytes a number, and goes at the end."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._places: dict[K, int] = {}
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 # closed by __exit__

    def fill(self, rows: Iterable[Mapping[K, float | None]]) -> None:
        """Take all rows, in order; what a row lacks is not a number."""
        left, first = iter(rows), 0
        while some := list(islice(left, AT_ONCE)):
            for name in dict.fromkeys(chain.from_iterable(some)):
                self._write(name, first, np.array([row.get(name) for row in some], dtype=float))
            first += len(some)

    def columns(self, names: Iterable[K]) -> Iterator[tuple[K, NDArray[np.float64]]]:
        """These columns, shape (rows,), one after another; not numbers where no row has the name."""
        for name in names:
            if name not in self._places:
                yield name, np.full(self._rows, np.nan)
                continue
            self._file.seek(self._offset(name, 0))
            yield name, np.frombuffer(self._file.read(WIDTH * self._rows))

    @property
    def names(self) -> list[K]:
        """The names of the columns, in the order of their first appearance."""
        return list(self._places)

    def _write(self, name: K, first: int, values: NDArray[np.float64]) -> None:
        if name not in self._places:
            self._places[name] = len(self._places)
            self._write(name, 0, np.full(self._rows, np.nan))
        self._file.seek(self._offset(name, first))
        self._file.write(values.tobytes())

    def _offset(self, name: K, row: int) -> int:
        return WIDTH * (self._places[name] * self._rows + row)

    def __enter__(self) -> Spool[K]:
        """The spool itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the file go."""
        self._file.close()
