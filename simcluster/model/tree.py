"""TOML values that remember which file and key they came from, and how one file is laid over another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simcluster.core.problems import KeyPath, Problem
from simcluster.model.source import Source

ANNOTATIONS = ("source", "assumption", "note")
UNCERTAIN, ONE_OF = "uncertain", "one_of"
_PLAIN_ROW = re.compile(r"[^\[\]\"'\s](?:[^\[\]\"']*[^\[\]\"'\s])?")


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value (a dict or list of nodes, or a scalar) and its place: a source and the key path in it."""

    value: Any
    source: Source
    path: KeyPath

    @property
    def is_annotated_value(self) -> bool:
        """Whether this is a table that only says a value and where it comes from."""
        return isinstance(self.value, dict) and "value" in self.value and self.value.keys() <= {"value", *ANNOTATIONS}

    @property
    def stands_for_a_value(self) -> bool:
        """Whether this is a table that says a value, with where it comes from or what is uncertain about it."""
        return self.is_annotated_value or self.is_uncertain

    @property
    def is_uncertain(self) -> bool:
        """Whether this is a table that says what a value may be."""
        return isinstance(self.value, dict) and (UNCERTAIN in self.value or ONE_OF in self.value)


def grow(value: Any, source: Source, path: KeyPath = ()) -> Node:
    """A parsed TOML value as nodes."""
    if isinstance(value, dict):
        return Node({key: grow(item, source, (*path, key)) for key, item in value.items()}, source, path)
    if isinstance(value, list):
        return Node([grow(item, source, (*path, k)) for k, item in enumerate(value)], source, path)
    return Node(value, source, path)


def overlay(base: Node, child: Node) -> Node:
    """The child laid over the base: tables deeply, rows of an array by name or else by year, all else replaced.

    A table of another `kind`, a number with its source and an uncertain value replace the base's whole table, because
    what the base said (parameters of the other kind, the source of the other number) no longer applies.
    """
    if isinstance(base.value, dict) and isinstance(child.value, dict):
        if base.stands_for_a_value or child.stands_for_a_value or _other_kind(base, child):
            return child
        merged = dict(base.value)
        for key, item in child.value.items():
            merged[key] = overlay(merged[key], item) if key in merged else item
        return Node(merged, child.source, child.path)
    if isinstance(base.value, list) and isinstance(child.value, list):
        return _overlay_rows(base, child)
    return child


def _other_kind(base: Node, child: Node) -> bool:
    kinds = [table.value["kind"].value for table in (base, child) if "kind" in table.value]
    return len(kinds) == 2 and kinds[0] != kinds[1]


def _overlay_rows(base: Node, child: Node) -> Node:
    old, new = names_of(base), names_of(child)
    if old is None or new is None:
        old, new = _cells(base, "year"), _cells(child, "year")
    if not old or not new:
        return child
    rows = [
        overlay(row, child.value[new.index(name)]) if name in new else row
        for name, row in zip(old, base.value, strict=True)
    ]
    rows += [row for name, row in zip(new, child.value, strict=True) if name not in old]
    return Node(rows, child.source, child.path)


def names_of(node: Node) -> list[str] | None:
    """The names of an array of tables, or None unless every row has one and no two are the same."""
    names = [row.value["name"].value for row in node.value if isinstance(row.value, dict) and "name" in row.value]
    complete = len(names) == len(node.value) > 0 and all(isinstance(name, str) for name in names)
    return names if complete and len(set(names)) == len(names) else None


def row_names(node: Node) -> list[str]:
    """What the rows of an array of tables go by: their names, years or labels, or nothing if some have none."""
    return names_of(node) or _cells(node, "year") or _cells(node, "label")


def in_brackets(row: str) -> str:
    """The name or number of a row as part of a key, such as [spring]; quoted where it has to be."""
    return f"[{row if _PLAIN_ROW.fullmatch(row) else json.dumps(row)}]"


def _cells(node: Node, key: str) -> list[str]:
    """The values of a key of every row, no two the same; else nothing."""
    cells = [row.value.get(key) if isinstance(row.value, dict) else None for row in node.value]
    texts = [str(_bare(cell).value) for cell in cells if cell is not None]
    return texts if len(texts) == len(cells) == len(set(texts)) else []


def _bare(node: Node) -> Node:
    bare: Node = node.value["value"] if node.is_annotated_value else node
    return bare


def problem_below(node: Node, path: KeyPath, below: KeyPath, message: str, hint: str | None = None) -> Problem:
    """A problem at a path below a node that stands at `path`, located there or at the nearest key there is."""
    for part in below:
        items = node.value
        if not (part in items if isinstance(items, dict) else isinstance(items, list) and int(part) < len(items)):
            break
        node = items[part]
    return node.source.problem(message, (*path, *below), hint, node.path)


def plain(node: Node) -> Any:
    """The values alone."""
    if isinstance(node.value, dict):
        return {key: plain(item) for key, item in node.value.items()}
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    return node.value


def walk(node: Node, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Node]]:
    """Every node with its path in the merged tree, outer ones first."""
    yield path, node
    items: Any = ()
    if isinstance(node.value, dict):
        items = node.value.items()
    elif isinstance(node.value, list):
        items = enumerate(node.value)
    for key, item in items:
        yield from walk(item, (*path, key))
