"""Reading `{ one_of = [{ value = ..., weight = 0.6, label = "linear" }, ...] }`: structures of which one holds."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from simcluster.core.problems import KeyPath, Problem
from simcluster.model.tree import ONE_OF, Node, in_brackets, problem_below, row_names

OF_A_DRAW = ("weight", "label")
ROW_KEYS = ("value", *OF_A_DRAW)
TABLE_KEYS = (ONE_OF, "value")


@dataclass(frozen=True, slots=True)
class Option:
    """The node of one alternative, and its path and its address below `one_of`."""

    node: Node
    path: KeyPath
    address: str


@dataclass(frozen=True, slots=True)
class ReadAlternatives:
    """What a table with `one_of` says; `central` is the number of the one that a run without sampling takes."""

    options: list[Option]
    labels: tuple[str, ...]
    weights: tuple[float, ...]
    central: int
    is_given: bool


def read_alternatives(node: Node, path: KeyPath) -> tuple[ReadAlternatives | None, list[Problem]]:
    """The alternatives of a node at a path; None with the problems if there are any."""
    problems = [
        problem_below(node, path, (key,), f"{key!r} means nothing beside one_of", "an alternative is drawn by itself")
        for key in node.value
        if key not in TABLE_KEYS
    ]
    rows = node.value[ONE_OF]
    if not isinstance(rows.value, list) or len(rows.value) < 2:
        hint = 'write one_of = [{ value = ..., weight = 0.6, label = "..." }, ...]'
        return None, [*problems, problem_below(node, path, (ONE_OF,), "one_of is not a list of two or more", hint)]
    for k, row in enumerate(rows.value):
        problems += _row_problems(row, (*path, ONE_OF, k))
    if problems:
        return None, problems
    labels = tuple(_label(row, k) for k, row in enumerate(rows.value))
    weights = tuple(_weight(row) for row in rows.value)
    problems = _label_problems(node, path, labels)
    if problems:
        return None, problems
    given = node.value.get("value")
    central = labels.index(given.value) if given else max(range(len(weights)), key=lambda k: weights[k])
    names = row_names(rows)
    options = [_option(row, k, names[k] if names else str(k)) for k, row in enumerate(rows.value)]
    return ReadAlternatives(options, labels, weights, central, given is not None), []


def _is_row(row: Node) -> bool:
    """Whether a row says a value with a weight or a label, and is not the value itself."""
    return isinstance(row.value, dict) and not row.is_uncertain and bool(set(ROW_KEYS) & row.value.keys())


def _row_problems(row: Node, path: KeyPath) -> list[Problem]:
    if not _is_row(row):
        return []
    found = [
        problem_below(row, path, (key,), "unknown key", f"known keys: {', '.join(ROW_KEYS)}")
        for key in row.value
        if key not in ROW_KEYS
    ]
    if "value" not in row.value:
        found.append(problem_below(row, path, (), "value is missing", "add `value = ...` here"))
    weight, label = (row.value[key].value if key in row.value else None for key in ("weight", "label"))
    if weight is not None and (isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < 1e9):
        found.append(problem_below(row, path, ("weight",), f"{weight!r} is not a weight", "write a number above 0"))
    if label is not None and (not isinstance(label, str) or not label.strip()):
        found.append(problem_below(row, path, ("label",), "a label is text", "put it in quotes"))
    return found


def _label_problems(node: Node, path: KeyPath, labels: tuple[str, ...]) -> list[Problem]:
    twice = next((k for k, label in enumerate(labels) if label in labels[:k]), None)
    if twice is not None:
        message = f"the alternative {labels[twice]!r} stands there twice"
        return [problem_below(node, path, (ONE_OF, twice), message, "give each a label of its own")]
    given = node.value.get("value")
    if given is None or given.value in labels:
        return []
    close = get_close_matches(str(given.value), labels, 1)
    hint = f"did you mean {close[0]!r}?" if close else f"the labels are {', '.join(labels)}"
    return [problem_below(node, path, ("value",), f"there is no alternative {given.value!r}", hint)]


def _option(row: Node, k: int, name: str) -> Option:
    if _is_row(row):
        return Option(row.value["value"], (k, "value"), f"{in_brackets(name)}.value")
    return Option(row, (k,), in_brackets(name))


def _weight(row: Node) -> float:
    return float(row.value["weight"].value) if _is_row(row) and "weight" in row.value else 1.0


def _label(row: Node, k: int) -> str:
    """The label, or the value itself, or the kind of the table, or its number from 1."""
    if _is_row(row) and "label" in row.value:
        return str(row.value["label"].value)
    value = _option(row, k, "").node.value
    if isinstance(value, dict):
        value = value["kind"].value if "kind" in value else k + 1
    return str(k + 1) if isinstance(value, list) else _text(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
