"""`--set a.b.c=value`: one value of a scenario changed from the command line."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from typing import Any

from simcluster.core.problems import KeyPath, Problem, dotted
from simcluster.model.source import Source
from simcluster.model.tree import Node, grow, names_of

SHAPE = "write --set KEY=VALUE, for example --set orders.first.gpus=1024"


class OverrideError(Exception):
    """An override that cannot be applied; carries its problem."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem."""
        super().__init__(problem.message)
        self.problem = problem


def apply_override(root: Node, text: str) -> Node:
    """The tree with `KEY=VALUE` applied; rows of an array of tables are addressed by name or index.

    Raises:
        OverrideError: the text is not KEY=VALUE, or a table or row on the way does not exist.
    """
    source = Source(f"--set {text}")
    key, equals, value = text.partition("=")
    names = _key_names(key) if equals else None
    if not names:
        raise OverrideError(source.problem("is not KEY=VALUE", (), SHAPE))
    if names[0] == "extends":
        raise OverrideError(source.problem("extends cannot be set", ("extends",), "write it in the scenario file"))
    return _replace(root, names, _value(value.strip()), source, ())


def _key_names(key: str) -> list[str] | None:
    try:
        table: Any = tomllib.loads(f"{key.strip()} = 0")
    except tomllib.TOMLDecodeError:
        return None
    names = []
    while isinstance(table, dict):
        if len(table) != 1:
            return None
        name, table = next(iter(table.items()))
        names.append(name)
    return names


def _value(text: str) -> Any:
    """A TOML value, or the text itself: `--set site.it_power="150 MW"` loses its quotes in the shell."""
    try:
        parsed = tomllib.loads(f"v = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return parsed["v"] if parsed.keys() == {"v"} else text


def _replace(node: Node, names: list[str], value: Any, source: Source, path: KeyPath) -> Node:
    if not names:
        return grow(value, source, path)
    name, rest = names[0], names[1:]
    if isinstance(node.value, list):
        k = _row(node, name, source, path)
        rows = list(node.value)
        rows[k] = _replace(rows[k], rest, value, source, (*path, k))
        return Node(rows, node.source, node.path)
    if not isinstance(node.value, dict):
        message = f"{dotted(path)} is a value, not a table"
        raise OverrideError(source.problem(message, path, f"set {dotted(path)} itself"))
    if rest and name not in node.value:
        hint = _known(name, list(node.value))
        raise OverrideError(source.problem(f"there is no table {name!r}", (*path, name), hint))
    inner = node.value.get(name, node)
    return Node({**node.value, name: _replace(inner, rest, value, source, (*path, name))}, node.source, node.path)


def _row(node: Node, name: str, source: Source, path: KeyPath) -> int:
    names = names_of(node) or []
    if name in names:
        return names.index(name)
    if name.isdecimal() and int(name) < len(node.value):
        return int(name)
    rows = f"rows are numbered 0 to {len(node.value) - 1}" if node.value else "it has no rows"
    raise OverrideError(
        source.problem(f"{dotted(path)} has no row {name!r}", (*path, name), _known(name, names) if names else rows)
    )


def _known(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, 1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known) or 'none'}"
