"""The ledger of a sweep whose replicas are kept in parts: a row a part, and a row a replica that failed.

A part counts once its row is committed. What is read of it is checked against that row, so that one which is lost,
changed or left by a process that was killed is never taken for what was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcluster.record.ledger import Ledger, LedgerError, Replica, Series
from simcluster.record.part_files import NUMBER, SEED

if TYPE_CHECKING:
    from simcluster.record.part_files import PartFiles, Written

INPUT = "input."
"""What the columns of drawn inputs begin with."""
SERIES = "series."
"""What the columns of lines over time begin with; then come name and date."""
_TABLE = """
CREATE TABLE IF NOT EXISTS parts (
  first INTEGER PRIMARY KEY, tried INTEGER NOT NULL, rows INTEGER NOT NULL, sha256 TEXT
);
"""


@dataclass(frozen=True, slots=True)
class Part:
    """What a worker tells of a block of replicas: the numbers it ran, and the part, None where none came out well."""

    numbers: Sequence[int]
    written: Written | None


class Parts(Ledger):
    """A ledger that knows where its replicas are; it reads as any other."""

    def __init__(self, path: Path | None, files: PartFiles) -> None:
        """Open the ledger at `path`, or begin it.

        Raises:
            OtherSweepError: it belongs to another sweep, or its replicas are elsewhere.
            LedgerError: it is locked, cannot be written, or is no ledger.
        """
        super().__init__(path, files.digest, f"in parts of {files.block:,} at {files.url}")
        self.files = files
        with self._in_words():
            self._db.execute(_TABLE)

    def add_part(self, part: Part, failures: Sequence[Replica]) -> None:
        """Write down that a block was run, for good.

        Raises:
            LedgerError: the ledger cannot be written, or the part does not hold what it must.
            PartsError: the part is not to be found from here.
        """
        first = self.files.first(part.numbers[0])
        rows, sha256 = 0, None
        if part.written is not None:
            rows, sha256 = part.written.rows, part.written.sha256
            if self.files.size(first) != part.written.size:
                raise LedgerError(f"{self.files.name(first)} is another here than where it was written")
        tried = max(self.tried().get(first, 0), part.numbers[-1] + 1 - first)
        with self._in_words(), self._db:
            self._db.execute("BEGIN")
            self._db.executemany("DELETE FROM replicas WHERE number = ?", ((number,) for number in part.numbers))
            for replica in failures:
                self._write(replica)
            if rows + len(self._failed_in(first, tried)) != tried:
                raise LedgerError(f"{self.files.name(first)} holds {rows} replicas, not those that were run")
            self._db.execute("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", (first, tried, rows, sha256))

    def tried(self) -> dict[int, int]:
        """By first number of a block how many of it were run, the first ones; in the order of blocks."""
        with self._in_words():
            return dict(self._db.execute("SELECT first, tried FROM parts ORDER BY first"))

    def written(self) -> dict[int, str]:
        """By first number of a block the SHA-256 of its part; blocks in which no replica came out well have none."""
        with self._in_words():
            return dict(self._db.execute("SELECT first, sha256 FROM parts WHERE sha256 IS NOT NULL ORDER BY first"))

    def forget_changed(self) -> None:
        """Let blocks go whose part is not full and not as it was written, so that they are run again.

        Such a part was written anew by a worker whose parent was stopped before it counted it.

        Raises:
            LedgerError: the ledger cannot be written.
            PartsError: a part cannot be read.
        """
        tried = self.tried()
        for first, sha256 in self.written().items():
            if tried[first] < self.files.block and not self.files.is_as_written(first, sha256):
                with self._in_words(), self._db:
                    self._db.execute("BEGIN")
                    self._db.execute(
                        "DELETE FROM replicas WHERE number >= ? AND number < ?", (first, first + tried[first])
                    )
                    self._db.execute("DELETE FROM parts WHERE first = ?", (first,))

    def done(self, below: int | None = None) -> int:
        """How many replicas came out well, of those with a number below the one given."""
        runs = (tried if below is None else min(tried, max(below - first, 0)) for first, tried in self.tried().items())
        return sum(runs) - self.failed(below)

    def _have(self) -> Iterator[range]:
        for first, tried in self.tried().items():
            after = first
            for number in self._failed_in(first, tried):
                if number > after:
                    yield range(after, number)
                after = number + 1
            if after < first + tried:
                yield range(after, first + tried)

    def _failed_in(self, first: int, tried: int) -> list[int]:
        with self._in_words():
            query = "SELECT number FROM replicas WHERE number >= ? AND number < ? ORDER BY number"
            return [number for (number,) in self._db.execute(query, (first, first + tried))]

    def replicas(self, below: int | None = None) -> Iterator[Replica]:
        """Those below a number that came out well, in order, without their series.

        Inputs are named as their columns are, with their units; what has no value in a replica is None.
        """
        for row in self._read(below, lambda name: not name.startswith(SERIES)):
            number, seed = row.pop(NUMBER), row.pop(SEED)
            inputs = {name.removeprefix(INPUT): row.pop(name) for name in list(row) if name.startswith(INPUT)}
            yield Replica(number, seed, inputs, row)

    def series(self, below: int | None = None) -> Iterator[Series]:
        """The series of those below a number that came out well, in order; None where there is no value."""
        for row in self._read(below, lambda name: name == NUMBER or name.startswith(SERIES)):
            del row[NUMBER]
            series: Series = {}
            for column, value in row.items():
                name, day = column.removeprefix(SERIES).rsplit(".", 1)
                series.setdefault(name, {})[day] = value
            yield series

    def _read(self, below: int | None, wanted: Callable[[str], bool]) -> Iterator[dict[str, Any]]:
        for first, sha256 in self.written().items():
            if below is not None and first >= below:
                return
            rows = self.files.read(first, wanted, sha256)
            yield from (row for row in rows if below is None or row[NUMBER] < below)
