"""What a sweep finds in its folder: nothing, a ledger to go on with, itself finished, or something of others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcluster.record.ledger import LEDGER, Ledger, OtherSweepError
from simcluster.record.parts import Parts
from simcluster.record.store import MANIFEST, FolderInTheWayError, is_result

if TYPE_CHECKING:
    from simcluster.record.part_files import PartFiles


def finished(folder: Path, digest: str, kept: str = LEDGER, noun: str = "sweep") -> dict[str, Any] | None:
    """The manifest of this sweep where its tables stand in the folder; None where they do not yet.

    Of another study, `kept` is the file that it writes down as it goes, and `noun` what it is.

    Raises:
        FolderInTheWayError: the folder holds anything but this sweep.
    """
    if is_result(folder):
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["hash8"] != digest:
            what = f"{folder} holds another run or {noun} (hash8 {manifest['hash8']})"
            raise FolderInTheWayError(f"{what}; choose another --out")
        return manifest
    if folder.exists() and not folder.is_dir():
        raise FolderInTheWayError(f"{folder} is a file; choose another --out")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / kept).is_file():
        raise FolderInTheWayError(f"{folder} exists and holds no {noun}; choose another --out")
    return None


def open_ledger(folder: Path, digest: str, resume: bool, files: PartFiles | None = None) -> Ledger:
    """The ledger of this sweep in the folder, begun if there is none; with `files` its replicas are in parts.

    Raises:
        FolderInTheWayError: it has replicas already and `resume` is not given, is another sweep's, or has its replicas
            elsewhere.
        LedgerError: it is locked, cannot be written, or is no ledger.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        ledger = Parts(folder / LEDGER, files) if files else Ledger(folder / LEDGER, digest)
    except OtherSweepError as error:
        raise FolderInTheWayError(str(error)) from None
    try:
        done, failed = ledger.done(), ledger.failed()
        if (done or failed) and not resume:
            what = f"{folder} holds {done + failed} replicas"
            raise FolderInTheWayError(f"{what}; --resume goes on with them, or choose another --out")
    except BaseException:
        ledger.close()
        raise
    return ledger
