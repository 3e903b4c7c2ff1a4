"""Where each key path of a TOML text stands, found with tree-sitter and only when an error has to be located."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simcluster.core.problems import KeyPath

if TYPE_CHECKING:
    from tree_sitter import Node

Place = tuple[int, int]
_KEYS = ("bare_key", "quoted_key", "dotted_key")


def positions(text: str) -> dict[KeyPath, Place]:
    """The (line, column), both from 1 and in characters, of every key and array element of a TOML text."""
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    tree = Parser(Language(tree_sitter_toml.language())).parse(text.encode())
    walk = _Walk(text.split("\n"))
    for child in tree.root_node.children:
        walk.statement(child)
    return walk.places


def locate(places: dict[KeyPath, Place], path: KeyPath) -> Place:
    """The place of a path, or of the nearest key that encloses it, or the start of the text."""
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return places[path[:length]]
    return (1, 1)


@dataclass
class _Walk:
    lines: list[str]
    places: dict[KeyPath, Place] = field(default_factory=dict)
    rows: dict[KeyPath, int] = field(default_factory=dict)  # how many [[...]] rows each array has so far

    def statement(self, node: Node) -> None:
        if node.type == "pair":
            self.pair(node, ())
        elif node.type in ("table", "table_array_element"):
            self.table(node)

    def table(self, node: Node) -> None:
        key = next((child for child in node.children if child.type in _KEYS), None)
        if key is None:
            return
        parts = _parts(key)
        header: KeyPath = ()
        for k, (name, part) in enumerate(parts):
            header = (*header, name)
            self.mark(header, part, keep=True)
            if k == len(parts) - 1 and node.type == "table_array_element":
                self.rows[header] = self.rows.get(header, 0) + 1
            if header in self.rows:  # a name on the way stands for the last row of its array
                header = (*header, self.rows[header] - 1)
                self.mark(header, part, keep=True)
        if node.type == "table":
            self.mark(header, parts[-1][1])
        for child in node.children:
            if child.type == "pair":
                self.pair(child, header)

    def pair(self, node: Node, above: KeyPath) -> None:
        key = next((child for child in node.children if child.type in _KEYS), None)
        if key is None:
            return
        path = above
        for name, part in _parts(key):
            path = (*path, name)
            self.mark(path, part, keep=True)
        self.value(node.children[-1], path)

    def value(self, node: Node, path: KeyPath) -> None:
        if node.type == "inline_table":
            for child in node.children:
                if child.type == "pair":
                    self.pair(child, path)
        elif node.type == "array":
            elements = (child for child in node.children if child.type not in ("[", "]", ",", "comment"))
            for k, child in enumerate(elements):
                self.mark((*path, k), child)
                self.value(child, (*path, k))

    def mark(self, path: KeyPath, node: Node, keep: bool = False) -> None:
        if keep and path in self.places:
            return
        row, byte = node.start_point.row, node.start_point.column
        line = self.lines[row] if row < len(self.lines) else ""
        self.places[path] = (row + 1, len(line.encode()[:byte].decode(errors="ignore")) + 1)


def _parts(key: Node) -> list[tuple[str, Node]]:
    """The names of a key, each with its node: `a."b c"` is a, b c."""
    if key.type == "dotted_key":
        return [part for child in key.children if child.type in _KEYS for part in _parts(child)]
    text = (key.text or b"").decode()
    return [(next(iter(tomllib.loads(f"{text} = 0"))) if key.type == "quoted_key" else text, key)]
