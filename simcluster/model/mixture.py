"""Scenarios between two: of each part in which they differ, one's or the other's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from simcluster.core.problems import dotted
from simcluster.model.document import Document, document_of
from simcluster.model.load import check
from simcluster.model.scenario import Scenario
from simcluster.model.tree import ONE_OF, UNCERTAIN

UNCOMPARED = ("schema", "name", "title", "description", "seed", "known_on")
"""Keys of the whole file that change no run: what it is called, its seed, and what catalog rows may be read."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """Two scenarios as `load` gave them, and the parts in which they differ.

    Parts are the items of one table, `path` from the top: the innermost that holds all differences. A row of a list
    goes by its name; where both have rows in another order, the list is one part. Parts stand in the first scenario's
    order, those of the second alone at the end.
    """

    first: tuple[Scenario, Document]
    second: tuple[Scenario, Document]
    path: tuple[str, ...]
    parts: tuple[str, ...]

    def title(self, part: str) -> str:
        """A part's key, or the key below it that holds all that differs in it."""
        path = (*self.path, part)
        one, other = (_at(_said(document), path) for _, document in (self.first, self.second))
        return dotted((*path, *_narrowed(one, other)))

    def between(self, chosen: Collection[str]) -> tuple[Scenario, Document]:
        """The first scenario with the chosen parts of the second.

        Raises:
            ScenarioError: these parts make no scenario without others.
        """
        if not chosen:
            return self.first
        if set(chosen) == set(self.parts):
            return self.second
        values = _mixed(_said(self.first[1]), _said(self.second[1]), self.path, chosen)
        label = f"{self.first[0].name} with {', '.join(map(self.title, chosen))} of {self.second[0].name}"
        document, problems = document_of(values, label)
        return check(Scenario, document, problems), document


def mixture(first: tuple[Scenario, Document], second: tuple[Scenario, Document]) -> Mixture:
    """The parts in which two scenarios differ; none if they are the same."""
    one, other = (
        {key: item for key, item in _said(document).items() if key not in UNCOMPARED}
        for document in (first[1], second[1])
    )
    path = _narrowed(one, other)
    table = _at(one, path), _at(other, path)
    if path and not _can_be_mixed(*table):
        return Mixture(first, second, path[:-1], path[-1:])
    return Mixture(first, second, path, _different(*map(_items, table)))


def _said(document: Document) -> dict[str, Any]:
    return document.values if document.written is None else document.written


def _items(value: Any) -> dict[str, Any]:
    """The items of a table by key, the rows of a list by name; nothing else has any."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list):
        return {}
    named = {row["name"]: row for row in value if isinstance(row, dict) and isinstance(row.get("name"), str)}
    return named if len(named) == len(value) else {}


def _at(value: Any, path: tuple[str, ...]) -> Any:
    """What stands at a path, rows by name; None where there is nothing."""
    for key in path:
        value = _items(value).get(key)
    return value


def _narrowed(one: Any, other: Any) -> tuple[str, ...]:
    """The keys down to the innermost item of two values that holds all their differences."""
    path: tuple[str, ...] = ()
    while _can_be_mixed(one, other):
        parts = _different(_items(one), _items(other))
        if len(parts) != 1:
            break
        path = (*path, parts[0])
        one, other = _at(one, parts), _at(other, parts)
    return path


def _different(one: dict[str, Any], other: dict[str, Any]) -> tuple[str, ...]:
    return tuple(key for key in one | other if key not in one or key not in other or one[key] != other[key])


def _can_be_mixed(one: Any, other: Any) -> bool:
    """Whether both are tables, or lists of named rows in one order, of whose items each may be one's or the other's."""
    if not _items(one) or not _items(other) or type(one) is not type(other):
        return False
    if isinstance(one, list):
        mine, its = _items(one), _items(other)
        return [name for name in mine if name in its] == [name for name in its if name in mine]
    whole = (UNCERTAIN, ONE_OF)
    return one.get("kind") == other.get("kind") and not any(key in table for key in whole for table in (one, other))


def _mixed(first: Any, second: Any, path: tuple[str, ...], chosen: Collection[str]) -> Any:
    one, other = _items(first), _items(second)
    if path:
        items = one | {path[0]: _mixed(one[path[0]], other[path[0]], path[1:], chosen)}
    else:
        sides = {key: other if key in chosen else one for key in _in_order(list(one), list(other))}
        items = {key: side[key] for key, side in sides.items() if key in side}
    return list(items.values()) if isinstance(first, list) else items


def _in_order(one: list[str], other: list[str]) -> list[str]:
    """All names of two lists: those of the second alone stand before the next that both have in its order."""
    found, rest = list[str](), other
    for name in one:
        if name in rest:
            place = rest.index(name)
            found, rest = found + rest[:place], rest[place + 1 :]
        found.append(name)
    return list(dict.fromkeys(found + rest))
