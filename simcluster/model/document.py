"""A scenario file as plain values: `extends`, the packaged catalog and `--set` applied, every value's origin kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from simcluster.core.problems import KeyPath, Problem, ScenarioError
from simcluster.model.inputs import CERTAIN, Uncertainty
from simcluster.model.overrides import OverrideError, apply_override
from simcluster.model.packaged import packaged_catalog, read_catalog
from simcluster.model.provenance import APART, Provenance, Stripped
from simcluster.model.source import Source, read_source
from simcluster.model.tree import Node, grow, overlay, plain, walk
from simcluster.model.uncertain import CORRELATIONS, Uncertainties

SCHEMA = 1


@dataclass(frozen=True, eq=False)
class Document:
    """What a scenario says, before it is checked: values by key, their provenance and their origin.

    `values` hold the central value of what is uncertain and `written` what the files say instead, to whose paths
    provenance goes; it is None where nothing is uncertain and the two are the same.
    """

    path: Path
    values: dict[str, Any]
    provenance: dict[KeyPath, Provenance]
    origins: dict[KeyPath, tuple[Source, KeyPath]]
    uncertainty: Uncertainty = CERTAIN
    written: dict[str, Any] | None = None

    def provenance_of(self, path: KeyPath) -> Provenance | None:
        """The nearest annotation at the path or above it; one of the whole file does not concern the catalog."""
        return self.written_provenance_of(self.uncertainty.written_path(path))

    def written_provenance_of(self, path: KeyPath) -> Provenance | None:
        """The same for the path of a value as written, such as that of an `Input`."""
        for length in range(len(path), 0 if path and path[0] in APART else -1, -1):
            if path[:length] in self.provenance:
                return self.provenance[path[:length]]
        return None

    def problem(self, message: str, path: KeyPath, hint: str | None = None) -> Problem:
        """A problem located in the file that holds the path, or its nearest enclosing key."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.origins:
                source, at = self.origins[path[:length]]
                return source.problem(message, path, hint, at)
        return Problem(message, path, hint, str(self.path))


def read_document(path: str | Path, overrides: Iterable[str] = (), *, catalog: Traversable | None = None) -> Document:
    """Read a scenario file with everything it rests on.

    Raises:
        ScenarioError: with every problem found in the files and the overrides.
    """
    document, problems = assemble(path, overrides, catalog=catalog)
    if document is None or problems:
        raise ScenarioError(problems)
    return document


def assemble(
    path: str | Path, overrides: Iterable[str] = (), *, catalog: Traversable | None = None
) -> tuple[Document | None, list[Problem]]:
    """As `read_document`, but returns the problems; the document is None when a file cannot be read at all."""
    scenario, problems = _read_scenario(Path(path), str(path), ())
    rows, catalog_problems = read_catalog(packaged_catalog() if catalog is None else catalog)
    problems += catalog_problems
    if scenario is None or catalog_problems:
        return None, problems
    if "schema" not in scenario.value and not any(problem.path == ("schema",) for problem in problems):
        hint = f"add `schema = {SCHEMA}` at the top"
        problems.append(scenario.source.problem("schema is missing", ("schema",), hint))
    tree = overlay(rows, scenario)
    for text in overrides:
        try:
            tree = apply_override(tree, text)
        except OverrideError as error:
            problems.append(error.problem)
    document, found = _taken_apart(Path(path), tree)
    return document, problems + found


def document_of(values: dict[str, Any], label: str) -> tuple[Document, list[Problem]]:
    """A document of values that no file says, as another's `written` has them; problems are located at the label."""
    return _taken_apart(Path(label), grow(values, Source(label)))


def _taken_apart(path: Path, tree: Node) -> tuple[Document, list[Problem]]:
    """Values, what was said of them, and what is uncertain in them."""
    stripped = Stripped()
    tree = stripped.strip(tree)
    found = Uncertainties()
    central, uncertainty = found.take(tree)
    origins = {where: (node.source, node.path) for where, node in walk(central)}
    written = plain(tree) if uncertainty or CORRELATIONS in tree.value else None
    document = Document(path, plain(central), stripped.provenance, origins, uncertainty, written)
    return document, stripped.problems + found.problems


def _read_scenario(path: Path, label: str, above: Sequence[Path]) -> tuple[Node | None, list[Problem]]:
    read = read_source(path, label)
    if isinstance(read, Problem):
        return None, [read]
    source, data = read
    problems = _schema_problems(source, data)
    extends = data.pop("extends", None)
    tree = grow(data, source)
    if extends is None:
        return tree, problems
    base, base_problems = _read_base(extends, path, source, above)
    problems += base_problems
    return (None if base is None else overlay(base, tree)), problems


def _read_base(extends: Any, path: Path, source: Source, above: Sequence[Path]) -> tuple[Node | None, list[Problem]]:
    if not isinstance(extends, str) or not extends:
        return None, [source.problem("extends is not a file name", ("extends",), 'write extends = "base.toml"')]
    target = path.parent / extends
    chain = (*above, path.resolve())
    if target.resolve() in chain:
        hint = "a scenario cannot extend itself, directly or through another; remove one extends"
        return None, [source.problem(f"extends goes round in a circle through {extends!r}", ("extends",), hint)]
    if not target.is_file():
        hint = "write the file name, relative to the file that says extends"
        return None, [source.problem(f"there is no file {extends!r} to extend", ("extends",), hint)]
    return _read_scenario(target, str(target), chain)


def _schema_problems(source: Source, data: dict[str, Any]) -> list[Problem]:
    """A schema of another version, with the change to make; a base may leave it out."""
    found = data.get("schema", SCHEMA)
    if found == SCHEMA and type(found) is int:
        return []
    at: KeyPath = ("schema",)
    if type(found) is not int:
        return [source.problem(f"schema is a whole number, not {found!r}", at, f"write `schema = {SCHEMA}`")]
    if found > SCHEMA:
        message = f"schema {found} is newer than this simcluster, which reads schema {SCHEMA}"
        return [source.problem(message, at, f"upgrade simcluster, or rewrite the file for `schema = {SCHEMA}`")]
    message = f"schema {found} is older than schema {SCHEMA}, the only one this simcluster reads"
    return [source.problem(message, at, f"write `schema = {SCHEMA}` and rename the keys reported as unknown")]


def read_packaged_catalog() -> tuple[dict[str, Any], dict[KeyPath, Provenance]]:
    """The packaged catalog by table and row, and its annotations by key path.

    Raises:
        ScenarioError: a catalog file cannot be read.
    """
    tree, problems = read_catalog(packaged_catalog())
    stripped = Stripped()
    rows = plain(stripped.strip(tree))["catalog"]
    if problems or stripped.problems:
        raise ScenarioError(problems + stripped.problems)
    return rows, stripped.provenance


def inlined_toml(path: Path) -> str:
    """A scenario and what it extends as one TOML text, annotations as written and without the catalog.

    Raises:
        ScenarioError: a file cannot be read.
    """
    import tomli_w

    tree, problems = _read_scenario(path, str(path), ())
    if tree is None or problems:
        raise ScenarioError(problems)
    return tomli_w.dumps(plain(tree))
