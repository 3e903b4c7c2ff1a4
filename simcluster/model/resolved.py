"""A scenario written out whole: `extends`, `--set` and the catalog inlined, every source beside its number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simcluster.core.problems import KeyPath
from simcluster.model.document import Document


def resolved_toml(document: Document) -> str:
    """The document as one TOML text that loads again to an equal scenario; the same text every time."""
    import tomli_w

    said = document.values if document.written is None else document.written
    table: dict[str, Any] = _annotated(said, document, ())
    return tomli_w.dumps(table)


def write_toml(document: Document, path: str | Path) -> None:
    """Write `resolved_toml` to a file (UTF-8, Unix line ends), replacing it."""
    Path(path).write_text(resolved_toml(document), encoding="utf-8", newline="\n")


def _annotated(value: Any, document: Document, path: KeyPath) -> Any:
    said = document.provenance[path].as_table() if path in document.provenance else {}
    if isinstance(value, dict):
        return {key: _annotated(item, document, (*path, key)) for key, item in value.items()} | said
    if isinstance(value, list):
        value = [_annotated(item, document, (*path, k)) for k, item in enumerate(value)]
    return {"value": value, **said} if said else value
