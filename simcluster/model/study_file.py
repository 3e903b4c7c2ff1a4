"""Study files: what a command is asked, in a file, by options of the command line, or both."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from simcluster.core.problems import Problem, ScenarioError
from simcluster.model.document import Document
from simcluster.model.load import check
from simcluster.model.packaged import packaged_scenarios
from simcluster.model.source import Source, read_source
from simcluster.model.tree import Node, grow, plain, walk

M = TypeVar("M", bound=BaseModel)


def read_study(model: type[M], path: Path | None, options: Mapping[str, Any]) -> tuple[M, Document]:
    """A study file with what the command line says instead, by key; either may be left out.

    What is `set` on the command line comes after what the file sets. A `base` in the file is the name of a packaged
    scenario, or a file relative to the study's. The document locates problems that come up later.

    Raises:
        ScenarioError: with every problem of both, each located.
    """
    tree, problems = _file(path, "base" in options)
    for name, given in options.items():
        said = tree.value.get(name) if name == "set" else None
        tree.value[name] = _option(name, given) if said is None else _added(said, given)
    origins = {where: (node.source, node.path) for where, node in walk(tree)}
    document = Document(path or Path(), plain(tree), {}, origins)
    return check(model, document, problems), document


def _file(path: Path | None, is_told_base: bool) -> tuple[Node, list[Problem]]:
    if path is None:
        return Node({}, Source("the command line"), ()), []
    read = read_source(path, str(path))
    if isinstance(read, Problem):
        raise ScenarioError([read])
    source, data = read
    tree, base = grow(data, source), data.get("base")
    if is_told_base or not isinstance(base, str):
        return tree, []
    beside = path.parent / base
    if beside.is_file():
        tree.value["base"] = Node(str(beside), source, ("base",))
    elif base.removesuffix(".toml") not in packaged_scenarios():
        hint = "write a file relative to the study's, or a name that `simcluster init --list` tells"
        message = f"there is no scenario {base!r}: no file {beside}, and none of that name in the package"
        return tree, [source.problem(message, ("base",), hint)]
    return tree, []


def _option(name: str, given: Any) -> Node:
    """A value of an option; of a repeated one each value by itself."""
    if isinstance(given, tuple):
        return Node(_rows(name, given), Source(f"--{name}"), (name,))
    return Node(given, Source(f"--{name} {given}"), (name,))


def _rows(name: str, given: tuple[Any, ...]) -> list[Node]:
    return [Node(text, Source(f"--{name} {text}"), (name, k)) for k, text in enumerate(given)]


def _added(said: Node, given: tuple[Any, ...]) -> Node:
    """What is set by a list in the file and then by options; anything else in the file is left to be refused."""
    return Node([*said.value, *_rows("set", given)], said.source, said.path) if isinstance(said.value, list) else said
