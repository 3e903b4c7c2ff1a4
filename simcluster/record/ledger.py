"""The ledger of a sweep: one SQLite file, a row a replica, each row in a transaction of its own.

One process writes it and keeps it locked while it does, so that two sweeps never share a ledger. What is committed
survives the death of that process at any moment (write-ahead log; only a loss of power may take the last rows).

Source: SQLite, "Write-Ahead Logging", https://sqlite.org/wal.html.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

SCHEMA = 1
LEDGER = "ledger.sqlite"
LOCK_SECONDS = 5.0
"""How long to wait for a ledger that somebody else holds."""
_TABLES = """
CREATE TABLE IF NOT EXISTS sweep (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS replicas (
  number INTEGER PRIMARY KEY, seed INTEGER NOT NULL, inputs TEXT NOT NULL, outcomes TEXT, series TEXT NOT NULL,
  error TEXT, trace TEXT
);
"""
_COLUMNS = "number, seed, inputs, outcomes, series, error, trace"
_LARGEST = 2**62
Value = float | int | str | None
Series = dict[str, dict[str, float | None]]
"""Values by name and date."""


class LedgerError(Exception):
    """A ledger that cannot be read or written, in words that say what to do."""


class OtherSweepError(LedgerError):
    """The ledger of another sweep."""


@dataclass(frozen=True, slots=True)
class Replica:
    """One run of a sweep: what it was given, and what came out or why nothing did.

    `inputs` are the values drawn for it by key path; `outcomes` is None where it failed, and then `error` says why in
    one line and `trace` where; `series` has for each name a value by date.
    """

    number: int
    seed: int
    inputs: dict[str, Any]
    outcomes: dict[str, Value] | None
    series: Series = field(default_factory=dict)
    error: str | None = None
    trace: str | None = None


class Ledger:
    """The replicas of one sweep; `digest` says of which. Without a path it is kept in memory."""

    def __init__(self, path: Path | None, digest: str, parts: str | None = None) -> None:
        """Open the ledger at `path`, or begin it; `parts` says where its replicas are, if not in itself.

        Raises:
            OtherSweepError: it belongs to another sweep, or its replicas are elsewhere.
            LedgerError: it is locked, cannot be written, or is no ledger.
        """
        self._path = path
        with self._in_words():
            self._db = sqlite3.connect(path or ":memory:", timeout=LOCK_SECONDS, isolation_level=None)
            try:
                self._begin(digest, parts)
            except BaseException:
                self._db.close()
                raise

    def _begin(self, digest: str, parts: str | None) -> None:
        for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = NORMAL"):
            self._db.execute(f"PRAGMA {pragma}").fetchall()
        self._db.executescript(f"BEGIN EXCLUSIVE; {_TABLES} COMMIT;")
        said = dict(self._db.execute("SELECT key, value FROM sweep"))
        if not said:
            rows = {"schema": str(SCHEMA), "digest": digest} | ({"parts": parts} if parts else {})
            values = ", ".join(["(?, ?)"] * len(rows))
            self._db.execute(f"INSERT INTO sweep VALUES {values}", [part for row in rows.items() for part in row])  # noqa: S608
        elif said.get("digest") != digest:
            raise OtherSweepError(f"{self._path} belongs to another sweep ({said.get('digest')}); choose another --out")
        elif said.get("parts") != parts:
            kept = said.get("parts") or "in rows of its own, without --parts"
            raise OtherSweepError(f"{self._path} has its replicas {kept}; go on so, or choose another --out")

    def add(self, replica: Replica) -> None:
        """Write a replica down for good, in place of an earlier one of its number.

        Raises:
            LedgerError: the disk is full, or the file cannot be written.
        """
        with self._in_words():
            self._write(replica)

    def _write(self, replica: Replica) -> None:
        row = (
            replica.number,
            replica.seed,
            _text(replica.inputs),
            None if replica.outcomes is None else _text(replica.outcomes),
            _text(replica.series),
            replica.error,
            replica.trace,
        )
        self._db.execute(f"INSERT OR REPLACE INTO replicas ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608

    def done(self, below: int | None = None) -> int:
        """How many replicas came out well, of those with a number below the one given."""
        return self._count("outcomes IS NOT NULL", below)

    def failed(self, below: int | None = None) -> int:
        """How many failed, of those with a number below the one given."""
        return self._count("outcomes IS NULL", below)

    def _count(self, which: str, below: int | None) -> int:
        query = f"SELECT count(*) FROM replicas WHERE {which} AND number < ?"  # noqa: S608
        with self._in_words():
            return int(self._db.execute(query, (_bound(below),)).fetchone()[0])

    def gaps(self, replicas: int) -> list[range]:
        """The numbers below `replicas` of which there is no outcome, as ranges in order."""
        found, after = [], 0
        for have in self._have():
            if have.start >= replicas:
                break
            if have.start > after:
                found.append(range(after, have.start))
            after = have.stop
        return [*found, range(after, replicas)] if after < replicas else found

    def _have(self) -> Iterator[range]:
        """The numbers of which there is an outcome, in order."""
        with self._in_words():
            for (number,) in self._db.execute("SELECT number FROM replicas WHERE outcomes IS NOT NULL ORDER BY number"):
                yield range(number, number + 1)

    def replicas(self, below: int | None = None) -> Iterator[Replica]:
        """Those below a number that came out well, in order, one at a time and without their series."""
        columns = _COLUMNS.replace("series", "'{}'")
        yield from self._rows(f"SELECT {columns} FROM replicas WHERE outcomes IS NOT NULL", below)  # noqa: S608

    def failures(self, below: int | None = None) -> Iterator[Replica]:
        """Those below a number that failed, in order."""
        yield from self._rows(f"SELECT {_COLUMNS} FROM replicas WHERE outcomes IS NULL", below)  # noqa: S608

    def series(self, below: int | None = None) -> Iterator[Series]:
        """The series of those below a number that came out well, in order, one at a time."""
        query = "SELECT series FROM replicas WHERE outcomes IS NOT NULL AND number < ? ORDER BY number"
        with self._in_words():
            for (text,) in self._db.execute(query, (_bound(below),)):
                yield json.loads(text)

    def _rows(self, query: str, below: int | None) -> Iterator[Replica]:
        with self._in_words():
            for row in self._db.execute(f"{query} AND number < ? ORDER BY number", (_bound(below),)):
                number, seed, inputs, outcomes, series, error, trace = row
                told = None if outcomes is None else json.loads(outcomes)
                yield Replica(number, seed, json.loads(inputs), told, json.loads(series), error, trace)

    def close(self) -> None:
        """Let go of the file, which is then whole by itself."""
        with self._in_words():
            try:
                self._db.execute("PRAGMA journal_mode = DELETE").fetchall()
            finally:
                self._db.close()

    def __enter__(self) -> Ledger:
        """The ledger itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Close; where something else went wrong, that is what is told."""
        try:
            self.close()
        except LedgerError:
            if kind is None:
                raise

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LedgerError(_in_words(self._path, error)) from error


def _bound(below: int | None) -> int:
    return _LARGEST if below is None else below


def _text(value: object) -> str:
    """As JSON; dates as in ISO 8601."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a ledger keeps no {type(value).__name__}")


def _in_words(path: Path | None, error: sqlite3.Error) -> str:
    """What went wrong with a ledger and what helps; by SQLite's result code."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{path} is locked by another process; another sweep runs in this folder, or a program has it open"
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return f"{path} cannot be written, the disk is full or fails ({error}); make room, then --resume goes on"
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return f"{path} is not a ledger, or is damaged ({error}); choose another --out"
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return f"{path} cannot be written ({error})"
    return f"{path}: {error}"
