"""What is uncertain, found in a tree of nodes: `{ uncertain = { kind = ..., ... } }` and `{ one_of = [...] }`.

Each is resolved to its central value before the model sees it, and kept beside the values as `Uncertainty`.
"""

from __future__ import annotations

from typing import Any

from simcluster.core.problems import KeyPath, Problem, dotted
from simcluster.model.inputs import Alternatives, Input, Rows, Table, Uncertainty
from simcluster.model.read_alternatives import read_alternatives
from simcluster.model.read_input import read_input
from simcluster.model.ties import read_ties
from simcluster.model.tree import ONE_OF, UNCERTAIN, Node, in_brackets, plain, row_names

FRAME = ("schema", "name", "title", "description", "start", "end", "seed", "known_on")
"""Keys of the whole file that choose what to simulate."""
CORRELATIONS = "correlations"


class Uncertainties:
    """Collects what is uncertain in a tree, and what is wrong with it."""

    def __init__(self) -> None:
        """Nothing is collected yet."""
        self.problems: list[Problem] = []
        self._inputs: list[Input] = []
        self._alternatives: list[Alternatives] = []
        self._at: dict[KeyPath, Input | Alternatives] = {}
        self._written: dict[KeyPath, KeyPath] = {}
        self._unread: set[KeyPath] = set()

    def take(self, root: Node) -> tuple[Node, Uncertainty]:
        """The tree with central values, and what was uncertain in it; `correlations` are taken out of it."""
        said = {key: item for key, item in root.value.items() if key != CORRELATIONS}
        central, template = self._take(Node(said, root.source, root.path), (), "", ())
        ties, problems = read_ties(root, self._inputs, not self.problems)
        self.problems += problems
        found = tuple(self._inputs), tuple(self._alternatives), ties
        return central, Uncertainty(*found, template, self._at, self._written, frozenset(self._unread))

    def _take(self, node: Node, path: KeyPath, address: str, where: KeyPath | None) -> tuple[Node, Any]:
        """The central node and the template (see `resolve`); `where` is its path in the values, or None."""
        if isinstance(node.value, list):
            return self._take_rows(node, path, address, where)
        if not isinstance(node.value, dict):
            return node, node.value
        if not node.is_uncertain:
            return self._take_table(node, path, address, where)
        if (fixed := _fixed(path)) is not None:
            key = UNCERTAIN if UNCERTAIN in node.value else ONE_OF
            self.problems.append(node.source.problem(fixed, path, "write one value", (*node.path, key)))
            return self._broken(node, where)
        if UNCERTAIN in node.value:
            return self._take_input(node, path, address, where)
        return self._take_alternatives(node, path, address, where)

    def _take_table(self, node: Node, path: KeyPath, address: str, where: KeyPath | None) -> tuple[Node, Any]:
        taken = {
            key: self._take(item, (*path, key), _below(address, key), _inside(where, key))
            for key, item in node.value.items()
        }
        central = Node({key: item for key, (item, _) in taken.items()}, node.source, node.path)
        templates = {key: template for key, (_, template) in taken.items()}
        return central, Table(templates) if _is_any_uncertain(templates.values()) else templates

    def _take_rows(self, node: Node, path: KeyPath, address: str, where: KeyPath | None) -> tuple[Node, Any]:
        names = row_names(node)
        taken = [
            self._take(row, (*path, k), f"{address}{in_brackets(names[k] if names else str(k))}", _inside(where, k))
            for k, row in enumerate(node.value)
        ]
        central = Node([item for item, _ in taken], node.source, node.path)
        templates = [template for _, template in taken]
        return central, Rows(tuple(templates)) if _is_any_uncertain(templates) else templates

    def _take_input(self, node: Node, path: KeyPath, address: str, where: KeyPath | None) -> tuple[Node, Any]:
        found, problems = read_input(node, path, address)
        self.problems += problems
        if found is None:
            return self._broken(node, where)
        self._inputs.append(found)
        if where is not None:
            self._at[where] = found
        return Node(found.central, node.source, node.path), found

    def _broken(self, node: Node, where: KeyPath | None) -> tuple[Node, Any]:
        """What cannot be read stays as it stands; that it is no value needs no telling."""
        self._unread |= set() if where is None else {where}
        return node, plain(node)

    def _take_alternatives(self, node: Node, path: KeyPath, address: str, where: KeyPath | None) -> tuple[Node, Any]:
        read, problems = read_alternatives(node, path)
        self.problems += problems
        if read is None:
            return self._broken(node, where)
        at, options = len(self._alternatives), []
        for k, option in enumerate(read.options):
            inner = (*path, ONE_OF, *option.path)
            if k == read.central and where is not None:
                self._written[where] = inner
            place = where if k == read.central else None
            options.append(self._take(option.node, inner, f"{address}.{ONE_OF}{option.address}", place))
        templates = tuple(template for _, template in options)
        found = Alternatives(address, path, read.labels, read.weights, templates, read.central, read.is_given)
        self._alternatives.insert(at, found)
        if where is not None:
            self._at[where] = found
        return options[read.central][0], found


def _fixed(path: KeyPath) -> str | None:
    """Why what stands at a path cannot be uncertain, if it cannot."""
    if path[0] in FRAME:
        return f"{path[0]} says what is simulated and cannot be uncertain"
    return f"{path[-1]} says what its table is and cannot be uncertain" if path[-1] in ("name", "kind") else None


def _is_any_uncertain(templates: Any) -> bool:
    return any(isinstance(item, Input | Alternatives | Rows | Table) for item in templates)


def _inside(where: KeyPath | None, part: str | int) -> KeyPath | None:
    return None if where is None else (*where, part)


def _below(address: str, key: str) -> str:
    return f"{address}.{dotted((key,))}" if address else dotted((key,))
