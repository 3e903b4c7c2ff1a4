"""Files in which a sweep keeps replicas that are too many for its ledger: Parquet, one for each block of numbers.

A part is written by whoever ran its replicas, on any file system that fsspec reaches. Its bytes follow from its
replicas alone, and its name from its block, so that to write it again does no harm.

Source: Apache Parquet, "File format", https://parquet.apache.org/docs/file-format/; fsspec, "Usage",
https://filesystem-spec.readthedocs.io/en/stable/usage.html.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

NUMBER, SEED = "number", "seed"
"""The columns that every part has, whole numbers."""
BLOCK = 1000
"""Replicas in a part unless told otherwise: about a megabyte."""
LATE = b"late"
Row = Mapping[str, Any]


class PartsError(Exception):
    """Parts that cannot be written or read, in words that say what to do."""


@dataclass(frozen=True)
class Written:
    """A part as it was written: how many replicas it holds, its bytes and their SHA-256."""

    rows: int
    size: int
    sha256: str


@dataclass(frozen=True)
class PartFiles:
    """The parts of the sweep `digest` below `url`, of `block` numbers each: number k is in block k // `block`."""

    url: str
    digest: str
    block: int

    @staticmethod
    def at(url: str, digest: str, block: int) -> PartFiles:
        """Below a URL, or a folder of this machine however it is said."""
        return PartFiles(url if "://" in url else str(Path(url).absolute()), digest, block)

    @property
    def pattern(self) -> str:
        """What the names of all parts match."""
        return f"{self.digest}-*.parquet"

    def name(self, first: int) -> str:
        """The file of the block that begins with a number, such as "1a2b3c4d-000001000-000001999.parquet"."""
        return f"{self.digest}-{first:09d}-{first + self.block - 1:09d}.parquet"

    def first(self, number: int) -> int:
        """The first number of a number's block."""
        return number - number % self.block

    def prepare(self) -> None:
        """Make the folder, and see that it can be written.

        Raises:
            ImportError: fsspec, or what it needs for such a URL, is not installed.
            PartsError: it cannot be written.
        """
        probe = f".{self.digest}-probe"
        try:
            system, root = self._place
            system.makedirs(root, exist_ok=True)
            self._put(probe, b"simcluster")
            system.rm_file(f"{root}/{probe}")
        except ImportError:
            raise
        except Exception as error:  # each file system has errors of its own
            raise PartsError(f"{self.url} cannot be written ({_told(error)})") from error

    def write(self, first: int, rows: Iterable[Row]) -> Written:
        """Write the part of a block, whole or not at all, in place of an earlier one; rows in the order of numbers.

        Numbers are written as float64, dates and texts as texts; columns come in the order of their first appearance,
        and the schema says of those that the first row lacks from which number on there are any.

        Raises:
            PartsError: it cannot be written.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        sink, table = pa.BufferOutputStream(), _table(list(rows))
        pq.write_table(table, sink, compression="zstd")
        data = sink.getvalue().to_pybytes()
        try:
            self._put(self.name(first), data)
        except Exception as error:  # each file system has errors of its own
            raise PartsError(f"{self.name(first)} cannot be written to {self.url} ({_told(error)})") from error
        return Written(table.num_rows, len(data), hashlib.sha256(data).hexdigest())

    def size(self, first: int) -> int:
        """The bytes of the part of a block, as seen from here.

        Raises:
            PartsError: it is not to be seen.
        """
        system, root = self._place
        try:
            system.invalidate_cache()
            return int(system.size(f"{root}/{self.name(first)}"))
        except Exception as error:  # each file system has errors of its own
            what = f"{self.name(first)}, which a worker wrote, is not to be found in {self.url} ({_told(error)})"
            raise PartsError(f"{what}; workers and parent must reach the same place by this URL") from error

    def is_as_written(self, first: int, sha256: str) -> bool:
        """Whether the part of a block is there, and is the one of that SHA-256.

        Raises:
            PartsError: it cannot be read.
        """
        system, root = self._place
        try:
            system.invalidate_cache()
            return hashlib.sha256(system.cat_file(f"{root}/{self.name(first)}")).hexdigest() == sha256
        except FileNotFoundError:
            return False
        except Exception as error:  # each file system has errors of its own
            raise self._unreadable(first, error) from error

    def read(self, first: int, wanted: Callable[[str], bool], sha256: str | None = None) -> list[dict[str, Any]]:
        """The rows of a part, in order, of those columns that are wanted and had appeared; `number` must be wanted.

        Raises:
            PartsError: it cannot be read, or is not the one of that SHA-256.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        system, root = self._place
        try:
            data = system.cat_file(f"{root}/{self.name(first)}")
            if sha256 in (None, hashlib.sha256(data).hexdigest()):
                file = pq.ParquetFile(pa.BufferReader(data))
                names = [name for name in file.schema_arrow.names if wanted(name)]
                late = json.loads(file.schema_arrow.metadata[LATE]) if file.schema_arrow.metadata else {}
                return _from(late, file.read(columns=names).to_pylist())
        except Exception as error:  # each file system has errors of its own
            raise self._unreadable(first, error) from error
        raise PartsError(f"{self.name(first)} in {self.url} is not as it was written; run the sweep in another --out")

    def _unreadable(self, first: int, error: Exception) -> PartsError:
        return PartsError(f"{self.name(first)} cannot be read from {self.url} ({_told(error)})")

    @cached_property
    def _place(self) -> tuple[Any, str]:
        """The file system and the path in it."""
        from fsspec.core import url_to_fs

        system, root = url_to_fs(self.url)
        return system, root

    def _put(self, name: str, data: bytes) -> None:
        """A put is atomic on object stores; a file of this machine is moved into its place."""
        from fsspec.implementations.local import LocalFileSystem

        system, root = self._place
        if not isinstance(system, LocalFileSystem):
            system.pipe_file(f"{root}/{name}", data)
            return
        draft = Path(root) / f".{name}.{os.getpid()}"
        try:
            draft.write_bytes(data)
            draft.replace(Path(root) / name)
        finally:
            draft.unlink(missing_ok=True)

    def __getstate__(self) -> dict[str, Any]:
        """What goes to a worker: connections are each process's own."""
        return {"url": self.url, "digest": self.digest, "block": self.block}


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split()) or 'no message'}"


def _table(rows: list[Row]) -> pa.Table:
    import pyarrow as pa

    names = dict.fromkeys(chain.from_iterable(rows))
    late = {name: next(row[NUMBER] for row in rows if name in row) for name in names if name not in rows[0]}
    table = pa.table({name: _column(name, [row.get(name) for row in rows]) for name in names})
    return table.replace_schema_metadata({LATE: json.dumps(late)} if late else None)


def _from(late: dict[str, int], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without those columns that are late and had not appeared yet."""
    if not late:
        return rows
    return [{name: value for name, value in row.items() if late.get(name, 0) <= row[NUMBER]} for row in rows]


def _column(name: str, values: list[Any]) -> pa.Array:
    import pyarrow as pa

    if name in (NUMBER, SEED):
        return pa.array(values, pa.int64())
    if any(isinstance(value, str | date) for value in values):
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    return pa.array([None if value is None else float(value) for value in values], pa.float64())
