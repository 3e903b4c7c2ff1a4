"""Where numbers come from: `source`, `assumption` and `note` are taken out of the values and kept beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simcluster.core.problems import KeyPath, Problem
from simcluster.model.source import Source
from simcluster.model.tree import ANNOTATIONS, Node, walk

# Keys that an annotation of the whole file does not concern: catalog rows are cited one by one.
APART = ("schema", "catalog")


@dataclass(frozen=True, slots=True)
class Provenance:
    """The citation of a number, or the assumption it rests on, and a remark."""

    source: str | None = None
    assumption: str | None = None
    note: str | None = None

    def as_table(self) -> dict[str, str]:
        """The keys that are given, as they are written in a file."""
        return {key: text for key in ANNOTATIONS if (text := getattr(self, key)) is not None}


@dataclass
class Stripped:
    """A tree without annotations, and what was taken out by path."""

    provenance: dict[KeyPath, Provenance] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def strip(self, node: Node, path: KeyPath = ()) -> Node:
        """The node without annotations; a table that only annotates a value becomes the value."""
        if isinstance(node.value, list):
            return Node([self.strip(row, (*path, k)) for k, row in enumerate(node.value)], node.source, node.path)
        if not isinstance(node.value, dict):
            return node
        said = {key: node.value[key] for key in ANNOTATIONS if key in node.value}
        if node.is_annotated_value:
            inner: Node = self.strip(node.value["value"], path)
        else:
            rest = {key: self.strip(item, (*path, key)) for key, item in node.value.items() if key not in said}
            inner = Node(rest, node.source, node.path)
        self._record(said, inner, path)
        return inner

    def _record(self, said: dict[str, Node], node: Node, path: KeyPath) -> None:
        texts: dict[str, Any] = {}
        for key, item in said.items():
            if isinstance(item.value, str):
                texts[key] = item.value
            else:
                problem = item.source.problem(f"{key} is not text", (*path, key), "put it in quotes", item.path)
                self.problems.append(problem)
        if texts:
            origin = next(iter(said.values())).source
            self._attach(Provenance(**texts), origin, node, path)

    def _attach(self, provenance: Provenance, origin: Source, node: Node, path: KeyPath) -> None:
        """Keep an annotation for what stands in its own file; a value another file put there has another origin."""
        if path in self.provenance:
            return
        if node.is_uncertain and node.source is origin:  # what was said of a value outlasts a change of its law
            self.provenance[path] = provenance
            return
        if path == ():
            node = Node({key: item for key, item in node.value.items() if key not in APART}, node.source, node.path)
        if isinstance(node.value, dict) and not _all_from(origin, node):
            for key, item in node.value.items():
                self._attach(provenance, origin, item, (*path, key))
        elif isinstance(node.value, list) and not _all_from(origin, node):
            for k, item in enumerate(node.value):
                self._attach(provenance, origin, item, (*path, k))
        elif node.source is origin or isinstance(node.value, dict | list):
            self.provenance[path] = provenance


def _all_from(origin: Source, node: Node) -> bool:
    return all(item.source is origin for _, item in walk(node) if not isinstance(item.value, dict | list))
