"""From a file to a checked scenario, or to every problem at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from simcluster.core.problems import KeyPath, Problem, ScenarioError
from simcluster.model.document import Document, assemble
from simcluster.model.explain import explain
from simcluster.model.resolved import resolved_toml, write_toml
from simcluster.model.rows import gather_missing

if TYPE_CHECKING:
    from simcluster.model.scenario import Scenario

__all__ = ["check", "load", "resolved_toml", "write_toml"]

M = TypeVar("M", bound=BaseModel)


def load(path: str | Path, overrides: Iterable[str] = (), seed: int | None = None) -> tuple[Scenario, Document]:
    """Read and check a scenario; `overrides` are `--set` texts, `seed` replaces the scenario's.

    Raises:
        ScenarioError: with every problem of the files, the overrides and the values, each located.
    """
    from simcluster.model.scenario import Scenario

    options = [*overrides, *([] if seed is None else [f"seed={seed}"])]
    document, problems = assemble(path, options)
    if document is None:
        raise ScenarioError(problems)
    return check(Scenario, document, problems), document


def check(model: type[M], document: Document, problems: Iterable[Problem] = ()) -> M:
    """The document as a model; problems found earlier are raised together with those of the values.

    Raises:
        ScenarioError: there is any problem.
    """
    found = list(problems)
    try:
        checked = model.model_validate(document.values)
    except ValidationError as error:
        found += _located(error, model, document, {problem.path for problem in found})
    else:
        if not found:
            return checked
    raise ScenarioError(found)


def _located(error: ValidationError, model: type[BaseModel], document: Document, told: set[KeyPath]) -> list[Problem]:
    """Problems in the order of the errors; a path already reported, and a repetition, is left out."""
    located = [
        (details["type"], found)
        for details in error.errors(include_url=False)
        for found in explain(details, model, document.values)
    ]
    problems = (
        document.problem(found.message, found.path, found.hint)
        for found in gather_missing(located, document.values)
        if found.path not in told and not any(found.path[: len(at)] == at for at in document.uncertainty.unread)
    )
    return list(dict.fromkeys(problems))
