"""The results folder: written whole or not at all, the same bytes for the same run (but for `manifest.json`)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcluster.record.events import EVENTS
from simcluster.record.log import EventLog

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = 1
MANIFEST = "manifest.json"


class FolderInTheWayError(Exception):
    """The results folder exists and is not ours to replace."""


def digest8(resolved_toml: str, seed: int, version: str) -> str:
    """Eight hex digits that name a run: scenario, seed and version."""
    return hashlib.sha256(f"{version}\n{seed}\n{resolved_toml}".encode()).hexdigest()[:8]


def is_result(folder: Path, digest: str | None = None) -> bool:
    """Whether a folder holds a finished run (of that digest)."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and "hash8" in manifest and digest in (None, manifest["hash8"])


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder beside `folder` that takes its place when the block ends well, and vanishes when it does not.

    Raises:
        FolderInTheWayError: `folder` is a file, or holds something that is not an earlier result.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not is_result(folder)):
        raise FolderInTheWayError(f"{folder} exists and is not a results folder; choose another --out")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.parent / f".{folder.name}.{os.getpid()}.part"
    old = folder.parent / f".{folder.name}.{os.getpid()}.old"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        yield draft
        if folder.exists():
            folder.rename(old)
        try:
            draft.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def filled_folder(folder: Path) -> Iterator[Path]:
    """A draft inside `folder` whose entries take their places there when the block ends well, the manifest last.

    For a folder that holds what must never be moved. What an earlier manifest lists goes away; without a manifest the
    folder is not whole, whenever one is interrupted.
    """
    draft = folder / ".part"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield draft
        for name in [MANIFEST, *_files_of(folder)]:
            (folder / name).unlink(missing_ok=True)
        for entry in sorted(draft.iterdir(), key=lambda path: path.name == MANIFEST):
            if entry.is_dir():
                shutil.rmtree(folder / entry.name, ignore_errors=True)
            entry.replace(folder / entry.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _files_of(folder: Path) -> list[str]:
    """What the manifest of a finished folder lists."""
    if not is_result(folder):
        return []
    return list(json.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("files", ()))


def write_events(folder: Path, log: EventLog) -> None:
    """One Parquet table a type of fact, empty ones included, under `events/`."""
    (folder / "events").mkdir()
    for event in EVENTS:
        write_parquet(folder / "events" / f"{event.__name__}.parquet", log.frame(event))


def read_events(folder: Path) -> EventLog:
    """The log of a results folder, equal to the one written.

    Raises:
        OSError: a table is missing.
    """
    import pyarrow.parquet as pq

    log = EventLog()
    for event in EVENTS:
        table = pq.read_table(folder / "events" / f"{event.__name__}.parquet")
        columns = [column.to_pylist() for column in table.columns]
        write = log.writer(event)
        for row in zip(*columns, strict=True):
            write(row)
    return log


def write_parquet(path: Path, frame: pd.DataFrame) -> None:
    """A frame as Parquet, without its index."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path, compression="zstd")


def write_json(path: Path, value: Any) -> None:
    """A value as JSON: sorted by nothing, indented, UTF-8, LF."""
    path.write_text(
        json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8", newline="\n"
    )


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by relative path in order."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
