"""`--set a.b.c=value`: one value of a scenario changed from the command line."""

from __future__ import annotations

import json
import re
import tomllib
from difflib import get_close_matches
from typing import Any

from simcluster.core.problems import KeyPath, Problem, dotted
from simcluster.model.provenance import Stripped
from simcluster.model.read_alternatives import OF_A_DRAW, read_alternatives
from simcluster.model.source import Source
from simcluster.model.tree import ANNOTATIONS, ONE_OF, Node, grow, row_names

SHAPE = "write --set KEY=VALUE, for example --set orders.first.gpus=1024"
KEY_SHAPE = "write names with dots, rows by name or number: sites.campus.pue_peak, sites[campus].power[0].price"
SET = "set on the command line"
# What names a thing rather than measures it has no source to give.
UNCITED = ("schema", "name", "title", "description", "seed", "kind", *ANNOTATIONS)

_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'[^']*'"
_PART = re.compile(
    rf"\s*(?:(?P<dot>\.)?\s*(?P<name>[A-Za-z0-9_-]+|{_QUOTED})|\[\s*(?P<row>{_QUOTED}|[^\[\]\"']*[^\[\]\"'\s])\s*\])"
)


class OverrideError(Exception):
    """An override that cannot be applied; carries its problem."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem."""
        super().__init__(problem.message)
        self.problem = problem


def apply_override(root: Node, text: str) -> Node:
    """The tree with `KEY=VALUE` applied; a row is addressed by name, year, label or its number from 0.

    A row is written after a dot or in brackets: `sites.campus.power.0.price`, `sites[campus].power[0].price`. Where
    the tree says `one_of`, VALUE may be the label of an alternative, which then holds for certain.

    Raises:
        OverrideError: the text is not KEY=VALUE, or a table or row on the way does not exist.
    """
    source = Source(f"--set {text}")
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise OverrideError(source.problem("is not KEY=VALUE", (), SHAPE))
    names = key_names(key)
    if not names:
        raise OverrideError(source.problem(f"cannot read the key {key.strip()!r}", (), KEY_SHAPE))
    if names[0] == "extends":
        raise OverrideError(source.problem("extends cannot be set", ("extends",), "write it in the scenario file"))
    return _replace(root, names, _cited(names[-1], plain_value(value.strip())), source, ())


def value_at(values: Any, key: str, label: str) -> Any:
    """The value at a key as `--set` takes it, in plain values; None where only its last name is missing.

    Raises:
        OverrideError: the key cannot be read, or a table or row on the way does not exist; located at `label`.
    """
    found = values
    for part in path_at(values, key, label):
        found = found.get(part) if isinstance(found, dict) else found[part]
    return found


def path_at(values: Any, key: str, label: str) -> KeyPath:
    """The path of a key as `--set` takes it, with rows by number; its last name may be missing in the values.

    Raises:
        OverrideError: the key cannot be read, or a table or row on the way does not exist; located at `label`.
    """
    source, names = Source(label), key_names(key)
    if not names:
        raise OverrideError(source.problem(f"cannot read the key {key.strip()!r}", (), KEY_SHAPE))
    node = grow(values, source)
    path: KeyPath = ()
    for position, name in enumerate(names):
        said: KeyPath = tuple(names[:position])
        if isinstance(node.value, list):
            row = _row(node, name, source, said)
            node, path = node.value[row], (*path, row)
        elif not isinstance(node.value, dict):
            raise _no_table(source, said)
        elif name not in node.value and position == len(names) - 1:
            return (*path, name)
        else:
            node, path = _table(node, name, source, said), (*path, name)
    return path


def key_names(key: str) -> list[str] | None:
    """The parts of `a.b[c]."d e"[0]`; None if the text cannot be read as a key."""
    names: list[str] = []
    at, end = 0, len(key.rstrip())
    while at < end:
        match = _PART.match(key, at)
        if match is None or (match["name"] is not None and bool(match["dot"]) != bool(names)):
            return None
        if match["row"] is not None and not names:
            return None
        part = match["name"] or match["row"]
        try:
            names.append(tomllib.loads(f"v = {part}")["v"] if part[0] in "\"'" else part)
        except tomllib.TOMLDecodeError:
            return None
        at = match.end()
    return names


def plain_value(text: str) -> Any:
    """A TOML value, or the text itself: `--set site.it_power="150 MW"` loses its quotes in the shell."""
    try:
        parsed = tomllib.loads(f"v = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return parsed["v"] if parsed.keys() == {"v"} else text


def written_value(value: Any) -> str:
    """A value as `--set` takes it, which `plain_value` reads again: text in quotes, tables and lists in one line."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        rows = (f"{dotted((key,))} = {written_value(item)}" for key, item in value.items())
        return f"{{{', '.join(rows)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(written_value, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _cited(name: str, value: Any) -> Any:
    """The value with the assumption that it was set, unless it says where it comes from or needs no source."""
    if name in UNCITED or (isinstance(value, dict) and any(key in value for key in ANNOTATIONS)):
        return value
    return value | {"assumption": SET} if isinstance(value, dict) else {"value": value, "assumption": SET}


def _replace(node: Node, names: list[str], value: Any, source: Source, path: KeyPath) -> Node:
    if not names:
        return _named(node, value) or grow(value, source, path)
    name, rest = names[0], names[1:]
    if node.is_annotated_value and name not in node.value:
        inner = _replace(node.value["value"], names, value, source, path)
        return Node({**node.value, "value": inner}, node.source, node.path)
    if isinstance(node.value, list):
        k = _row(node, name, source, path)
        rows = list(node.value)
        rows[k] = _replace(rows[k], rest, value, source, (*path, k))
        return Node(rows, node.source, node.path)
    if not isinstance(node.value, dict):
        raise _no_table(source, path)
    inner = _table(node, name, source, path) if rest else node.value.get(name, Node(None, source, path))
    return Node({**node.value, name: _replace(inner, rest, value, source, (*path, name))}, node.source, node.path)


def _named(node: Node, value: Any) -> Node | None:
    """The alternative whose label a value is, where the node says of which one holds."""
    label = value.get("value") if isinstance(value, dict) else value
    if not (isinstance(label, str) and isinstance(node.value, dict) and ONE_OF in node.value):
        return None
    read, _ = read_alternatives(Stripped().strip(node), node.path)
    if read is None or label not in read.labels:
        return None
    row: Node = node.value[ONE_OF].value[read.labels.index(label)]
    if not isinstance(row.value, dict):
        return row
    return Node({key: item for key, item in row.value.items() if key not in OF_A_DRAW}, row.source, row.path)


def _table(node: Node, name: str, source: Source, path: KeyPath) -> Node:
    if name not in node.value:
        hint = _known(name, list(node.value))
        raise OverrideError(source.problem(f"there is no table {name!r}", (*path, name), hint))
    found: Node = node.value[name]
    return found


def _no_table(source: Source, path: KeyPath) -> OverrideError:
    return OverrideError(source.problem(f"{dotted(path)} is a value, not a table", path, f"set {dotted(path)} itself"))


def _row(node: Node, name: str, source: Source, path: KeyPath) -> int:
    names = row_names(node)
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
