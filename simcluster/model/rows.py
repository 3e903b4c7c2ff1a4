"""A catalog row that lacks most of its keys told once: it is a misspelt packaged row or an unfinished new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from simcluster.core.problems import KeyPath
from simcluster.model.kind import Located

ROW = len(("catalog", "table", "row"))


def gather_missing(found: Sequence[tuple[str, Located]], values: Mapping[str, Any]) -> list[Located]:
    """Problems (given with their pydantic kind), two or more missing keys of one catalog row made one."""
    lacking: dict[KeyPath, list[str]] = {}
    for kind, located in found:
        if _is_missing_key_of_a_row(kind, located):
            lacking.setdefault(located.path[:ROW], []).append(str(located.path[ROW]))
    gathered = []
    for kind, located in found:
        keys = lacking.get(located.path[:ROW], []) if _is_missing_key_of_a_row(kind, located) else []
        if len(keys) < 2:
            gathered.append(located)
        elif located.path[ROW] == keys[0]:
            gathered.append(_row(located.path[:ROW], keys, values))
    return gathered


def _is_missing_key_of_a_row(kind: str, located: Located) -> bool:
    return kind == "missing" and len(located.path) == ROW + 1 and located.path[0] == "catalog"


def _row(path: KeyPath, keys: list[str], values: Mapping[str, Any]) -> Located:
    table, name = str(path[1]), str(path[2])
    others = [other for other in values["catalog"][table] if other != name]
    close = get_close_matches(name, others, 1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    message = f"{table} has no row {name!r}, and a new one lacks {', '.join(keys)}"
    return Located(path, message, f"{hint}a new row gives every key; `simcluster catalog {table}` shows them")
