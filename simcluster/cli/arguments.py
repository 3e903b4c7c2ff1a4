"""What commands share: the scenarios to read and the values to change in them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from simcluster.core.problems import Problem
    from simcluster.model.document import Document
    from simcluster.model.scenario import Scenario

SET_HELP = (
    "Change one value; may be repeated. A row of a list goes by its name, its year or its number from 0: "
    '--set "sites[campus].power[utility].phases[2].date=2025-03-15", '
    "or with dots: sites.campus.power.utility.phases.2.date=2025-03-15."
)


set_option = click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help=SET_HELP)


def loaded(scenario: str, overrides: Sequence[str], seed: int | None = None) -> tuple[Scenario, Document]:
    """A scenario, a file or the name of a packaged one, with changes.

    Raises:
        ScenarioError: with every problem of it.
    """
    from simcluster.model.load import load

    with file_or_packaged(scenario) as path:
        return load(path, overrides, seed)


def loaded_of_all(names: Sequence[str], overrides: Sequence[str], seed: int | None) -> list[tuple[Scenario, Document]]:
    """Several scenarios, each a file or the name of a packaged one, with the same changes.

    Raises:
        ScenarioError: with every problem of all of them; one of an override says in which scenario.
    """
    from simcluster.core.problems import ScenarioError
    from simcluster.model.load import load

    found, problems = [], []
    for name in names:
        try:
            with file_or_packaged(name) as path:
                found.append(load(path, overrides, seed))
        except ScenarioError as error:
            problems += [_placed(problem, name) for problem in error.problems]
    if problems:
        raise ScenarioError(dict.fromkeys(problems))
    return found


def file_or_packaged(name: str) -> AbstractContextManager[Path]:
    """The file of that path, or of the packaged scenario of that name where there is none.

    Raises:
        ScenarioError: there is neither.
    """
    from simcluster.model.packaged import packaged_scenario, packaged_scenarios

    path, stem = Path(name), name.removesuffix(".toml")
    known = packaged_scenarios()
    if path.exists():
        return nullcontext(path)
    if stem in known:
        return packaged_scenario(stem)
    from difflib import get_close_matches

    from simcluster.core.problems import Problem, ScenarioError

    close = get_close_matches(stem, known, 1)
    hint = f"did you mean {close[0]!r}?" if close else "`simcluster init --list` names the packaged scenarios"
    raise ScenarioError([Problem("there is no such file, and no packaged scenario of that name", file=name, hint=hint)])


def _placed(problem: Problem, name: str) -> Problem:
    """A problem of an override, which has no file, with the scenario it was applied to."""
    from dataclasses import replace

    return replace(problem, file=f"{name}: {problem.file}") if (problem.file or "").startswith("--set") else problem
