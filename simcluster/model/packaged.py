"""What comes with the package: the catalog, as one tree under `catalog`, and the example scenarios."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path

from simcluster.core.problems import KeyPath, Problem
from simcluster.model.source import Source, read_source
from simcluster.model.tree import Node, grow

TABLES = ("gpus", "servers", "failures", "throughput")


def packaged_catalog() -> Traversable:
    """The folder of catalog files in the installed package."""
    return files("simcluster") / "catalog"


def packaged_scenarios() -> dict[str, Traversable]:
    """Scenario files by name: the source tree's own folder where there is one, else those in the installed package."""
    package = files("simcluster")
    for folder in (Path(str(package)).parent / "scenarios", package / "scenarios"):
        if folder.is_dir():
            entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
            return {file.name.removesuffix(".toml"): file for file in entries if file.name.endswith(".toml")}
    return {}


def packaged_scenario(name: str) -> AbstractContextManager[Path]:
    """The file of a packaged scenario, for as long as the context lasts.

    Raises:
        KeyError: there is no such scenario.
    """
    return as_file(packaged_scenarios()[name])


def read_catalog(folder: Traversable) -> tuple[Node, list[Problem]]:
    """Every catalog row as `catalog.<table>.<name>`; a company is a file of its own."""
    tables: dict[str, Node] = {}
    problems: list[Problem] = []
    top = Source("simcluster/catalog")
    for table in TABLES:
        if (file := folder / f"{table}.toml").is_file():
            _read(file, f"simcluster/catalog/{table}.toml", tables, table, problems)
    companies: dict[str, Node] = {}
    directory = folder / "companies"
    if directory.is_dir():
        for file in sorted(directory.iterdir(), key=lambda entry: entry.name):
            if file.name.endswith(".toml"):
                label = f"simcluster/catalog/companies/{file.name}"
                _read(file, label, companies, file.name.removesuffix(".toml"), problems)
    if companies:
        tables["companies"] = Node(companies, top, ())
    return Node({"catalog": Node(tables, top, ())}, top, ()), problems


def _read(file: Traversable, label: str, into: dict[str, Node], name: str, problems: list[Problem]) -> None:
    read = read_source(file, label)
    if isinstance(read, Problem):
        problems.append(read)
    else:
        source, data = read
        path: KeyPath = ()
        into[name] = grow(data, source, path)
